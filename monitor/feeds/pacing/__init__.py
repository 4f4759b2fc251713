"""When a source is polled next, and everything else the store remembers of a poll's outcome.

Pure: never touches network, clock or disk.

A source with an interval of its own (`every`) keeps it; any other is polled when a poll is worth
the common price (`rhythm`, `price`), within the bounds of `interval`. Each interval is spread by
±10 %, so that sources added together drift apart. Retry-After binds every source, a day at most;
the hours and days in which a feed asks not to be polled bind those that adapt.

The n-th failure in a row waits between half and all of min(24 h, s·2^(n-1)), at random, but no
less than s, the shortest interval: a slow source that failed once must not be blind for hours.
Who met a limit without being told how long waits twice the last interval, an hour at least once
it happens again, and comes back by halves. A source that says twice that it is gone is asked once
a week. Nothing is ever given up.

The first poll of a source ends with the first document that was read whole, be it empty. One that
was cut off or broken shows only part of what is there; the rest, found later, is no news.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeAlias

from monitor.feeds.pacing.interval import (
    DAY,
    LONGEST_WISH,
    SPREAD,
    Interval,
    interval,
    outran,
    skipped_until,
)
from monitor.feeds.pacing.rhythm import HOUR, begin, first_rate, learn, next_rate
from monitor.model import (
    Document,
    ErrorKind,
    Failed,
    Fetched,
    NotModified,
    Outcome,
    Rhythm,
    Source,
    SourceState,
)
from monitor.settings import HostSettings, PollSettings

# Fields of a state. Most polls change a dozen, and to copy a state costs as much as the rest.
Changes: TypeAlias = dict[str, Any]

WEEK = timedelta(days=7)
LONGEST_BACK_OFF = DAY
HOURLY = 0.5  # the price at which a source of one item an hour is polled hourly
_LEAST_IF_REPEATED = {ErrorKind.RATE_LIMITED: HOUR, ErrorKind.GONE: WEEK}

_DOUBLINGS = 17  # from a second to more than a day; more would overflow
_SHORTEST_LIMIT = timedelta(minutes=1)  # below it, what a rate limit left is forgotten


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
    matched: int = 0,
    price: float = HOURLY,
    preset: HostSettings | None = None,
    beside: Changes | None = None,
) -> SourceState:
    """Return the state after a poll with `outcome`, of which `new` items were unknown.

    `matched` of those are on a watchlist. `document` is what the body held; None after a 304, or
    when the body was the one parsed last. A body that could not be parsed comes as the parser's
    Failed: then neither its validators nor its hash are kept, since a 304 would hide its items
    for ever. `poll_seq` stays as it was read. `beside` are fields that others have decided.
    """
    if isinstance(outcome, Failed):
        changed = _after_failure(state, outcome, now)
    else:
        changed = _after_success(
            state, outcome, new=new, matched=matched, document=document, now=now
        )
    usual = interval(
        changed.get("rate", state.rate),
        changed.get("rhythm", state.rhythm),
        source,
        poll,
        price=price,
        preset=preset,
        outran=outran(state, now),
        now=now,
    )
    if isinstance(outcome, Failed):
        at = now + _back_off(outcome, usual, state, rng)
        if limited(outcome):
            changed["rhythm"] = replace(state.rhythm, slowed=min(at - now, LONGEST_BACK_OFF))
    else:
        at = now + usual.spread(rng.uniform(1 - SPREAD, 1 + SPREAD))
        if usual.adapts:
            at = skipped_until(changed["rhythm"], at)
    at = max(at, changed["retry_after"] or at)
    changed |= {"last_polled_at": now, "next_poll_at": at, **(beside or {})}
    return replace(state, **changed)


def furthest(
    state: SourceState,
    source: Source,
    poll: PollSettings,
    *,
    preset: HostSettings | None = None,
    now: datetime,
) -> datetime:
    """Return the latest time at which a source may rightly be planned.

    A plan beyond it was made by other settings, or by a clock that was wrong.
    """
    usual = interval(
        state.rate,
        state.rhythm,
        source,
        poll,
        price=HOURLY,
        preset=preset,
        outran=False,
        now=now,
    )
    latest = max([usual.longest, usual.shortest, *[wish for _, wish in usual.wishes]])
    if state.failures:
        latest = max(latest, LONGEST_BACK_OFF)
    if state.error_kind is ErrorKind.GONE or state.rhythm.skip_hours or state.rhythm.skip_days:
        latest += WEEK
    return max(now + latest, state.retry_after or now)


def limited(outcome: Outcome) -> bool:
    """Tell whether a server met us with a limit and left it to us how long to wait."""
    return (
        isinstance(outcome, Failed)
        and outcome.kind is ErrorKind.RATE_LIMITED
        and outcome.retry_after is None
    )


def _back_off(
    failed: Failed, usual: Interval, before: SourceState, rng: random.Random
) -> timedelta:
    # How often a source publishes that never worked nobody knows; it is not to be kept out by that.
    ordinary = usual.spread(1 if before.last_success_at else 0)
    if limited(failed):
        # Twice the last wait: the usual includes the one that an earlier limit left.
        doubled = 2 * ordinary * rng.uniform(1, 1 + SPREAD)
        wait = min(doubled, max(LONGEST_BACK_OFF, usual.rule))
    else:
        asked_for_less = failed.kind is ErrorKind.RATE_LIMITED
        base = min(ordinary, max(HOUR, usual.shortest)) if asked_for_less else usual.shortest
        longest = base * (1 << min(before.failures, _DOUBLINGS))
        longest = min(longest, max(usual.longest if asked_for_less else LONGEST_BACK_OFF, base))
        wait = max(longest * rng.uniform(0.5, 1), usual.shortest)
    if failed.kind is before.error_kind:
        return max(wait, _LEAST_IF_REPEATED.get(failed.kind, wait))
    return wait


def _wished(wish: timedelta) -> timedelta:
    return min(max(wish, timedelta()), LONGEST_WISH)


def _after_failure(state: SourceState, failed: Failed, now: datetime) -> Changes:
    standing = state.retry_after if state.retry_after and state.retry_after > now else None
    wish = now + _wished(failed.retry_after) if failed.retry_after is not None else standing
    return {
        "failures": state.failures + 1,
        "failing_since": state.failing_since or now,
        "error_kind": failed.kind,
        "error": failed.message,
        "retry_after": wish,
    }


def _after_success(
    state: SourceState,
    outcome: Fetched | NotModified,
    *,
    new: int,
    matched: int,
    document: Document | None,
    now: datetime,
) -> Changes:
    since = state.last_success_at or state.first_success_at
    rate, rhythm = state.rate, state.rhythm
    if since is not None:
        rate = next_rate(rate, new, max(now - since, timedelta()))
        if new:
            rhythm = learn(rhythm, new, matched=matched, document=document, since=since, now=now)
    elif document:
        rate, rhythm = first_rate(document, now=now), begin(document, matched=matched, now=now)
    changed = {
        "first_success_at": _first_success(state, outcome, document, now),
        "last_success_at": now,
        "last_new_at": now if new else state.last_new_at,
        "failures": 0,
        "error_kind": None,
        "error": "",
        "failing_since": None,
        "retry_after": None,
        "rate": rate,
        "rhythm": _heard(rhythm, outcome, document),
    }
    if isinstance(outcome, NotModified):
        changed["etag"] = outcome.etag or state.etag
        changed["last_modified"] = outcome.last_modified or state.last_modified
        return changed
    return changed | _validators(outcome, document, now)


def _heard(rhythm: Rhythm, outcome: Fetched | NotModified, document: Document | None) -> Rhythm:
    """Keep what the server and the feed wish now; the same value where nothing changed."""
    halved = rhythm.slowed / 2 if rhythm.slowed else None
    slowed = halved if halved and halved > _SHORTEST_LIMIT else None
    fresh_for = _in_minutes(outcome.fresh_for)
    if document:
        is_part = isinstance(outcome, Fetched) and outcome.is_part
        return replace(
            rhythm,
            entries=rhythm.entries if is_part else document.length,
            ttl=document.ttl,
            skip_hours=document.skip_hours,
            skip_days=document.skip_days,
            fresh_for=fresh_for,
            slowed=slowed,
        )
    if rhythm.slowed or rhythm.fresh_for != fresh_for:
        return replace(rhythm, fresh_for=fresh_for, slowed=slowed)
    return rhythm


def _in_minutes(span: timedelta | None) -> timedelta | None:
    """Round up: behind a cache every answer has another age, and each would be news to store."""
    return span and -(-span // timedelta(minutes=1)) * timedelta(minutes=1)


def _first_success(
    state: SourceState,
    outcome: Fetched | NotModified,
    document: Document | None,
    now: datetime,
) -> datetime | None:
    if state.first_success_at:
        return state.first_success_at
    if state.last_success_at is None and not _shows_all(outcome, document):
        return None
    # A feed that stays broken is what it is: the second look ends the first poll.
    return now


def _shows_all(outcome: Fetched | NotModified, document: Document | None) -> bool:
    if isinstance(outcome, NotModified) or outcome.is_part:
        return False
    return not (document and document.is_broken)


def _validators(fetched: Fetched, document: Document | None, now: datetime) -> Changes:
    """Keep what the next request may send back: exactly what came, nothing where nothing came.

    Of a document that was cut off nothing is kept, so that the rest is fetched.
    """
    whole = document is None or all(problem.kind != "truncated" for problem in document.problems)
    return {
        "etag": fetched.etag if whole else None,
        "last_modified": fetched.last_modified if whole else None,
        "body_hash": (fetched.digest or body_hash(fetched.body)) if whole else None,
        "validators_url": fetched.url if whole else None,
        "retry_after": now + _wished(fetched.retry_after) if fetched.retry_after else None,
    }
