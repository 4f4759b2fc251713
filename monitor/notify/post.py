"""One request to a stranger's server and what came of it: timed, bounded, never followed.

Requests go straight to the transport. A client above it would log the address, which is the
secret of a chat webhook, and might follow a redirect or ask twice.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TextIO, cast

import httpx

from monitor import __version__
from monitor.feeds.transport import BlockedAddress, Unsendable
from monitor.model import Dead, Delivered, Message, Retry, Verdict
from monitor.notify.redact import redact
from monitor.settings import NotifierSettings

MAX_ANSWER_BYTES = 65_536

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


# What every request says beside its kind's own headers.
_HEADERS = {"User-Agent": f"news-feed-monitor/{__version__}", "Accept-Encoding": "identity"}


class Classify(Protocol):
    """Say what an answer means, whatever its status, headers and body. Pure."""

    def __call__(
        self, status: int, headers: httpx.Headers, body: bytes, *, now: datetime
    ) -> Verdict:
        """Return the verdict; `now` is when the answer came."""


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
    left: str = "",
) -> Answer:
    """Send a message as its kind builds it and judges the answer; every failure is a verdict."""
    del left  # one request arrives or does not
    try:
        request = kind.request(
            message, settings, webhook_id=webhook_id, now=edge.now(), plain=plain, parent=parent
        )
    except (httpx.InvalidURL, ValueError) as error:
        return Answer(verdict=unsendable(error, settings))
    return await ask(request, settings, edge=edge, classify=kind.classify)


async def ask(
    request: httpx.Request, settings: NotifierSettings, *, edge: Edge, classify: Classify
) -> Answer:
    """Send one request and have its answer judged; every failure is a verdict."""
    request.headers.update(_HEADERS)
    request.extensions = {"allow_networks": settings.allow_networks}
    try:
        async with asyncio.timeout_at(edge.deadline):
            response = await edge.transport.handle_async_request(request)
    except TimeoutError:
        return Answer(verdict=Retry(reason="timeout: no answer in time", maybe_sent=True))
    except Exception as error:  # noqa: BLE001 - no server may stop the loop that delivers
        return Answer(verdict=failure(error, settings))
    body, whole = await _read(response, edge.deadline)
    judged = partial(classify, response.status_code, response.headers, now=edge.now())
    verdict = judged(body)
    if not whole and isinstance(verdict, Delivered) and not isinstance(judged(b""), Delivered):
        # It took the message by what its body says, and of that the end is missing.
        verdict = Retry(reason="no_answer: it broke off before it was whole", maybe_sent=True)
    return Answer(verdict=verdict, status=response.status_code, body=body)


async def _read(response: httpx.Response, deadline: float) -> tuple[bytes, bool]:
    """Return the body's first bytes as they came in time, and whether that is all of it.

    The status has been said by now: what is wrong with the body must not lose it.
    """
    body, whole = bytearray(), False
    # httpx says less of it than it is; left open, a generator outlives the loop.
    parts = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    with contextlib.suppress(Exception):
        async with asyncio.timeout_at(deadline), contextlib.aclosing(parts):
            async for part in parts:
                body += part
                if len(body) >= MAX_ANSWER_BYTES:
                    break
            else:
                whole = True
    with contextlib.suppress(Exception):
        await response.aclose()
    return bytes(body[:MAX_ANSWER_BYTES]), whole


def unsendable(error: Exception, settings: NotifierSettings) -> Dead:
    """Return the verdict on a configuration with which nothing can be sent."""
    words = redact(str(error), settings)
    return Dead(reason=f"unsendable: {words}", scope="destination")


def failure(error: Exception, settings: NotifierSettings) -> Verdict:
    """Return the verdict on what stopped a request, or a connection, before an answer came."""
    words = redact(str(error) or type(error).__name__, settings)
    if isinstance(error, BlockedAddress):
        return Retry(
            reason=f"blocked_address: {words}; if it is meant, add its network to "
            f"notifiers.{settings.name}.allow_networks"
        )
    if isinstance(error, Unsendable | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return unsendable(error, settings)
    if isinstance(error, _NOT_SENT):
        return Retry(reason=f"not_sent: {words}")
    return Retry(reason=f"no_answer: {words}", maybe_sent=True)
