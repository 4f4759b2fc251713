"""One request and its answer on one connection: bounded memory, undecoded bytes, no reuse."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import httpx

from monitor.feeds.transport.framing import Framing, Length, framing
from monitor.feeds.transport.heads import Malformed, end_of_head, read_head

MAX_HEAD_BYTES = 300_000  # also the most that may pass without a byte of body
MAX_HEADERS = 1_000
BUFFER_BYTES = 65_536  # beyond it the peer waits until what has come is read

_OVERGROWN = f"sent more than {MAX_HEAD_BYTES:,} bytes or {MAX_HEADERS:,} lines of headers"


class Exchange(asyncio.Protocol, httpx.AsyncByteStream):
    """Send one request, then give the answer's head as attributes and its body as a stream.

    Raises httpx.ReadError when the connection breaks and httpx.RemoteProtocolError when what
    arrives is no whole HTTP answer. `close` may come at any time.
    """

    _transport: asyncio.Transport  # from connection_made on; nothing is called before

    def __init__(self, *, peer: str, has_body: bool) -> None:
        """Name the peer for messages; without `has_body` (HEAD) the head is the whole answer."""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._peer = peer
        self._has_body = has_body
        self._loop = asyncio.get_running_loop()
        self._head = bytearray()
        self._searched = 0  # bytes of the head that hold no end of it
        self._body: Framing | None = None  # None until the head is there
        self._unproductive = 0  # bytes since the last byte of body
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._paused = False
        self._ended = False
        self._failure: httpx.TransportError | None = None
        self._news: asyncio.Future[None] | None = None

    # --- for the transport

    def send(self, request: bytes) -> None:
        """Put the whole request on the wire."""
        self._transport.write(request)

    async def answered(self) -> None:
        """Wait until `status` and `headers` are there; a break after them is the body's."""
        while self._body is None:
            if self._failure is not None:
                raise self._failure
            await self._wait()

    def close(self) -> None:
        """Drop the connection at once, whatever is still under way."""
        self._ended = True
        self._chunks.clear()
        self._transport.abort()

    # --- httpx.AsyncByteStream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body as it arrives, without the framing, still encoded."""
        while True:
            if self._chunks:
                data = b"".join(self._chunks)
                self._chunks.clear()
                self._buffered = 0
                self._resume()
                yield data
            elif self._failure is not None:
                raise self._failure
            elif self._ended:
                return
            else:
                await self._wait()

    async def aclose(self) -> None:
        """Drop the connection."""
        self.close()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; called by the loop, or by who made the connection before."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read what has come; called by the loop."""
        if self._ended:
            return  # what follows a whole answer means nothing
        self._unproductive += len(data)
        try:
            if self._body is None:
                data = self._begin(data)
            if self._body is not None:
                self._take(self._body, data)
            if self._unproductive > MAX_HEAD_BYTES and not self._ended:
                raise Malformed(_OVERGROWN)
        except Malformed as fault:
            self._fail(httpx.RemoteProtocolError(f"{self._peer} {fault}"))

    def connection_lost(self, error: Exception | None) -> None:
        """See whether that was the end or a break; called by the loop."""
        if self._ended:
            return
        if error is not None:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._fail(httpx.ReadError(f"the connection to {self._peer} broke: {reason}"))
        elif self._body is not None and self._body.closed():
            self._end()
        else:
            part = "before it answered" if self._body is None else "in the middle of its answer"
            self._fail(httpx.RemoteProtocolError(f"{self._peer} closed the connection {part}"))

    # --- the inside

    def _begin(self, data: bytes) -> bytes:
        """Collect the head, pass over interim answers (1xx), return what follows the final one."""
        self._head += data
        while self._body is None:
            if self._head.startswith((b"\r", b"\n")):
                self._head = self._head.lstrip(b"\r\n")
            end = end_of_head(self._head, self._searched)
            if end < 0:
                self._searched = len(self._head)
                return b""
            self._answer(bytes(self._head[:end]))
            self._head = self._head[end:]
            self._searched = 0
        return bytes(self._head)

    def _answer(self, raw: bytes) -> None:
        head = read_head(raw)
        if head.status == 101:
            raise Malformed("wants to leave HTTP")
        if head.status < 200:
            return
        if len(raw) > MAX_HEAD_BYTES or len(head.headers) > MAX_HEADERS:
            raise Malformed(_OVERGROWN)
        self._body = framing(head) if self._has_body else Length(0)
        self.status, self.headers = head.status, head.headers
        self._wake()

    def _take(self, body: Framing, data: bytes) -> None:
        """Buffer a piece of the body and make the peer wait when that is enough."""
        piece = body.feed(data)
        if piece:
            self._unproductive = 0
            self._chunks.append(piece)
            self._buffered += len(piece)
            self._wake()
        if body.ended:
            self._end()
        elif self._buffered > BUFFER_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._paused and not self._ended:
            self._paused = False
            self._transport.resume_reading()

    def _fail(self, failure: httpx.TransportError) -> None:
        self._failure = failure
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._transport.abort()
        self._wake()

    async def _wait(self) -> None:
        self._news = self._loop.create_future()
        await self._news

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
