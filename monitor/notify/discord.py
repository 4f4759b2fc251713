"""Discord's webhooks: a line that shows in notifications, and an embed for the rest.

Sources: Discord's reference on executing webhooks, on the limits of embeds and on rate limits.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from monitor.alerts.wording import Listed, text
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify import markdown
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.notify.parts import Parts, parts, widest
from monitor.settings import NotifierSettings

MAX_CONTENT = 2_000  # code points
MAX_EMBEDS = 6_000  # in the sum over all embeds of a message

_HEADLINE_ROOM = 1_100
_ROOM = 4_000
_DIGEST_ROOM = 5_800
_PLAIN_ROOM = 1_900
_COLOURS = {"critical": 0x8B0000, "high": 0xD93025, "medium": 0xE8710A, "low": 0x9AA0A6}
_OWN_COLOUR = 0x1A73E8

# The answers' own numbers (Discord's reference, opcodes and status codes, JSON).
_INVALID_FORM = 50035
_NEEDS_A_THREAD = 220001  # the hook of a forum


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
    # Discord knows no identity of a message; the footer's alert id tells people of a repeat.
    del webhook_id, parent
    said = parts(message, now=now)
    if plain:
        payload: dict[str, Any] = {
            "content": _plain_digest(said) if said.rows else _text(message, now)
        }
    else:
        payload = {
            "content": markdown.opening(said, _HEADLINE_ROOM),
            "embeds": _digest_embeds(said) if said.rows else [_embed(message, said)],
        }
    # Without this a webhook may call any user whom a text names.
    payload["allowed_mentions"] = {"parse": []}
    return httpx.Request(
        "POST",
        _waiting(settings.url),
        headers={"Content-Type": "application/json; charset=utf-8"},
        content=json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means; only one that shows the message, or 204, took it."""
    said = _read(body)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return _limited(headers, said, now)
    if status == httpx.codes.NO_CONTENT or (status == httpx.codes.OK and "id" in said):
        return Delivered(ref=str(said.get("id", "")), wait=_pause(headers, now))
    if 200 <= status < 300:
        return Retry(reason="unexpected_body", maybe_sent=True)
    if status == httpx.codes.NOT_FOUND:
        # Asking again counts as abuse and ends in a ban of the whole address.
        return Dead(reason="unknown_webhook", scope="destination")
    if status == httpx.codes.BAD_REQUEST:
        return _refused(said)
    return judge(status, headers, now=now)


def _refused(said: dict[str, Any]) -> Verdict:
    match said.get("code"):
        case int(code) if code == _INVALID_FORM:
            return Fallback(reason="invalid_form")
        case int(code) if code == _NEEDS_A_THREAD:
            words = "needs_thread: a forum's webhook needs ?thread_id=… behind its url"
            return Dead(reason=words, scope="destination")
        case _:
            return Dead(reason="rejected")


def _limited(headers: httpx.Headers, said: dict[str, Any], now: datetime) -> Retry:
    """Return the longest pause any part of the answer asks for."""
    wishes = [headers.get("retry-after"), headers.get("x-ratelimit-reset-after")]
    if isinstance(said.get("retry_after"), int | float | str):
        wishes.append(str(said["retry_after"]))
    asked = [retry_after(wish, headers, now=now) for wish in wishes]
    wait = max((each for each in asked if each is not None), default=None)
    everywhere = said.get("global") is True or headers.get("x-ratelimit-global") == "true"
    return rate_limited(wait, everywhere=everywhere)


def _pause(headers: httpx.Headers, now: datetime) -> timedelta | None:
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    return retry_after(headers.get("x-ratelimit-reset-after"), headers, now=now)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _waiting(address: str) -> httpx.URL:
    """Return the address with `wait=true`: without it Discord says nothing of what it drops."""
    url = httpx.URL(address)
    kept = [part for part in url.query.decode("ascii").split("&") if part and not _waits(part)]
    return url.copy_with(query="&".join([*kept, "wait=true"]).encode("ascii"))


def _waits(part: str) -> bool:
    return part.partition("=")[0] == "wait"


def _embed(message: Message, said: Parts) -> dict[str, Any]:
    return {
        "color": _COLOURS.get(said.severity, _OWN_COLOUR),
        "description": markdown.body(said, _ROOM),
        "footer": {"text": said.footer},
        "timestamp": message.timestamp.astimezone(UTC).isoformat(),
    }


def _digest_embeds(said: Parts) -> list[dict[str, Any]]:
    pages = widest(said.rows, _pages, lambda pages: sum(map(len, pages)) <= _DIGEST_ROOM)
    embeds: list[dict[str, Any]] = [
        {"color": _COLOURS.get(said.severity, _OWN_COLOUR), "description": page} for page in pages
    ]
    embeds[-1]["footer"] = {"text": " · ".join((*said.lines, said.footer))}
    return embeds


def _pages(rows: Sequence[Listed]) -> list[str]:
    pages: list[str] = []
    for each in rows:
        row = markdown.row(each)
        if pages and len(pages[-1]) + 1 + len(row) <= _ROOM:
            pages[-1] += f"\n{row}"
        else:
            pages.append(row)
    return pages


def _text(message: Message, now: datetime) -> str:
    return markdown.fitting(text(message, now=now), _PLAIN_ROOM)


def _plain_digest(said: Parts) -> str:
    top = f"{markdown.head(said)} {markdown.pieces(said.headline)}"
    return widest(
        said.rows,
        lambda rows: "\n".join([top, *map(markdown.row, rows)]),
        lambda told: len(told) <= _PLAIN_ROOM,
    )
