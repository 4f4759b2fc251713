"""One message of every sort, to try a template with before anything has happened. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.alerts import notices
from monitor.alerts.digests import digests
from monitor.alerts.render import message, test_message
from monitor.model import (
    Alert,
    AlertId,
    Entry,
    Evidence,
    Item,
    ItemId,
    Message,
    Notice,
    Reason,
    Severity,
    SourceRef,
    Story,
    StoryId,
)

NOW = datetime(2025, 11, 30, 21, 4, 11, tzinfo=UTC)

_TITLE = "Airspace above Caracas is closed"
_SOURCE = SourceRef(name="Wire", url="https://wire.example/feed", tags=frozenset({"wire"}))


def samples() -> Mapping[str, Message]:
    """Return messages by what people call them; the follow-up lacks all that one may lack."""
    alert = _alert()
    [several] = digests([message(alert)] * 2, occasion="digest", identity="sample", now=NOW)
    return {
        "an alert": message(alert, public_url="https://monitor.example"),
        "a follow-up": message(_bare(alert)),
        "a digest": several,
        "a test": test_message("desk", NOW),
        "what the monitor says of itself": notices.message(_notice()),
    }


def _alert() -> Alert:
    return Alert(
        id=AlertId("3f2a9c1e5b7d8f0a1c2e4d6f"),
        sequence=1,
        reason=Reason.NEW_STORY,
        watchlist="airspace",
        severity=Severity.HIGH,
        description="Closure affects crews within hours.",
        story=Story(
            id=StoryId("story"), first_seen=NOW, size=3, sources=("Wire", "UN News", "Radio")
        ),
        item=Item(
            id=ItemId("item"),
            keys=(),
            source=_SOURCE,
            entry=Entry(
                title=_TITLE,
                summary="Airlines were told to stay away.",
                link="https://wire.example/airspace",
                author="A. Reporter",
                published=NOW - timedelta(minutes=5),
            ),
            first_seen=NOW,
            language="en",
        ),
        evidence=(Evidence(term="airspace", field="title", start=0, end=8, text=_TITLE[:8]),),
        created=NOW,
        notify=("desk",),
    )


def _bare(alert: Alert) -> Alert:
    return replace(
        alert,
        sequence=2,
        reason=Reason.MORE_SOURCES,
        description="",
        item=replace(alert.item, entry=Entry(title=_TITLE), language=""),
    )


def _notice() -> Notice:
    return Notice(
        type="system.source_failing",
        source=_SOURCE,
        created=NOW,
        severity=Severity.MEDIUM,
        title="Wire has not answered for 24 hours",
        text="Connection refused",
        since=NOW - timedelta(hours=24),
    )
