"""Cases are kept with the alerts that they tell of, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_match
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

from monitor.alerts.policy import Policy
from monitor.alerts.resting import acknowledge, unacknowledge
from monitor.model import (
    Acknowledgement,
    Alert,
    CaseState,
    Edit,
    ItemOutcome,
    Reason,
    Sighting,
    StoryBook,
)
from monitor.pipeline.deciding import decide_due, decider
from monitor.settings import AlertSettings
from monitor.store.cases import cases_of
from monitor.store.due_cases import due_cases, next_due_case
from monitor.watch.rules import Watchlist

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
URLS = (WIRE, *[f"https://outlet-{n}.example/rss" for n in range(4)])
TITLE = "Explosion at fuel depot in Caracas kills {}"


def a_policy(**alerts):
    crisis = Watchlist(name="crisis", match=(), notify=("desk",))
    return Policy(alerts=AlertSettings(**alerts), watchlists={"crisis": crisis})


POLICY = a_policy()
DECIDE = decider(POLICY)


def publish(store, url, *, at=NOW, title="", guid="1", decide=DECIDE, **changes):
    [state] = store.source_states([url])
    sighting = a_sighting_in(state, guid, title=title or TITLE.format(27), now=at, **changes)
    [made] = commit(store, a_poll(state, sighting, now=at), decide=decide)
    return made.alerts


def case(store):
    [item] = [each for each in store.items() if each.source.url == WIRE]
    [finding] = store.find(item.id)
    [found] = finding.cases
    return found


def due(store, now):
    with store._database.read() as connection:
        return due_cases(connection, now), next_due_case(connection)


def test_a_case_is_read_back_as_it_was_written(store):
    configure(store, *URLS)
    for number, url in enumerate(URLS[:3]):
        publish(store, url, at=NOW + number * MINUTE)
    found = case(store)
    assert (found.state, found.sequence, found.similar) == (CaseState.OPEN, 1, 1)
    assert (found.opened, found.told_at) == (NOW, NOW)
    assert (found.last_seen, found.due_at) == (NOW + 2 * MINUTE, NOW + 10 * MINUTE)
    [news] = found.news
    assert (news.reason, news.detail, news.item) == (
        Reason.MORE_SOURCES,
        "told by 3 sources",
        found.item,
    )
    assert found.headline == TITLE.format(27)
    assert found.figures == ("27", "dead:27")


def test_what_is_due_comes_with_its_story_item_and_match_and_is_told_once(store):
    configure(store, *URLS)
    for number, url in enumerate(URLS[:4]):
        publish(store, url, at=NOW + number * MINUTE)
    assert due(store, NOW + 9 * MINUTE) == ([], NOW + 10 * MINUTE)
    waited, _ = due(store, NOW + 10 * MINUTE)
    [one] = waited
    assert (one.story.size, one.item.source.name) == (4, "outlet-1.example")
    assert one.match.watchlist == "crisis"
    book = StoryBook(by_key={}, stories={})
    made = decide_due(waited, book, now=NOW + 10 * MINUTE, policy=POLICY)
    [alert] = made.alerts
    assert (alert.sequence, alert.detail) == (2, "told by 4 sources")
    [after] = made.cases
    assert (after.sequence, after.due_at, after.news) == (2, None, ())


def test_a_case_whose_item_or_watchlist_is_gone_tells_nothing_more(store):
    configure(store, *URLS)
    for number, url in enumerate(URLS[:3]):
        publish(store, url, at=NOW + number * MINUTE)
    waited, _ = due(store, NOW + HOUR)
    book = StoryBook(by_key={}, stories={})
    gone = [replace(waited[0], item=None)]
    for each, policy in ((gone, POLICY), (waited, Policy(alerts=AlertSettings(), watchlists={}))):
        made = decide_due(each, book, now=NOW + HOUR, policy=policy)
        assert (made.alerts, made.cases[0].due_at) == ([], None)


def test_an_alert_and_its_case_are_written_together_or_not_at_all(store):
    [state] = configure(store)

    def broken(alert: Alert):
        raise ValueError(alert.id)

    with pytest.raises(ValueError, match=r"\w"):
        store.commit(
            [a_poll(state, "1")],
            DECIDE,
            story_window=3 * DAY,
            webhook_id=webhook_id,
            message=broken,
        )
    assert publish(store, WIRE)[0].sequence == 1
    assert case(store).sequence == 1


def test_a_first_alert_that_waits_for_its_group_leaves_with_what_came(store):
    configure(store, *URLS)
    decide = decider(a_policy(group_wait=MINUTE))
    assert publish(store, URLS[0], decide=decide) == ()
    assert publish(store, URLS[1], at=NOW + 10 * MINUTE / 60, decide=decide) == ()
    assert case(store).state is CaseState.PENDING
    waited, _ = due(store, NOW + MINUTE)
    book = StoryBook(by_key={}, stories={})
    [alert] = decide_due(waited, book, now=NOW + MINUTE, policy=POLICY).alerts
    assert (alert.sequence, alert.reason, alert.story.size) == (1, Reason.NEW_STORY, 2)


def test_what_overtakes_a_first_alert_that_waits_is_kept_until_it_leaves(store):
    configure(store, *URLS)
    decide = decider(a_policy(group_wait=10 * MINUTE))
    publish(store, URLS[0], title_key="ab" * 16, decide=decide)
    title = f"CORRECTION: {TITLE.format(2)}"
    publish(store, URLS[1], at=NOW + 2 * MINUTE, title=title, title_key="ab" * 16, decide=decide)
    assert [each.reason for each in case(store).news] == [
        Reason.NEW_STORY,
        Reason.HEADLINE,
        Reason.NUMBERS,
    ]
    waited, _ = due(store, NOW + 10 * MINUTE)
    book = StoryBook(by_key={}, stories={})
    made = decide_due(waited, book, now=NOW + 10 * MINUTE, policy=POLICY)
    [alert] = made.alerts
    assert (alert.sequence, alert.reason) == (1, Reason.NEW_STORY)
    assert (alert.item.entry.title, alert.detail) == (title, "corrected; 27 → 2")
    # The item that began it stands as alerted already.
    assert [each.outcome for each in made.rulings] == [ItemOutcome.UPDATED]


def test_an_alert_is_acknowledged_by_the_beginning_of_its_id(store):
    configure(store, *URLS)
    [alert] = publish(store, WIRE)
    acked = Acknowledgement(at=NOW + MINUTE, by="Ana", note="called them")
    [found] = store.amend_case(alert.id[:8], lambda each: acknowledge(each, acked))
    assert (found.state, found.acked) == (CaseState.ACKED, acked)
    assert case(store) == found
    for number, url in enumerate(URLS[1:]):
        assert publish(store, url, at=NOW + number * MINUTE) == ()
    assert due(store, NOW + DAY) == ([], None)
    [back] = store.amend_case(alert.id, unacknowledge)
    assert (back.state, back.acked) == (CaseState.OPEN, None)
    assert store.amend_case("nothing", unacknowledge) == ()


def test_what_begins_several_alerts_changes_none(store):
    configure(store, *URLS)
    publish(store, WIRE)
    publish(store, URLS[1], title="Rain along the northern coasts of Chile")
    found = store.amend_case("", lambda each: acknowledge(each, Acknowledgement(at=NOW)))
    assert {each.state for each in found} == {CaseState.OPEN}
    assert len(found) == 2
    assert case(store).state is CaseState.OPEN


def test_an_edit_with_other_numbers_is_told_on_the_story_of_its_item(store):
    configure(store, *URLS)
    publish(store, WIRE)
    [before] = store.items()
    for minutes, toll, said in ((20, 28, "27 → 28"), (25, 28, None), (60, 31, "28 → 31")):
        entry = replace(before.entry, title=TITLE.format(toll))
        item = replace(before, entry=entry)
        kept = Sighting(item=item, matches=(a_match(),))
        edit = Edit(
            item=item.id, entry=entry, changed=("title", "numbers"), before=before, kept=kept
        )
        [state] = store.source_states([WIRE])
        now = NOW + minutes * MINUTE
        [made] = commit(store, replace(a_poll(state, now=now), edits=(edit,)), decide=DECIDE)
        assert [alert.detail for alert in made.alerts] == ([said] if said else [])
        [before] = store.items()
    assert [each.reason for each in store.find(before.id)[0].told] == [
        "new story",
        "numbers changed",
        "numbers changed",
    ]
    [ruling] = store.find(before.id)[0].rulings
    assert ruling.outcome is ItemOutcome.ALERTED


def test_a_source_back_from_the_dead_tells_nothing_from_before_it_died(store):
    [state] = configure(store)
    now = NOW + 2 * DAY
    sightings = [
        a_sighting_in(state, "old", now=now),
        a_sighting_in(state, "new", title="Airspace closed over Caracas", now=now),
    ]
    old, new = (
        replace(
            each,
            item=replace(each.item, entry=replace(each.item.entry, published=NOW + hours * HOUR)),
        )
        for each, hours in zip(sightings, (-3, 30), strict=True)
    )
    record = replace(a_poll(state, old, new, now=now), unread_since=NOW)
    commit(store, record, decide=DECIDE)
    outcomes = {item.entry.title: store.find(item.id)[0].rulings[0] for item in store.items()}
    past = outcomes[old.item.entry.title]
    assert past.outcome is ItemOutcome.TOO_OLD
    assert past.reason.endswith("before its source could not be read for 2 days")
    assert outcomes[new.item.entry.title].outcome is ItemOutcome.ALERTED


def test_a_step_of_the_clock_moves_what_cases_wait_for(store):
    configure(store, *URLS)
    for number, url in enumerate(URLS[:3]):
        publish(store, url, at=NOW + number * MINUTE)
    store.shift(DAY)
    assert case(store).due_at == NOW + 10 * MINUTE + DAY


def test_cases_go_with_their_stories(store):
    configure(store)
    publish(store, WIRE)
    story = case(store).story
    state = again(store, store.source_states()[0])
    commit(store, a_poll(state, now=NOW + DAY, seen={}))
    [delivery] = store.deliveries()
    store.drop([delivery.id], "nobody wants it")
    store.prune(NOW + 200 * DAY)
    with store._database.read() as connection:
        assert cases_of(connection, [story]) == {}


def test_what_a_source_missed_while_it_was_away_is_told_together(store):
    [state] = configure(store)
    now = NOW + 2 * DAY
    titles = [
        f"{what} burns in Caracas"
        for what in ["Depot", "Bank", "Bridge", "Church", "Museum", "Port"]
    ]
    found = [
        a_sighting_in(state, str(number), title=title, now=now)
        for number, title in enumerate(titles)
    ]
    recent = [
        replace(each, item=replace(each.item, entry=replace(each.item.entry, published=NOW + DAY)))
        for each in found
    ]
    made = []

    def decide(*given):
        made.append(DECIDE(*given))
        return made[0]

    commit(store, replace(a_poll(state, *recent, now=now), unread_since=NOW), decide=decide)
    [decision] = made
    assert {alert.notify for alert in decision.alerts} == {()}
    assert [each.occasion for each in decision.waiting] == ["many at once"] * 6
    assert {each.due_at for each in decision.waiting} == {now}
    assert {each.outcome for each in decision.rulings} == {ItemOutcome.BUNDLED}
    assert decision.rulings[0].reason == (
        "new story; told with 5 others: its source could not be read for 2 days"
    )
