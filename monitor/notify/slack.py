"""Slack's incoming webhooks: rich text that Slack never parses, and a plain text beside it.

Sources: docs.slack.dev on incoming webhooks, on the rich text block and on formatting text.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, TypeAlias

import httpx

from monitor.alerts.excerpt import cut, printable, segments
from monitor.alerts.wording import (
    byline,
    is_own,
    own_byline,
    reasons,
    severity_word,
    spans,
    text,
    topic,
)
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.settings import NotifierSettings

MAX_TEXT = 4_000  # code points; Slack shows no more of a message's text
MAX_LINK = 2_000
LINK_PIECES = 3_000  # code points a headline's address may take in all its pieces

_HEADLINE = 300
_QUOTE = 600
_LEAD = 120  # what is shown of the summary before its first match
_NAME = 100
_DESCRIPTION = 500
_EXPLANATION = 2_000
_SHORT_ID = 8

Element: TypeAlias = dict[str, Any]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_LINKS = str.maketrans({"|": "%7C", "<": "%3C", ">": "%3E", " ": "%20", '"': "%22"})
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
        "text": fallback(text(message, now=now)),
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
    """Return the message as Block Kit blocks; their text stays far below 10,000 code points."""
    if is_own(message):
        return _own_blocks(message, now=now)
    data = message.data
    watchlist, alert = data["watchlist"], data["alert"]
    top = [
        {"type": "emoji", "name": _SIGNS.get(watchlist["severity"], "white_circle")},
        _words(f" {severity_word(message)}", bold=True),
        _words(f" {cut(printable(watchlist['name']), _NAME)} · {alert['reason']}\n"),
        *_headline(message),
        _words(f"\n{byline(message, now=now)}"),
    ]
    below = [_words(f"matched {'; '.join(reasons(message)) or 'without evidence'}")]
    if watchlist["description"]:
        below.append(_words(f"\n{cut(printable(watchlist['description']), _DESCRIPTION)}"))
    if page := _link(alert["url"]):
        below += [_words("\n"), {"type": "link", "url": page, "text": "details"}]
    elements = [_section(top), *_quote(message), _section(below)]
    return [{"type": "rich_text", "elements": elements}, _footer(f"alert {_short(alert['id'])}")]


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


def _own_blocks(message: Message, *, now: datetime) -> list[Element]:
    data = message.data
    elements = [
        {"type": "emoji", "name": _OWN_SIGN},
        _words(f" {severity_word(message)}", bold=True),
        _words(f" {topic(message)}\n{cut(printable(data['title']), _HEADLINE)}"),
    ]
    if explained := cut(printable(data["text"] or ""), _EXPLANATION):
        elements.append(_words(f"\n{explained}"))
    if line := own_byline(message, now=now):
        elements.append(_words(f"\n{line}"))
    return [
        {"type": "rich_text", "elements": [_section(elements)]},
        _footer(f"notice {_short(data['id'])}, about the monitor itself"),
    ]


def _footer(words: str) -> Element:
    element = {"type": "plain_text", "text": words, "emoji": False}
    return {"type": "context", "elements": [element]}


def _short(identity: str) -> str:
    return cut(printable(identity), _SHORT_ID + 1).removesuffix("…")


def _headline(message: Message) -> list[Element]:
    title = message.data["item"]["title"]
    url = _link(message.data["item"]["link"])
    pieces = segments(title, spans(message, "title"), limit=_HEADLINE)
    if url and len(url) * len(pieces) > LINK_PIECES:
        pieces = segments(title, (), limit=_HEADLINE)
    if url and not pieces:
        pieces = [("untitled", False)]
    return [_words(piece, bold=matched, url=url) for piece, matched in pieces]


def _quote(message: Message) -> list[Element]:
    summary = message.data["item"]["summary"] or ""
    found = spans(message, "summary")
    first = min((start for start, _ in found if start < len(summary)), default=0)
    start = max(0, first - _LEAD) if first > _QUOTE - _LEAD else 0
    pieces = segments(summary, found, limit=_QUOTE, start=start)
    if not pieces:
        return []
    return [
        {
            "type": "rich_text_quote",
            "elements": [_words(piece, bold=matched) for piece, matched in pieces],
        }
    ]


def _section(elements: Sequence[Element]) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def _words(words: str, *, bold: bool = False, url: str | None = None) -> Element:
    element: Element = {"type": "text", "text": words}
    if url:
        element = {"type": "link", "url": url, "text": words}
    return element | {"style": {"bold": True}} if bold else element


def _link(address: str | None) -> str | None:
    url = printable(address or "").translate(_IN_LINKS)
    return url if url.startswith(("https://", "http://")) and len(url) <= MAX_LINK else None
