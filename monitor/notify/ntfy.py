"""ntfy, at ntfy.sh or on one's own server: a push message for phones and desktops.

Source: docs.ntfy.sh on publishing as JSON, on limits, and its server's error codes.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from monitor.alerts.excerpt import cut, printable
from monitor.alerts.render import clip, to_json
from monitor.alerts.wording import (
    digest_byline,
    headline,
    is_digest,
    is_own,
    listed,
    severity_word,
    text,
    titled,
    worded,
)
from monitor.model import Delivered, Message, Retry, Verdict
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.notify.parts import link
from monitor.settings import NotifierSettings

SERVER = "https://ntfy.sh"
MAX_MESSAGE_BYTES = 4_096  # what is longer arrives as a file
SHORTEST_PAUSE = timedelta(seconds=5)  # in which a sender wins back one message

_ROOM = 3_800  # bytes of JSON for the text; escapes make it longer than what is counted
_TITLE = 200
_DAILY_QUOTA = 42908
_PRIORITIES = {"critical": 5, "high": 4, "medium": 3, "low": 2}
_TAGS = {
    "critical": "rotating_light",
    "high": "red_circle",
    "medium": "orange_circle",
    "low": "white_circle",
}
_OWN_TAG = "wrench"  # on what the monitor says of itself


def request(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> httpx.Request:
    """Build the request; the plain form is the headline alone.

    Raises httpx.InvalidURL for an address that is none.
    """
    del webhook_id, parent  # ntfy knows no identity that a sender chooses
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    payload = {"topic": settings.channel, **_said(message, now=now, plain=plain)}
    return httpx.Request(
        "POST",
        settings.url or SERVER,
        headers=headers,
        content=to_json(payload),
    )


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means; only ntfy's own account of the message took it."""
    said = _read(body)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return _limited(said, headers, now=now)
    if 200 <= status < 300:
        name = said.get("id")
        if isinstance(name, str) and name:
            return Delivered(ref=name)
        return Retry(reason="unexpected_body", maybe_sent=True)
    return judge(status, headers, now=now)


def _limited(said: dict[str, Any], headers: httpx.Headers, *, now: datetime) -> Retry:
    if said.get("code") == _DAILY_QUOTA:
        # Quotas begin anew with the day in UTC.
        return Retry(
            reason="rate_limited: today's quota is used up",
            after=_until_midnight(now),
            scope="destination",
            counts=False,
        )
    # ntfy's own server names no time, a proxy before it may.
    asked = retry_after(headers.get("retry-after"), headers, now=now)
    return rate_limited(asked and max(asked, SHORTEST_PAUSE))


def _until_midnight(now: datetime) -> timedelta:
    moment = now.astimezone(UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - moment


def _said(message: Message, *, now: datetime, plain: bool) -> dict[str, Any]:
    severity = _severity(message)
    said: dict[str, Any] = {
        "title": cut(titled(message) or _title(message), _TITLE),
        "message": cut(headline(message) or "untitled", _TITLE)
        if plain
        else _text(message, now=now),
        "priority": _PRIORITIES.get(severity, 3),
        "tags": [_OWN_TAG if is_own(message) else _TAGS.get(severity, "white_circle")],
    }
    if address := _link(message):
        said["click"] = address
    return said


def _severity(message: Message) -> str:
    return severity_word(message).rpartition(" ")[2].lower()


def _title(message: Message) -> str:
    if is_digest(message):
        return f"{severity_word(message)} {headline(message)}"
    if is_own(message):
        return severity_word(message)
    return f"{severity_word(message)} {printable(message.data['watchlist']['name'])}"


def _text(message: Message, *, now: datetime) -> str:
    if worded(message) or not is_digest(message):
        return clip(text(message, now=now), _ROOM)
    # Every alert of a digest is told, so each gives up a little where they are many.
    rows = listed(message)
    share = _ROOM // (len(rows) + 1) - 1
    lines = [
        clip(f"{each.severity} {each.watchlist}: {each.title} ({each.source})", share)
        for each in rows
    ]
    return "\n".join([*lines, digest_byline(message, now=now)])


def _link(message: Message) -> str:
    if is_own(message) or is_digest(message):
        return ""
    return link(message.data["item"]["link"]) or link(message.data["alert"]["url"])


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
