"""Microsoft Teams through a workflow that takes webhooks: one Adaptive Card for each message.

Sources: Microsoft's pages on webhooks of the Workflows app, on incoming webhooks and on the format
of cards. A workflow accepts first and posts later, so `accepted` is the most it ever says.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import httpx

from monitor.alerts.wording import Listed, text
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify import markdown
from monitor.notify.answers import judge
from monitor.notify.parts import Parts, parts, widest
from monitor.settings import NotifierSettings

MAX_BYTES = 20_000  # Teams takes 28 KB, counted after it has added to them

_PLAIN_BYTES = 8_000
_HEADLINE_ROOM = 1_200
_LINE_ROOM = 1_500
_MAX_BUTTON = 1_500  # code points of an address; what is longer breaks the button in some clients
_COLOURS = {"critical": "Attention", "high": "Attention", "medium": "Warning", "low": "Default"}
_OWN_COLOUR = "Accent"

# The old connectors, and the workflows that replaced them, report trouble behind 200.
_INNER = re.compile(rb"returned HTTP error (\d{3})")
_TAKEN = {b"", b"1", b"accepted"}
_CLOSED = {
    "WorkflowTriggerIsNotEnabled",  # switched off, or deleted
    "WorkflowNotFound",
    "WorkflowDisabled",
    "WorkflowTriggerNotFound",
}
_FORM_REFUSED = {"TriggerInputSchemaMismatch", "InvalidRequestContent"}


def request(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    now: datetime,
    plain: bool,
    parent: str = "",
) -> httpx.Request:
    """Build the request; the plain form is one block of text.

    The address is sent byte for byte as it was given, because it holds a signature of its own
    spelling.
    Raises httpx.InvalidURL for an address that is none.
    """
    # A workflow answers with no name that a reply could point to.
    del webhook_id, parent
    said = parts(message, now=now)
    if said.rows:
        content = _digest(said, plain=plain)
    elif plain:
        content = _plain(text(message, now=now))
    elif said.words:
        content = _worded(said)
    else:
        content = _payload(_body(said), _buttons(said))
    return httpx.Request(
        "POST",
        settings.url,
        headers={"Content-Type": "application/json; charset=utf-8"},
        content=content,
    )


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: what its body reports first, then its status."""
    if found := _INNER.search(body):
        inner = int(found[1])
        return judge(inner, headers, now=now) if inner >= 400 else _unexpected()
    if status == httpx.codes.ACCEPTED:
        return Delivered()
    if 200 <= status < 300:
        return Delivered() if body.strip().strip(b'"').lower() in _TAKEN else _unexpected()
    word = _error(body)
    if word in _CLOSED or status == httpx.codes.NOT_FOUND:
        return Dead(reason="no_workflow", scope="destination")
    if word in _FORM_REFUSED:
        return Fallback(reason="invalid_card")
    return judge(status, headers, now=now)


def _unexpected() -> Retry:
    return Retry(reason="unexpected_body", maybe_sent=True)


def _error(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = said.get("error") if isinstance(said, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _body(said: Parts) -> list[dict[str, Any]]:
    blocks = [
        _head(said),
        _block(markdown.within(said.headline, _HEADLINE_ROOM), size="Medium"),
    ]
    if said.byline:
        blocks.append(_block(markdown.fitting(said.byline, _LINE_ROOM), isSubtle=True))
    if said.quote:
        blocks.append(_block(f"“{markdown.within(said.quote, 2 * _LINE_ROOM)}”"))
    blocks += [_block(markdown.fitting(line, _LINE_ROOM), isSubtle=True) for line in said.lines]
    return [*blocks, _block(markdown.escape(said.footer), isSubtle=True, size="Small")]


def _head(said: Parts) -> dict[str, Any]:
    return _block(markdown.head(said), color=_COLOURS.get(said.severity, _OWN_COLOUR))


def _block(words: str, **look: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": words, "wrap": True, "spacing": "Small", **look}


def _buttons(said: Parts) -> list[dict[str, Any]]:
    places = (("Read the article", said.link), ("Details", said.page))
    return [
        {"type": "Action.OpenUrl", "title": title, "url": url}
        for title, url in places
        if 0 < len(url) <= _MAX_BUTTON
    ]


def _digest(said: Parts, *, plain: bool) -> bytes:
    top = [_head(said), _block(markdown.within(said.headline, _HEADLINE_ROOM), size="Medium")]
    below = " · ".join((*said.lines, said.footer))
    bottom = [_block(markdown.escape(below), isSubtle=True, size="Small")]

    def tell(rows: Sequence[Listed]) -> bytes:
        return _payload([*top, *(_block(markdown.row(row)) for row in rows), *bottom], [])

    room = _PLAIN_BYTES if plain else MAX_BYTES
    return widest(said.rows, tell, lambda content: len(content) <= room)


def _plain(words: str) -> bytes:
    return _fitted(words, lambda block: _payload([block], []), _PLAIN_BYTES)


def _worded(said: Parts) -> bytes:
    below, buttons = (
        _block(markdown.escape(said.footer), isSubtle=True, size="Small"),
        _buttons(said),
    )
    return _fitted(said.words, lambda block: _payload([block, below], buttons), MAX_BYTES)


def _fitted(words: str, tell: Callable[[dict[str, Any]], bytes], most: int) -> bytes:
    """Return what `tell` makes of a block of words, as many of them as `most` bytes allow."""
    room = 2 * len(words)
    while len(content := tell(_paragraphs(markdown.fitting(words, room)))) > most:
        room = room * 3 // 4
    return content


def _paragraphs(told: str) -> dict[str, Any]:
    return _block(told.replace("\n", "\n\n"))  # a single line end is a blank


def _payload(body: Sequence[dict[str, Any]], actions: Sequence[dict[str, Any]]) -> bytes:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",  # what is newer is not shown
        "msteams": {"width": "Full"},
        "body": list(body),
        **({"actions": list(actions)} if actions else {}),
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    payload = {"type": "message", "attachments": [attachment]}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
