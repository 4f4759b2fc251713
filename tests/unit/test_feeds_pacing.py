"""When a source is polled next, and what is remembered of each outcome."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.pacing import UNKNOWN_RATE, advance, body_hash, first_rate, next_rate
from monitor.model import (
    Document,
    Entry,
    ErrorKind,
    Failed,
    Fetched,
    NotModified,
    Problem,
    Source,
    SourceId,
    SourceState,
)
from monitor.settings import PollSettings

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(url="https://news.example/rss", name="News")
FIXED = replace(SOURCE, every=10 * MINUTE)
POLL = PollSettings()
SEEN = SourceState(
    id=SourceId(1),
    url=SOURCE.url,
    host="news.example",
    next_poll_at=NOW,
    etag='"old"',
    last_modified="Sat, 29 Nov 2025 21:00:00 GMT",
    body_hash="0" * 32,
    first_success_at=NOW - DAY,
    last_success_at=NOW - HOUR,
    last_polled_at=NOW - HOUR,
    last_new_at=NOW - HOUR,
    rate=1.0,
    poll_seq=7,
)
NEVER = SourceState(id=SourceId(1), url=SOURCE.url, host="news.example", next_poll_at=NOW)
BODY = Fetched(url=SOURCE.url, status=200, body=b"<rss/>", etag='W/"new"', last_modified="then")
DOWN = Failed(kind=ErrorKind.TIMEOUT, message="no answer within 20 s")


def after(state, outcome, *, new=0, document=None, source=SOURCE, poll=POLL, now=NOW, seed=1):
    if isinstance(outcome, Fetched) and document is None:
        document = Document(entries=(Entry(title="One"),))
    return advance(
        state,
        outcome,
        new=new,
        document=document,
        source=source,
        poll=poll,
        now=now,
        rng=random.Random(seed),
    )


def waits(state, outcome, **given):
    return [after(state, outcome, seed=seed, **given).next_poll_at - NOW for seed in range(40)]


# --- validators and what else is remembered ---------------------------------------------------


def test_a_200_replaces_both_validators_byte_for_byte():
    state = after(SEEN, BODY)
    assert (state.etag, state.last_modified) == ('W/"new"', "then")
    assert state.body_hash == body_hash(BODY.body)


def test_a_body_whose_digest_is_known_is_not_hashed_again():
    assert after(SEEN, replace(BODY, digest="f" * 32)).body_hash == "f" * 32


def test_a_200_without_validators_clears_them():
    state = after(SEEN, replace(BODY, etag=None, last_modified=None))
    assert (state.etag, state.last_modified) == (None, None)


def test_a_200_with_the_body_parsed_last_still_refreshes_the_validators():
    state = advance(
        SEEN, BODY, new=0, document=None, source=SOURCE, poll=POLL, now=NOW, rng=random.Random(1)
    )
    assert (state.etag, state.last_modified) == ('W/"new"', "then")


def test_a_304_refreshes_the_validators_it_repeats_and_keeps_the_stored_ones():
    state = after(SEEN, NotModified(etag='"new"'))
    assert (state.etag, state.last_modified) == ('"new"', SEEN.last_modified)
    assert state.body_hash == SEEN.body_hash


@pytest.mark.parametrize("kind", [ErrorKind.PARSE, ErrorKind.NOT_A_FEED, ErrorKind.HTTP_5XX])
def test_a_failure_to_fetch_or_parse_changes_no_validator(kind):
    state = after(SEEN, Failed(kind=kind, message="no"))
    assert (state.etag, state.last_modified) == (SEEN.etag, SEEN.last_modified)
    assert state.body_hash == SEEN.body_hash


def test_of_a_document_that_was_cut_off_no_validator_is_kept():
    cut = Document(problems=(Problem(kind="truncated", message="it ends before </rss>"),))
    state = after(SEEN, BODY, document=cut)
    assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)


def test_a_success_ends_a_row_of_failures():
    failing = replace(SEEN, failures=9, error_kind=ErrorKind.DNS, error="no such host")
    for outcome in (BODY, NotModified()):
        state = after(failing, outcome)
        assert (state.failures, state.error_kind, state.error) == (0, None, "")
        assert state.last_success_at == NOW
        assert state.next_poll_at - NOW <= 1.1 * HOUR


def test_a_failure_counts_and_says_why():
    state = after(after(SEEN, DOWN), DOWN)
    assert (state.failures, state.error_kind, state.error) == (2, ErrorKind.TIMEOUT, DOWN.message)
    assert state.last_success_at == SEEN.last_success_at
    assert state.last_polled_at == NOW


def test_the_first_success_is_a_document_not_a_304():
    assert after(NEVER, BODY).first_success_at == NOW
    assert after(NEVER, NotModified()).first_success_at is None
    assert after(SEEN, BODY).first_success_at == SEEN.first_success_at


def test_new_items_are_dated():
    assert after(SEEN, BODY, new=2).last_new_at == NOW
    assert after(SEEN, BODY).last_new_at == SEEN.last_new_at


def test_the_number_that_fences_polls_stays_as_it_was_read():
    for outcome in (BODY, NotModified(), DOWN):
        assert after(SEEN, outcome).poll_seq == SEEN.poll_seq


# --- the interval -----------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [BODY, NotModified()])
def test_a_fixed_interval_is_kept_within_a_tenth(outcome):
    found = waits(SEEN, outcome, source=FIXED)
    assert all(9 * MINUTE <= wait <= 11 * MINUTE for wait in found)
    assert max(found) - min(found) > MINUTE


def test_the_interval_of_the_settings_serves_sources_without_their_own():
    poll = PollSettings(every=30 * MINUTE)
    assert all(27 * MINUTE <= wait <= 33 * MINUTE for wait in waits(SEEN, BODY, poll=poll))
    assert all(
        9 * MINUTE <= wait <= 11 * MINUTE for wait in waits(SEEN, BODY, poll=poll, source=FIXED)
    )


@pytest.mark.parametrize(
    ("rate", "hours"), [(1.0, 1.0), (4.0, 0.5), (0.25, 2.0), (1e6, 1 / 12), (0.0, 4.0)]
)
def test_an_adaptive_interval_follows_the_square_root_of_the_rate(rate, hours):
    state = replace(SEEN, rate=rate, last_success_at=NOW)
    for wait in waits(state, NotModified()):
        assert 0.9 * hours * HOUR <= wait <= 1.1 * hours * HOUR
        assert wait >= POLL.min


def test_priority_and_budget_buy_polls():
    state = replace(SEEN, last_success_at=NOW)
    dear = waits(state, NotModified(), source=replace(SOURCE, priority=4.0))
    rich = waits(state, NotModified(), poll=PollSettings(budget=2.0))
    assert all(27 * MINUTE <= wait <= 33 * MINUTE for wait in dear + rich)


def test_freshness_lengthens_an_adaptive_interval_on_200_and_304_up_to_a_day():
    for fresh, least in ((6 * HOUR, 6 * HOUR), (365 * DAY, DAY)):
        for outcome in (replace(BODY, fresh_for=fresh), NotModified(fresh_for=fresh)):
            assert set(waits(SEEN, outcome)) == {least}


def test_freshness_does_not_change_a_fixed_interval():
    outcome = replace(BODY, fresh_for=6 * HOUR)
    assert all(wait <= 11 * MINUTE for wait in waits(SEEN, outcome, source=FIXED))


def test_the_ttl_lengthens_the_interval_of_a_slow_feed_up_to_an_hour():
    quick = PollSettings(budget=10.0)  # six minutes at one item an hour
    heeded = waits(replace(SEEN, rate=0.4), BODY, document=Document(ttl=8 * HOUR), poll=quick)
    assert all(wait <= 1.1 * HOUR for wait in heeded)
    slow = waits(replace(SEEN, rate=0.9), BODY, document=Document(ttl=HOUR), poll=quick)
    assert all(HOUR <= wait <= 1.1 * HOUR for wait in slow)
    busy = waits(replace(SEEN, rate=9.0), BODY, document=Document(ttl=HOUR), poll=quick)
    assert all(wait < HOUR / 2 for wait in busy)


def test_retry_after_binds_every_source_up_to_a_day():
    for source in (SOURCE, FIXED):
        for wish, least in ((7 * HOUR, 7 * HOUR), (30 * DAY, DAY)):
            for outcome in (replace(DOWN, retry_after=wish), replace(BODY, retry_after=wish)):
                state = after(SEEN, outcome, source=source)
                assert state.retry_after == NOW + least
                assert state.next_poll_at >= NOW + least


def test_a_standing_wish_outlasts_a_failure_and_ends_with_a_success():
    waiting = replace(SEEN, retry_after=NOW + 5 * HOUR)
    assert after(waiting, DOWN).retry_after == NOW + 5 * HOUR
    assert after(waiting, DOWN).next_poll_at >= NOW + 5 * HOUR
    assert after(waiting, NotModified()).retry_after is None
    assert after(replace(SEEN, retry_after=NOW - HOUR), DOWN).retry_after is None


# --- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["truncated", "ill_formed"])
def test_the_first_poll_lasts_until_a_whole_document_or_the_second_look(kind):
    broken = Document(problems=(Problem(kind=kind, message="it ends early"),))
    once = after(NEVER, BODY, document=broken)
    assert once.first_success_at is None
    assert once.last_success_at == NOW
    assert after(once, BODY).first_success_at == NOW
    assert after(once, BODY, document=broken).first_success_at == NOW
    assert after(once, NotModified()).first_success_at == NOW


def test_an_empty_first_document_does_not_end_the_first_poll_but_two_do():
    once = after(NEVER, BODY, document=Document())
    assert once.first_success_at is None
    assert after(once, BODY, document=Document()).first_success_at == NOW


def test_validators_are_kept_with_the_address_they_came_from():
    moved = replace(BODY, url="https://new.example/rss")
    kept = after(SEEN, moved)
    assert kept.validators_url == moved.url
    assert after(kept, NotModified()).validators_url == moved.url


def row_of(outcome, length, source=SOURCE):
    state, found = replace(SEEN, rate=1.0), []
    for _ in range(length):
        state = after(state, outcome, source=source)
        found.append(state.next_poll_at - NOW)
    return found


def test_failures_double_the_wait_up_to_a_day_and_never_end_it():
    found = row_of(DOWN, 60)
    for n, wait in enumerate(found):
        longest = min(DAY, POLL.min * 2 ** min(n, 12))
        assert max(POLL.min, longest / 2) <= wait <= longest


def test_a_slow_source_that_failed_once_is_tried_again_soon_unless_it_asked_for_less():
    slow = replace(SEEN, rate=0.0)
    assert after(slow, DOWN).next_poll_at - NOW == POLL.min
    limited = Failed(kind=ErrorKind.RATE_LIMITED, message="too many requests")
    assert after(slow, limited).next_poll_at - NOW >= POLL.max / 2


def test_a_fixed_source_backs_off_too_but_never_below_its_interval():
    found = row_of(DOWN, 20, FIXED)
    assert found[0] >= 9 * MINUTE
    assert DAY / 2 <= found[-1] <= DAY


def test_an_interval_longer_than_a_day_stays_as_long():
    rare = replace(SOURCE, every=7 * DAY)
    assert all(6.3 * DAY <= wait <= 7 * DAY for wait in row_of(DOWN, 20, rare))


def test_a_rate_limit_met_twice_waits_an_hour_at_least():
    limited = Failed(kind=ErrorKind.RATE_LIMITED, message="429")
    first, second, *_ = row_of(limited, 3, FIXED)
    assert first < HOUR
    assert second >= HOUR


def test_a_source_that_says_twice_that_it_is_gone_is_asked_once_a_week():
    gone = Failed(kind=ErrorKind.GONE, message="410")
    first, *later = row_of(gone, 4)
    assert first <= HOUR
    assert all(wait == 7 * DAY for wait in later)


def test_a_gone_after_other_failures_is_only_the_first():
    gone = Failed(kind=ErrorKind.GONE, message="410")
    state = after(after(SEEN, DOWN), gone)
    assert state.failures == 2
    assert state.next_poll_at - NOW <= DAY


# --- rates ------------------------------------------------------------------------------------


def test_the_rate_halves_in_five_silent_days():
    assert isclose(next_rate(8.0, 0, 5 * DAY), 4.0)
    assert isclose(next_rate(8.0, 0, 10 * DAY), 2.0)


def test_a_steady_source_keeps_its_rate_however_often_it_is_polled():
    assert isclose(next_rate(3.0, 3, HOUR), 3.0)
    assert isclose(next_rate(3.0, 72, DAY), 3.0)


def test_a_first_document_tells_the_rate_by_its_dates():
    hourly = Document(entries=tuple(Entry(published=NOW - n * HOUR) for n in range(48)))
    assert 0.8 < first_rate(hourly, now=NOW) < 1.3
    assert 0.8 < after(NEVER, BODY, document=hourly, new=48).rate < 1.3


def test_dates_of_years_ago_tell_of_a_slow_source():
    old = Document(entries=tuple(Entry(published=NOW - n * 100 * DAY) for n in range(3, 20)))
    assert first_rate(old, now=NOW) < 0.001


@pytest.mark.parametrize("dates", [(), (None, None), (NOW + DAY, NOW + DAY), (NOW,)])
def test_without_dates_a_middling_rate_is_assumed(dates):
    document = Document(entries=tuple(Entry(published=date) for date in dates))
    assert first_rate(document, now=NOW) == UNKNOWN_RATE


def test_a_failure_leaves_the_rate_and_the_next_success_spreads_what_came_meanwhile():
    failed = after(SEEN, DOWN)
    assert failed.rate == SEEN.rate
    later = after(failed, BODY, new=24, now=NOW + 23 * HOUR)
    assert isclose(later.rate, 1.0)


# --- laws -------------------------------------------------------------------------------------

DURATIONS = st.timedeltas(timedelta(), 400 * DAY)
OUTCOMES = st.one_of(
    st.builds(NotModified, fresh_for=st.none() | DURATIONS),
    st.builds(lambda fresh, wish: replace(BODY, fresh_for=fresh, retry_after=wish), st.none() | DURATIONS, st.none() | DURATIONS),
    st.builds(lambda kind, wish: Failed(kind=kind, message="x", retry_after=wish), st.sampled_from(ErrorKind), st.none() | DURATIONS),
)  # fmt: skip
STATES = st.builds(
    lambda failures, kind, rate, since: replace(SEEN, failures=failures, error_kind=kind, rate=rate, last_success_at=since),
    st.integers(0, 10**6), st.none() | st.sampled_from(ErrorKind), st.floats(0, 1e9), st.none() | st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip
SOURCES = st.builds(
    lambda every, priority: replace(SOURCE, every=every, priority=priority),
    st.none() | st.timedeltas(timedelta(seconds=1), 365 * DAY),
    st.floats(0, 1e6),
)


@settings(max_examples=100, deadline=None)
@given(STATES, OUTCOMES, SOURCES, st.integers(0, 10**6), st.none() | DURATIONS, st.integers(0, 9))
def test_no_poll_comes_too_soon_and_none_is_put_off_for_ever(
    state, outcome, source, new, ttl, seed
):
    document = Document(ttl=ttl) if isinstance(outcome, Fetched) else None
    then = advance(
        state, outcome, new=new, document=document, source=source, poll=POLL, now=NOW, rng=random.Random(seed)
    )  # fmt: skip
    wait = then.next_poll_at - NOW
    assert wait >= (source.every * 0.9 if source.every else POLL.min)
    if then.retry_after:
        assert NOW <= then.retry_after <= min(NOW + DAY, then.next_poll_at)
    gone = isinstance(outcome, Failed) and outcome.kind is ErrorKind.GONE
    assert wait <= max(7 * DAY if gone else DAY, 1.1 * (source.every or POLL.max))
    assert then.rate >= 0


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), SOURCES)
def test_one_more_failure_never_shortens_the_mean_wait(failures, source):
    fewer, more = (
        sum(waits(replace(SEEN, failures=n), DOWN, source=source), timedelta())
        for n in (failures - 1, failures)
    )
    assert more >= fewer
