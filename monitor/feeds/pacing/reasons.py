"""Why a source is polled when it is: everything that bears on it, in words for a person.

Pure: never touches network, clock or disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.feeds.pacing.interval import Interval, interval, outran, skipped_until
from monitor.feeds.pacing.rhythm import (
    SMOOTHED_DAY,
    SMOOTHED_HOUR,
    burst_at,
    factors,
    weight,
    worth_polling,
)
from monitor.model import ErrorKind, Source, SourceState
from monitor.settings import HostSettings, PollSettings

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COMES_BACK = timedelta(minutes=30)  # all of a host's sources have, after its wish
_WISHES = {
    "limit": "what a rate limit left; each success halves it",
    "freshness": "for so long the server calls its answer fresh (heeded up to a day)",
    "ttl": "the feed's own ttl (heeded up to an hour)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that bears on when a source is polled. `text` says it to a person."""

    word: str  # stable, for programs
    value: float | str  # seconds for a duration, RFC 3339 for a time
    text: str
    binds: bool = False  # this is what set the next poll


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    state: SourceState
    source: Source
    poll: PollSettings
    price: float
    preset: HostSettings | None
    now: datetime
    usual: Interval
    host_until: datetime | None


def reasons(
    state: SourceState,
    source: Source,
    poll: PollSettings,
    *,
    price: float,
    preset: HostSettings | None = None,
    host_until: datetime | None = None,
    now: datetime,
) -> tuple[Reason, ...]:
    """Return what bears on the polls of a source, as if its last answer came at `now`.

    `host_until` is a standing wish of its host, which concerns all sources there.
    """
    usual = interval(
        state.rate,
        state.rhythm,
        source,
        poll,
        price=price,
        preset=preset,
        outran=outran(state, now),
        now=now,
    )
    case = _Case(
        state=state,
        source=source,
        poll=poll,
        price=price,
        preset=preset,
        now=now,
        usual=usual,
        host_until=host_until,
    )
    found = [*_learned(case), *_ruled(case), *_bounds(case), *_standing(case)]
    bound = _bound(case)
    return tuple(replace(each, binds=True) if each.word == bound else each for each in found)


def as_json(found: Sequence[Reason]) -> dict[str, Any]:
    """Return reasons ready for JSON: `bound_by` is the word of what set the next poll."""
    return {
        "bound_by": next((each.word for each in found if each.binds), None),
        "reasons": {each.word: {"value": each.value, "text": each.text} for each in found},
    }


def _learned(case: _Case) -> Iterator[Reason]:
    rate, rhythm, now = case.state.rate, case.state.rhythm, case.now.astimezone(UTC)
    yield Reason(
        word="rate",
        value=round(rate, 4),
        text=f"brings {rate:.3g} new items an hour in the mean of the last days",
    )
    hours = factors(rhythm.hours, SMOOTHED_HOUR) or (1.0,) * 24
    days = factors(rhythm.days, SMOOTHED_DAY) or (1.0,) * 7
    hour, day = hours[now.hour], days[now.weekday()]
    yield Reason(
        word="profile",
        value=round(hour * day, 3),
        text=f"in the hour from {now:%H}:00 UTC {hour:.2g} times as many, "
        f"on a {_DAYS[now.weekday()]} {day:.2g} times",
    )
    burst = burst_at(rhythm, now)
    yield Reason(
        word="burst",
        value=round(burst, 4),
        text=f"by the last hours alone it would be {burst:.3g} an hour",
    )
    counts = weight(case.source, rhythm)
    yield Reason(
        word="weight",
        value=round(counts, 3),
        text=f"each counts {counts:.3g}: priority {case.source.priority:g}, and "
        f"{rhythm.matched:.0%} of its new items are on a watchlist",
    )


def _ruled(case: _Case) -> Iterator[Reason]:
    if not case.usual.adapts:
        return
    price = float(f"{case.price:.4g}")
    yield Reason(
        word="price",
        value=price,
        text=f"a poll costs {price:g} item hours, so that all sources keep to poll.budget",
    )
    alone = _rule_alone(case)
    yield _span("rule", alone, "until a poll is worth that")
    if outran(case.state, case.now):
        yield _span("gap", case.usual.rule, "half of that, as entries were missed of late")
    elif case.usual.rule < alone:
        entries = case.state.rhythm.entries
        yield _span("coverage", case.usual.rule, f"until half of {entries} entries are replaced")


def _rule_alone(case: _Case) -> timedelta:
    """Return what the rule would give of a document of any length."""
    return worth_polling(
        case.state.rate,
        replace(case.state.rhythm, entries=0),
        case.now,
        weight=weight(case.source, case.state.rhythm),
        price=case.price,
        longest=case.poll.max,
    )


def _bounds(case: _Case) -> Iterator[Reason]:
    source, poll, preset = case.source, case.poll, case.preset
    if case.usual.adapts:
        yield _span("poll.min", poll.min, "at least")
        yield _span("poll.max", poll.max, "at most")
    elif source.every:
        yield _span("every", source.every, "fixed for this source")
    elif poll.every:
        yield _span("poll.every", poll.every, "fixed for all sources")
    if preset and preset.min and not source.every:
        yield _span("host", preset.min, f"at least, by the preset for {preset.name}")
    for word, wish in case.usual.wishes:
        yield _span(word, wish, f"at least: {_WISHES[word]}")
    rhythm = case.state.rhythm
    skipped = [f"{hour:02}:00" for hour in rhythm.skip_hours]
    skipped += [_DAYS[day] for day in rhythm.skip_days]
    if skipped and case.usual.adapts:
        words = ", ".join(skipped)
        text = f"the feed wants no polls at {words} GMT; heeded where it publishes nothing"
        yield Reason(word="skip", value=words, text=text)


def _standing(case: _Case) -> Iterator[Reason]:
    state = case.state
    if state.failures:
        failed = f"{state.failures} times in a row" if state.failures > 1 else "once"
        yield Reason(
            word="back_off",
            value=state.failures,
            text=f"failed {failed}; tried again after growing pauses, and "
            "at its usual pace once it answers",
        )
    if state.retry_after and state.retry_after > case.now:
        yield _time("retry_after", state.retry_after, "the server wants no poll before")
    if case.host_until:
        until = _time("host_wish", case.host_until, "host asked: until")
        yield replace(until, text=f"{until.text} none of its sources is polled")
    if state.last_polled_at:
        yield _time("last_poll", state.last_polled_at, "last poll")
    yield _time("next_poll", state.next_poll_at, "next poll")


def _bound(case: _Case) -> str:
    """Return the word of what set the next poll."""
    own = case.state.retry_after
    if own and own > case.now and own >= (case.host_until or own):
        return "retry_after"
    if case.host_until and not _has_own_time(case, case.host_until):
        return "host_wish"
    if case.state.failures:
        return "back_off"
    usual = case.usual
    again = case.now + usual.spread(1)
    if usual.adapts and skipped_until(case.state.rhythm, again) != again:
        return "skip"
    wait, word = max(((wish, word) for word, wish in usual.wishes), default=(timedelta(), ""))
    if wait > max(min(usual.rule, usual.longest), usual.shortest):
        return word
    return _ruling(case) if usual.adapts else _chosen(case)


def _has_own_time(case: _Case, until: datetime) -> bool:
    """Tell whether something else set the next poll than its host's wish for peace until then."""
    state = case.state
    limited = state.error_kind is ErrorKind.RATE_LIMITED
    return limited or state.next_poll_at > until + _COMES_BACK


def _ruling(case: _Case) -> str:
    usual = case.usual
    if usual.rule < usual.shortest:
        return "poll.min" if usual.shortest == case.poll.min else "host"
    if usual.rule >= usual.longest:
        return "poll.max"
    if outran(case.state, case.now):
        return "gap"
    return "coverage" if usual.rule < _rule_alone(case) else "rule"


def _chosen(case: _Case) -> str:
    if case.source.every:
        return "every"
    return "poll.every" if case.usual.rule == case.poll.every else "host"


def _span(word: str, span: timedelta, meaning: str) -> Reason:
    seconds = span.total_seconds()
    return Reason(word=word, value=round(seconds), text=f"{word} {_spelled(seconds)}: {meaning}")


def _time(word: str, time: datetime, meaning: str) -> Reason:
    written = time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Reason(word=word, value=written, text=f"{meaning} {written}")


def _spelled(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "m"), (left, "s" if not hours else "")]
    return "".join(f"{count}{unit}" for count, unit in parts if count and unit) or "0s"
