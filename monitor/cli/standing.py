"""How each source fares, as `monitor sources` shows it."""

from datetime import datetime, timedelta
from typing import Any

from monitor.cli.options import rfc3339
from monitor.cli.stored import open_stored
from monitor.config.changes import Listed, listed_sources
from monitor.config.load import Loaded
from monitor.feeds.redaction import redact_url
from monitor.model import ErrorKind, Source, SourceState
from monitor.settings import PollSettings

TOLD_TWICE = 2  # a server that says once that a feed is gone may have slipped


def standings(loaded: Loaded, *, now: datetime) -> list[dict[str, Any]]:
    """Return every source that is polled, in the order of the files, ready for JSON."""
    with open_stored(loaded.settings.store.url) as store:
        states = {state.url: state for state in store.source_states()} if store else {}
    places = {each.url: each for each in listed_sources(loaded)}
    return [
        standing(source, states.get(source.url), places[source.url], loaded.settings.poll, now=now)
        for source in loaded.settings.sources
    ]


def standing(
    source: Source, state: SourceState | None, place: Listed, poll: PollSettings, *, now: datetime
) -> dict[str, Any]:
    """Return how one source fares. A time is RFC 3339 or None, an interval in whole seconds."""
    told = {
        "source": source.name,
        "url": redact_url(source.url),
        "tags": sorted(source.tags),
        "state": state_word(state, now),
        "interval_seconds": _interval(source.every or poll.every, state),
        "file": place.file,
        "line": place.line,
    }
    return told | (_stored(state) if state else _NOTHING_STORED)


_NOTHING_STORED = {
    "last_new": None,
    "last_polled": None,
    "next_poll": None,
    "failures": 0,
    "kind": None,
    "message": "",
    "failing_since": None,
}


def _stored(state: SourceState) -> dict[str, Any]:
    return {
        "last_new": written(state.last_new_at),
        "last_polled": written(state.last_polled_at),
        "next_poll": written(state.next_poll_at),
        "failures": state.failures,
        "kind": state.error_kind.value if state.error_kind else None,
        "message": state.error,
        "failing_since": written(state.failing_since),
    }


def state_word(state: SourceState | None, now: datetime) -> str:
    """Return ok, failing, gone, waiting (for a server's Retry-After) or never_polled."""
    if state is None or state.last_polled_at is None:
        return "never_polled"
    if state.error_kind is ErrorKind.GONE and state.failures >= TOLD_TWICE:
        return "gone"
    if state.failures:
        return "failing"
    return "waiting" if state.retry_after and state.retry_after > now else "ok"


def line(row: dict[str, Any]) -> str:
    """Return a row as people read it."""
    every = f"every {duration(row['interval_seconds'])}" if row["interval_seconds"] else ""
    news = f"news {row['last_new']}" if row["last_new"] else "no news yet"
    head = f"{row['state'].replace('_', ' '):<12}  {every:<12}  {news:<25}  {row['source']}"
    fault = f"  {row['kind']} ×{row['failures']}: {row['message']}" if row["failures"] else ""
    return f"{head}  {row['url']}{fault}"


def duration(seconds: int) -> str:
    """Return a time span as people say it: the two largest units, as in 1h30m."""
    for unit, size, smaller in (("d", 86_400, 3_600), ("h", 3_600, 60), ("m", 60, 1)):
        if seconds >= size:
            rest = seconds % size // smaller
            below = {"d": "h", "h": "m", "m": "s"}[unit]
            return f"{seconds // size}{unit}" + (f"{rest}{below}" if rest else "")
    return f"{seconds}s"


def written(time: datetime | None) -> str | None:
    """Return a time as JSON has it."""
    return rfc3339(time) if time else None


def _interval(chosen: timedelta | None, state: SourceState | None) -> int | None:
    if chosen:
        return round(chosen.total_seconds())
    if state is None or state.last_polled_at is None:
        return None
    return max(0, round((state.next_poll_at - state.last_polled_at).total_seconds()))
