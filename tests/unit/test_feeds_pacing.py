"""When a source is polled next, and what is remembered of each outcome."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isclose, sqrt

import pytest

from monitor.feeds.pacing import HOURLY, advance, body_hash, furthest
from monitor.feeds.pacing.rhythm import BURST_SHARE
from monitor.model import (
    Document,
    Entry,
    ErrorKind,
    Failed,
    Fetched,
    Habits,
    NotModified,
    Problem,
    Rhythm,
    Source,
    SourceId,
    SourceState,
)
from monitor.settings import HostSettings, PollSettings

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
LIMITED = Failed(kind=ErrorKind.RATE_LIMITED, message="asks us to come less often")
# The rule's interval for one item an hour of which none came of late, at the price HOURLY.
USUAL = HOUR / sqrt(1 - BURST_SHARE)


def after(
    state, outcome, *, document=None, source=SOURCE, poll=POLL, now=NOW, seed=1, new=0, **pacing
):
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
        **pacing,
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
        assert state.next_poll_at - NOW <= 1.1 * USUAL


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
    ("rate", "times"), [(1.0, 1.0), (4.0, 1 / 2), (0.25, 2.0), (1e6, 0), (0.0, 99)]
)
def test_an_adaptive_interval_follows_the_square_root_of_the_rate(rate, times):
    state = replace(SEEN, rate=rate, last_success_at=NOW)
    for wait in waits(state, NotModified()):
        assert min(0.9 * times * USUAL, 3.6 * HOUR) <= wait <= max(1.1 * times * USUAL, POLL.min)
        assert POLL.min <= wait <= POLL.max


def test_priority_a_lower_price_and_items_on_watchlists_buy_polls():
    state = replace(SEEN, last_success_at=NOW)
    dear = waits(state, NotModified(), source=replace(SOURCE, priority=4.0))
    cheap = waits(state, NotModified(), price=HOURLY / 4)
    assert all(0.45 * USUAL <= wait <= 0.55 * USUAL for wait in dear + cheap)
    matching = replace(state, rhythm=Rhythm(matched=1.0))
    known = zip(waits(matching, NotModified()), waits(state, NotModified()), strict=True)
    assert all(isclose(wait / usual, 1 / sqrt(2), rel_tol=1e-6) for wait, usual in known)


def test_the_preset_of_a_host_is_a_floor_where_people_chose_no_interval_for_the_source():
    preset = HostSettings(name="news.example", min=3 * HOUR)
    assert set(waits(SEEN, BODY, preset=preset)) == {3 * HOUR}
    everywhere = waits(SEEN, BODY, preset=preset, poll=PollSettings(every=10 * MINUTE))
    assert all(2.7 * HOUR <= wait <= 3.3 * HOUR for wait in everywhere)
    assert all(wait <= 11 * MINUTE for wait in waits(SEEN, BODY, preset=preset, source=FIXED))
    assert after(SEEN, DOWN, preset=preset).next_poll_at >= NOW + 3 * HOUR


def test_half_of_a_document_is_not_replaced_between_two_polls():
    state = replace(SEEN, rate=2.0, last_success_at=NOW, rhythm=Rhythm(entries=4))
    cover = HOUR / (1 - BURST_SHARE)
    for wait in waits(state, NotModified(), price=100.0):
        assert 0.9 * cover <= wait <= 1.1 * cover


def test_a_source_that_outran_its_polls_is_polled_twice_as_often_for_a_day():
    for ago, times in ((HOUR, 0.5), (2 * DAY, 1.0)):
        state = replace(SEEN, last_success_at=NOW, habits=Habits(gap_at=NOW - ago))
        for wait in waits(state, NotModified()):
            assert 0.9 * times * USUAL <= wait <= 1.1 * times * USUAL


def test_polls_gather_in_the_hours_that_bring_news():
    by_hour = tuple(40.0 if hour in (9, 10) else 0.0 for hour in range(24))
    state = replace(SEEN, rate=1.0, rhythm=Rhythm(hours=by_hour, days=(10.0,) * 7))
    busy, quiet = (
        after(replace(state, last_success_at=now), NotModified(), now=now).next_poll_at - now
        for now in (NOW.replace(hour=9), NOW.replace(hour=15))
    )
    assert busy < USUAL / 2 < 1.5 * USUAL < quiet


def test_an_item_just_seen_brings_the_next_poll_forward():
    quiet = after(SEEN, NotModified())
    assert after(SEEN, BODY, new=1).next_poll_at < quiet.next_poll_at


def test_freshness_lengthens_an_adaptive_interval_on_200_and_304_up_to_a_day():
    for fresh, least in ((6 * HOUR, 6 * HOUR), (365 * DAY, DAY)):
        for outcome in (replace(BODY, fresh_for=fresh), NotModified(fresh_for=fresh)):
            assert set(waits(SEEN, outcome)) == {least}


def test_freshness_does_not_change_a_fixed_interval():
    outcome = replace(BODY, fresh_for=6 * HOUR)
    assert all(wait <= 11 * MINUTE for wait in waits(SEEN, outcome, source=FIXED))


def test_the_ttl_lengthens_the_interval_of_a_slow_feed_up_to_an_hour():
    busy_desk = {"price": 0.001}  # three minutes at one item an hour
    heeded = waits(replace(SEEN, rate=0.1), BODY, document=Document(ttl=8 * HOUR), **busy_desk)
    assert set(heeded) == {HOUR}
    slow = waits(replace(SEEN, rate=0.9), BODY, document=Document(ttl=HOUR), **busy_desk)
    assert set(slow) == {HOUR}
    busy = waits(replace(SEEN, rate=9.0), BODY, document=Document(ttl=HOUR), **busy_desk)
    assert all(wait < HOUR / 2 for wait in busy)


def test_the_ttl_stands_after_a_304():
    told = after(SEEN, BODY, document=Document(ttl=HOUR), price=0.001)
    assert set(waits(replace(told, rate=0.9), NotModified(), price=0.001)) == {HOUR}


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


def test_an_empty_first_document_ends_the_first_poll_unless_it_is_broken():
    assert after(NEVER, BODY, document=Document()).first_success_at == NOW
    broken = Document(problems=(Problem(kind="truncated", message="it ends early"),))
    assert after(NEVER, BODY, document=broken).first_success_at is None


def test_a_part_sent_on_purpose_neither_ends_the_first_poll_nor_counts_as_the_document():
    part = replace(BODY, status=226)
    assert after(NEVER, part, document=Document(entries=(Entry(),))).first_success_at is None
    known = replace(SEEN, rhythm=replace(SEEN.rhythm, entries=30))
    assert after(known, part, document=Document(entries=(Entry(),))).rhythm.entries == 30


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
    assert after(slow, LIMITED).next_poll_at - NOW >= 2 * POLL.max


def test_a_fixed_source_backs_off_too_but_never_below_its_interval():
    found = row_of(DOWN, 20, FIXED)
    assert found[0] >= 9 * MINUTE
    assert DAY / 2 <= found[-1] <= DAY


def test_an_interval_longer_than_a_day_stays_as_long():
    rare = replace(SOURCE, every=7 * DAY)
    assert all(6.3 * DAY <= wait <= 7 * DAY for wait in row_of(DOWN, 20, rare))


def test_a_rate_limit_doubles_the_wait_an_hour_at_least_once_repeated():
    found = row_of(LIMITED, 12, FIXED)
    assert 20 * MINUTE <= found[0] < HOUR <= found[1]
    assert all(min(2 * fewer, DAY) <= more for fewer, more in pairwise(found))
    assert found[-1] == DAY


def test_after_a_rate_limit_the_wait_comes_back_by_halves():
    state, found = SEEN, []
    for _ in range(5):
        state = after(state, LIMITED, source=FIXED)
    left = state.rhythm.slowed
    for _ in range(8):
        state = after(state, NotModified(), source=FIXED)
        found.append(state.next_poll_at - NOW)
    halves = [left / 2**n for n in range(1, 9)]
    assert found[:3] == halves[:3]
    assert all(wait <= max(half, 11 * MINUTE) for wait, half in zip(found, halves, strict=True))
    assert 9 * MINUTE <= found[-1] <= 11 * MINUTE


def test_a_limit_met_again_on_the_way_back_doubles_what_was_left():
    state = replace(SEEN, rhythm=Rhythm(slowed=8 * HOUR))
    back = after(state, NotModified(), source=FIXED)
    assert back.rhythm.slowed == 4 * HOUR
    assert after(back, LIMITED, source=FIXED).next_poll_at - NOW >= 8 * HOUR


def test_a_limit_that_says_how_long_leaves_nothing_behind():
    state = after(SEEN, replace(LIMITED, retry_after=HOUR), source=FIXED)
    assert state.rhythm.slowed is None
    assert after(state, NotModified(), source=FIXED).next_poll_at - NOW <= 11 * MINUTE


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


# --- the rate -----------------------------------------------------------------------------------


def test_a_first_document_tells_the_rate_and_how_long_it_is():
    hourly = Document(entries=tuple(Entry(published=NOW - n * HOUR) for n in range(48)))
    state = after(NEVER, BODY, document=hourly, new=48)
    assert 0.8 < state.rate < 1.3
    assert state.rhythm.entries == 48


def test_entries_that_were_left_out_as_known_count_for_the_length_of_a_document():
    document = Document(entries=(Entry(title="New"),), marks=bytes(8 * 30))
    assert after(SEEN, BODY, document=document, new=1).rhythm.entries == 30


def test_a_failure_leaves_the_rate_and_the_next_success_spreads_what_came_meanwhile():
    failed = after(SEEN, DOWN)
    assert failed.rate == SEEN.rate
    later = after(failed, BODY, new=24, now=NOW + 23 * HOUR)
    assert isclose(later.rate, 1.0)


def test_what_most_polls_learn_is_only_that_nothing_came():
    told = after(SEEN, replace(BODY, fresh_for=HOUR), new=3)
    again = after(told, NotModified(fresh_for=HOUR), now=NOW + HOUR)
    assert again.rhythm is told.rhythm


# --- plans that stand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "source", "latest"),
    [
        (NotModified(), SOURCE, POLL.max),
        (NotModified(), FIXED, 11 * MINUTE),
        (NotModified(fresh_for=30 * HOUR), SOURCE, DAY),
        (DOWN, SOURCE, DAY),
        (DOWN, replace(SOURCE, every=3 * DAY), 3.3 * DAY),
        (replace(DOWN, retry_after=20 * HOUR), FIXED, DAY),
        (Failed(kind=ErrorKind.GONE, message="410"), SOURCE, 8 * DAY),
    ],
)
def test_a_plan_stands_as_long_as_a_poll_could_have_made_it(outcome, source, latest):
    state = SEEN
    for _ in range(12):
        state = after(state, outcome, source=source)
        assert state.next_poll_at <= furthest(state, source, POLL, now=NOW)
    assert furthest(state, source, POLL, now=NOW) == NOW + latest
