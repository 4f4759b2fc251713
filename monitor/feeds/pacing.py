"""When a source is polled next, and everything else the store remembers of a poll's outcome.

Pure: never touches network, clock or disk.

A source with an interval of its own (`every`) keeps it. Any other adapts: for a source that
brings λ new items an hour and has priority p, the mean delay from publication to poll under a
common budget is least at T = c / √(λ·p) (Sia and Cho, "Efficient Monitoring Algorithm for Fast
News Alert"), and c is such that one item an hour gets `poll.budget` polls an hour:

    T = 1 h / budget · √(1 / (λ·p)), no less than poll.min, no more than poll.max
    λ ← λ·d + new/Δ·(1 - d), d = 2^(-Δ / 5 days), Δ the time since the last success

Each interval is spread by ±10 %, so that sources added together drift apart. After that come the
wishes of the server, which only lengthen: freshness (adaptive sources, at most 24 h), the feed's
ttl (adaptive, at most 1 h, and only if the feed doesn't publish faster than its own ttl), and
Retry-After (every source, at most 24 h).

The n-th failure in a row waits between half and all of min(24 h, s·2^(n-1)), at random, but no
less than s, the shortest interval: a slow source that failed once must not be blind for hours.
Where the server asked for fewer polls, T stands in place of s. A rate limit met twice in a row
waits an hour at least; a source that says twice that it is gone is asked once a week. Nothing is
ever given up.

The first poll of a source ends with the first document that was read whole. A document that was
cut off, broken or empty shows only part of what is there; the rest, found later, is no news.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import exp2, log, sqrt
from typing import assert_never

from monitor.model import (
    Document,
    ErrorKind,
    Failed,
    Fetched,
    NotModified,
    Outcome,
    Source,
    SourceState,
)
from monitor.settings import PollSettings

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HALF_LIFE = timedelta(days=5)
SPREAD = 0.1
LONGEST_BACK_OFF = DAY
LONGEST_WISH = DAY  # of a server: freshness, Retry-After
LONGEST_TTL = HOUR
_LEAST_IF_REPEATED = {ErrorKind.RATE_LIMITED: HOUR, ErrorKind.GONE: timedelta(days=7)}

UNKNOWN_RATE = 0.2  # items an hour, for a source whose first document has no dates
_BROKEN = frozenset({"truncated", "ill_formed"})
_DOUBLINGS = 17  # from a second to more than a day; more would overflow


def body_hash(body: bytes) -> str:
    """Return the blake2b-128 hex under which a body is recognised when it comes again."""
    return blake2b(body, digest_size=16).hexdigest()


def advance(
    state: SourceState,
    outcome: Outcome,
    *,
    new: int,
    document: Document | None,
    source: Source,
    poll: PollSettings,
    now: datetime,
    rng: random.Random,
) -> SourceState:
    """Return the state after a poll with `outcome`, of which `new` items were unknown.

    `document` is what the body held; None after a 304, or when the body was the one parsed last.
    A body that could not be parsed comes as the parser's Failed: then neither its validators nor
    its hash are kept, since a 304 would hide its items for ever. `poll_seq` stays as it was read.
    """
    match outcome:
        case Failed():
            polled = _after_failure(state, outcome, now)
        case Fetched() | NotModified():
            polled = _after_success(state, outcome, new=new, document=document, now=now)
        case _:
            assert_never(outcome)
    again = next_poll(
        polled,
        outcome,
        source,
        poll,
        now=now,
        rng=rng,
        ttl=document.ttl if document else None,
        repeated=polled.error_kind is state.error_kind,
    )
    return replace(polled, last_polled_at=now, next_poll_at=again)


def next_poll(
    state: SourceState,
    outcome: Outcome,
    source: Source,
    poll: PollSettings,
    *,
    now: datetime,
    rng: random.Random,
    ttl: timedelta | None = None,
    repeated: bool = False,
) -> datetime:
    """Return when to poll again, given the state after `outcome` (rate, failures, retry_after).

    `ttl` is the feed's wish; `repeated` says that the poll before failed in the same way.
    """
    fixed = source.every or poll.every
    interval = fixed or _adapted(state.rate * source.priority, poll)
    shortest = fixed * (1 - SPREAD) if fixed else poll.min
    if isinstance(outcome, Failed):
        base = interval if outcome.kind is ErrorKind.RATE_LIMITED else shortest
        wait = _back_off(base, shortest, state.failures, rng)
        if repeated:
            wait = max(wait, _LEAST_IF_REPEATED.get(outcome.kind, wait))
    else:
        wait = max(interval * rng.uniform(1 - SPREAD, 1 + SPREAD), shortest)
        if not fixed:
            wait = max(wait, _wished(outcome.fresh_for), _soft_floor(ttl, state.rate, poll))
    return max(now + wait, state.retry_after or now)


def next_rate(rate: float, new: int, elapsed: timedelta) -> float:
    """Return the decayed number of new items an hour after `new` more in `elapsed`."""
    kept = exp2(-elapsed / HALF_LIFE)
    # One item the moment after another must not count as an endless rate.
    hours = max(elapsed, timedelta(minutes=1)) / HOUR
    return rate * kept + new / hours * (1 - kept)


def first_rate(document: Document, *, now: datetime) -> float:
    """Return the rate that a first document's dates tell: the same decayed mean, over its span."""
    dates = (entry.published for entry in document.entries)
    ages = [now - date for date in dates if date and date <= now]
    if len(ages) < 2:
        return UNKNOWN_RATE
    span = max(*ages, HOUR)
    weights = sum(exp2(-age / HALF_LIFE) for age in ages)
    # The integral of the same weight over the span, in hours: what one item an hour would give.
    whole = HALF_LIFE / HOUR * (1 - exp2(-span / HALF_LIFE)) / log(2)
    return weights / whole


def _adapted(weighted_rate: float, poll: PollSettings) -> timedelta:
    pace = poll.budget**2 * weighted_rate
    hours = 1 / sqrt(pace) if pace > 0 else poll.max / HOUR
    return min(max(timedelta(hours=min(hours, poll.max / HOUR)), poll.min), poll.max)


def _back_off(base: timedelta, shortest: timedelta, failures: int, rng: random.Random) -> timedelta:
    limit = max(LONGEST_BACK_OFF, base)
    longest = min(limit, base * (1 << min(failures - 1, _DOUBLINGS)))
    return max(longest * rng.uniform(0.5, 1), shortest)


def _wished(wish: timedelta | None) -> timedelta:
    return min(max(wish or timedelta(), timedelta()), LONGEST_WISH)


def _soft_floor(ttl: timedelta | None, rate: float, poll: PollSettings) -> timedelta:
    """Return how much of the feed's ttl is heeded: an hour at most, nothing if it is faster."""
    if ttl is None or rate * (ttl / HOUR) > 1:
        return timedelta()
    return min(ttl, LONGEST_TTL, poll.max)


def _after_failure(state: SourceState, failed: Failed, now: datetime) -> SourceState:
    standing = state.retry_after if state.retry_after and state.retry_after > now else None
    wish = now + _wished(failed.retry_after) if failed.retry_after is not None else standing
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        error_kind=failed.kind,
        error=failed.message,
        retry_after=wish,
    )


def _after_success(
    state: SourceState,
    outcome: Fetched | NotModified,
    *,
    new: int,
    document: Document | None,
    now: datetime,
) -> SourceState:
    since = state.last_success_at or state.first_success_at
    if since is None:
        rate = first_rate(document, now=now) if document else state.rate
    else:
        rate = next_rate(state.rate, new, max(now - since, timedelta()))
    polled = replace(
        state,
        first_success_at=_first_success(state, outcome, document, now),
        last_success_at=now,
        last_new_at=now if new else state.last_new_at,
        failures=0,
        error_kind=None,
        error="",
        failing_since=None,
        retry_after=None,
        rate=rate,
        whole_at=now if document else state.whole_at,
    )
    if isinstance(outcome, NotModified):
        return replace(
            polled,
            etag=outcome.etag or state.etag,
            last_modified=outcome.last_modified or state.last_modified,
        )
    return _with_validators(polled, outcome, document, now)


def _first_success(
    state: SourceState, outcome: Outcome, document: Document | None, now: datetime
) -> datetime | None:
    if state.first_success_at:
        return state.first_success_at
    broken = document and (
        not document.entries or any(problem.kind in _BROKEN for problem in document.problems)
    )
    if state.last_success_at is None and (broken or isinstance(outcome, NotModified)):
        return None
    # A feed that stays broken or empty is what it is: the second look ends the first poll.
    return now


def _with_validators(
    state: SourceState, fetched: Fetched, document: Document | None, now: datetime
) -> SourceState:
    """Keep what the next request may send back: exactly what came, nothing where nothing came.

    Of a document that was cut off nothing is kept, so that the rest is fetched.
    """
    whole = document is None or all(problem.kind != "truncated" for problem in document.problems)
    return replace(
        state,
        etag=fetched.etag if whole else None,
        last_modified=fetched.last_modified if whole else None,
        body_hash=(fetched.digest or body_hash(fetched.body)) if whole else None,
        validators_url=fetched.url if whole else None,
        retry_after=now + _wished(fetched.retry_after) if fetched.retry_after else None,
    )
