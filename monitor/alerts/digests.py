"""Tell many alerts in few messages: every alert stands in exactly one of them. Pure.

What waited for the end of quiet hours, for the hour of a digest, or behind a receiver's rate limit
is told in lists, the most urgent first and among equals the newest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.alerts.policy import digest
from monitor.alerts.render import MAX_BODY_BYTES, NAME_BYTES, clip, rfc3339, to_json
from monitor.model import Message, Occasion, Severity

MOST = 20  # alerts in one message

_TITLE_BYTES = 500
_LINK_BYTES = 800
_HEAD_BYTES = 1_500  # what stands around the list
_MATCHES = 3

_TITLES = {
    "quiet hours": "held during quiet hours",
    "digest": "in this digest",
    "over the rate": "beyond what this watchlist may send in an hour",
    "many at once": "that arrived faster than this place takes messages",
}


def digests(
    alerts: Sequence[Message], *, occasion: Occasion, identity: str, now: datetime
) -> list[Message]:
    """Return messages of type `alert.digest` that tell each of these alerts once.

    `identity` stands for the occasion: the same one with the same alerts gives equal messages.
    """
    parts = _parts([_short(each) for each in _ordered(alerts)])
    times = [rfc3339(each.timestamp) for each in alerts]
    return [
        Message(
            type="alert.digest",
            timestamp=now,
            data={
                "digest": {
                    "id": digest("digest", identity, str(number)),
                    "occasion": occasion,
                    "title": _title(len(alerts), occasion),
                    "severity": part[0]["watchlist"]["severity"],
                    "from": min(times),
                    "until": max(times),
                    "total": len(alerts),
                    "part": number,
                    "parts": len(parts),
                },
                "alerts": part,
            },
        )
        for number, part in enumerate(parts, 1)
    ]


def _ordered(alerts: Sequence[Message]) -> list[Message]:
    newest_first = sorted(alerts, key=lambda each: each.timestamp, reverse=True)
    return sorted(newest_first, key=lambda each: -Severity(each.data["watchlist"]["severity"]).rank)


def _parts(told: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    parts: list[list[dict[str, Any]]] = []
    room = 0
    for each in told:
        size = len(to_json(each)) + 1
        if not parts or len(parts[-1]) == MOST or size > room:
            parts.append([])
            room = MAX_BODY_BYTES - _HEAD_BYTES
        parts[-1].append(each)
        room -= size
    return parts


def _short(alert: Message) -> dict[str, Any]:
    data = alert.data
    item, watchlist, link = data["item"], data["watchlist"], data["item"]["link"]
    return {
        "type": alert.type,
        "timestamp": rfc3339(alert.timestamp),
        "alert": data["alert"],
        "watchlist": {"name": watchlist["name"], "severity": watchlist["severity"]},
        "story": {"id": data["story"]["id"], "size": data["story"]["size"]},
        "item": {
            "id": item["id"],
            "title": clip(item["title"], _TITLE_BYTES),
            "link": link if link and len(to_json(link)) <= _LINK_BYTES else None,
            "source": {"name": clip(item["source"]["name"], NAME_BYTES)},
            "published": item["published"],
        },
        "matches": [
            {name: clip(said, NAME_BYTES) if said else None for name, said in _named(match)}
            for match in data["matches"][:_MATCHES]
        ],
    }


def _named(match: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(name, match[name]) for name in ("term", "entity", "field", "text")]


def _title(total: int, occasion: Occasion) -> str:
    return f"{total} {'alert' if total == 1 else 'alerts'} {_TITLES[occasion]}"
