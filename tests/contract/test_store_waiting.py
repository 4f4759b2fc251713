"""What waits is told once, in one digest, on every database; silences and counts with it."""

from dataclasses import replace
from datetime import time, timedelta
from functools import partial

import pytest
from builders import NOW
from store_builders import (
    DAY,
    WIRE,
    a_poll,
    a_sighting_in,
    again,
    commit,
    configure,
    webhook_id,
)

from monitor.alerts.digests import MOST
from monitor.alerts.policy import Policy
from monitor.alerts.render import message
from monitor.alerts.resting import acknowledge
from monitor.model import Acknowledgement, Delivered, ItemOutcome, Severity, Silence
from monitor.pipeline.deciding import decide_due, decider
from monitor.settings import AlertSettings, DigestSettings, Escalation, QuietHours, Throttle
from monitor.store import Store
from monitor.watch.rules import Watchlist

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = QuietHours(start=time(21), end=time(6))
MORNING = NOW.replace(hour=6, minute=0) + DAY
LATER = QuietHours(start=time(21, 30), end=time(6))
BEDTIME = NOW.replace(minute=30)


def a_policy(*digests, **watchlist):
    crisis = Watchlist(**{"name": "crisis", "match": (), "notify": ("desk", "siem")} | watchlist)
    alerts = AlertSettings(digests=digests, max_age=timedelta(days=400))
    return Policy(alerts=alerts, watchlists={"crisis": crisis})


def publish(store, policy, *guids, now=NOW):
    [state] = configure(store) if not store.source_states() else store.source_states([WIRE])
    found = [
        a_sighting_in(state, guid, title=f"Maduro opens bridge number {guid} today", now=now)
        for guid in guids
    ]
    record = a_poll(again(store, state), *found, now=now)
    [made] = store.commit(
        [record], decider(policy), story_window=3 * DAY, webhook_id=webhook_id, message=message,
        notify=("desk",),
    )  # fmt: skip
    return made


def tell(store, policy, now):
    decide = partial(decide_due, now=now, policy=policy)
    return store.tell_due(decide, now, webhook_id=webhook_id, message=message, notify=("desk",))


def outbox(store, notifier="desk"):
    rows = [row for row in store.deliveries() if row.notifier == notifier]
    return sorted(rows, key=lambda row: row.id)


def titles(row):
    if row.message.type != "alert.digest":
        return [row.message.data["item"]["title"][-7:]]
    return [each["item"]["title"][-7:] for each in row.message.data["alerts"]]


def outcomes(store):
    return [
        ruling.outcome
        for item in sorted(store.items(), key=lambda item: item.entry.title)
        for ruling in store.find(item.id)[0].rulings
    ]


def test_what_is_held_is_written_at_once_and_told_in_one_digest(store):
    policy = a_policy(quiet_hours=NIGHT)
    made = publish(store, policy, "1", "2")
    assert (len(made.alerts), made.destinations) == (2, frozenset())
    assert store.deliveries() == []
    assert outcomes(store) == [ItemOutcome.HELD] * 2
    assert store.next_due() == MORNING
    assert tell(store, policy, MORNING - MINUTE).destinations == frozenset()
    assert tell(store, policy, MORNING).destinations == {"desk", "siem"}
    for notifier in ("desk", "siem"):
        [row] = outbox(store, notifier)
        assert row.message.data["digest"]["occasion"] == "quiet hours"
        assert sorted(titles(row)) == ["1 today", "2 today"]
    assert store.next_due() is None


def test_an_item_that_was_held_shows_the_digest_that_told_it(store):
    policy = a_policy(quiet_hours=NIGHT)
    publish(store, policy, "1", "2")
    [first, _] = store.items()
    assert store.find(first.id)[0].deliveries == ()
    tell(store, policy, MORNING)
    told = store.find(first.id)[0].deliveries
    assert {(row.notifier, row.message.type) for row in told} == {
        ("desk", "alert.digest"),
        ("siem", "alert.digest"),
    }


def test_a_digest_is_told_once_whoever_looks_again(store, open_store):
    policy = a_policy(quiet_hours=NIGHT)
    publish(store, policy, "1")
    tell(store, policy, MORNING)
    other = open_store()
    assert tell(other, policy, MORNING + MINUTE).destinations == frozenset()
    assert len(outbox(store)) == 1


def test_a_process_that_dies_while_it_makes_a_digest_loses_and_doubles_nothing(store, open_store):
    policy = a_policy(quiet_hours=NIGHT)
    publish(store, policy, "1", "2")

    def died(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.tell_due(
            partial(decide_due, now=MORNING, policy=policy), MORNING, webhook_id=died,
            message=message,
        )  # fmt: skip
    assert store.deliveries() == []
    other = open_store()
    tell(other, policy, MORNING)
    assert len(outbox(other)) == 1


def test_an_alert_that_comes_while_its_digest_leaves_is_told_in_another(store):
    policy = a_policy(quiet_hours=NIGHT)
    publish(store, policy, "1", now=MORNING - MINUTE)
    tell(store, policy, MORNING)
    # Decided before the hour, written after it.
    publish(store, policy, "2", now=MORNING - MINUTE)
    tell(store, policy, MORNING + MINUTE)
    first, second = outbox(store)
    assert first.webhook_id != second.webhook_id
    assert (titles(first), titles(second)) == (["1 today"], ["2 today"])


def test_a_digest_with_nothing_in_it_is_not_sent(store):
    policy = a_policy(DigestSettings(cron="30 7 * * *"))
    configure(store)
    assert tell(store, policy, MORNING + DAY).destinations == frozenset()
    assert store.deliveries() == []


def test_a_digest_waits_for_its_time_and_goes_to_its_own_notifiers(store):
    digest = DigestSettings(
        cron="30 7 * * *", notify=("digests",), severities=frozenset({Severity.HIGH})
    )
    policy = a_policy(digest)
    publish(store, policy, "1")
    assert outcomes(store) == [ItemOutcome.BUNDLED]
    tell(store, policy, MORNING + 2 * HOUR)
    [row] = store.deliveries()
    assert (row.notifier, row.message.data["digest"]["occasion"]) == ("digests", "digest")


def test_a_digest_carries_the_urgency_of_its_most_urgent_alert(store):
    policy = a_policy(quiet_hours=NIGHT)
    publish(store, policy, "1")
    tell(store, policy, MORNING)
    claimed = store.claim("desk", now=MORNING, lease=MINUTE)
    assert claimed.message.type == "alert.digest"
    store.settle(claimed, Delivered(), now=MORNING, next_attempt=None)
    [row] = outbox(store)
    assert row.state == "delivered"


def test_a_flood_is_told_once_and_then_in_one_digest_at_the_end_of_the_hour(store):
    policy = a_policy(throttle=Throttle(max_per_hour=2), notify=("desk",))
    publish(store, policy, "1")
    publish(store, policy, "2", "3", "4", now=NOW + MINUTE)
    made = publish(store, policy, "5", now=NOW + 2 * MINUTE)
    assert made.destinations == frozenset()
    types = [row.message.type for row in outbox(store)]
    assert sorted(types) == ["alert.created", "alert.created", "system.watchlist_flooding"]
    # The next hour begins anew.
    hour = NOW.replace(minute=0) + HOUR
    publish(store, policy, "6", now=hour + MINUTE)
    tell(store, policy, hour + MINUTE)
    told = [(row.message.type, sorted(titles(row))) for row in outbox(store)[3:]]
    assert told == [
        ("alert.created", ["6 today"]),
        ("alert.digest", ["3 today", "4 today", "5 today"]),
    ]


def test_a_restart_does_not_forget_how_much_was_told_this_hour(store, open_store):
    policy = a_policy(throttle=Throttle(max_per_hour=1), notify=("desk",))
    publish(store, policy, "1")
    publish(open_store(), policy, "2", now=NOW + MINUTE)
    assert sorted(outcomes(store)) == [ItemOutcome.ALERTED, ItemOutcome.BUNDLED]


def floods(store):
    rows = [row for row in outbox(store) if row.message.type == "alert.digest"]
    return [len(titles(row)) for row in rows]


def test_a_flood_fills_its_lists_until_quiet_hours_begin_and_leaves_the_rest_to_their_end(store):
    policy = a_policy(quiet_hours=LATER, throttle=Throttle(max_per_hour=1), notify=("desk",))
    publish(store, policy, *map(str, range(10, 11 + MOST)), now=NOW)
    tell(store, policy, NOW)
    assert floods(store) == [MOST]
    publish(store, policy, "40", "41", now=NOW + MINUTE)
    for now in (BEDTIME, BEDTIME + 2 * HOUR, MORNING - MINUTE):
        tell(store, policy, now)
    assert (floods(store), store.next_due()) == ([MOST], MORNING)
    tell(store, policy, MORNING)
    assert floods(store) == [MOST, 2]


def test_another_watchlist_that_fills_its_list_in_the_night_takes_nothing_along(store):
    asleep = a_policy(quiet_hours=LATER, throttle=Throttle(max_per_hour=1), notify=("desk",))
    publish(store, asleep, "1", "2", now=NOW)
    awake = a_policy(throttle=Throttle(max_per_hour=1), notify=("desk",))
    night = BEDTIME + MINUTE
    publish(store, awake, *map(str, range(10, 9 + MOST)), now=night)
    tell(store, awake, night)
    assert floods(store) == []
    publish(store, awake, "90", now=night)
    tell(store, awake, night)
    assert floods(store) == [MOST]
    assert store.next_due() == MORNING


# --- escalation ---------------------------------------------------------------------------------

PAGER = Escalation(after=15 * MINUTE, to=("pager",))


def test_what_nobody_acknowledges_is_told_to_others_once(store):
    policy = a_policy(escalate=PAGER, notify=("desk",))
    [alert] = publish(store, policy, "1").alerts
    tell(store, policy, NOW + 14 * MINUTE)
    assert outbox(store, "pager") == []
    tell(store, policy, NOW + 15 * MINUTE)
    tell(store, policy, NOW + 16 * MINUTE)
    [row] = outbox(store, "pager")
    told = row.message.data["alert"]
    assert (told["id"], told["reason"]) == (alert.id, "nobody has acknowledged it")


def test_what_somebody_acknowledged_is_not(store):
    policy = a_policy(escalate=PAGER, notify=("desk",))
    [alert] = publish(store, policy, "1").alerts
    acked = Acknowledgement(at=NOW + MINUTE, by="Ana")
    store.amend_case(alert.id, lambda case: acknowledge(case, acked))
    tell(store, policy, NOW + 15 * MINUTE)
    assert outbox(store, "pager") == []
    assert store.next_due() is None


def test_a_clock_that_is_set_moves_an_escalation_and_no_digest(store):
    publish(store, a_policy(escalate=PAGER, quiet_hours=NIGHT), "1")
    store.shift(HOUR)
    assert store.next_due() == MORNING


@pytest.mark.parametrize("step", [12 * HOUR, -12 * HOUR])
def test_a_clock_that_is_set_does_not_keep_back_what_waits_for_the_end_of_the_hour(store, step):
    policy = a_policy(throttle=Throttle(max_per_hour=1), notify=("desk",))
    publish(store, policy, "1", "2")
    due = store.next_due()
    store.shift(step)
    assert store.next_due() == due + step
    tell(store, policy, due + step)
    assert floods(store) == [1]


@pytest.mark.parametrize("step", [2 * HOUR, -2 * HOUR])
def test_quiet_hours_end_by_the_clock_that_was_set_for_a_flood_too(store, step):
    quiet = {"quiet_hours": LATER, "throttle": Throttle(max_per_hour=1), "notify": ("desk",)}
    publish(store, a_policy(**quiet), "1", "2")
    store.shift(step)
    assert store.next_due() == MORNING


# --- silences -----------------------------------------------------------------------------------


def a_silence(**changes):
    defaults = {"id": 0, "reason": "drill", "by": "Ana", "created": NOW, "until": NOW + HOUR}
    return Silence(**defaults | changes)


def test_a_silence_mutes_at_once_and_no_longer_than_it_lasts(store):
    policy = a_policy(notify=("desk",))
    quiet = store.add_silence(a_silence(watchlist="crisis"))
    publish(store, policy, "1", now=NOW + MINUTE)
    publish(store, policy, "2", now=NOW + HOUR)
    assert outcomes(store) == [ItemOutcome.SILENCED, ItemOutcome.ALERTED]
    assert store.count_silenced(quiet.id) == 1


def test_the_story_of_a_muted_item_is_told_by_the_next_one(store):
    policy = a_policy(notify=("desk",))
    store.add_silence(a_silence(source="wire.example"))
    [first] = configure(store)
    second = configure(store, WIRE, "https://post.example/feed")[1]
    for state in (first, second):
        sighting = a_sighting_in(state, "1", title="Maduro opens a bridge in the south today")
        [made] = commit(store, a_poll(again(store, state), sighting), decide=decider(policy))
    assert [alert.item.source.name for alert in made.alerts] == ["post.example"]


def test_a_silence_ends_when_somebody_ends_it(store):
    quiet = store.add_silence(a_silence(story="s"))
    ended = store.end_silence(quiet.id, NOW + MINUTE)
    assert ended == replace(quiet, until=NOW + MINUTE)
    assert store.end_silence(quiet.id, NOW + MINUTE) is None
    assert store.silences(NOW + MINUTE) == []
    assert store.silences() == [ended]


def test_the_counts_of_silences_are_not_mixed_up(store):
    policy = a_policy(notify=("desk",))
    for _ in range(11):
        last = store.add_silence(a_silence(watchlist="crisis"))
    publish(store, policy, "1")
    assert store.count_silenced(last.id) == 1
    assert store.count_silenced(1) == 0


def test_a_story_is_found_by_the_beginning_of_its_id_or_its_alerts(store):
    [alert] = publish(store, a_policy(notify=("desk",)), "1").alerts
    assert store.stories_named(alert.story.id[:10]) == [alert.story.id]
    assert store.stories_named(alert.id[:10]) == [alert.story.id]
    assert store.stories_named("zz") == []


# --- what is kept -------------------------------------------------------------------------------


def test_what_still_waits_is_kept_however_old_it_is(store):
    policy = a_policy(DigestSettings(cron="0 0 1 6 *", severities=frozenset(Severity)))
    publish(store, policy, "1")
    late = NOW + timedelta(days=120)
    store.prune(late)
    tell(store, policy, NOW + timedelta(days=360))
    [digest, _] = store.deliveries()
    assert titles(digest) == ["1 today"]


def test_a_digest_goes_when_nobody_is_owed_it(store: Store):
    policy = a_policy(quiet_hours=NIGHT, notify=("desk",))
    publish(store, policy, "1")
    tell(store, policy, MORNING)
    claimed = store.claim("desk", now=MORNING, lease=MINUTE)
    store.settle(claimed, Delivered(), now=MORNING, next_attempt=None)
    store.prune(MORNING + 10 * DAY)
    assert store.deliveries() == []
    assert store.next_due() is None


def test_what_is_over_the_rate_is_told_as_soon_as_it_fills_a_list(store):
    policy = a_policy(throttle=Throttle(per_story=6 * HOUR, max_per_hour=1), notify=("desk",))
    for poll in range(5):
        publish(store, policy, *(str(10 * poll + n) for n in range(5)), now=NOW + poll * MINUTE)
    full = NOW + 4 * MINUTE
    tell(store, policy, full - MINUTE)
    single, flood, *none = outbox(store)
    assert (len(titles(single)), flood.message.type, none) == (1, "system.watchlist_flooding", [])
    tell(store, policy, full)
    lists = [row for row in outbox(store) if row.message.type == "alert.digest"]
    assert sorted(len(titles(row)) for row in lists) == [4, 20]
    told = {each["alert"]["id"] for row in lists for each in row.message.data["alerts"]}
    assert len(told | {single.message.data["alert"]["id"]}) == 25
    tell(store, policy, full + HOUR)
    assert len(outbox(store)) == 4


def test_what_waited_for_its_group_and_is_then_held_says_so(store):
    policy = a_policy(quiet_hours=NIGHT, notify=("desk",))
    policy = replace(policy, alerts=replace(policy.alerts, group_wait=MINUTE))
    publish(store, policy, "1")
    assert outcomes(store) == [ItemOutcome.ALERTED]
    tell(store, policy, NOW + MINUTE)
    assert outcomes(store) == [ItemOutcome.HELD]
    [item] = store.items()
    [ruling] = store.find(item.id)[0].rulings
    assert "new story; quiet hours until" in ruling.reason
    assert tell(store, policy, MORNING).destinations == {"desk"}


def test_a_first_alert_outlasts_its_watchlist_which_may_be_back_soon(store):
    policy = a_policy(notify=("desk",))
    policy = replace(policy, alerts=replace(policy.alerts, group_wait=MINUTE), notify=("siem",))
    publish(store, policy, "1")
    without = replace(policy, watchlists={})
    assert tell(store, without, NOW + 2 * MINUTE).alerts == ()
    [alert] = tell(store, policy, NOW + 3 * MINUTE).alerts
    assert alert.notify == ("desk",)
    publish(store, policy, "2", now=NOW + HOUR)
    assert tell(store, without, NOW + HOUR + 2 * MINUTE).alerts == ()
    [alert] = tell(store, without, NOW + HOUR + 12 * MINUTE).alerts
    assert (alert.watchlist, alert.notify) == ("crisis", ("siem",))
    assert tell(store, without, NOW + DAY).alerts == ()
