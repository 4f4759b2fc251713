"""Ask a proxy that a person configured for a connection to somewhere else.

HTTP proxies are asked with CONNECT (RFC 9110 section 9.3.6), SOCKS 5 as in RFC 1928 and RFC 1929.
Nothing here knows the request: a proxy's credentials go to the proxy, and no others do. No message
holds its password.
"""

import asyncio
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from monitor.feeds.transport.heads import Malformed, end_of_head, read_head

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
MAX_ANSWER_BYTES = 65_536

_SOCKS_FAULTS = {  # RFC 1928 section 6
    1: "it has failed",
    2: "its rules forbid it",
    3: "the network can't be reached",
    4: "the host can't be reached",
    5: "the connection was refused",
    6: "it took too many hops",
    7: "it does not make connections",
    8: "it does not know this kind of address",
}


class Refused(Exception):  # noqa: N818 - it reads as what happened
    """The proxy gives no connection; the text follows its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy as configured. `socks5` wants numbers, the others take names and look them up."""

    scheme: str  # http, https, socks5, socks5h
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def looks_up(self) -> bool:
        """Tell whether it is given names."""
        return self.scheme != "socks5"

    @property
    def complaint(self) -> str:
        """Return what is said of it when it lets nobody through who has no others."""
        return "wants other credentials" if self.authorization else "wants credentials"

    @property
    def authorization(self) -> bytes:
        """Return the value of Proxy-Authorization, b"" without credentials (RFC 7617)."""
        if not (self.user or self.password):
            return b""
        return b"Basic " + b64encode(f"{self.user}:{self.password}".encode())


@lru_cache(maxsize=256)
def read_proxy(url: str) -> Proxy:
    """Read scheme://[user:password@]host[:port]; raise ValueError, whose text repeats nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("the proxy's address can't be read") from None
    if parts.scheme not in PORTS:
        raise ValueError(f"a proxy's address begins with {', '.join(f'{s}://' for s in PORTS)}")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    if not host or not host.isascii() or port == 0 or set(host) & set(" \\%"):
        raise ValueError("the proxy's address holds no usable host and port")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a proxy's address ends with its port")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if max(len(user.encode()), len(password.encode())) > 255:
        raise ValueError("a proxy's user and password have at most 255 bytes each")
    return Proxy(
        scheme=parts.scheme,
        host=host,
        port=port or PORTS[parts.scheme],
        user=user,
        password=password,
    )


async def open_tunnel(
    proxy: Proxy,
    reader: asyncio.StreamReader,
    transport: asyncio.WriteTransport,
    host: str,
    port: int,
) -> None:
    """Have the proxy that is at the other end connect to `host`, a name or a number.

    Afterwards the connection leads there. Raises Refused.
    """
    try:
        if proxy.scheme in {"http", "https"}:
            await _by_http(proxy, reader, transport, f"{_bracketed(host)}:{port}".encode())
        else:
            await _by_socks(proxy, reader, transport, host, port)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise Refused("closed the connection before it answered") from error


async def _by_http(
    proxy: Proxy, reader: asyncio.StreamReader, transport: asyncio.WriteTransport, goal: bytes
) -> None:
    lines = [b"CONNECT %b HTTP/1.1" % goal, b"Host: " + goal]
    if proxy.authorization:
        lines.append(b"Proxy-Authorization: " + proxy.authorization)
    transport.write(b"\r\n".join(lines) + b"\r\n\r\n")
    answer = bytearray()
    try:
        while (end := end_of_head(answer)) < 0:
            data = await reader.read(MAX_ANSWER_BYTES)
            if not data or len(answer) > MAX_ANSWER_BYTES:
                raise Refused("closed the connection before it answered")
            answer += data
        status = read_head(bytes(answer[:end])).status
    except Malformed as fault:
        raise Refused(str(fault)) from fault
    if status == 407:
        raise Refused(proxy.complaint)
    if not 200 <= status < 300:
        raise Refused(f"gives no connection to {goal.decode()}: it answered {status}")
    if len(answer) > end:
        raise Refused("said more than it was asked")


async def _by_socks(
    proxy: Proxy,
    reader: asyncio.StreamReader,
    transport: asyncio.WriteTransport,
    host: str,
    port: int,
) -> None:
    credentials = bool(proxy.authorization)
    transport.write(b"\x05\x02\x00\x02" if credentials else b"\x05\x01\x00")
    version, method = await reader.readexactly(2)
    if version != 5:
        raise Refused("does not speak SOCKS 5")
    if method == 2 and credentials:
        user, password = proxy.user.encode(), proxy.password.encode()
        transport.write(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
        _, status = await reader.readexactly(2)
        if status != 0:
            raise Refused(proxy.complaint)
    elif method != 0:
        raise Refused(proxy.complaint)
    transport.write(b"\x05\x01\x00" + _socks_address(host) + port.to_bytes(2, "big"))
    _, reply = await reader.readexactly(2)
    if reply != 0:
        reason = _SOCKS_FAULTS.get(reply, "it gave no known reason")
        raise Refused(f"gives no connection to {_bracketed(host)}:{port}: {reason}")
    _, kind = await reader.readexactly(2)
    length = (await reader.readexactly(1))[0] if kind == 3 else 16 if kind == 4 else 4
    await reader.readexactly(length + 2)  # where it connected from


def _socks_address(host: str) -> bytes:
    try:
        number = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bytes([3, len(name)]) + name
    return (b"\x01" if number.version == 4 else b"\x04") + number.packed


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
