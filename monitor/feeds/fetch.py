"""Visit a source once: a conditional GET, its redirects, its body, and what went wrong, as a value.

All hops and the body share one deadline. Nothing but cancellation escapes, whatever a server does.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

import httpx

import monitor
from monitor.feeds import answers
from monitor.feeds.codings import CodingError, Decoder
from monitor.feeds.redaction import redact_url
from monitor.feeds.transport import DEFAULT_PORTS, BlockedAddress, NameNotFound, TlsError
from monitor.feeds.urls import host_of
from monitor.model import ErrorKind, Failed, Outcome, Source, SourceState
from monitor.settings import PollSettings

MAX_HOPS = 5
MAX_URL = 8_192
PEEK_SECONDS = 3  # a slow error page must not turn a clear answer into a timeout

ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json,"
    b" application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PUZZLING = frozenset({403, 405, 429, 503})  # statuses that challenges for browsers come with
_KINDS: tuple[tuple[type[Exception], ErrorKind], ...] = (  # the first that fits
    (BlockedAddress, ErrorKind.BLOCKED_ADDRESS),
    (NameNotFound, ErrorKind.DNS),
    (TlsError, ErrorKind.TLS),
    (httpx.TimeoutException, ErrorKind.TIMEOUT),
    (httpx.ConnectError, ErrorKind.CONNECT),
    (httpx.TransportError, ErrorKind.RESET),
)

Lines: TypeAlias = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """What stays the same over all hops."""

    host: str  # of the source's address; the address itself where it has none
    state: SourceState
    source: Source
    poll: PollSettings
    transport: httpx.AsyncBaseTransport
    now: Callable[[], datetime]


async def fetch(
    state: SourceState,
    source: Source,
    poll: PollSettings,
    transport: httpx.AsyncBaseTransport,
    *,
    now: Callable[[], datetime],
) -> Outcome:
    """Fetch the document at `state.url`, unless it is the one its validators tell of.

    Validators are echoed byte for byte, and only to the address they came from. The source's own
    headers and credentials stay with its origin. Messages are clean. Only cancellation is raised.
    """
    host = host_of(state.url) or redact_url(state.url)
    visit = _Visit(host=host, state=state, source=source, poll=poll, transport=transport, now=now)
    try:
        async with asyncio.timeout(poll.timeout.total_seconds()):
            outcome = await _follow(visit)
    except TimeoutError:
        message = f"{host} did not answer whole within {poll.timeout.total_seconds():g} s"
        outcome = Failed(kind=ErrorKind.TIMEOUT, message=message)
    except Exception as error:  # noqa: BLE001 - whatever a server does, a poll ends with a value
        outcome = _failed(error, visit)
    return answers.presentable(outcome) if isinstance(outcome, Failed) else outcome


async def _follow(visit: _Visit) -> Outcome:
    """Go from hop to hop until one answers with something else than another address."""
    url, own = _start(visit)
    secrets, seen = own, {str(url)}
    while len(seen) <= MAX_HOPS + 1:
        step = await _ask(visit, url, secrets)
        if not isinstance(step, httpx.URL):
            return _explained(step) if own and not secrets else step
        if str(step) in seen:
            message = f"{_host(url)} sends us round in a circle"
            return Failed(kind=ErrorKind.REDIRECT, message=message)
        seen.add(str(step))
        if _origin(step) != _origin(url):
            secrets = ()
        url = step
    message = f"{visit.host} redirects more than {MAX_HOPS} times"
    return Failed(kind=ErrorKind.REDIRECT, message=message)


async def _ask(
    visit: _Visit, url: httpx.URL, secrets: Lines, *, again: bool = False
) -> Outcome | httpx.URL:
    """Send one request; return what it comes to, or the address it leads to."""
    conditions = _conditions(visit, url)
    own = {name.lower() for name, _ in secrets}
    lines = [line for line in _own_lines(visit.poll.contact) if line[0].lower() not in own]
    request = httpx.Request(
        "GET",
        url,
        headers=[*lines, *conditions, *secrets],
        extensions={
            "allow_networks": visit.poll.allow_networks,
            "verify_tls": visit.source.verify_tls,
        },
    )
    response = await visit.transport.handle_async_request(request)
    try:
        if response.status_code != 304 or conditions:
            return await _read(visit, url, response)
    finally:
        await response.aclose()
    if not again:
        return await _ask(visit, url, secrets, again=True)
    message = f"{_host(url)} says that nothing has changed, which was not the question"
    return Failed(kind=ErrorKind.EMPTY, message=message, status=304)


async def _read(visit: _Visit, url: httpx.URL, response: httpx.Response) -> Outcome | httpx.URL:
    """Turn an answer into an outcome, or into the address it leads to."""
    head = answers.Head(
        url=str(url),
        host=_host(url),
        status=response.status_code,
        headers=_headers(response),
        now=visit.now(),
    )
    if head.status in _REDIRECTS:
        return _next(url, head.headers.get("location", ""))
    if head.status == 304:
        return answers.not_modified(head)
    if 200 <= head.status < 300:
        body = await _body(response, head, visit.poll.max_bytes)
        return body if isinstance(body, Failed) else answers.document(head, body)
    start = await _peek(response, head) if head.status in _PUZZLING else b""
    return answers.failure(head, start)


async def _body(response: httpx.Response, head: answers.Head, limit: int) -> bytes | Failed:
    """Return the whole body, decoded; a failure where it is too large or damaged."""
    length = head.headers.get("content-length", "")
    decoder = Decoder(head.headers.get("content-encoding", ""), limit, limit)
    try:
        if length.isdecimal() and len(length) < 20:
            decoder.expect(int(length))
        parts = [decoder.feed(data) async for data in _stream(response)]
        parts.append(decoder.finish())
    except CodingError as error:
        message = f"{head.host} sends {error.message}"
        return Failed(kind=error.kind, message=message, status=head.status)
    return b"".join(parts)


async def _peek(response: httpx.Response, head: answers.Head) -> bytes:
    """Return about the first 32 KB of an error page, or what can be had of it quickly."""
    limit = 8 * answers.CHALLENGE_BYTES
    decoder = Decoder(head.headers.get("content-encoding", ""), limit, limit)
    start = bytearray()
    with suppress(httpx.TransportError, CodingError, TimeoutError):
        async with asyncio.timeout(PEEK_SECONDS):
            async for data in _stream(response):
                start += decoder.feed(data)
                if len(start) >= answers.CHALLENGE_BYTES:
                    return bytes(start)
            start += decoder.finish()
    return bytes(start)


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return response.stream


def _headers(response: httpx.Response) -> dict[str, str]:
    """Return the head with the first value of each name; Cache-Control's are joined."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        key = name.decode("latin-1").lower()
        if key not in headers:
            headers[key] = value.decode("latin-1")
        elif key == "cache-control":
            headers[key] += "," + value.decode("latin-1")
    return headers


def _start(visit: _Visit) -> tuple[httpx.URL, Lines]:
    """Return the first address, free of credentials, and the lines that only its origin may see."""
    url = httpx.URL(visit.state.url)
    lines = [(_bytes(name), _bytes(value)) for name, value in visit.source.headers]
    auth = visit.source.auth
    if auth is not None and auth.bearer:
        lines.append((b"Authorization", b"Bearer " + _bytes(auth.bearer)))
    elif auth is not None or url.userinfo:
        user, password = (auth.user, auth.password) if auth else (url.username, url.password)
        pair = b64encode(f"{user}:{password}".encode())
        lines.append((b"Authorization", b"Basic " + pair))
    if url.userinfo or url.fragment:
        url = url.copy_with(userinfo=b"", fragment=None)
    return url, tuple(lines)


def _conditions(visit: _Visit, url: httpx.URL) -> Lines:
    """Return the validators as they came, if they are this address's."""
    state = visit.state
    if (state.validators_url or str(url)) != str(url):
        return ()
    named = ((b"If-None-Match", state.etag), (b"If-Modified-Since", state.last_modified))
    return tuple((name, _bytes(value)) for name, value in named if value)


@lru_cache(maxsize=8)
def _own_lines(contact: str) -> Lines:
    """Return the lines every request carries; one contact serves a whole configuration."""
    agent = (
        f"news-feed-monitor/{monitor.__version__} ({f'+{contact}' if contact else 'feed reader'})"
    )
    return (
        (b"User-Agent", _bytes(agent)),
        (b"Accept", ACCEPT),
        (b"Accept-Encoding", b"gzip, deflate"),
    )


def _next(url: httpx.URL, location: str) -> httpx.URL | Failed:
    """Resolve where a redirect leads; a failure where no one should go."""
    try:
        target = url.join(_text(location)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        target = httpx.URL()
    fault = None
    if not location or len(location) > MAX_URL or "\\" in location:
        fault = "to no usable address"
    elif target.scheme not in DEFAULT_PORTS or not target.raw_host:
        fault = "to something that is not http or https"
    elif target.userinfo:
        fault = "to an address with credentials in it"
    if fault is None:
        return target
    where = f": {redact_url(_text(location))[:200]}" if location else ""
    return Failed(kind=ErrorKind.REDIRECT, message=f"{_host(url)} redirects {fault}{where}")


def _explained(outcome: Outcome) -> Outcome:
    """Say why a source with credentials is asked for some."""
    if not isinstance(outcome, Failed) or outcome.kind is not ErrorKind.AUTH:
        return outcome
    why = "the source's own were kept back, because its address redirects to another origin"
    return replace(outcome, message=f"{outcome.message}; {why}")


def _failed(error: Exception, visit: _Visit) -> Failed:
    """Put what stopped a visit into words."""
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), None)
    if kind is not None:
        advice = "; poll.allow_networks can allow it" if isinstance(error, BlockedAddress) else ""
        return Failed(kind=kind, message=f"{str(error) or type(error).__name__}{advice}")
    if isinstance(error, httpx.InvalidURL):
        message = f"{redact_url(visit.state.url)} is no usable address"
        return Failed(kind=ErrorKind.CONNECT, message=message)
    message = f"{visit.host} led to an error of our own ({type(error).__name__})"
    return Failed(kind=ErrorKind.RESET, message=message)


def _origin(url: httpx.URL) -> tuple[str, bytes, int]:
    return url.scheme, url.raw_host, url.port or DEFAULT_PORTS[url.scheme]


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _bytes(text: str) -> bytes:
    """Encode a header's value: as it came if it came from one, else as UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _text(value: str) -> str:
    """Read a header's value as UTF-8, which is what servers mean, if it can be."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
