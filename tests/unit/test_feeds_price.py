"""One price for all sources, by which they keep to the budget."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose, sqrt

from builders import a_source, a_state

from monitor.feeds.pacing.price import TYPICAL_DESK, Demand, common_price, demand, price
from monitor.model import Habits, Rhythm
from monitor.settings import HostSettings, PollSettings

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLL = PollSettings()


def demands(*pulls, shortest=POLL.min, longest=POLL.max):
    return [Demand(pull=pull, shortest=shortest, longest=longest) for pull in pulls]


def intervals(known, cost):
    return [
        min(max(timedelta(hours=sqrt(2 * cost / each.pull)), each.shortest), each.longest)
        for each in known
    ]


def polls_an_hour(known, cost):
    return sum(HOUR / interval for interval in intervals(known, cost))


def test_alike_sources_share_the_budget_alike():
    for pull in (0.01, 1.0, 50.0):
        known = demands(*[pull] * 100)
        assert all(isclose(each / HOUR, 1.0) for each in intervals(known, price(known, POLL)))


def test_a_busy_source_gets_more_polls_and_all_together_keep_to_the_budget():
    known = demands(*(2.0 ** (number % 12 - 8) for number in range(600)))
    for budget in (0.5, 1.0, 3.0):
        cost = price(known, PollSettings(budget=budget))
        assert isclose(polls_an_hour(known, cost), 600 * budget, rel_tol=1e-9)
    assert intervals(known, cost)[11] < intervals(known, cost)[0]


def test_bounds_that_leave_no_choice_are_kept():
    known = demands(*[1.0] * 100)
    assert intervals(known, price(known, PollSettings(budget=1e6)))[0] <= POLL.min
    assert intervals(known, price(known, PollSettings(budget=1e-6)))[0] >= POLL.max


def test_what_some_sources_may_not_use_goes_to_the_others():
    free = demands(*[1.0] * 100)
    held = demands(*[1.0] * 100, shortest=DAY, longest=DAY)
    cost = price(free + held, POLL)
    assert isclose(polls_an_hour(free, cost), 200 - 100 / 24, rel_tol=1e-9)


def test_a_small_desk_pays_what_a_typical_one_pays():
    busy = demands(*[5.0] * 10)
    [often, *_] = intervals(busy, price(busy, POLL))
    assert POLL.min < often < 25 * MINUTE
    [alone] = intervals(demands(0.01), price(demands(0.01), POLL))
    assert alone > 2 * HOUR


def test_a_large_desk_is_not_filled_up():
    known = demands(*[5.0] * TYPICAL_DESK)
    assert isclose(polls_an_hour(known, price(known, POLL)), TYPICAL_DESK, rel_tol=1e-9)


def test_a_price_is_found_even_where_nothing_can_be_known():
    assert price([], POLL) > 0
    assert price(demands(*[0.0] * 100), POLL) > 0


def test_a_source_with_an_interval_of_its_own_asks_nothing_of_the_budget():
    assert demand(a_state(), a_source(every=HOUR), POLL, now=NOW) is None
    assert demand(a_state(), a_source(), PollSettings(every=HOUR), now=NOW) is None


def test_a_demand_is_what_is_learned_within_the_bounds():
    state = a_state(
        last_success_at=NOW,
        rate=2.0,
        rhythm=Rhythm(burst=2.0, counted_at=NOW, matched=0.5, entries=8),
    )
    found = demand(state, a_source(priority=2.0), POLL, now=NOW)
    assert isclose(found.pull, 6.0)
    assert (found.shortest, found.longest) == (POLL.min, 2 * HOUR)
    outran = replace(state, habits=Habits(gap_at=NOW - HOUR))
    assert isclose(demand(outran, a_source(priority=2.0), POLL, now=NOW).pull, 24.0)


def test_a_demand_knows_what_hosts_and_servers_wish():
    preset = HostSettings(name="wire.example", min=15 * MINUTE)
    assert demand(a_state(), a_source(), POLL, preset=preset, now=NOW).shortest == 15 * MINUTE
    fresh = a_state(rhythm=Rhythm(fresh_for=6 * HOUR))
    found = demand(fresh, a_source(), POLL, preset=preset, now=NOW)
    assert (found.shortest, found.longest) == (6 * HOUR, 6 * HOUR)


def test_sources_not_polled_yet_are_taken_for_middling_ones():
    fresh = [a_state(url=f"https://{n}.example/", first_success_at=None) for n in range(1000)]
    sources = {state.url: a_source(url=state.url) for state in fresh}
    assert 0.02 < common_price(fresh, sources, POLL, now=NOW) < 0.5


def test_the_price_is_made_by_what_is_configured_and_adapts():
    urls = [f"https://{n}.example/" for n in range(300)]
    states = [a_state(url=url, host=url, rate=1.0, last_success_at=NOW) for url in urls]
    sources = {url: a_source(url=url) for url in urls[:200]}
    sources |= {url: a_source(url=url, every=HOUR) for url in urls[:50]}
    known = [demand(state, a_source(), POLL, now=NOW) for state in states[50:200]]
    assert common_price(states, sources, POLL, now=NOW) == price(known, POLL)
    slow = HostSettings(name="example", min=2 * HOUR)
    assert common_price(states, sources, POLL, preset=lambda _url: slow, now=NOW) != price(
        known, POLL
    )
