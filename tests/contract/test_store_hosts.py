"""The sources of one host together, on every database."""

import random
from dataclasses import replace
from datetime import timedelta

from builders import NOW, a_source
from store_builders import a_poll, again, commit, configure

from monitor.model import ErrorKind, HostWish, PollOutcome

HOUR = timedelta(hours=1)
HOST = [f"https://wire.example/{section}" for section in ("world", "sport", "arts", "science")]
SHORE = "https://shore.example/rss"


def a_failure(state, kind, **changes):
    failed = replace(state, error_kind=kind, failures=1, next_poll_at=NOW + 2 * HOUR)
    return a_poll(state, state=failed, outcome=PollOutcome.FAILED, **changes)


def test_it_is_known_how_the_sources_of_a_host_failed_last(store):
    world, sport, *_, shore = configure(store, *HOST, SHORE)
    commit(store, a_failure(world, ErrorKind.AUTH), a_failure(shore, ErrorKind.DNS))
    kinds = store.host_kinds("wire.example")
    assert len(kinds) == 4
    assert kinds[world.id] is ErrorKind.AUTH
    assert kinds[sport.id] is None
    assert store.host_kinds("nobody.example") == {}


def test_sources_that_left_the_configuration_do_not_count(store):
    configure(store, *HOST)
    configure(store, *HOST[:2])
    assert len(store.host_kinds("wire.example")) == 2


def test_a_pause_that_a_host_asks_for_is_for_all_its_sources_and_they_come_back_spread(store):
    states = configure(store, *HOST, SHORE)
    until = NOW + HOUR
    commit(store, a_failure(states[0], ErrorKind.RATE_LIMITED, host_until=until))
    first, *others, shore = [again(store, state).next_poll_at for state in states]
    assert first == NOW + 2 * HOUR
    assert shore == NOW
    assert min(others) == until
    assert len(set(others)) == 3
    assert max(others) <= until + timedelta(minutes=1)
    assert store.due_hosts(until - timedelta(seconds=1), 9) == ["shore.example"]


def test_a_source_with_a_later_time_of_its_own_keeps_it(store):
    world, sport, *_ = configure(store, *HOST)
    commit(store, a_failure(world, ErrorKind.HTTP_5XX))
    commit(store, a_failure(sport, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR))
    assert again(store, world).next_poll_at == NOW + 2 * HOUR


def test_a_record_that_comes_too_late_puts_nothing_off(store):
    world, sport, *_ = configure(store, *HOST)
    commit(store, a_poll(world))
    [refused] = commit(store, a_failure(world, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR))
    assert not refused.accepted
    assert again(store, sport).next_poll_at == NOW


def test_two_pauses_in_one_group_both_count(store):
    world, sport, *others = configure(store, *HOST)
    commit(
        store,
        a_failure(world, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR / 2),
        a_failure(sport, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR),
    )
    assert all(again(store, state).next_poll_at >= NOW + HOUR for state in others)


def test_the_many_sources_of_a_host_that_asks_for_a_pause_come_back_within_half_an_hour(store):
    first, *others = configure(store, *(f"https://wire.example/{n}" for n in range(3_000)))
    until = NOW + HOUR
    commit(store, a_failure(first, ErrorKind.RATE_LIMITED, host_until=until))
    back = sorted(s.next_poll_at for s in store.source_states() if s.id != first.id)
    assert len(back) == len(others) == len(set(back))
    assert back[0] == until
    assert back[-1] <= until + HOUR / 2
    assert all(back[n + 100] - back[n] <= 2 * timedelta(minutes=1) for n in range(len(back) - 100))


def test_a_hosts_wish_is_remembered_until_it_is_over(store, open_store):
    world, *_ = configure(store, *HOST)
    until = NOW + HOUR
    commit(store, a_failure(world, ErrorKind.RATE_LIMITED, host_until=until))
    wishes = {"wire.example": HostWish(until=until, said=True)}
    assert open_store().host_wishes(NOW) == wishes
    assert open_store().host_wishes(until) == {}


def test_of_two_wishes_the_one_that_lasts_longer_stands(store):
    world, sport, arts, _ = configure(store, *HOST)
    commit(store, a_failure(world, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR))
    shorter = {"host_until": NOW + HOUR / 6, "limit_said": False}
    commit(store, a_failure(sport, ErrorKind.RATE_LIMITED, **shorter))
    assert store.host_wishes(NOW)["wire.example"] == HostWish(until=NOW + HOUR, said=True)
    longer = {"host_until": NOW + 2 * HOUR, "limit_said": False}
    commit(store, a_failure(arts, ErrorKind.RATE_LIMITED, **longer))
    assert store.host_wishes(NOW)["wire.example"] == HostWish(until=NOW + 2 * HOUR, said=False)


def test_a_limit_where_a_redirect_led_is_that_hosts(store):
    world, sport, *_, shore = configure(store, *HOST, SHORE)
    limit = {"host_until": NOW + HOUR, "limited_host": "shore.example"}
    commit(store, a_failure(world, ErrorKind.RATE_LIMITED, **limit))
    assert store.host_wishes(NOW).keys() == {"shore.example"}
    assert again(store, shore).next_poll_at == NOW + HOUR
    assert again(store, sport).next_poll_at == NOW


def test_a_start_brings_nothing_forward_that_a_wish_put_off_and_asks_nothing_new_before(store):
    world, sport, *_ = configure(store, *HOST)
    until = NOW + HOUR
    commit(store, a_failure(world, ErrorKind.RATE_LIMITED, host_until=until))
    put_off = again(store, sport).next_poll_at
    sources = [a_source(url=url, name=url, every=HOUR / 12) for url in [*HOST, HOST[0] + "/new"]]
    store.sync_sources(sources, now=NOW + HOUR / 3, rng=random.Random(1))
    states = {state.url: state for state in store.source_states()}
    assert states[sport.url].next_poll_at == put_off
    assert states[sources[-1].url].next_poll_at >= until


def test_a_wish_moves_with_the_clock_and_goes_when_it_is_old(store):
    world, *_ = configure(store, *HOST)
    commit(store, a_failure(world, ErrorKind.RATE_LIMITED, host_until=NOW + HOUR))
    store.shift(HOUR)
    assert store.host_wishes(NOW)["wire.example"].until == NOW + 2 * HOUR
    store.prune(NOW + 3 * HOUR)
    assert store.host_wishes(NOW) == {}
