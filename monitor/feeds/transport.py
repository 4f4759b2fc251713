"""The one door for outgoing traffic: resolves once, refuses addresses that are not public, and
connects to the very number it checked. One connection per request, no pool, no proxy. Of the
environment only SSL_CERT_FILE and SSL_CERT_DIR count: they name the authorities to trust in place
of the public ones, for operators who run their own.
"""

import asyncio
import os
import re
import ssl
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial
from ipaddress import ip_address

import httpx

from monitor.feeds.addresses import Address, refusal
from monitor.feeds.exchange import Exchange
from monitor.feeds.resolver import Resolver, Unresolved
from monitor.model import Network

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_ADDRESSES = 4  # tried in turn; a name with hundreds must not keep us busy

# A name of at most 253 bytes in labels of at most 63 (RFC 1035 section 2.3.4), or an IPv6 address.
_HOST = re.compile(
    r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|[0-9a-fA-F.]*:[0-9a-fA-F:.]*"
)
_CERTIFICATE_FAULTS = {  # X509_V_ERR_*, openssl/x509_vfy.h
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate chain ends in a self-signed certificate",
    20: "no authority known here has signed its certificate",
    21: "its server leaves out the certificate that leads to a known authority",
    23: "its certificate was revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}


class BlockedAddress(httpx.ConnectError):
    """Nothing but addresses that are not public; never sent."""


class NameNotFound(httpx.ConnectError):
    """The name has no address; never sent."""


class TlsError(httpx.ConnectError):
    """No trusted encrypted connection came about; never sent."""


class Unsendable(httpx.ConnectError):
    """The address or a header can't be put on the wire; never sent."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Send requests to public addresses only.

    A request's extensions say what else counts: `allow_networks` (networks that may be used
    although they are not public) and `verify_tls` (False accepts any certificate).

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
        host, port = _destination(request.url)
        wire = await _wire(request)
        addresses = await self._addresses(host, request.extensions.get("allow_networks", ()))
        exchange = await self._connect(request, host, port, addresses)
        try:
            exchange.send(wire)
            await exchange.answered()
        except BaseException:
            exchange.close()
            raise
        response = httpx.Response(exchange.status, headers=exchange.headers, stream=exchange)
        response.headers.encoding = "latin-1"
        return response

    async def aclose(self) -> None:
        """Let the resolver's threads end."""
        self._resolver.close()

    def _context(self, request: httpx.Request) -> ssl.SSLContext | None:
        if request.url.scheme != "https":
            return None
        if not request.extensions.get("verify_tls", True):
            return _own_tls(verify=False)
        return self._tls or _own_tls(verify=True)

    async def _addresses(self, host: str, allowed: Sequence[Network]) -> list[Address]:
        found: Sequence[Address]
        try:
            found = (ip_address(host),)
        except ValueError:
            try:
                found = await self._resolver.resolve(host)
            except Unresolved as error:
                raise NameNotFound(f"{host} can't be looked up: {error}") from error
        reasons = [refusal(address, allowed) for address in found]
        good = [a for a, reason in zip(found, reasons, strict=True) if reason is None]
        if not good:
            leads = "is" if str(found[0]) == host else f"leads to {found[0]},"
            raise BlockedAddress(f"{host} {leads} {reasons[0]}")
        return good[:MAX_ADDRESSES]

    async def _connect(
        self, request: httpx.Request, host: str, port: int, addresses: Sequence[Address]
    ) -> Exchange:
        """Return an exchange on the first address that takes a connection."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._connect_timeout
        context = self._context(request)
        exchange = partial(Exchange, peer=host, has_body=request.method != "HEAD")
        failure: httpx.TransportError | None = None
        for place, address in enumerate(addresses):
            try:
                async with asyncio.timeout((ends - loop.time()) / (len(addresses) - place)):
                    _, connected = await loop.create_connection(
                        exchange,
                        str(address),
                        port,
                        ssl=context,
                        server_hostname=host.rstrip(".") if context else None,
                    )
                    return connected
            except OSError as error:
                failure = _failure(error, host)
                failure.__cause__ = error
        raise failure or httpx.ConnectError(f"{host} has no address to connect to")


@cache
def _own_tls(*, verify: bool) -> ssl.SSLContext:
    """Make the process's context once: reading the authorities costs 20 ms."""
    context = httpx.create_ssl_context(verify=verify)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _destination(url: httpx.URL) -> tuple[str, int]:
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


async def _wire(request: httpx.Request) -> bytes:
    """Return the bytes to send; raise Unsendable where a header would break out of its line."""
    content = await request.aread()
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
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


def _failure(error: OSError, host: str) -> httpx.TransportError:
    """Say in words why no connection came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _CERTIFICATE_FAULTS.get(error.verify_code) or error.verify_message
        return TlsError(f"{host} can't be trusted: {fault}")
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).lower().replace("_", " ")
        return TlsError(f"{host} and this machine can't agree on TLS: {reason}")
    if isinstance(error, TimeoutError):
        return httpx.ConnectTimeout(f"{host} did not take the connection in time")
    reason = os.strerror(error.errno) if error.errno else "the connection was closed at once"
    return httpx.ConnectError(f"{host} can't be reached: {reason}")
