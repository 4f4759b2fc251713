"""Turn an alert into the message every notifier sends. Pure.

A message's JSON stays under 20 kB: every field has its share, and the summary takes what is left.
Texts are cut between characters and end in an ellipsis. A match that lies in a part cut away goes
with it, so that every offset into a text that is shown points at what matched; only where no match
would be left does the first stay, its offsets beyond what is shown, because an alert says why.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.alerts.excerpt import ELLIPSIS, boundary
from monitor.alerts.policy import digest
from monitor.model import (
    FIELDS,
    Alert,
    AlertId,
    Entry,
    Evidence,
    Item,
    ItemId,
    Message,
    Reason,
    Severity,
    SourceRef,
    Story,
    StoryId,
)

MAX_BODY_BYTES = 20_000  # Standard Webhooks asks for less
_TITLE_BYTES = 2_000
NAME_BYTES = 300
_LINK_BYTES = 2_500
_DESCRIPTION_BYTES = 1_500
_LIST_BYTES = 1_200
_MATCHES_BYTES = 5_000
_MATCHED_TEXT_BYTES = 1_000


def message(alert: Alert, *, public_url: str = "") -> Message:
    """Return the contract's JSON object for an alert.

    `public_url` is where this monitor's pages answer; without it the alert has no address.
    """
    item, entry = alert.item, alert.item.entry
    title, author = clip(entry.title, _TITLE_BYTES), clip(entry.author, NAME_BYTES)
    data: dict[str, Any] = {
        "alert": {
            "id": alert.id,
            "sequence": alert.sequence,
            "reason": alert.reason.value,
            "detail": clip(alert.detail, NAME_BYTES) or None,
            "url": f"{public_url.rstrip('/')}/alerts/{alert.id}" if public_url else None,
        },
        "watchlist": {
            "name": clip(alert.watchlist, NAME_BYTES),
            "severity": alert.severity.value,
            "description": clip(alert.description, _DESCRIPTION_BYTES) or None,
        },
        "story": {
            "id": alert.story.id,
            "size": alert.story.size,
            "sources": _fitting(alert.story.sources),
            "first_seen": rfc3339(alert.story.first_seen),
        },
        "item": {
            "id": item.id,
            "title": title,
            "summary": None,
            "link": _link(entry.link),
            "author": author or None,
            "source": source(item.source),
            "language": clip(item.language, NAME_BYTES) or None,
            "published": rfc3339(entry.published) if entry.published else None,
            "first_seen": rfc3339(item.first_seen),
        },
        "matches": [],
    }
    whole = Message(type=_type(alert), timestamp=alert.created, data=data)
    summary = clip(entry.summary, MAX_BODY_BYTES - _MATCHES_BYTES - 1 - len(body(whole)))
    data["item"]["summary"] = summary or None
    shown = {"title": title, "author": author, "summary": summary}
    cut_at = {field: len(part) for field, part in shown.items() if part != getattr(entry, field)}
    data["matches"] = _matches(alert.evidence, cut_at)
    return whole


def _type(alert: Alert) -> str:
    if alert.reason is Reason.TEST:
        return "test"
    return "alert.created" if alert.sequence == 1 else "alert.updated"


def source(ref: SourceRef) -> dict[str, Any]:
    """Return what a message says of a source."""
    return {
        "name": clip(ref.name, NAME_BYTES),
        "url": _link(ref.url),
        "tags": _fitting(sorted(ref.tags)),
    }


def minimal(full: Message) -> Message:
    """Return the message without its longest text, for a receiver that found it too large."""
    if full.type == "alert.digest":
        alerts = [{**each, "matches": []} for each in full.data["alerts"]]
        return replace(full, data={**full.data, "alerts": alerts})
    if "item" not in full.data:
        kept = {name: said for name, said in full.data.items() if name != "notices"}
        return replace(full, data={**kept, "text": None})
    return replace(full, data={**full.data, "item": {**full.data["item"], "summary": None}})


def test_message(notifier: str, now: datetime) -> Message:
    """Return a marked test alert for one notifier."""
    title = f"Test alert for {notifier}: nothing has happened"
    identity = digest("test", notifier, now.isoformat())
    source = SourceRef(name="monitor", url="")
    return message(
        Alert(
            id=AlertId(identity),
            sequence=1,
            reason=Reason.TEST,
            watchlist="send-test",
            severity=Severity.LOW,
            description="Somebody asked whether alerts arrive here.",
            story=Story(id=StoryId(identity), first_seen=now, size=1, sources=(source.name,)),
            item=Item(
                id=ItemId(identity),
                keys=(),
                source=source,
                entry=Entry(title=title, published=now),
                first_seen=now,
                language="en",
            ),
            evidence=(
                Evidence(term="test alert", field="title", start=0, end=10, text=title[:10]),
            ),
            created=now,
            notify=(notifier,),
        )
    )


def body(whole: Message) -> bytes:
    """Return the message as the UTF-8 JSON that is sent and signed; equal messages, equal bytes."""
    shape = {
        "type": whole.type,
        "timestamp": rfc3339(whole.timestamp),
        "data": whole.data,
    }
    return to_json(shape)


def _matches(evidence: Sequence[Evidence], cut_at: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the evidence that is shown and fits its share, by field and place.

    Each term has its first hit in a field before any has a second. `cut_at` holds the length of
    each field that is shown in part, ellipsis included.
    """
    ordered = sorted(evidence, key=_place)
    shown = [piece for piece in ordered if piece.end < cut_at.get(piece.field, piece.end + 1)]
    times: dict[tuple[str, str | None, str], int] = {}
    ranked = []
    for piece in shown or ordered[:1]:
        key = (piece.term, piece.entity, piece.field)
        times[key] = times.get(key, 0) + 1
        ranked.append((times[key], _place(piece), _match(piece)))
    ranked.sort(key=lambda entry: entry[:2])
    room = _MATCHES_BYTES
    kept = []
    for _, place, match in ranked:
        room -= len(to_json(match)) + 1
        if room < 0:
            break
        kept.append((place, match))
    return [match for _, match in sorted(kept, key=lambda entry: entry[0])]


def _place(piece: Evidence) -> tuple[int, int, int, str, str]:
    return FIELDS.index(piece.field), piece.start, piece.end, piece.term, piece.entity or ""


def _match(piece: Evidence) -> dict[str, Any]:
    # A pattern may match a whole article; what is shown of it is its beginning.
    seen = piece.text[: _fit(piece.text, _MATCHED_TEXT_BYTES)]
    return {
        "term": clip(piece.term, NAME_BYTES),
        "entity": clip(piece.entity, NAME_BYTES) if piece.entity else None,
        "field": piece.field,
        "start": piece.start,
        "end": piece.start + len(seen),
        "text": seen,
    }


def _link(address: str) -> str | None:
    # Half an address leads nowhere.
    return address if address and len(to_json(address)) <= _LINK_BYTES else None


def _fitting(names: Iterable[str]) -> list[str]:
    room = _LIST_BYTES
    kept = []
    for name in names:
        clipped = clip(name, NAME_BYTES)
        room -= len(to_json(clipped)) + 1
        if room < 0:
            break
        kept.append(clipped)
    return kept


def clip(words: str, room: int) -> str:
    """Return the text, or as much of it as takes `room` bytes of JSON with an ellipsis."""
    if len(to_json(words)) <= room:
        return words
    return words[: _fit(words, room - len(ELLIPSIS.encode()))] + ELLIPSIS


def _fit(words: str, room: int) -> int:
    """Return how many code points, ending with a whole character, take `room` bytes of JSON."""
    low, high = 0, min(len(words), room)
    while low < high:
        middle = (low + high + 1) // 2
        if len(to_json(words[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return boundary(words, low)


def to_json(value: object) -> bytes:
    """Return compact JSON in UTF-8, as messages are measured and sent."""
    # A lone surrogate has no UTF-8; one question mark keeps the offsets behind it true.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def rfc3339(time: datetime) -> str:
    """Return an aware time to the second, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
