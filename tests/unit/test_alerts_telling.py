"""Who is told what when: at once, when quiet hours end, in a digest, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from builders import NOW, a_match, an_item, evidence

from monitor.alerts.calm import held_until, next_digest
from monitor.alerts.escalating import escalated, is_acknowledged
from monitor.alerts.policy import Policy, alert_id
from monitor.alerts.render import message
from monitor.alerts.silences import silenced, words
from monitor.alerts.telling import tell, told_later
from monitor.alerts.wording import news
from monitor.model import (
    Acknowledgement,
    Alert,
    Case,
    CaseState,
    Decision,
    ItemOutcome,
    Reason,
    Ruling,
    Severity,
    Silence,
    Story,
    StoryBook,
    StoryId,
)
from monitor.settings import AlertSettings, DigestSettings, Escalation, QuietHours, Throttle
from monitor.watch.rules import Watchlist

MADRID = "Europe/Madrid"
NIGHT = QuietHours(start=time(22), end=time(6), zone=MADRID)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_policy(*digests, **watchlist):
    crisis = Watchlist(**{"name": "crisis", "match": (), "notify": ("desk", "siem")} | watchlist)
    return Policy(alerts=AlertSettings(digests=digests), watchlists={"crisis": crisis})


def an_alert(story="s", *, now=NOW, **changes):
    defaults = {
        "id": alert_id(StoryId(story), "crisis", 1),
        "sequence": 1,
        "reason": Reason.NEW_STORY,
        "watchlist": "crisis",
        "severity": Severity.HIGH,
        "description": "",
        "story": Story(id=StoryId(story), first_seen=now, size=1, sources=("Wire",)),
        "item": an_item(story),
        "evidence": (evidence(),),
        "created": now,
        "notify": ("desk", "siem"),
    }
    return Alert(**defaults | changes)


def a_silence(**changes):
    defaults = {"id": 3, "reason": "drill", "by": "Ana", "created": NOW, "until": NOW + HOUR}
    return Silence(**defaults | changes)


# --- quiet hours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-11-30T20:59", None),  # 21:59 in Madrid
        ("2025-11-30T21:00", "2025-12-01T05:00"),
        ("2025-12-01T04:59", "2025-12-01T05:00"),
        ("2025-12-01T05:00", None),
        # The clocks go back at 03:00 on 26 October: the night lasts an hour longer,
        ("2025-10-25T21:00", "2025-10-26T05:00"),
        # and forward at 02:00 on 29 March.
        ("2026-03-28T22:00", "2026-03-29T04:00"),
    ],
)
def test_quiet_hours_go_by_the_clocks_of_their_zone(now, until):
    held = held_until(NIGHT, Severity.HIGH, at(now))
    assert held == (at(until) if until else None)


def test_quiet_hours_that_end_in_a_repeated_hour_end_when_it_is_over():
    hours = QuietHours(start=time(1), end=time(2, 30), zone=MADRID)
    assert held_until(hours, Severity.HIGH, at("2025-10-26T00:15")) == at("2025-10-26T01:30")
    assert held_until(hours, Severity.HIGH, at("2025-10-26T01:15")) == at("2025-10-26T01:30")


def test_quiet_hours_that_end_in_a_left_out_hour_end_as_much_later():
    hours = QuietHours(start=time(1), end=time(2, 30), zone=MADRID)
    assert held_until(hours, Severity.HIGH, at("2026-03-29T00:15")) == at("2026-03-29T01:30")


def test_a_held_alert_waits_for_each_of_its_notifiers():
    told = tell(an_alert(), 0, now=at("2025-11-30T22:00"), policy=a_policy(quiet_hours=NIGHT))
    assert (told.now, told.outcome) == ((), ItemOutcome.HELD)
    assert told.reason == "quiet hours until 2025-12-01 06:00 Europe/Madrid"
    assert [(w.notifier, w.occasion, w.due_at) for w in told.waiting] == [
        ("desk", "quiet hours", at("2025-12-01T05:00")),
        ("siem", "quiet hours", at("2025-12-01T05:00")),
    ]


def test_what_is_critical_is_told_at_once_in_quiet_hours_too():
    urgent = an_alert(severity=Severity.CRITICAL)
    told = tell(urgent, 0, now=at("2025-11-30T22:00"), policy=a_policy(quiet_hours=NIGHT))
    assert (told.now, told.waiting, told.outcome) == (("desk", "siem"), (), None)


# --- digests ------------------------------------------------------------------------------------

MORNING = DigestSettings(cron="30 7 * * *", zone=MADRID, notify=("desk",))


def test_alerts_of_a_digests_severities_are_told_only_there():
    policy = a_policy(MORNING, quiet_hours=NIGHT)
    told = tell(an_alert(severity=Severity.LOW), 0, now=NOW, policy=policy)
    assert (told.now, told.outcome) == ((), ItemOutcome.BUNDLED)
    assert told.reason == "told in the digest of 2025-12-01 07:30 Europe/Madrid"
    [waiting] = told.waiting
    assert (waiting.notifier, waiting.due_at) == ("desk", at("2025-12-01T06:30"))
    assert tell(
        an_alert(severity=Severity.MEDIUM), 0, now=at("2025-12-01T12:00"), policy=policy
    ).now


def test_a_digest_that_names_nobody_is_for_those_of_the_watchlist():
    policy = a_policy(replace(MORNING, notify=()))
    told = tell(an_alert(severity=Severity.LOW), 0, now=NOW, policy=policy)
    assert {each.notifier for each in told.waiting} == {"desk", "siem"}


def test_a_digest_at_a_time_that_comes_twice_is_told_once():
    digest = DigestSettings(cron="30 2 * * *", zone=MADRID)
    first = next_digest(digest, at("2025-10-25T12:00"))
    assert first == at("2025-10-26T00:30")
    assert next_digest(digest, first) == at("2025-10-27T01:30")
    assert next_digest(digest, at("2025-10-26T01:10")) == at("2025-10-27T01:30")


def test_a_digest_at_a_time_that_is_left_out_is_told_when_the_clocks_were_set():
    digest = DigestSettings(cron="30 2 * * *", zone=MADRID)
    assert next_digest(digest, at("2026-03-28T12:00")) == at("2026-03-29T01:00")


# --- the hourly rate ----------------------------------------------------------------------------


def a_decision(*alerts):
    rulings = [
        Ruling(
            item=each.item.id,
            match=a_match("crisis"),
            outcome=ItemOutcome.ALERTED,
            reason=each.reason.value,
            alert=each.id,
        )
        for each in alerts
    ]
    return Decision(joined={}, stories={}, rulings=rulings, alerts=alerts)


def a_book(sent=0):
    hour = NOW.replace(minute=0)
    return StoryBook(by_key={}, stories={}, sent={("crisis", hour): sent})


def test_what_is_over_the_rate_comes_in_one_digest_at_the_end_of_the_hour():
    policy = a_policy(throttle=Throttle(max_per_hour=3))
    made = a_decision(*(an_alert(str(number)) for number in range(5)))
    told = told_later(made, a_book(sent=1), now=NOW, policy=policy)
    assert [bool(each.notify) for each in told.alerts] == [True, True, False, False, False]
    assert {(each.occasion, each.due_at) for each in told.waiting} == {
        ("over the rate", at("2025-11-30T22:00"))
    }
    assert [each.outcome for each in told.rulings] == [ItemOutcome.ALERTED] * 2 + [
        ItemOutcome.BUNDLED
    ] * 3
    assert "over max_per_hour (3)" in told.rulings[-1].reason
    [notice] = told.notices
    assert (notice.type, notice.subject, notice.severity) == (
        "system.watchlist_flooding",
        "crisis",
        Severity.MEDIUM,
    )


@pytest.mark.parametrize(
    ("now", "night", "full_until", "due_at"),
    [
        # 21:59 in Madrid: at the end of the hour the night has begun.
        ("2025-11-30T20:59", NIGHT, "2025-11-30T21:00", "2025-12-01T05:00"),
        ("2025-11-30T19:59", NIGHT, "2025-11-30T20:00", "2025-11-30T20:00"),
        # Within the hour: from then on nothing leaves, however much there is.
        (
            "2025-11-30T20:10",
            QuietHours(start=time(21, 30), end=time(6), zone=MADRID),
            "2025-11-30T20:30",
            "2025-12-01T05:00",
        ),
        (
            "2025-11-30T20:10",
            QuietHours(start=time(21, 30), end=time(21, 50), zone=MADRID),
            "2025-11-30T20:30",
            "2025-11-30T21:00",
        ),
        (
            "2025-11-30T20:59",
            replace(NIGHT, bypass=Severity.HIGH),
            "2025-11-30T21:00",
            "2025-11-30T21:00",
        ),
    ],
)
def test_what_is_over_the_rate_never_leaves_in_quiet_hours(now, night, full_until, due_at):
    policy = a_policy(quiet_hours=night, throttle=Throttle(max_per_hour=1))
    told = tell(an_alert(), 1, now=at(now), policy=policy)
    assert {(each.occasion, each.full_until, each.due_at) for each in told.waiting} == {
        ("over the rate", at(full_until), at(due_at))
    }
    ends_with_the_night = "2025-12-01 06:00 Europe/Madrid, when quiet hours end" in told.reason
    assert ends_with_the_night == (at(due_at) == at("2025-12-01T05:00"))


def test_what_is_critical_is_told_by_itself_however_much_there_is():
    policy = a_policy(throttle=Throttle(max_per_hour=1))
    made = a_decision(*(an_alert(str(n), severity=Severity.CRITICAL) for n in range(3)))
    told = told_later(made, a_book(), now=NOW, policy=policy)
    assert all(each.notify for each in told.alerts)
    assert not told.notices


def test_held_alerts_do_not_use_up_the_hour():
    policy = a_policy(throttle=Throttle(max_per_hour=1), quiet_hours=NIGHT)
    now = at("2025-11-30T22:10")
    made = a_decision(*(an_alert(str(number), now=now) for number in range(3)))
    told = told_later(made, a_book(), now=now, policy=policy)
    assert {each.occasion for each in told.waiting} == {"quiet hours"}
    assert not told.notices


# --- silences -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "mutes"),
    [
        ({"watchlist": "crisis"}, True),
        ({"watchlist": "oil"}, False),
        ({"entity": "maduro"}, True),
        ({"entity": "pdvsa"}, False),
        ({"source": "Wire"}, True),
        ({"source": "https://wire.example/feed"}, True),
        ({"source": "Post"}, False),
        ({"story": "s"}, True),
        ({"story": "t"}, False),
        ({"watchlist": "crisis", "source": "Wire"}, True),
        ({"watchlist": "crisis", "source": "Post"}, False),
    ],
)
def test_a_silence_mutes_what_fits_all_that_it_names(named, mutes):
    match = a_match("crisis", evidence=(evidence(entity="maduro"),))
    found = silenced([a_silence(**named)], match, an_item(), StoryId("s"), NOW)
    assert (found is not None) == mutes


def test_a_silence_begins_and_ends():
    quiet = a_silence(watchlist="crisis")
    about = (a_match("crisis"), an_item(), StoryId("s"))
    assert silenced([quiet], *about, NOW - MINUTE) is None
    assert silenced([quiet], *about, NOW) == quiet
    assert silenced([quiet], *about, NOW + HOUR) is None


def test_a_muted_ruling_names_the_silence_its_end_and_its_reason():
    assert words(a_silence()) == "silence 3 until 2025-11-30 22:04 UTC: drill"


# --- escalation ---------------------------------------------------------------------------------

PAGER = Escalation(after=15 * MINUTE, to=("pager",))


def test_who_is_told_of_what_was_left_lying_is_told_after_a_while():
    told = tell(an_alert(), 0, now=NOW, policy=a_policy(escalate=PAGER))
    [waiting] = told.waiting
    assert told.now == ("desk", "siem")
    assert (waiting.notifier, waiting.occasion, waiting.due_at) == (
        "pager",
        "escalation",
        NOW + 15 * MINUTE,
    )


@pytest.mark.parametrize(
    "changes", [{"severity": Severity.MEDIUM}, {"reason": Reason.MORE_SOURCES, "sequence": 2}]
)
def test_neither_the_less_urgent_nor_a_follow_up_is_escalated(changes):
    assert not tell(an_alert(**changes), 0, now=NOW, policy=a_policy(escalate=PAGER)).waiting


def test_an_alert_that_became_more_severe_is_escalated():
    risen = an_alert(reason=Reason.SEVERITY, sequence=2)
    assert tell(risen, 0, now=NOW, policy=a_policy(escalate=PAGER)).waiting


def test_a_flood_is_not_escalated():
    policy = a_policy(escalate=PAGER, throttle=Throttle(max_per_hour=1))
    told = tell(an_alert(), 1, now=NOW, policy=policy)
    assert {each.occasion for each in told.waiting} == {"over the rate"}


def test_an_escalated_alert_says_why_it_comes():
    told = escalated(message(an_alert()), now=NOW + 15 * MINUTE)
    assert news(told) == "nobody has acknowledged it: for 15 min"
    assert told.data["item"] == message(an_alert()).data["item"]


def test_an_acknowledgement_counts_for_the_alerts_before_it():
    case = Case(
        story=StoryId("s"), watchlist="crisis", state=CaseState.ACKED, opened=NOW, last_seen=NOW,
        severity=Severity.HIGH, acked=Acknowledgement(at=NOW + MINUTE),
    )  # fmt: skip
    assert is_acknowledged(case, NOW)
    assert not is_acknowledged(case, NOW + HOUR)
    assert not is_acknowledged(replace(case, acked=None), NOW)
    assert not is_acknowledged(None, NOW)
