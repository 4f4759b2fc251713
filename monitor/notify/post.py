"""One request to a stranger's server and what came of it: timed, bounded, never followed.

Requests go straight to the transport. A client above it would log the address, which is the
secret of a chat webhook, and might follow a redirect or ask twice.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TextIO, cast

import httpx

from monitor import __version__
from monitor.feeds.transport import BlockedAddress, Unsendable
from monitor.model import Dead, Message, Retry, Verdict
from monitor.notify.redact import redact
from monitor.settings import NotifierSettings

MAX_ANSWER_BYTES = 65_536

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


# What every request says beside its kind's own headers.
_HEADERS = {"User-Agent": f"news-feed-monitor/{__version__}", "Accept-Encoding": "identity"}


class Dialect(Protocol):
    """What one kind says over HTTP and how it is answered, both pure; a module satisfies it."""

    def request(
        self,
        message: Message,
        settings: NotifierSettings,
        *,
        webhook_id: str,
        now: datetime,
        plain: bool,
        parent: str = "",
    ) -> httpx.Request:
        """Build what is sent. Raises ValueError or httpx.InvalidURL where nothing can be."""

    def classify(
        self, status: int, headers: httpx.Headers, body: bytes, *, now: datetime
    ) -> Verdict:
        """Return what an answer means, whatever its status, headers and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a delivery may touch of the world, and until when."""

    transport: httpx.AsyncBaseTransport
    out: TextIO
    now: Callable[[], datetime]
    colour: bool
    deadline: float  # the loop's clock, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one try came to. `body` is raw and may hold anything."""

    verdict: Verdict
    status: int | None = None
    body: bytes = b""


async def post(
    kind: Dialect,
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
    parent: str = "",
) -> Answer:
    """Send a message as its kind builds it and judges the answer; every failure is a verdict."""
    try:
        request = kind.request(
            message, settings, webhook_id=webhook_id, now=edge.now(), plain=plain, parent=parent
        )
    except (httpx.InvalidURL, ValueError) as error:
        return Answer(verdict=_unsendable(error, settings))
    request.headers.update(_HEADERS)
    request.extensions = {"allow_networks": settings.allow_networks}
    try:
        async with asyncio.timeout_at(edge.deadline):
            response = await edge.transport.handle_async_request(request)
    except TimeoutError:
        return Answer(verdict=Retry(reason="timeout: no answer in time", maybe_sent=True))
    except Exception as error:  # noqa: BLE001 - no server may stop the loop that delivers
        return Answer(verdict=_failure(error, settings))
    body = await _read(response, edge.deadline)
    verdict = kind.classify(response.status_code, response.headers, body, now=edge.now())
    return Answer(verdict=verdict, status=response.status_code, body=body)


async def _read(response: httpx.Response, deadline: float) -> bytes:
    """Return the body's first bytes as they came, or as many as came in time.

    The status has been said by now: what is wrong with the body must not lose it.
    """
    body = bytearray()
    # httpx says less of it than it is; left open, a generator outlives the loop.
    parts = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    with contextlib.suppress(Exception):
        async with asyncio.timeout_at(deadline), contextlib.aclosing(parts):
            async for part in parts:
                body += part
                if len(body) >= MAX_ANSWER_BYTES:
                    break
    with contextlib.suppress(Exception):
        await response.aclose()
    return bytes(body[:MAX_ANSWER_BYTES])


def _unsendable(error: Exception, settings: NotifierSettings) -> Dead:
    words = redact(str(error), settings)
    return Dead(reason=f"unsendable: {words}", scope="destination")


def _failure(error: Exception, settings: NotifierSettings) -> Verdict:
    words = redact(str(error) or type(error).__name__, settings)
    if isinstance(error, BlockedAddress):
        return Retry(
            reason=f"blocked_address: {words}; if it is meant, add its network to "
            f"notifiers.{settings.name}.allow_networks"
        )
    if isinstance(error, Unsendable | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return _unsendable(error, settings)
    if isinstance(error, _NOT_SENT):
        return Retry(reason=f"not_sent: {words}")
    return Retry(reason=f"no_answer: {words}", maybe_sent=True)
