"""A loopback proxy that speaks HTTP and SOCKS 5, looks names up in a table and records what it saw.

Used by the tests. It binds to loopback only, and leads nowhere but to loopback.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(slots=True, kw_only=True)
class LoopbackProxy:
    """Lead clients on while the context is open; `asked` keeps each host:port they named.

    With `user`, everyone needs it and `password`. `refuse` is what a client is answered instead of
    a connection: a status of HTTP or a reply of SOCKS, 0 for none. `raw` is said to everybody.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    password: str = ""
    refuse: int = 0
    raw: bytes | None = None
    tls: ssl.SSLContext | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)  # of HTTP requests, as they came
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, scheme: str, user: str = "") -> str:
        """Return the address as a configuration names it, `user` being user:password@."""
        return f"{scheme}://{user}127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
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
        try:
            if self.raw is not None:
                await reader.read(1)
                writer.write(self.raw)
                await writer.drain()
            else:
                first = await reader.readexactly(1)
                speak = self._socks if first == b"\x05" else self._http
                await speak(first, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _http(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = first + await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        pair = b64encode(f"{self.user}:{self.password}".encode())
        if self.user and b"Proxy-Authorization: Basic " + pair not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if self.refuse:
            writer.write(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.refuse)
            return
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\nX-Proxy: loopback\r\n\r\n")
            await self._lead(url.hostname or "", url.port or 443, b"", reader, writer)
            return
        lines = [x for x in head.split(b"\r\n")[1:] if not x.startswith(b"Proxy-Authorization")]
        path = f"{url.path}?{url.query}" if url.query else url.path
        forwarded = f"{method} {path} HTTP/1.1".encode() + b"\r\n" + b"\r\n".join(lines)
        await self._lead(url.hostname or "", url.port or 80, forwarded, reader, writer)

    async def _socks(
        self, _first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        methods = await _counted(reader)
        wanted = 2 if self.user else 0
        writer.write(bytes([5, wanted if wanted in methods else 0xFF]))
        if self.user:
            await reader.readexactly(1)
            user, password = await _counted(reader), await _counted(reader)
            known = (user, password) == (self.user.encode(), self.password.encode())
            writer.write(bytes([1, 0 if known else 1]))
            if not known:
                return
        _, _, _, kind = await reader.readexactly(4)
        lengths = {1: 4, 4: 16}
        named = kind not in lengths
        address = await (_counted(reader) if named else reader.readexactly(lengths[kind]))
        host = address.decode() if named else str(ip_address(address))
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(bytes([5, self.refuse, 0, 3, 5]) + b"proxy" + b"\0\0")
        if not self.refuse:
            await self._lead(host, port, b"", reader, writer)

    async def _lead(
        self,
        host: str,
        port: int,
        begun: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.asked.append(f"{host}:{port}")
        far_reader, far_writer = await asyncio.open_connection(self.names.get(host, host), port)
        far_writer.write(begun)
        loop = asyncio.get_running_loop()
        ways = [
            loop.create_task(_pass(reader, far_writer)),
            loop.create_task(_pass(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            far_writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


async def _counted(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly((await reader.readexactly(1))[0])
