"""Values with defaults, so that a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from monitor.model import (
    Entry,
    Evidence,
    Item,
    ItemId,
    Match,
    PollOutcome,
    PollRecord,
    Severity,
    Sighting,
    Source,
    SourceId,
    SourceRef,
    SourceState,
)

NOW = datetime(2025, 11, 30, 21, 4, tzinfo=UTC)


def a_source(**changes: Any) -> Source:
    return Source(**{"url": "https://wire.example/feed", "name": "Wire"} | changes)


def a_state(**changes: Any) -> SourceState:
    defaults = {
        "id": SourceId(1),
        "url": "https://wire.example/feed",
        "host": "wire.example",
        "next_poll_at": NOW,
        "first_success_at": NOW - timedelta(days=1),
    }
    return SourceState(**defaults | changes)


def an_entry(**changes: Any) -> Entry:
    defaults = {"guid": "1", "title": "Maduro speaks in Caracas", "published": NOW}
    return Entry(**defaults | changes)


def an_item(id: str = "item-1", **changes: Any) -> Item:
    entry = {k: changes.pop(k) for k in tuple(changes) if k in Entry.__slots__ and k != "language"}
    defaults = {
        "id": ItemId(id),
        "keys": (blake2b(id.encode(), digest_size=16).hexdigest(),),
        "source": SourceRef(name="Wire", url="https://wire.example/feed"),
        "entry": an_entry(**entry),
        "first_seen": NOW,
    }
    return Item(**defaults | changes)


def evidence(term: str = "Maduro", **changes: Any) -> Evidence:
    defaults = {"term": term, "field": "title", "start": 0, "end": len(term), "text": term}
    return Evidence(**defaults | changes)


def a_match(watchlist: str = "crisis", **changes: Any) -> Match:
    defaults = {"watchlist": watchlist, "severity": Severity.HIGH, "evidence": (evidence(),)}
    return Match(**defaults | changes)


def a_sighting(id: str = "item-1", *, matches: Any = None, **changes: Any) -> Sighting:
    return Sighting(
        item=an_item(id, **changes), matches=(a_match(),) if matches is None else matches
    )


def a_record(*sightings: Sighting, **changes: Any) -> PollRecord:
    defaults = {
        "outcome": PollOutcome.NEW,
        "state": a_state(),
        "source": a_source(),
        "now": NOW,
        "sightings": sightings,
    }
    return PollRecord(**defaults | changes)
