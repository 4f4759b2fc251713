"""What is learned of how a source publishes, and when that makes a poll worth its price."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose, sqrt

import pytest

from monitor.feeds.pacing.rhythm import (
    BURST_HALF_LIFE,
    BURST_SHARE,
    PROFILE_HALF_LIFE,
    RATE_HALF_LIFE,
    SEEDED,
    UNKNOWN_RATE,
    begin,
    burst_at,
    covered,
    factors,
    first_rate,
    learn,
    next_rate,
    pull,
    weight,
    worth_polling,
)
from monitor.model import Document, Entry, Rhythm, Source

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)  # a Sunday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = Source(url="https://news.example/rss", name="News")


def document_of(*dates):
    return Document(entries=tuple(Entry(published=date) for date in dates))


def learned(rhythm=Rhythm(), new=1, *, since=NOW - HOUR, dates=(), matched=0):  # noqa: B008 - frozen
    return learn(rhythm, new, matched=matched, document=document_of(*dates), since=since, now=NOW)


# --- the rate ---------------------------------------------------------------------------------


def test_the_rate_halves_over_its_half_life_of_silence():
    assert isclose(next_rate(8.0, 0, RATE_HALF_LIFE), 4.0)
    assert isclose(next_rate(8.0, 0, 2 * RATE_HALF_LIFE), 2.0)


def test_a_steady_source_keeps_its_rate_however_often_it_is_polled():
    assert isclose(next_rate(3.0, 3, HOUR), 3.0)
    assert isclose(next_rate(3.0, 72, DAY), 3.0)


def test_a_first_document_tells_the_rate_by_its_dates():
    hourly = document_of(*(NOW - n * HOUR for n in range(48)))
    assert 0.8 < first_rate(hourly, now=NOW) < 1.3


def test_dates_of_years_ago_tell_of_a_slow_source():
    old = document_of(*(NOW - n * 100 * DAY for n in range(3, 20)))
    assert first_rate(old, now=NOW) < 0.001


@pytest.mark.parametrize("dates", [(), (None, None), (NOW + DAY, NOW + DAY), (NOW,)])
def test_without_dates_a_middling_rate_is_assumed(dates):
    assert first_rate(document_of(*dates), now=NOW) == UNKNOWN_RATE


# --- hours, days, bursts, matches -------------------------------------------------------------


def test_a_first_document_seeds_hours_and_days_with_part_of_an_item_for_each_date():
    rhythm = begin(document_of(NOW, NOW - 7 * DAY, NOW + DAY, None), matched=0, now=NOW)
    kept = SEEDED * 2 ** -(7 * DAY / PROFILE_HALF_LIFE)
    assert isclose(rhythm.hours[21], SEEDED + kept)
    assert isclose(rhythm.days[6], sum(rhythm.hours))


def test_new_items_count_in_the_hour_of_their_date_where_it_lies_between_the_polls():
    rhythm = learned(new=2, since=NOW - 3 * HOUR, dates=[NOW - 2.5 * HOUR, NOW - HOUR])
    assert (rhythm.hours[18], rhythm.hours[20]) == (1.0, 1.0)


def test_dates_that_lie_count_half_way_between_the_polls():
    rhythm = learned(new=3, since=NOW - 3 * HOUR, dates=[NOW + HOUR, NOW - DAY, None])
    assert rhythm.hours[19] == 3.0
    assert sum(rhythm.hours) == sum(rhythm.days) == 3.0


def test_undated_items_found_after_half_a_day_tell_of_no_hour():
    assert sum(learned(new=3, since=NOW - DAY / 2).hours) == 0


def test_no_more_dates_count_than_items_are_new():
    assert sum(learned(new=1, dates=[NOW - HOUR / 2] * 5).hours) == 1.0


def test_hours_and_days_fade_with_their_half_life():
    before = Rhythm(
        counted_at=NOW - PROFILE_HALF_LIFE, hours=(8.0,) * 24, days=(8.0,) * 7, burst=3.0
    )
    rhythm = learned(before, dates=[NOW])
    assert (rhythm.hours[3], rhythm.hours[21]) == (4.0, 5.0)
    assert (rhythm.days[0], rhythm.days[6]) == (4.0, 5.0)


def test_a_burst_rises_at_once_and_fades_within_hours():
    rhythm = learned(new=12, since=NOW - HOUR)
    assert 2 < burst_at(rhythm, NOW) < 12
    assert isclose(burst_at(rhythm, NOW + BURST_HALF_LIFE), burst_at(rhythm, NOW) / 2)
    more = learned(rhythm, new=12, since=NOW - HOUR)
    assert more.burst > rhythm.burst


def test_the_share_of_items_that_match_moves_by_items_and_not_by_polls():
    all_match = Rhythm()
    for _ in range(50):
        all_match = learned(all_match, new=1, matched=1)
    assert isclose(all_match.matched, 0.5)
    assert isclose(learned(new=50, matched=50).matched, 0.5)
    assert isclose(learned(Rhythm(matched=0.5), new=50, matched=0).matched, 0.25)


def test_the_weight_is_the_priority_and_up_to_twice_that_where_items_match():
    dear = replace(SOURCE, priority=3.0)
    assert weight(dear, Rhythm()) == 3.0
    assert weight(dear, Rhythm(matched=0.5)) == 4.5


def test_one_odd_item_does_not_make_an_hour():
    once = factors((1.0, *(0.0,) * 23), smoothed=1.0)
    often = factors((100.0, *(0.0,) * 23), smoothed=1.0)
    assert 1 < once[0] < 2 < 15 < often[0]
    assert isclose(sum(once), 24)


# --- what a poll is worth ---------------------------------------------------------------------

STEADY = 1 - BURST_SHARE


def wait(rate=1.0, rhythm=Rhythm(), *, price=0.5, weight=1.0, longest=DAY, at=NOW):  # noqa: B008 - frozen
    return worth_polling(rate, rhythm, at, weight=weight, price=price, longest=longest)


@pytest.mark.parametrize("minute", [0, 1, 30, 59])
@pytest.mark.parametrize(("rate", "price"), [(1.0, 0.5), (0.3, 2.0), (40.0, 0.01), (0.1, 9.0)])
def test_a_steady_source_is_polled_by_the_square_root_at_any_minute(rate, price, minute):
    found = wait(rate, price=price, at=NOW.replace(minute=minute))
    assert isclose(found / HOUR, sqrt(2 * price / (rate * STEADY)), rel_tol=1e-6)


def test_a_silent_source_waits_for_the_longest_interval():
    assert wait(0.0) == DAY
    assert wait(1.0, weight=0.0) == DAY


def test_no_absurd_number_breaks_the_rule():
    absurd = Rhythm(burst=1e300, counted_at=NOW)
    for rate in (1e300, float("inf")):
        assert timedelta() <= wait(rate, absurd, price=1e-9) < timedelta(seconds=1)


def test_a_poll_waits_for_the_hour_that_brings_news():
    morning = Rhythm(hours=tuple(200.0 if hour == 6 else 0.0 for hour in range(24)))
    found = wait(0.5, morning, price=5.0, at=NOW)  # nine hours before
    assert 9 * HOUR < found < 9.2 * HOUR


def test_a_burst_brings_the_next_poll_forward_and_only_while_it_lasts():
    burst = Rhythm(burst=20.0, counted_at=NOW)
    usual = wait(1.0)
    assert wait(1.0, burst) < usual / 2
    assert wait(1.0, burst, at=NOW + DAY) > 0.95 * usual


def test_half_a_document_is_the_most_that_may_be_replaced():
    found = wait(8.0, Rhythm(entries=20), price=1000.0)
    assert isclose(found / HOUR, 10 / (8 * STEADY), rel_tol=1e-6)
    assert covered(8.0, Rhythm(entries=20)) == 1.25 * HOUR
    assert covered(8.0, Rhythm()) == timedelta.max


def test_an_uneven_source_takes_fewer_polls_than_a_steady_one():
    uneven = Rhythm(hours=(96.0, *(0.0,) * 23), burst=1.0, counted_at=NOW)
    steady = Rhythm(hours=(4.0,) * 24, burst=1.0, counted_at=NOW)
    assert isclose(pull(1.0, steady, NOW), 1.0)
    assert pull(1.0, uneven, NOW) < 0.7
    assert pull(1.0, steady, NOW + DAY) < 0.75
