"""A loopback HTTP server that plays a script and records what it was asked, byte for byte.

Used by the tests, the benchmarks and the demo. It binds to loopback only.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

MAX_HEAD_BYTES = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent. `headers` keep order, case and bytes."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    connection: int  # 1, 2, … in the order accepted
    at: float  # the loop's clock, seconds

    def header(self, name: str) -> str | None:
        """Return the first value of a header, any case, or None."""
        wanted = name.lower().encode()
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says. With `raw`, exactly these bytes; then the connection closes."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes | None = None
    delay: float = 0.0  # seconds before the first byte
    chunk: int = 0  # > 0: write the answer in pieces of this size …
    pause: float = 0.0  # … with this pause between them, seconds
    reset: bool = False  # end with a TCP reset instead of a close
    hang: bool = False  # after the bytes, keep the connection open and silent
    endless: bytes = b""  # after the bytes, these over and over until the client leaves

    def encoded(self) -> bytes:
        """Return the whole answer as it goes on the wire."""
        if self.raw is not None:
            return self.raw
        names = {name.lower() for name, _ in self.headers}
        lines = [f"HTTP/1.1 {self.status} X"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if "content-length" not in names and "transfer-encoding" not in names:
            lines.append(f"Content-Length: {len(self.body)}")
        lines.append("Connection: close")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


Handler = Callable[[Request], Answer | Awaitable[Answer]]


@dataclass(slots=True)
class LoopbackServer:
    """Serve `handler` on a free loopback port while the context is open."""

    handler: Handler
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    accepted: int = 0  # connections, also those that asked nothing
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, path: str = "/") -> str:
        """Return the address of `path` on this server."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}{path}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=self.tls, limit=MAX_HEAD_BYTES
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.accepted += 1
        try:
            request = await self._read(reader, self.accepted)
            if request is not None:
                self.requests.append(request)
                answer = self.handler(request)
                if not isinstance(answer, Answer):
                    answer = await answer
                await self._write(writer, answer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, connection: int) -> Request | None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].split(b"\r\n")
        method, target, _version = first.decode("latin-1").split(" ")
        headers = tuple(
            (name, value.strip()) for name, _, value in (x.partition(b":") for x in lines)
        )
        length = next((int(v) for k, v in headers if k.lower() == b"content-length"), 0)
        return Request(
            method=method,
            target=target,
            headers=headers,
            body=await reader.readexactly(length),
            connection=connection,
            at=asyncio.get_running_loop().time(),
        )

    async def _write(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        if answer.delay:
            await asyncio.sleep(answer.delay)
        data = answer.encoded()
        step = answer.chunk or max(len(data), 1)
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
            await writer.drain()
            if answer.pause:
                await asyncio.sleep(answer.pause)
        while answer.endless:
            writer.write(answer.endless)
            await writer.drain()
        if answer.hang:
            await asyncio.Event().wait()
        if answer.reset:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            writer.transport.abort()
