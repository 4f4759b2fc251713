"""Read what a server's status and headers mean for a source. Pure: no network, no clock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias

from monitor.feeds.pacing import body_hash
from monitor.feeds.plaintext import one_line
from monitor.feeds.reading.web_page import SEARCHED, is_bot_check
from monitor.model import ErrorKind, Failed, Fetched, NotModified, Outcome
from monitor.settings import HostSettings

Headers: TypeAlias = Mapping[str, str]

MAX_RETRY_AFTER = timedelta(days=1)
MAX_FRESH = timedelta(days=365)
MAX_VALIDATOR = 2_048  # one is echoed byte for byte or not at all; a longer one is not kept
MAX_MESSAGE = 300  # characters; a server's own words may be part of it
UNSAID = timedelta(minutes=10)  # for a host whose limit names no time
LONGEST_FOR_HOST = timedelta(hours=1)
ALIKE = 3  # sources of a host that are refused: fewer may each want credentials
CHALLENGE_BYTES = 32_768  # of a page; its scripts stand near the top

_ECHOABLE = re.compile(
    r"[^\x00-\x08\x0a-\x1f\x7f]+"
)  # RFC 9110 section 5.5: what a header may hold
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", re.IGNORECASE)
_REFUSED = frozenset({ErrorKind.AUTH, ErrorKind.RATE_LIMITED, ErrorKind.BOT_CHALLENGE})
_CHALLENGE_HEADERS = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "",
    "x-vercel-mitigated": "challenge",
}
_MEANINGS = {
    401: (ErrorKind.AUTH, "asks for credentials; give this source `auth`"),
    403: (ErrorKind.AUTH, "refuses us; it may want credentials, or keep feed readers out"),
    404: (ErrorKind.HTTP_4XX, "has nothing at this address; the feed may have moved"),
    410: (ErrorKind.GONE, "says that this feed is gone for good"),
    429: (ErrorKind.RATE_LIMITED, "asks us to come less often"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An answer without its body. `headers` are lower-case names with latin-1 text."""

    url: str
    host: str
    status: int
    headers: Headers
    now: datetime


def document(head: Head, body: bytes, *, conditional: bool = False) -> Fetched | Failed:
    """Return the document of a 2xx answer, unless it is none; `body` is decoded and whole.

    A 226 is a part that was chosen with care (RFC 3229); a 206 that nobody asked for is not. With
    `conditional` validators were sent.
    """
    if is_challenge(head, body):
        return _challenged(head)
    if head.status == 206:
        return _failed(head, ErrorKind.RESET, "sends only a part of its document, unasked")
    if not body or body.isspace():
        message = f"{head.host} answers without a document ({_words(head.status)})"
        return Failed(kind=ErrorKind.EMPTY, message=message, status=head.status)
    return Fetched(
        url=head.url,
        status=head.status,
        body=body,
        content_type=head.headers.get("content-type", ""),
        etag=validator(head.headers, "etag"),
        last_modified=validator(head.headers, "last-modified"),
        fresh_for=fresh_for(head.headers, head.now),
        retry_after=retry_after(head.headers, head.now),
        digest=body_hash(body),
        conditional=conditional,
    )


def not_modified(head: Head) -> NotModified:
    """Return what a 304 says."""
    return NotModified(
        etag=validator(head.headers, "etag"),
        last_modified=validator(head.headers, "last-modified"),
        fresh_for=fresh_for(head.headers, head.now),
    )


def failure(head: Head, body: bytes) -> Failed:
    """Say why any other answer brings nothing; `body` may be its beginning."""
    if is_challenge(head, body):
        return _challenged(head)
    if head.status in _MEANINGS:
        kind, words = _MEANINGS[head.status]
    elif 300 <= head.status < 400:
        kind, words = ErrorKind.REDIRECT, "sends us on without saying where"
    elif 400 <= head.status < 500:
        kind, words = ErrorKind.HTTP_4XX, "does not accept our request"
    else:
        kind, words = ErrorKind.HTTP_5XX, "has trouble of its own"
    return _failed(head, kind, words)


def as_limit(
    failed: Failed, others: Sequence[ErrorKind | None], preset: HostSettings | None
) -> Failed:
    """Return what a failure means in sight of how the host's other sources fared last.

    Some servers say 403 where they mean 429: then all sources of a host are refused alike.
    """
    if failed.kind is not ErrorKind.AUTH or failed.status != 403:
        return failed
    known = preset is not None and preset.forbidden_is_limit
    alike = len(others) >= ALIKE - 1 and all(kind in _REFUSED for kind in others)
    if not (known or alike):
        return failed
    why = "as this host does to say that we come too often" if known else "like all sources there"
    message = f"{failed.message}; taken for a limit, because it is refused {why}"
    return replace(failed, kind=ErrorKind.RATE_LIMITED, message=message)


def host_until(outcome: Outcome, now: datetime) -> datetime | None:
    """Return until when a host's other sources should leave it alone too; None for no reason to.

    A limit is seldom one source's own. It is heeded for an hour at most, since it may be.
    """
    if not isinstance(outcome, Failed) or outcome.deferred:
        return None
    limited = outcome.kind is ErrorKind.RATE_LIMITED
    if not limited and (outcome.status != 503 or outcome.retry_after is None):
        return None
    wish = UNSAID if outcome.retry_after is None else outcome.retry_after
    return now + min(wish, LONGEST_FOR_HOST) if wish > timedelta() else None


def presentable(failed: Failed) -> Failed:
    """Take from a message what a server may have put there to upset a terminal or a page."""
    message = one_line(failed.message)
    if len(message) > MAX_MESSAGE:
        message = message[: MAX_MESSAGE - 1] + "…"
    return replace(failed, message=message)


def is_challenge(head: Head, body: bytes) -> bool:
    """Tell whether the answer is a page that wants to see a browser, whatever its status."""
    for name, value in _CHALLENGE_HEADERS.items():
        if name in head.headers and head.headers[name].lower().startswith(value):
            return True
    if _HTML.match(body) is None:
        return False
    return is_bot_check(body[:SEARCHED].decode("latin-1"), url=head.url)


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """Return the server's wish, 0 to 24 h; None without one or where it can't be read.

    Seconds, or a date relative to the server's own clock (RFC 9110 section 10.2.3).
    """
    wish = headers.get("retry-after", "")
    seconds = _seconds(wish)
    wait = wait_until(wish, headers, now) if seconds is None else seconds
    return None if wait is None else min(max(wait, timedelta()), MAX_RETRY_AFTER)


def wait_until(date: str, headers: Headers, now: datetime) -> timedelta | None:
    """Return how far off an HTTP-date is by the server's own clock; None for what is no date.

    The answer's Date header is that clock, else `now`. Negative for a date that has passed.
    """
    until = _date(date)
    return until - _sent_at(headers, now) if until else None


def fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """Return how long the answer stays fresh; None where it does not say, or is stale already.

    Cache-Control's max-age less Age, else Expires less Date (RFC 9111 section 4.2.1).
    """
    directives = dict(_directives(headers.get("cache-control", "")))
    if "no-store" in directives or "no-cache" in directives:
        return None
    if "max-age" in directives:
        age = _seconds(headers.get("age", "")) or timedelta()
        left = (_seconds(directives["max-age"]) or timedelta()) - age
    else:
        expires = _date(headers.get("expires", ""))
        left = expires - _sent_at(headers, now) if expires else timedelta()
    return min(left, MAX_FRESH) if left > timedelta() else None


def validator(headers: Headers, name: str) -> str | None:
    """Return ETag or Last-Modified as sent; None where it could not be sent back."""
    value = headers.get(name, "")
    return value if len(value) <= MAX_VALIDATOR and _ECHOABLE.fullmatch(value) else None


def _challenged(head: Head) -> Failed:
    words = "answers with a challenge that only a browser can pass; ask its publisher for a way in"
    return _failed(head, ErrorKind.BOT_CHALLENGE, words)


def _failed(head: Head, kind: ErrorKind, words: str) -> Failed:
    return Failed(
        kind=kind,
        message=f"{head.host} {words} ({_words(head.status)})",
        status=head.status,
        retry_after=retry_after(head.headers, head.now),
    )


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _directives(cache_control: str) -> list[tuple[str, str]]:
    """Return names and values from the last to the first, so that in a dict the first wins."""
    pairs = (part.partition("=") for part in reversed(cache_control.split(",")))
    return [(name.strip().lower(), value.strip().strip('"')) for name, _, value in pairs]


def _seconds(text: str) -> timedelta | None:
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return min(timedelta(seconds=int(digits.lstrip("0")[:10] or "0")), MAX_FRESH)


def _date(text: str) -> datetime | None:
    """Read an HTTP-date (RFC 9110 section 5.6.7), leniently; one without a zone is UTC."""
    if not 1 < len(text) <= 64:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _sent_at(headers: Headers, now: datetime) -> datetime:
    return _date(headers.get("date", "")) or now
