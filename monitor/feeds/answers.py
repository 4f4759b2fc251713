"""Read what a server's status and headers mean for a source. Pure: no network, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias

from monitor.model import ErrorKind, Failed, Fetched, NotModified

Headers: TypeAlias = Mapping[str, str]

MAX_RETRY_AFTER = timedelta(days=1)
MAX_FRESH = timedelta(days=365)
MAX_VALIDATOR = 2_048
CHALLENGE_BYTES = 32_768  # of a page; its scripts stand near the top

_ECHOABLE = re.compile(
    r"[^\x00-\x08\x0a-\x1f\x7f]+"
)  # RFC 9110 section 5.5: what a header may hold
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", re.IGNORECASE)
_CHALLENGE_HEADERS = {
    "cf-mitigated": "challenge",
    "x-amzn-waf-action": "",
    "x-vercel-mitigated": "challenge",
}
_CHALLENGE_MARKS = re.compile(
    rb"/cdn-cgi/challenge-platform/|cf[-_]chl[-_]|_Incapsula_Resource|captcha-delivery\.com"
    rb"|px-captcha|sucuri_cloudproxy_js|/\.well-known/ddos-guard/|\.awswaf\.com/"
    rb"|/\.within\.website/x/cmd/anubis/"
)
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


def document(head: Head, body: bytes) -> Fetched | Failed:
    """Return the document of a 2xx answer, unless it is none; `body` is decoded and whole."""
    if is_challenge(head.headers, body):
        return _challenged(head)
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
    if is_challenge(head.headers, body):
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


def is_challenge(headers: Headers, body: bytes) -> bool:
    """Tell whether the answer is a page that wants to see a browser, whatever its status."""
    for name, value in _CHALLENGE_HEADERS.items():
        if name in headers and headers[name].lower().startswith(value):
            return True
    return bool(_HTML.match(body) and _CHALLENGE_MARKS.search(body, 0, CHALLENGE_BYTES))


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """Return the server's wish, 0 to 24 h; None without one or where it can't be read.

    Seconds, or a date relative to the server's own clock (RFC 9110 section 10.2.3).
    """
    wish = headers.get("retry-after", "")
    seconds = _seconds(wish)
    if seconds is not None:
        return min(seconds, MAX_RETRY_AFTER)
    date = _date(wish)
    if date is None:
        return None
    return min(max(date - _sent_at(headers, now), timedelta()), MAX_RETRY_AFTER)


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
