"""Laws of when to poll: no interval leaves its bounds, weight and price pull one way, budgets hold."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.feeds.pacing import advance, furthest
from monitor.feeds.pacing.price import Demand, demand, price
from monitor.feeds.pacing.reasons import as_json, reasons
from monitor.feeds.pacing.rhythm import worth_polling
from monitor.model import (
    Document,
    Entry,
    ErrorKind,
    Failed,
    Fetched,
    Habits,
    NotModified,
    Rhythm,
    Source,
    SourceId,
    SourceState,
)
from monitor.settings import HostSettings, PollSettings

NOW = datetime(2025, 11, 30, 21, 7, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLL = PollSettings()
SOURCE = Source(url="https://news.example/rss", name="News")
BODY = Fetched(url=SOURCE.url, status=200, body=b"<rss/>")
lawful = settings(max_examples=100, deadline=None)

DURATIONS = st.timedeltas(timedelta(), 400 * DAY)
WISHES = st.none() | DURATIONS
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
COUNTS = st.floats(0, 1e12)
ABSURD = st.floats(0, 1e300) | st.floats(0, 10)
PRICES = st.floats(1e-9, 1e9)
OUTCOMES = st.one_of(
    st.builds(NotModified, fresh_for=WISHES),
    st.builds(lambda fresh, wish: replace(BODY, fresh_for=fresh, retry_after=wish), WISHES, WISHES),
    st.builds(
        lambda kind, wish: Failed(kind=kind, message="x", retry_after=wish),
        st.sampled_from(ErrorKind),
        WISHES,
    ),
)
RHYTHMS = st.builds(
    Rhythm,
    counted_at=TIMES,
    hours=st.just(()) | st.tuples(*[COUNTS] * 24),
    days=st.just(()) | st.tuples(*[COUNTS] * 7),
    burst=ABSURD,
    matched=st.floats(0, 1),
    entries=st.integers(0, 5000),
    ttl=WISHES,
    skip_hours=st.lists(st.integers(0, 23), unique=True).map(tuple),
    skip_days=st.lists(st.integers(0, 6), unique=True).map(tuple),
    fresh_for=WISHES,
    slowed=st.none() | st.timedeltas(MINUTE, DAY),
)
STATES = st.builds(
    SourceState,
    id=st.just(SourceId(1)),
    url=st.just(SOURCE.url),
    host=st.just("news.example"),
    next_poll_at=st.just(NOW),
    first_success_at=TIMES,
    last_success_at=TIMES,
    failures=st.integers(0, 10**6),
    error_kind=st.none() | st.sampled_from(ErrorKind),
    rate=ABSURD,
    rhythm=RHYTHMS,
    habits=st.builds(Habits, gap_at=TIMES),
)
SOURCES = st.builds(
    lambda every, priority: replace(SOURCE, every=every, priority=priority),
    st.none() | st.timedeltas(timedelta(seconds=1), 365 * DAY),
    ABSURD,
)
DOCUMENTS = st.builds(
    lambda dates, ttl, hours: Document(
        entries=tuple(Entry(published=date) for date in dates), ttl=ttl, skip_hours=hours
    ),
    st.lists(TIMES, max_size=8),
    WISHES,
    st.lists(st.integers(0, 23), unique=True).map(tuple),
)
PRESETS = st.none() | st.builds(
    lambda least: HostSettings(name="news.example", min=least), st.timedeltas(MINUTE, DAY)
)


def after(state, outcome, *, new=0, matched=0, document=None, source=SOURCE, seed=1, **pacing):
    return advance(
        state,
        outcome,
        new=new,
        matched=matched,
        document=document,
        source=source,
        poll=POLL,
        now=NOW,
        rng=random.Random(seed),
        **pacing,
    )


@lawful
@given(
    STATES, OUTCOMES, SOURCES, PRESETS, PRICES, st.integers(0, 10**6), st.none() | DOCUMENTS,
    st.integers(0, 9),
)  # fmt: skip
def test_no_poll_comes_too_soon_and_none_is_put_off_for_ever(
    state, outcome, source, preset, cost, new, document, seed
):
    then = after(
        state, outcome, new=new, matched=new // 2, source=source, seed=seed, price=cost,
        preset=preset, document=document if isinstance(outcome, Fetched) else None,
    )  # fmt: skip
    wait = then.next_poll_at - NOW
    least = source.every * 0.9 if source.every else max(POLL.min, (preset or POLL).min)
    assert wait >= least
    if then.retry_after:
        assert NOW <= then.retry_after <= min(NOW + DAY, then.next_poll_at)
    gone = isinstance(outcome, Failed) and outcome.kind is ErrorKind.GONE
    skipped = bool(then.rhythm.skip_hours or then.rhythm.skip_days)
    longest = max(7 * DAY if gone or skipped else DAY, 1.1 * (source.every or POLL.max))
    assert wait <= longest + (DAY if skipped else timedelta())
    assert then.next_poll_at <= furthest(then, source, POLL, preset=preset, now=NOW)
    assert then.rate >= 0
    assert 0 <= then.rhythm.matched <= 1


@lawful
@given(st.floats(0, 1e300), RHYTHMS, PRICES, st.integers(0, 9))
def test_without_wishes_an_adaptive_interval_lies_between_its_bounds(rate, rhythm, cost, seed):
    modest = replace(rhythm, ttl=None, skip_hours=(), skip_days=(), slowed=None)
    state = replace(SEEN, rate=rate, rhythm=modest)
    wait = after(state, NotModified(), price=cost, seed=seed).next_poll_at - NOW
    assert POLL.min <= wait <= POLL.max


SEEN = SourceState(
    id=SourceId(1),
    url=SOURCE.url,
    host="news.example",
    next_poll_at=NOW,
    first_success_at=NOW - DAY,
    last_success_at=NOW - HOUR,
)


@lawful
@given(ABSURD, RHYTHMS, PRICES, st.tuples(ABSURD, ABSURD).map(sorted))
def test_more_weight_never_polls_later(rate, rhythm, cost, weights):
    later, sooner = (
        worth_polling(rate, rhythm, NOW, weight=weight, price=cost, longest=DAY)
        for weight in weights
    )
    assert timedelta() <= sooner <= later <= DAY


@lawful
@given(ABSURD, RHYTHMS, st.tuples(PRICES, PRICES).map(sorted))
def test_a_higher_price_never_polls_sooner(rate, rhythm, prices):
    sooner, later = (
        worth_polling(rate, rhythm, NOW, weight=1.0, price=cost, longest=DAY) for cost in prices
    )
    assert sooner <= later


@lawful
@given(st.lists(st.tuples(COUNTS, st.integers(0, 3)), min_size=1, max_size=200), st.data())
def test_a_larger_budget_never_costs_more(sources, data):
    known = [
        Demand(pull=pull, shortest=(1 + way % 2) * 5 * MINUTE, longest=(1 + way) * HOUR)
        for pull, way in sources
    ]
    less, more = sorted(data.draw(st.tuples(*[st.floats(0.01, 100)] * 2)))
    assert price(known, PollSettings(budget=more)) <= price(known, PollSettings(budget=less))


@lawful
@given(
    st.integers(100, 400), st.floats(0.01, 5), st.floats(0, 2.5), st.floats(0.3, 6),
    st.integers(0, 9),
)  # fmt: skip
def test_the_budget_is_met_within_a_twentieth_where_the_bounds_allow_it(
    count, median, sigma, budget, seed
):
    rng = random.Random(seed)
    states = [
        replace(
            SEEN,
            rate=(rate := median * rng.lognormvariate(0, sigma)),
            last_success_at=NOW,
            rhythm=Rhythm(burst=rate, counted_at=NOW, matched=rng.random()),
        )
        for _ in range(count)
    ]
    poll = PollSettings(budget=budget)
    cost = price((demand(state, SOURCE, poll, now=NOW) for state in states), poll)
    waits = [
        min(max(timedelta(hours=(2 * cost / each.pull) ** 0.5), each.shortest), each.longest)
        for each in (demand(state, SOURCE, poll, now=NOW) for state in states)
    ]
    polls = sum(HOUR / wait for wait in waits) / count
    assume(1 / (POLL.max / HOUR) * 1.02 < budget < HOUR / POLL.min / 1.02)
    assert isclose(polls, budget, rel_tol=0.05)


@pytest.mark.parametrize("seed", [1, 2])
def test_sources_polled_for_days_keep_to_the_budget(seed):
    rng = random.Random(seed)
    states = [
        replace(SEEN, rate=0.3 * rng.lognormvariate(0, 1.8), next_poll_at=NOW + HOUR * rng.random())
        for _ in range(150)
    ]
    true_rates = [min(state.rate, 20.0) for state in states]
    polls, now, measured, end = 0, NOW, NOW + 2 * DAY, NOW + 4 * DAY
    while now < end:
        cost = price((demand(state, SOURCE, POLL, now=now) for state in states), POLL)
        now += HOUR
        for number, state in enumerate(states):
            while state.next_poll_at < now:
                at = state.next_poll_at
                new = poisson(rng, true_rates[number] * ((at - state.last_success_at) / HOUR))
                state = advance(  # noqa: PLW2901 - the next state of the same source
                    state, NotModified(), new=new, document=None, source=SOURCE, poll=POLL,
                    now=at, rng=rng, price=cost,
                )  # fmt: skip
                polls += at >= measured
            states[number] = state
    assert isclose(polls / len(states) / 48, POLL.budget, rel_tol=0.05)


def poisson(rng, mean):
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1)
    return count


@lawful
@given(st.integers(1, 40), SOURCES)
def test_one_more_failure_never_shortens_the_mean_wait(failures, source):
    down = Failed(kind=ErrorKind.TIMEOUT, message="no answer")
    fewer, more = (
        sum(
            (
                after(replace(SEEN, failures=n), down, source=source, seed=seed).next_poll_at - NOW
                for seed in range(40)
            ),
            timedelta(),
        )
        for n in (failures - 1, failures)
    )
    assert more >= fewer


@lawful
@given(STATES, SOURCES, PRESETS, PRICES)
def test_every_source_has_reasons_and_exactly_one_of_them_binds(state, source, preset, cost):
    found = reasons(state, source, POLL, price=cost, preset=preset, now=NOW)
    assert sum(each.binds for each in found) == 1
    assert len(as_json(found)["reasons"]) == len(found)
