"""When people hear that a source has died, and that it lives again: once each.

Pure: never touches network, clock or disk.

A source has died when it has failed for `health.source_dead_after` and for ten times its own
interval (seven days of that at most), or when its server said twice in a row that it is gone for
good; once may be a slip.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.feeds.redaction import ref_of
from monitor.model import ErrorKind, Notice, Severity, Source, SourceState
from monitor.settings import HealthSettings

INTERVALS = 10
FEWEST = 3  # failures in a row: the time between two may be one in which nobody looked
LONGEST_RHYTHM = timedelta(days=7)


def tell(
    before: SourceState,
    state: SourceState,
    source: Source,
    health: HealthSettings,
    *,
    interval: timedelta,
    now: datetime,
    advice: str = "",
) -> tuple[SourceState, tuple[Notice, ...]]:
    """Return `state`, after a poll, with what was told noted in it, and the notices to send.

    `interval` is how often the source is polled while it works; `advice` is for people whose
    source fails at this host.
    """
    if not state.failures:
        if state.told_failing_at is None:
            return state, ()
        notice = _recovered(state.told_failing_at, source, now)
        return replace(state, told_failing_at=None), (notice,)
    if state.told_failing_at is not None:
        return state, ()
    gone = state.error_kind is before.error_kind is ErrorKind.GONE
    if not gone and not _is_dead(state, health, interval, now):
        return state, ()
    return replace(state, told_failing_at=now), (_failing(state, source, advice, now),)


def _is_dead(
    state: SourceState, health: HealthSettings, interval: timedelta, now: datetime
) -> bool:
    if state.failures < FEWEST:
        return False
    limit = max(health.source_dead_after, min(INTERVALS * interval, LONGEST_RHYTHM))
    return now - (state.failing_since or now) >= limit


def _failing(state: SourceState, source: Source, advice: str, now: datetime) -> Notice:
    gone = state.error_kind is ErrorKind.GONE
    since = state.failing_since or now
    often = "once a week" if gone else "ever more rarely, at least once a day"
    goes_on = f"It is still polled, {often}; nothing that was stored is lost."
    return Notice(
        type="system.source_failing",
        source=ref_of(source),
        created=now,
        severity=Severity.MEDIUM,
        title=f"{source.name} is gone" if gone else f"{source.name} has failed since {_day(since)}",
        text=" ".join(words for words in (f"{state.error}.", advice, goes_on) if words),
        kind=state.error_kind,
        since=since,
        count=state.failures,
    )


def _recovered(told_at: datetime, source: Source, now: datetime) -> Notice:
    return Notice(
        type="system.source_recovered",
        source=ref_of(source),
        created=now,
        severity=Severity.LOW,
        title=f"{source.name} works again",
        text=f"It was reported as failing on {_day(told_at)}.",
        since=told_at,
    )


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
