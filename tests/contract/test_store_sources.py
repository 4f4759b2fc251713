"""Which sources are due and when, on every database."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_source
from store_builders import DAY, WIRE, a_poll, again, commit, configure, key, unknown

from monitor.errors import StoreError
from monitor.model import ErrorKind, PollOutcome

SHORE = "https://shore.example/rss"
MINUTE = timedelta(minutes=1)


def sync(store, *urls, now=NOW, spread=MINUTE, seed=1):
    sources = [a_source(url=url, name=url) for url in urls]
    store.sync_sources(sources, now=now, rng=random.Random(seed), spread=spread)


def test_new_sources_are_due_within_the_spread_and_not_all_at_once(store):
    urls = [f"https://host-{n}.example/feed" for n in range(200)]
    sync(store, *urls)
    due = [state.next_poll_at for state in store.source_states()]
    assert all(NOW <= each < NOW + MINUTE for each in due)
    assert len(set(due)) > 190
    early = store.due_hosts(NOW + MINUTE / 2, 1000)
    assert 50 < len(early) < 150


def test_without_a_spread_everything_new_is_due_now(store):
    sync(store, WIRE, SHORE, spread=timedelta(0))
    assert set(store.due_hosts(NOW, 10)) == {"wire.example", "shore.example"}


def test_what_is_overdue_at_a_start_is_spread_and_what_is_not_keeps_its_time(store):
    configure(store, WIRE, SHORE)
    [wire, shore] = store.source_states()
    commit(store, a_poll(shore))  # due again in an hour
    later = NOW + timedelta(minutes=30)
    sync(store, WIRE, SHORE, now=later)
    assert later <= again(store, wire).next_poll_at < later + MINUTE
    assert again(store, shore).next_poll_at == NOW + timedelta(hours=1)


def test_a_source_that_left_the_configuration_is_never_due_but_stays_known(store):
    [state] = configure(store, WIRE)
    commit(store, a_poll(state, "1"))
    sync(store, SHORE)
    assert store.due_hosts(NOW + DAY, 10) == ["shore.example"]
    assert [each.url for each in store.source_states()] == [SHORE]
    sync(store, WIRE, SHORE, now=NOW + DAY)
    back = again(store, state)
    assert (back.id, back.last_polled_at) == (state.id, NOW)
    assert not unknown(store, back, key(WIRE, "1"))


def test_hosts_come_longest_waiting_first_and_no_host_hides_another(store):
    crowd = [f"https://crowd.example/{n}" for n in range(50)]
    sync(store, *crowd, spread=timedelta(0))
    sync(store, *crowd, SHORE, now=NOW + MINUTE, spread=timedelta(0))
    assert store.due_hosts(NOW + MINUTE, 2) == ["crowd.example", "shore.example"]
    assert store.due_hosts(NOW + MINUTE, 1) == ["crowd.example"]


def test_only_what_is_due_at_the_host_is_returned_oldest_first(store):
    urls = [f"https://wire.example/{n}" for n in range(4)]
    states = configure(store, *urls, SHORE)
    for minutes, state in zip((30, 10, 90), states[:3], strict=True):
        poll = a_poll(state)
        told = replace(poll.state, next_poll_at=NOW + timedelta(minutes=minutes))
        commit(store, replace(poll, state=told))
    due = store.due_sources("wire.example", NOW + timedelta(hours=1))
    assert [state.url[-1] for state in due] == ["3", "1", "0"]


def test_sources_of_one_host_share_it_whatever_scheme_port_or_case_they_use(store):
    sync(store, "https://Wire.example/a", "http://wire.example:8080/b", spread=timedelta(0))
    assert store.due_hosts(NOW, 10) == ["wire.example"]
    assert len(store.due_sources("wire.example", NOW)) == 2


def test_states_are_found_by_address_also_of_sources_not_configured(store):
    sync(store, WIRE, SHORE)
    sync(store, SHORE)
    assert [state.url for state in store.source_states([WIRE])] == [WIRE]
    assert store.source_states(["https://nowhere.example"]) == []


def test_an_address_too_long_to_index_is_refused_with_its_beginning(store):
    with pytest.raises(StoreError, match=r"https://wire\.example/x+… has an address over 2048"):
        sync(store, f"https://wire.example/{'x' * 3000}")


def test_a_clock_step_moves_what_is_planned_and_not_what_has_been(store):
    [state] = configure(store)
    poll = a_poll(state)
    told = replace(poll.state, retry_after=NOW + DAY, last_success_at=NOW)
    commit(store, replace(poll, state=told))
    store.shift(-timedelta(hours=3))
    moved = again(store, state)
    assert moved.next_poll_at == told.next_poll_at - timedelta(hours=3)
    assert moved.retry_after == NOW + DAY - timedelta(hours=3)
    assert (moved.last_polled_at, moved.last_success_at) == (NOW, NOW)


def test_the_counts_tell_the_sources_apart(store):
    urls = [f"https://host-{n}.example/feed" for n in range(4)]
    ok, failing, _, gone = configure(store, *urls)
    commit(store, a_poll(ok), a_poll(gone))
    broken = replace(failing, failures=1, error_kind=ErrorKind.TLS, last_polled_at=NOW)
    commit(store, a_poll(failing, state=broken, outcome=PollOutcome.FAILED))
    sync(store, *urls[:3], spread=timedelta(0))
    counts = store.counts(NOW)
    assert counts.sources_ok == 1
    assert counts.sources_failing == 1
    assert counts.sources_never_polled == 1
    assert counts.next_due == NOW


def test_hosts_that_belong_together_are_due_as_one(store):
    urls = ("https://a.wire.example/feed", "https://b.wire.example/feed", "https://c.example/")
    configured = [a_source(url=url, name=url) for url in urls]
    at_once = {"now": NOW, "rng": random.Random(1), "spread": timedelta(0)}
    store.sync_sources(configured, **at_once)
    assert len(store.due_hosts(NOW, 10)) == 3
    store.sync_sources(configured, **at_once, group=lambda url: "together")
    assert store.due_hosts(NOW, 10) == ["together"]
    assert len(store.due_sources("together", NOW)) == 3


def test_a_plan_that_is_right_by_its_rhythm_stays(store):
    [state] = configure(store)
    late = NOW + timedelta(days=3)
    commit(store, a_poll(state, state=replace(state, next_poll_at=late)))
    plan = {"now": NOW, "rng": random.Random(1), "longest": timedelta(hours=4)}
    store.sync_sources([a_source(url=WIRE)], **plan, furthest=lambda state: late)
    assert again(store, state).next_poll_at == late
    store.sync_sources([a_source(url=WIRE)], **plan, furthest=lambda state: NOW)
    assert again(store, state).next_poll_at <= NOW + timedelta(hours=4)
