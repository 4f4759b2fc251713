"""Slack's incoming webhooks: rich text that Slack never parses, and a plain text beside it.

Sources: docs.slack.dev on incoming webhooks, on the rich text block and on formatting text.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, TypeAlias

import httpx

from monitor.alerts.excerpt import boundary, cut
from monitor.alerts.wording import Listed, text
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.notify.parts import Parts, parts, widest
from monitor.settings import NotifierSettings

MAX_TEXT = 4_000  # code points; Slack shows no more of a message's text
PIECE = 3_000  # code points of one text
LINK_PIECES = 3_000  # code points a headline's address may take in all its pieces

_DIGEST_ROOM = 9_000  # of 10,000 code points, links included

Element: TypeAlias = dict[str, Any]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SIGNS = {
    "critical": "rotating_light",
    "high": "red_circle",
    "medium": "large_orange_circle",
    "low": "white_circle",
}
_OWN_SIGN = "wrench"  # on what the monitor says of itself

# What Slack's servers answer in words; the same word comes with more than one status.
_RATE = {"rate_limited", "ratelimited", "message_limit_exceeded"}
_FLAKY = {
    "rollup_error",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
}
_FORM_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
_MESSAGE_REFUSED = {
    "invalid_payload",
    "no_text",
    "too_many_attachments",
    "missing_text_or_fallback_or_attachments",
}
_CLOSED = {
    "no_service",
    "no_service_id",
    "no_active_hooks",
    "no_team",
    "channel_not_found",
    "channel_is_archived",
    "user_not_found",
    "invalid_token",
    "action_prohibited",
    "posting_to_general_channel_denied",
    "team_disabled",
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
    # Slack's webhooks know no identity, and answer with none that a thread could begin at; the
    # footer's alert id tells people of a repeat.
    del webhook_id, parent
    payload: dict[str, Any] = {
        "text": notification(message, now=now),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if not plain:
        payload["blocks"] = blocks(message, now=now)
    return httpx.Request(
        "POST",
        settings.url,
        headers={"Content-Type": "application/json; charset=utf-8"},
        content=json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def blocks(message: Message, *, now: datetime) -> list[Element]:
    """Return the message as Block Kit blocks; their text stays below 10,000 code points."""
    said = parts(message, now=now)
    if said.words:
        told = [*map(_words, _pieces(said.words)), *_places(said)]
        return [{"type": "rich_text", "elements": [_section(told)]}, _footer(said.footer)]
    top = [
        {"type": "emoji", "name": _SIGNS.get(said.severity, _OWN_SIGN)},
        _words(f" {said.mark}", bold=True),
        _words(f" {said.about}\n" if said.about else "\n"),
        *_headline(said),
    ]
    if said.byline:
        top.append(_words(f"\n{said.byline}"))
    if said.rows:
        elements = [_section(top), _list(said.rows), _section([_words("\n".join(said.lines))])]
    else:
        elements = [_section(top), *_below(said)]
    return [{"type": "rich_text", "elements": elements}, _footer(said.footer)]


def _below(said: Parts) -> list[Element]:
    below = [_words("\n".join(said.lines))] if said.lines else []
    if said.page:
        below += [_words("\n"), {"type": "link", "url": said.page, "text": "details"}]
    quote = [_words(piece, bold=matched) for piece, matched in said.quote]
    quoted = [{"type": "rich_text_quote", "elements": quote}] if quote else []
    return [*quoted, *([_section(below)] if below else [])]


def _pieces(words: str) -> list[str]:
    pieces = []
    while words:
        at = boundary(words, PIECE)
        pieces.append(words[:at])
        words = words[at:]
    return pieces


def _places(said: Parts) -> list[Element]:
    """Return where to read on, below the words of a template, where no address is a link."""
    places = (("read the article", said.link), ("details", said.page))
    return [
        element
        for words, url in places
        if url
        for element in (_words("\n"), _words(words, url=url))
    ]


def _list(rows: Sequence[Listed]) -> Element:
    items = widest(rows, _items, lambda told: sum(map(_size, told)) <= _DIGEST_ROOM)
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _items(rows: Sequence[Listed]) -> list[Element]:
    return [_item(row) for row in rows]


def _item(row: Listed) -> Element:
    told = " · ".join(part for part in (row.source, row.news) if part)
    elements = [
        _words(row.severity, bold=True),
        _words(f" {row.watchlist}: "),
        _words(row.title, url=row.link or None),
    ]
    return _section([*elements, _words(f" ({told})")] if told else elements)


def _size(item: Element) -> int:
    return sum(len(each["text"]) + len(each.get("url", "")) for each in item["elements"])


def notification(message: Message, *, now: datetime) -> str:
    """Return the text for notifications and for the plain form; a digest's lists every alert."""
    said = parts(message, now=now)
    if not said.rows:
        return fallback(text(message, now=now))
    [(headline, _)] = said.headline
    return widest(
        said.rows,
        lambda rows: "\n".join([f"{said.mark} {headline}", *map(_line, rows)]).translate(_ESCAPES),
        lambda told: len(told) <= MAX_TEXT,
    )


def _line(row: Listed) -> str:
    told = " · ".join(part for part in (row.source, row.news) if part)
    behind = "".join([f" ({told})" if told else "", f" {row.link}" if row.link else ""])
    return f"{row.severity} {row.watchlist}: {row.title}{behind}"


def fallback(block: str) -> str:
    """Return the text for notifications, with what Slack would parse escaped, within its limit."""
    sizes = accumulate(len(char.translate(_ESCAPES)) for char in block)
    fitting = sum(1 for size in sizes if size <= MAX_TEXT)
    return cut(block, fitting).translate(_ESCAPES)


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: its word first, then its status; only `200 ok` took the message."""
    if status == httpx.codes.OK and body == b"ok":
        return Delivered()
    word, wait = _read(body)
    if word in _RATE or status == httpx.codes.TOO_MANY_REQUESTS:
        waits = [w for w in (wait, headers.get("retry-after")) if w is not None]
        asked = [w for w in (retry_after(w, headers, now=now) for w in waits) if w is not None]
        return rate_limited(max(asked, default=None))
    if 200 <= status < 300:
        # A portal or a proxy may have answered in Slack's place, or Slack in words we don't know.
        return Retry(reason="unexpected_body", maybe_sent=True)
    return _by_word(word) or judge(status, headers, now=now)


def _by_word(word: str) -> Verdict | None:
    if word in _FLAKY:
        return Retry(reason=word, maybe_sent=True)
    if word in _FORM_REFUSED:
        return Fallback(reason=word)
    if word in _MESSAGE_REFUSED:
        return Dead(reason=word)
    if word in _CLOSED:
        return Dead(reason=word, scope="destination")
    return None


def _read(body: bytes) -> tuple[str, str | None]:
    """Return the word an answer holds, and the wait in seconds it asks for in JSON."""
    words = body.decode("utf-8", "replace").strip()
    try:
        answer = json.loads(words)
    except (ValueError, RecursionError):
        return words, None
    if not isinstance(answer, dict):
        return "", None
    wait = answer.get("retry_after")
    return str(answer.get("error", "")), None if wait is None else str(wait)


def _footer(words: str) -> Element:
    element = {"type": "plain_text", "text": words, "emoji": False}
    return {"type": "context", "elements": [element]}


def _headline(said: Parts) -> list[Element]:
    pieces = said.headline
    if len(said.link) * len(pieces) > LINK_PIECES:
        pieces = (("".join(words for words, _ in pieces), False),)
    return [_words(piece, bold=matched, url=said.link or None) for piece, matched in pieces]


def _section(elements: Sequence[Element]) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def _words(words: str, *, bold: bool = False, url: str | None = None) -> Element:
    element: Element = {"type": "text", "text": words}
    if url:
        element = {"type": "link", "url": url, "text": words}
    return element | {"style": {"bold": True}} if bold else element
