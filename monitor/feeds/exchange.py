"""One request and its answer on one connection: bounded memory, undecoded bytes, no reuse.

The parser is lenient, because nothing follows the answer on the connection that a sloppy server
could smuggle. Heads it still refuses are read once more with their odd lines left out.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import cast

import httptools
import httpx

MAX_HEAD_BYTES = 100_000  # also the most that may pass without a byte of body
MAX_HEADERS = 1_000
BUFFER_BYTES = 65_536  # beyond it the peer waits until what has come is read

_BODILESS = frozenset({204, 304})  # RFC 9112 section 6.3
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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
        self._parser = self._new_parser()
        self._head: bytearray | None = bytearray()  # None once it has been read
        self._mending = False
        self._searched = 0  # bytes of the head that hold no end of it
        self._framed = False  # the head says where the body ends
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
        while self._head is not None:
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
        """Keep the transport; called by the loop."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse what has come; called by the loop."""
        if self._ended:
            return
        self._unproductive += len(data)
        if self._head is not None:
            self._head += data
        try:
            if self._mending:
                self._mend()
            else:
                self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._garbled(error)
        if self._unproductive > MAX_HEAD_BYTES and not self._ended:
            self._overgrown()

    def connection_lost(self, error: Exception | None) -> None:
        """See whether that was the end or a break; called by the loop."""
        if self._ended:
            return
        if error is not None:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._fail(httpx.ReadError(f"the connection to {self._peer} broke: {reason}"))
        elif self._head is None and not self._framed:
            self._end()
        else:
            part = "before it answered" if self._head is not None else "in the middle of its answer"
            self._fail(httpx.RemoteProtocolError(f"{self._peer} closed the connection {part}"))

    # --- httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the head; trailers are dropped."""
        if self._head is None:
            return
        self.headers.append((name, value.strip(b" \t")))
        if len(self.headers) > MAX_HEADERS:
            self._overgrown()

    def on_headers_complete(self) -> None:
        """Decide where the body ends; interim answers (1xx) are passed over."""
        status = self._parser.get_status_code()
        if self._ended or self._head is None:
            return
        if 100 <= status < 200:
            self.headers.clear()
            return
        self.status = status
        self._head = None
        self._framed = self._says_where_it_ends()
        if sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            self._overgrown()
        if not self._has_body or status in _BODILESS:
            self._end()
        self._wake()

    def on_body(self, data: bytes) -> None:
        """Buffer a piece of the body and make the peer wait when that is enough."""
        if self._ended:
            return
        self._unproductive = 0
        self._chunks.append(data)
        self._buffered += len(data)
        if self._buffered > BUFFER_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """End, unless that was an interim answer."""
        if self._head is None and not self._ended:
            self._end()

    # --- the inside

    def _new_parser(self) -> httptools.HttpResponseParser:
        parser = httptools.HttpResponseParser(self)
        parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_chunked_length=True,
            lenient_keep_alive=True,
            lenient_transfer_encoding=True,
            lenient_version=True,
            lenient_data_after_close=True,
            lenient_optional_lf_after_cr=True,
            lenient_optional_cr_before_lf=True,
            lenient_optional_crlf_after_chunk=True,
            lenient_spaces_after_chunk_size=True,
        )
        return parser

    def _says_where_it_ends(self) -> bool:
        codings = b",".join(v for k, v in self.headers if k.lower() == b"transfer-encoding")
        if codings:
            return codings.lower().endswith(b"chunked")
        return any(name.lower() == b"content-length" for name, _ in self.headers)

    def _garbled(self, error: Exception) -> None:
        if self._ended:
            return  # what follows a whole answer means nothing
        if isinstance(error, httptools.HttpParserUpgrade):
            self._fail(httpx.RemoteProtocolError(f"{self._peer} wants to leave HTTP"))
        elif self._head is None or self._mending:
            self._fail(httpx.RemoteProtocolError(f"{self._peer} does not speak HTTP: {error}"))
        else:
            self._mending = True
            self.headers.clear()
            self._parser = self._new_parser()
            self._mend()

    def _mend(self) -> None:
        """Parse the head again without the lines that no parser should have to accept."""
        assert self._head is not None
        end = _END_OF_HEAD.search(self._head, max(0, self._searched - 3))
        self._searched = len(self._head)
        if end is None:
            return
        mended = _mended(bytes(self._head[: end.start()])) + self._head[end.end() :]
        try:
            self._parser.feed_data(mended)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._garbled(error)
        self._mending = False

    def _overgrown(self) -> None:
        limit = f"more than {MAX_HEAD_BYTES:,} bytes or {MAX_HEADERS:,} lines of headers"
        self._fail(httpx.RemoteProtocolError(f"{self._peer} sent {limit}"))

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


def _mended(head: bytes) -> bytes:
    """Return the head with only its well-formed lines, and one Content-Length if they agree."""
    first, *lines = re.split(rb"\r?\n", head)
    kept, lengths = [first], set()
    for line in lines:
        name, _, value = line.partition(b":")
        if not _TOKEN.fullmatch(name.strip()):
            continue
        if name.strip().lower() == b"content-length":
            lengths |= {part.strip() for part in value.split(b",")}
        else:
            kept.append(name.strip() + b":" + value)
    kept += [b"Content-Length: " + length for length in sorted(lengths)]
    return b"\r\n".join(kept) + b"\r\n\r\n"
