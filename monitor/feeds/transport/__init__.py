"""The one door for outgoing traffic: resolves once, refuses addresses that are not public, and
connects to the very number it checked. One connection per request, no pool.

A proxy is used where a person configured one, never because of the environment. It may be at any
address; where it is what looks names up, numbers, spellings of numbers and the names that only
private networks know are checked here, and where any other name leads is for the proxy to guard.
"""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

import httpx

from monitor.feeds.transport.addresses import Address, inward, literal, refusal, spelled
from monitor.feeds.transport.dialling import connect, dial
from monitor.feeds.transport.exchange import Exchange
from monitor.feeds.transport.proxies import Proxy, Refused, open_tunnel, read_proxy
from monitor.feeds.transport.resolver import Resolver, Unresolved
from monitor.feeds.transport.tls import own_tls, tls_fault
from monitor.model import Network

DEFAULT_PORTS = {"http": 80, "https": 443}

# A name of at most 253 bytes in labels of at most 63 (RFC 1035 section 2.3.4), or an IPv6 address.
_HOST = re.compile(
    r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|[0-9a-fA-F.]*:[0-9a-fA-F:.]*"
)

DoneT = TypeVar("DoneT")


class BlockedAddress(httpx.ConnectError):
    """Nothing but addresses that are not public; never sent."""


class NameNotFound(httpx.ConnectError):
    """The name has no address; never sent."""


class TlsError(httpx.ConnectError):
    """No trusted encrypted connection came about; never sent."""


class Unsendable(httpx.ConnectError):
    """The address, a header or the proxy's address can't be put on the wire; never sent."""


class ProxyRefused(httpx.ConnectError):
    """The proxy gave no connection; never sent."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Send requests to public addresses only.

    A request's extensions say what else counts: `allow_networks` (networks that may be used
    although they are not public), `verify_tls` (False accepts any certificate of the target) and
    `proxy` (the address of the proxy to go through, "" for none).

    Raises httpx errors. ConnectError, ConnectTimeout and what derives from them mean that nothing
    of the request was sent; after any other it may have arrived. Deadlines over the whole belong
    to the caller, who may cancel at any time; only connecting has one of its own. The answer's
    body is undecoded, its headers are latin-1, and closing it drops the connection.
    """

    def __init__(
        self,
        *,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        connect_timeout: timedelta = timedelta(seconds=10),
    ) -> None:
        """Use `tls` instead of the process's own context where certificates are checked."""
        self._resolver = resolver or Resolver()
        self._tls = tls
        self._connect_timeout = connect_timeout.total_seconds()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer as soon as the head is there."""
        host, port = destination(request.url)
        proxy = _proxy(request)
        forwarder = _forwarder(proxy, request.url)
        wire = await _wire(request, forwarder)
        exchange = await (
            self._through(proxy, request, host, port)
            if proxy
            else self._straight(request, host, port)
        )
        try:
            exchange.send(wire)
            await exchange.answered()
            if forwarder and exchange.status == 407:
                raise ProxyRefused(f"the proxy {forwarder.name} {forwarder.complaint}")
        except BaseException:
            exchange.close()
            raise
        response = httpx.Response(exchange.status, headers=exchange.headers, stream=exchange)
        response.headers.encoding = "latin-1"
        return response

    async def connect(
        self, host: str, port: int, *, allow_networks: Sequence[Network] = ()
    ) -> socket.socket:
        """Return a socket connected to `host`, for what speaks no HTTP; raises as requests do."""
        url = httpx.URL(scheme="https", host=host, port=port)
        name, number = destination(url)
        addresses = await self._checked(name, allow_networks)
        return await self._in_time(connect(addresses, number), name)

    def trust(self) -> ssl.SSLContext:
        """Return whose certificates count, for what speaks no HTTP."""
        return self._tls or own_tls(verify=True, speaks="")

    async def aclose(self) -> None:
        """Let the resolver's threads end."""
        self._resolver.close()

    async def _straight(self, request: httpx.Request, host: str, port: int) -> Exchange:
        """Return an exchange on the first address of `host` that takes a connection."""
        addresses = await self._checked(host, _allowed(request))
        dialled = dial(_exchange(request), addresses, port, tls=self._context(request), name=host)
        _, exchange = await self._in_time(dialled, host)
        return exchange

    async def _through(
        self, proxy: Proxy, request: httpx.Request, host: str, port: int
    ) -> Exchange:
        """Return an exchange on a connection that `proxy` makes, or is asked on itself."""
        name = f"the proxy {proxy.name}"
        goal = await self._goal(proxy, host, _allowed(request))
        addresses = await self._found(proxy.host)
        outer = self._checking() if proxy.scheme == "https" else None
        to_proxy = partial(dial, addresses=addresses, port=proxy.port, tls=outer, name=proxy.host)
        if _forwarder(proxy, request.url):
            _, exchange = await self._in_time(to_proxy(_exchange(request)), name)
            return exchange
        reader = asyncio.StreamReader()
        transport, _ = await self._in_time(
            to_proxy(lambda: asyncio.StreamReaderProtocol(reader)), name
        )
        try:
            await self._in_time(open_tunnel(proxy, reader, transport, goal, port), name)
            return await self._in_time(self._on(transport, request, host), host)
        except BaseException:
            transport.abort()
            raise

    async def _on(
        self, transport: asyncio.Transport, request: httpx.Request, host: str
    ) -> Exchange:
        """Hand a connection that leads to `host` to an exchange, encrypted where it should be."""
        exchange = _exchange(request)()
        exchange.connection_made(transport)  # the handshake may tell it that all is lost
        context = self._context(request)
        if context is None:
            transport.set_protocol(exchange)
            return exchange
        encrypted = await asyncio.get_running_loop().start_tls(
            transport, exchange, context, server_hostname=host.rstrip(".")
        )
        if encrypted is None:  # the other end has left meanwhile
            raise ConnectionResetError
        exchange.connection_made(encrypted)
        return exchange

    async def _in_time(self, work: Awaitable[DoneT], peer: str) -> DoneT:
        """Wait for a step of connecting; what stops it is told as the doing of `peer`."""
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await work
        except OSError as error:
            raise _failure(error, peer) from error
        except Refused as refused:
            raise ProxyRefused(f"{peer} {refused}") from refused

    def _context(self, request: httpx.Request) -> ssl.SSLContext | None:
        if request.url.scheme != "https":
            return None
        if not request.extensions.get("verify_tls", True):
            return own_tls(verify=False)
        return self._checking()

    def _checking(self) -> ssl.SSLContext:
        return self._tls or own_tls(verify=True)

    async def _found(self, host: str) -> Sequence[Address]:
        number = literal(host)
        if number is not None:
            return (number,)
        try:
            return await self._resolver.resolve(host)
        except Unresolved as error:
            raise NameNotFound(f"{host} can't be looked up: {error}") from error

    async def _checked(self, host: str, allowed: Sequence[Network]) -> list[Address]:
        """Return those addresses of `host` that may be used; raise BlockedAddress for none."""
        found = await self._found(host)
        reasons = [refusal(address, allowed) for address in found]
        good = [a for a, reason in zip(found, reasons, strict=True) if reason is None]
        if not good:
            leads = "is" if str(found[0]) == host else f"leads to {found[0]},"
            raise BlockedAddress(f"{host} {leads} {reasons[0]}")
        return good

    async def _goal(self, proxy: Proxy, host: str, allowed: Sequence[Network]) -> str:
        """Return what the proxy is told to connect to: a number that is checked, or a name."""
        number = spelled(host)
        if number is None and not proxy.looks_up:
            return str((await self._checked(host, allowed))[0])
        reason = refusal(number, allowed) if number else inward(host, allowed)
        if reason is not None:
            raise BlockedAddress(f"{host} is {reason}")
        return str(number or host)


def _proxy(request: httpx.Request) -> Proxy | None:
    url = request.extensions.get("proxy", "")
    if not url:
        return None
    try:
        return read_proxy(url)
    except ValueError as fault:
        raise Unsendable(str(fault)) from fault


def _forwarder(proxy: Proxy | None, url: httpx.URL) -> Proxy | None:
    """Return the proxy that is sent the request itself: unencrypted, by HTTP (RFC 9112, 3.2.2)."""
    return proxy if proxy and url.scheme == "http" and proxy.scheme.startswith("http") else None


def _allowed(request: httpx.Request) -> Sequence[Network]:
    allowed: Sequence[Network] = request.extensions.get("allow_networks", ())
    return allowed


def _exchange(request: httpx.Request) -> "partial[Exchange]":
    host = request.url.raw_host.decode("ascii")
    return partial(Exchange, peer=host, has_body=request.method != "HEAD")


def destination(url: httpx.URL) -> tuple[str, int]:
    """Return host and port as they will be used; raise Unsendable."""
    if url.scheme not in DEFAULT_PORTS:
        raise Unsendable(f"{url.scheme or 'an address without a scheme'} is not http or https")
    host = url.raw_host.decode("ascii")
    if not _HOST.fullmatch(host) or b"%5C" in url.userinfo:  # "\\@": others see another host
        raise Unsendable(f"{host!r} is no name of a host")
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 1 <= port <= 65535:
        raise Unsendable(f"{host} has no port {port}")
    return host, port


async def _wire(request: httpx.Request, forwarder: Proxy | None) -> bytes:
    """Return the bytes to send; raise Unsendable where a header would break out of its line."""
    content = await request.aread()
    url = request.url
    target = b"http://%b%b" % (url.netloc, url.raw_path) if forwarder else url.raw_path
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target)]
    if forwarder and forwarder.authorization:
        lines.append(b"Proxy-Authorization: " + forwarder.authorization)
    for name, value in request.headers.raw:
        key = name.lower()
        if key == b"transfer-encoding":  # the body has been read, so its length is known
            lines.append(b"Content-Length: %d" % len(content))
        elif key != b"connection":
            lines.append(name + b": " + value)
    lines.append(b"Connection: close\r\n\r\n")
    head = b"\r\n".join(lines)
    breaks = len(lines) + 1
    if head.count(b"\r") != breaks or head.count(b"\n") != breaks or b"\0" in head:
        raise Unsendable("a header of the request holds a line break or a NUL")
    return head + content


def _failure(error: OSError, peer: str) -> httpx.TransportError:
    """Say in words why no connection came about."""
    if isinstance(error, ssl.SSLError):
        return TlsError(tls_fault(error, peer))
    if isinstance(error, TimeoutError):
        return httpx.ConnectTimeout(f"{peer} did not take the connection in time")
    reason = os.strerror(error.errno) if error.errno else "the connection was closed at once"
    return httpx.ConnectError(f"{peer} can't be reached: {reason}")
