"""How a source publishes: how often, when, in which bursts; and so when a poll is worth its price.

Pure: never touches network, clock or disk.

At the time u a source brings

    λ(u) = (1 - B) · rate · hour(u) · day(u)  +  B · burst · 2^(-age / 1 h)

new items an hour. All of it is learned from what polls found and when they found it. Dates only
say where between two polls an item belongs, and stand in for polls while there were none.

An item published at u and found at t is late by t - u. It is worth while to poll as soon as what
a poll costs, the same for every source, is reached by

    weight · ∫ (u - last) · λ(u) du        from the last poll on, in item hours

Without hours and bursts this is an interval of √(2 · price / (weight · rate)): of all ways to
spread so many polls over the sources it makes the mean delay least (Sia and Cho, "Efficient
Monitoring Algorithm for Fast News Alert"). With hours, polls gather where news does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp2, inf, log, sqrt

from monitor.model import Document, Rhythm, Source

HOUR = timedelta(hours=1)
RATE_HALF_LIFE = timedelta(days=4)
PROFILE_HALF_LIFE = timedelta(days=21)
BURST_HALF_LIFE = timedelta(hours=2)
BURST_SHARE = 0.3
SMOOTHED_HOUR = 1.0  # items that each hour of the day counts before there is any (Laplace)
SMOOTHED_DAY = 16.0  # and each day of the week
SEEDED = 0.5  # of an item: what a date in the first document is worth
MATCHED_HALF_LIFE = 50.0  # items
LONGEST_PLACED = timedelta(hours=6)  # an undated item found after more tells of no hour
KEPT = 0.5  # of a document's entries: so many may be replaced between two polls

UNKNOWN_RATE = 0.2  # items an hour, for a source whose first document has no dates
MOST = 1e6  # items an hour, and weight: more is a fault, and must not overflow


# --- what is learned --------------------------------------------------------------------------


def next_rate(
    rate: float, new: int, elapsed: timedelta, half_life: timedelta = RATE_HALF_LIFE
) -> float:
    """Return the decayed number of new items an hour after `new` more in `elapsed`."""
    kept = exp2(-elapsed / half_life)
    # One item the moment after another must not count as an endless rate.
    hours = max(elapsed, timedelta(minutes=1)) / HOUR
    return rate * kept + new / hours * (1 - kept)


def first_rate(document: Document, *, now: datetime) -> float:
    """Return the rate that a first document's dates tell: the same decayed mean, over its span."""
    ages = [now - date for date in _dates(document) if date <= now]
    if len(ages) < 2:
        return UNKNOWN_RATE
    span = max(*ages, HOUR)
    weights = sum(exp2(-age / RATE_HALF_LIFE) for age in ages)
    # The integral of the same weight over the span, in hours: what one item an hour would give.
    whole = RATE_HALF_LIFE / HOUR * (1 - exp2(-span / RATE_HALF_LIFE)) / log(2)
    return weights / whole


def begin(document: Document, *, matched: int, now: datetime) -> Rhythm:
    """Return the rhythm that a first document's dates tell."""
    entries = document.entries
    placed = [
        (date, SEEDED * exp2((date - now) / PROFILE_HALF_LIFE))
        for date in _dates(document)
        if date <= now
    ]
    share = min(matched / len(entries), 1.0) if entries else 0.0
    return _placed(Rhythm(counted_at=now, matched=share * _moved(len(entries))), placed)


def learn(
    rhythm: Rhythm,
    new: int,
    *,
    matched: int,
    document: Document | None,
    since: datetime,
    now: datetime,
) -> Rhythm:
    """Return the rhythm after a poll at `now` found `new` items, unknown at `since`.

    `matched` of them were on a watchlist.
    """
    aged = max(now - (rhythm.counted_at or now), timedelta())
    kept = exp2(-aged / PROFILE_HALF_LIFE)
    elapsed = max(now - since, timedelta())
    # What the burst was decays over all the time since it was counted, not since the last poll.
    faded = rhythm.burst * exp2(-max(aged - elapsed, timedelta()) / BURST_HALF_LIFE)
    share = rhythm.matched + (min(matched / new, 1.0) - rhythm.matched) * _moved(new)
    counted = replace(
        rhythm,
        counted_at=now,
        hours=tuple([count * kept for count in rhythm.hours]),
        days=tuple([count * kept for count in rhythm.days]),
        burst=min(next_rate(faded, new, elapsed, BURST_HALF_LIFE), MOST),
        matched=share,
    )
    return _placed(counted, _between(document, new, since, now))


def _between(
    document: Document | None, new: int, since: datetime, now: datetime
) -> list[tuple[datetime, float]]:
    """Place new items between two polls: by their dates, or half-way where they have none."""
    dated = [date for date in _dates(document) if since < date <= now][:new] if document else []
    placed = [(date, 1.0) for date in dated]
    if new > len(dated) and now - since <= LONGEST_PLACED:
        placed.append((since + (now - since) / 2, float(new - len(dated))))
    return placed


def _placed(rhythm: Rhythm, items: Sequence[tuple[datetime, float]]) -> Rhythm:
    hours, days = list(rhythm.hours or (0.0,) * 24), list(rhythm.days or (0.0,) * 7)
    for date, count in items:
        hours[date.hour] += count
        days[date.weekday()] += count
    return replace(rhythm, hours=tuple(hours), days=tuple(days))


def _dates(document: Document) -> Iterator[datetime]:
    return (entry.published for entry in document.entries if entry.published)


def _moved(items: int) -> float:
    return 1 - exp2(-items / MATCHED_HALF_LIFE)


# --- what is expected -------------------------------------------------------------------------


def weight(source: Source, rhythm: Rhythm) -> float:
    """Return what each item of a source counts: its priority, up to twice that if all match."""
    return min(source.priority * (1 + rhythm.matched), MOST)


def factors(counts: Sequence[float], smoothed: float) -> Sequence[float]:
    """Return how much each hour (or day) has of the mean, given the items counted in it."""
    if not counts:
        return ()
    mean = sum(counts) / len(counts) + smoothed
    return [(count + smoothed) / mean for count in counts]


def covered(rate: float, rhythm: Rhythm) -> timedelta:
    """Return how long it takes, at the mean rate, to replace half of a document's entries."""
    if not rhythm.entries:
        return timedelta.max
    hours = KEPT * rhythm.entries / max(rate, 1 / MOST)
    return timedelta(hours=hours)


def burst_at(rhythm: Rhythm, now: datetime) -> float:
    """Return the items an hour that the last hours alone would tell, as they have faded since."""
    age = max(now - (rhythm.counted_at or now), timedelta())
    return min(rhythm.burst, MOST) * exp2(-age / BURST_HALF_LIFE)


def pull(rate: float, rhythm: Rhythm, now: datetime) -> float:
    """Return the rate of a steady source that takes as many polls as this one, day and night.

    A poll is worth the root of what its hour brings, and a mean of roots is less than the root of
    the mean. A burst counts as it is now: over many sources they even out.
    """
    mean = min(rate, MOST) * (1 - BURST_SHARE) + burst_at(rhythm, now) * BURST_SHARE
    return mean * _evenness(rhythm.hours, SMOOTHED_HOUR) * _evenness(rhythm.days, SMOOTHED_DAY)


def _evenness(counts: Sequence[float], smoothed: float) -> float:
    """Return the square of the mean root beside the mean: 1 where every hour brings the same."""
    if not counts:
        return 1.0
    roots = sum([sqrt(count + smoothed) for count in counts])
    return roots**2 / (len(counts) * (sum(counts) + smoothed * len(counts)))


def expected(rate: float, rhythm: Rhythm, start: datetime) -> Iterator[tuple[float, float]]:
    """Yield, from `start` on without end, until when how many items an hour are expected.

    Times are hours after `start`; the first part ends with the hour of the clock.
    """
    hours = factors(rhythm.hours, SMOOTHED_HOUR) or (1.0,) * 24
    days = factors(rhythm.days, SMOOTHED_DAY) or (1.0,) * 7
    steady = min(rate, MOST) * (1 - BURST_SHARE)
    burst = burst_at(rhythm, start) * BURST_SHARE
    fading = HOUR / BURST_HALF_LIFE
    hour, day = start.hour, start.weekday()
    begun, until = 0.0, 1 - (start.minute * 60 + start.second) / 3600
    while True:
        yield until, steady * hours[hour] * days[day] + burst * exp2(-fading * (begun + until) / 2)
        begun, until, hour = until, until + 1, hour + 1
        if hour == 24:
            hour, day = 0, (day + 1) % 7


def worth_polling(
    rate: float,
    rhythm: Rhythm,
    start: datetime,
    *,
    weight: float,
    price: float,
    longest: timedelta,
) -> timedelta:
    """Return how long after a poll at `start` the next one is worth `price` item hours.

    No longer than `longest`, nor than it takes half of a document's entries to be replaced: a
    later poll would find that items have come and gone.
    """
    end, begun = longest / HOUR, 0.0
    unpaid, room = price, KEPT * rhythm.entries or inf
    for until, items in expected(rate, rhythm, start):
        worth = weight * items / 2  # of an hour's square
        if worth * (until**2 - begun**2) > unpaid:
            end = min(end, sqrt(begun**2 + unpaid / worth))
        if items * (until - begun) > room:
            end = min(end, begun + room / items)
        if until >= end:
            break
        unpaid -= worth * (until**2 - begun**2)
        room -= items * (until - begun)
        begun = until
    return timedelta(hours=end)
