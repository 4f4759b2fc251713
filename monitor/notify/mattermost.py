"""Mattermost's incoming webhooks: a line that shows in notifications, and an attachment below.

Sources: Mattermost's guides to incoming webhooks and message attachments; the ids of its errors.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx

from monitor.alerts.wording import Listed, text
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify import markdown
from monitor.notify.answers import judge
from monitor.notify.parts import Parts, parts, widest
from monitor.settings import NotifierSettings

MAX_TEXT = 16_383  # code points; a longer text is split over several posts

_HEADLINE_ROOM = 1_100
# Older servers keep 4,000 code points of a text and 8,000 of the JSON of all that is beside it.
_PLAIN_ROOM = 3_800
_ROOM = 3_700
_JSON_ROOM = 7_500
_COLOURS = {"critical": "#8b0000", "high": "#d93025", "medium": "#e8710a", "low": "#9aa0a6"}
_OWN_COLOUR = "#1a73e8"


# The ids end in .app_error; a hook nobody knows is answered 400, a disabled integration 501.
_CLOSED = {
    "web.incoming_webhook.invalid",
    "web.incoming_webhook.disabled",
    "web.incoming_webhook.channel",
    "web.incoming_webhook.channel_locked",
    "web.incoming_webhook.permissions",
    "web.incoming_webhook.user",
    "app.channel.get.existing",
}
_FORM_REFUSED = {
    "web.incoming_webhook.attachment",
    "web.incoming_webhook.parse",
    "web.incoming_webhook.split_props_length",
}


def request(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> httpx.Request:
    """Build the request; the plain form is the message's text alone.

    Raises httpx.InvalidURL for an address that is none.
    """
    # A webhook is answered with no name that a thread could begin at.
    del webhook_id, parent
    said = parts(message, now=now)
    payload: dict[str, Any]
    if plain:
        payload = {"text": _plain_digest(said) if said.rows else _text(message, now)}
    else:
        payload = {
            "text": markdown.opening(said, _HEADLINE_ROOM),
            "attachments": [_attachment(said)],
        }
    return httpx.Request(
        "POST",
        settings.url,
        headers={"Content-Type": "application/json; charset=utf-8"},
        content=json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: the error's id first, then the status; `200 ok` took it."""
    if status == httpx.codes.OK and body.strip() == b"ok":
        return Delivered()
    if 200 <= status < 300:
        return Retry(reason="unexpected_body", maybe_sent=True)
    word = _error(body)
    reason = word.rpartition(".")[2]
    if word in _CLOSED:
        return Dead(reason=reason if reason != "existing" else "channel", scope="destination")
    if word in _FORM_REFUSED:
        return Fallback(reason=reason)
    return judge(status, headers, now=now)


def _error(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("id", "")).removesuffix(".app_error") if isinstance(said, dict) else ""


def _attachment(said: Parts) -> dict[str, Any]:
    below = _digest(said) if said.rows else markdown.body(said, _ROOM)
    return {
        "fallback": said.footer,
        "color": _COLOURS.get(said.severity, _OWN_COLOUR),
        "text": below,
        "footer": said.footer,
    }


def _digest(said: Parts) -> str:
    below = [markdown.escape(line) for line in said.lines]
    return widest(
        said.rows,
        lambda rows: _lines(rows, below),
        lambda told: len(json.dumps(told, ensure_ascii=False)) <= _JSON_ROOM,
    )


def _plain_digest(said: Parts) -> str:
    top = f"{markdown.head(said)} {markdown.pieces(said.headline)}"
    return widest(
        said.rows,
        lambda rows: f"{top}\n{_lines(rows, [])}",
        lambda told: len(told) <= _PLAIN_ROOM,
    )


def _lines(rows: Sequence[Listed], below: Sequence[str]) -> str:
    return "\n".join([*map(markdown.row, rows), *below])


def _text(message: Message, now: datetime) -> str:
    return markdown.fitting(text(message, now=now), _PLAIN_ROOM)
