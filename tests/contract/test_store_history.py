"""Stored items again, the oldest first, and alerts on them afterwards, on every database."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_match
from store_builders import (
    DAY,
    a_poll,
    a_sighting_in,
    again,
    commit,
    configure,
    decide_for,
    message,
    webhook_id,
)

from monitor.alerts.policy import Policy
from monitor.model import ItemOutcome, Reason, Severity, Sighting
from monitor.pipeline.deciding import decider_afterwards
from monitor.settings import AlertSettings
from monitor.store.glance import may_hold
from monitor.store.history import Write
from monitor.store.sample import sample
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

SHORE = "https://shore.example/rss"
LATER = Watchlist(name="later", match=(parse_term("Maduro"),), notify=("desk", "siem"))
WRITE = Write(webhook_id, message)


def poll(store, state, *found, hours=0, **changes):
    now = NOW + timedelta(hours=hours)
    return commit(store, a_poll(again(store, state), *found, now=now, **changes))


def rule(now=NOW, **alerts):
    policy = Policy(alerts=AlertSettings(**alerts), watchlists={"later": LATER})
    return decider_afterwards(policy, now)


def found(store, since=NOW - DAY):
    return [
        Sighting(item=past.item, matches=(a_match("later", severity=Severity.LOW),))
        for past in store.history(since)
    ]


# --- reading ----------------------------------------------------------------------------------


def test_history_comes_oldest_first_from_a_time_on(store):
    [state] = configure(store)
    for hour in range(4):
        poll(store, state, str(hour), hours=hour)
    since = NOW + timedelta(hours=1)
    assert [past.item.entry.guid for past in store.history(since)] == ["1", "2", "3"]
    assert store.count_history(since) == 3


def test_history_of_one_moment_is_each_read_once_over_many_pages(store):
    [state] = configure(store)
    poll(store, state, *[str(n) for n in range(2101)])
    guids = [past.item.entry.guid for past in store.history(NOW)]
    assert sorted(guids, key=int) == [str(n) for n in range(2101)]


def test_items_of_a_first_poll_are_told_apart(store):
    [state] = configure(store)
    record = a_poll(state, "old")
    commit(store, replace(record, state=replace(record.state, first_success_at=NOW)))
    poll(store, state, "new", hours=1)
    assert [past.first_poll for past in store.history(NOW - DAY)] == [True, False]


def test_what_came_before_a_source_left_and_returned_keeps_how_it_came(store):
    [state] = configure(store)

    def first_poll(found, hours):
        now = NOW + timedelta(hours=hours)
        record = a_poll(again(store, state), found, now=now)
        commit(store, replace(record, state=replace(record.state, first_success_at=now)))

    def leave_and_return(hours):
        store.sync_sources([], now=NOW + timedelta(hours=hours), rng=random.Random(1))
        configure(store, now=NOW + timedelta(hours=hours, minutes=1))

    first_poll("there at first", 0)
    poll(store, state, "news", hours=1)
    leave_and_return(2)
    assert again(store, state).first_success_at is None
    leave_and_return(3)  # nothing was polled in between
    told = [past.first_poll for past in store.history(NOW - DAY)]
    assert told == [True, False]
    first_poll("there on return", 4)
    poll(store, state, "more news", hours=5)
    leave_and_return(6)
    first_poll("there again", 7)
    told = [past.first_poll for past in store.history(NOW - DAY)]
    assert told == [True, False, True, False, True]


# --- alerting ---------------------------------------------------------------------------------


def test_a_new_watchlist_alerts_once_for_each_story_and_rules_on_the_rest(store):
    one, two = configure(store, "https://wire.example/feed", SHORE)
    title = "Maduro speaks to the nation at noon"
    poll(store, one, a_sighting_in(one, "1", title=title, matches=()), "2")
    poll(store, two, a_sighting_in(two, "1", title=title, matches=(), now=NOW), hours=0)
    planned = store.rule_history(found(store), rule())
    assert (len(planned.alerts), planned.destinations) == (2, frozenset())
    assert store.rule_history(found(store), rule()).alerts == planned.alerts
    made = store.rule_history(found(store), rule(), WRITE)
    assert made.destinations == {"desk", "siem"}
    assert sorted(each.outcome for each in made.rulings) == ["alerted", "alerted", "similar"]
    assert {alert.reason for alert in made.alerts} == {Reason.BACKTEST}
    assert {alert.story.size for alert in made.alerts} == {1, 2}
    stored = store.find(made.alerts[0].id)[0]
    assert {x.reason for x in stored.alerts if x.watchlist == "later"} == {Reason.BACKTEST}
    assert len(store.deliveries()) == 4 + 1  # one of the first poll itself


def test_a_repeat_finds_nothing_left_to_rule_on(store):
    [state] = configure(store)
    poll(store, state, "1", "2")
    store.rule_history(found(store), rule(), WRITE)
    before = len(store.deliveries())
    assert store.rule_history(found(store), rule(), WRITE).rulings == []
    assert len(store.deliveries()) == before


def test_a_story_that_a_poll_has_alerted_on_is_similar(store):
    [state] = configure(store)
    title = "Maduro speaks to the nation at noon"
    as_later = (a_match("later"),)
    poll(store, state, a_sighting_in(state, "1", title=title, matches=()))
    poll(store, state, a_sighting_in(state, "2", title=title, matches=as_later), hours=1)
    made = store.rule_history(found(store), rule(), WRITE)
    assert [(x.outcome, x.alert) for x in made.rulings] == [(ItemOutcome.SIMILAR, None)]


def test_a_poll_afterwards_knows_of_the_alert(store):
    [state] = configure(store)
    title = "Maduro speaks to the nation at noon"
    poll(store, state, a_sighting_in(state, "1", title=title, matches=()))
    store.rule_history(found(store), rule(), WRITE)
    new = a_sighting_in(state, "2", title=title, matches=(a_match("later"),))
    [committed] = commit(
        store, a_poll(again(store, state), new, now=NOW + timedelta(hours=2)),
        decide=decide_for("desk"),
    )  # fmt: skip
    assert committed.alerts == ()


def test_what_is_too_old_is_ruled_on_and_not_sent(store):
    [state] = configure(store)
    poll(store, state, "1")
    made = store.rule_history(found(store), rule(NOW + 4 * DAY, max_age=DAY), WRITE)
    assert [each.outcome for each in made.rulings] == [ItemOutcome.TOO_OLD]
    assert made.alerts == []


def test_a_parked_destination_keeps_what_is_for_it(store):
    [state] = configure(store)
    poll(store, state, "1")
    store.park("siem", "it is gone")
    made = store.rule_history(found(store), rule(), WRITE)
    assert made.destinations == {"desk"}


def test_a_fault_writes_nothing(store):
    [state] = configure(store)
    poll(store, state, "1")
    before = len(store.deliveries())

    def broken(alert):
        raise RuntimeError(alert.id)

    with pytest.raises(RuntimeError):
        store.rule_history(found(store), rule(), Write(webhook_id, broken))
    assert len(store.deliveries()) == before
    assert len(store.rule_history(found(store), rule()).alerts) == 1


# --- a look -----------------------------------------------------------------------------------


def test_a_look_tells_what_is_stored_and_who_ruled(store, store_url):
    [state] = configure(store)
    poll(store, state, "1", "2", "3")
    poll(store, state, a_sighting_in(state, "4", matches=(), now=NOW + DAY), hours=24)
    seen = sample(store_url, since=NOW, most=2)
    assert (len(seen.items), seen.stored, seen.oldest) == (2, 4, NOW)
    assert seen.ruled == {"crisis"}
    late = sample(store_url, since=NOW + DAY, most=9)
    assert ([each.entry.guid for each in late.items], late.ruled) == (["4"], frozenset())


def test_a_glance_tells_a_store_that_holds_too_little(store, store_url):
    [state] = configure(store)
    poll(store, state, "1", "2", "3")
    assert may_hold(store_url, 3)
    assert may_hold(store_url, 4) == store_url.startswith("postgresql")  # takes more than a glance


def test_a_glance_creates_nothing_and_leaves_what_is_odd_to_a_look(tmp_path):
    assert not may_hold(f"sqlite:///{tmp_path}/none.db", 1)
    (tmp_path / "odd #1?.db").write_bytes(b"no database at all, whatever it is" * 30)
    (tmp_path / "100 %.db").touch()
    assert may_hold(f"sqlite:///{tmp_path}/odd #1?.db", 1)
    assert may_hold(f"sqlite:///{tmp_path}/100 %.db", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["100 %.db", "odd #1?.db"]


def test_a_look_creates_and_upgrades_nothing(databases):
    empty = databases.new(ready=False)
    assert sample(empty, since=NOW, most=1) is None
    assert sample(empty, since=NOW, most=1) is None


@pytest.mark.parametrize("url", ["sqlite:///nowhere/at/all.db", "nonsense", "mysql://x/y", ""])
def test_a_look_at_what_cannot_be_opened_is_none(tmp_path, url):
    assert sample(url, since=NOW, most=1) is None
    assert list(tmp_path.iterdir()) == []
