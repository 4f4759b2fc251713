"""Open a connection to the first of several addresses that takes one (RFC 8305, section 5).

The next address is tried when the one before has failed, or has said nothing for a while; only
the first to connect is kept, so that a server sees one visit, and TLS begins on that one alone.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain, zip_longest
from typing import TypeVar

from monitor.feeds.transport.addresses import Address

HEAD_START_SECONDS = 0.25
MAX_ADDRESSES = 4  # tried; a name with hundreds must not keep us busy

ProtocolT = TypeVar("ProtocolT", bound=asyncio.BaseProtocol)


async def dial(
    protocol: Callable[[], ProtocolT],
    addresses: Sequence[Address],
    port: int,
    *,
    tls: ssl.SSLContext | None,
    name: str,
) -> tuple[asyncio.Transport, ProtocolT]:
    """Connect a new protocol to one of `addresses`; with `tls`, to a server that is `name`.

    Raises OSError, of the last address where all have failed.
    """
    loop = asyncio.get_running_loop()
    if tls is None and len(addresses) == 1:  # a good deal cheaper than with a socket of our own
        return await loop.create_connection(protocol, str(addresses[0]), port)
    connected = await connect(addresses, port)
    server_hostname = name.rstrip(".") if tls else None
    try:
        return await loop.create_connection(
            protocol, sock=connected, ssl=tls, server_hostname=server_hostname
        )
    except BaseException:
        # The loop's transport has the socket. A TLS one that is cancelled before it began forgets
        # to close; the end of the stream reminds it. Closing here would free a number it still has.
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)
        raise


async def connect(addresses: Sequence[Address], port: int) -> socket.socket:
    """Return a socket connected to the first of `addresses` to take it; raises OSError."""
    if len(addresses) == 1:
        return await _connected(addresses[0], port)
    return await _race(in_turn(addresses), port)


def in_turn(addresses: Sequence[Address]) -> list[Address]:
    """Return the first few addresses, the families taking turns, else in their order."""
    first = [a for a in addresses if a.version == addresses[0].version]
    second = [a for a in addresses if a.version != addresses[0].version]
    turns = chain.from_iterable(zip_longest(first, second))
    return [address for address in turns if address is not None][:MAX_ADDRESSES]


async def _race(addresses: Sequence[Address], port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    attempts: list[asyncio.Task[socket.socket]] = []
    winner = None
    try:
        for address in addresses:
            attempts.append(loop.create_task(_connected(address, port)))
            patience = None if len(attempts) == len(addresses) else HEAD_START_SECONDS
            winner = await _first(attempts, patience)
            if winner is not None:
                return winner.result()
    finally:
        for attempt in attempts:
            if attempt is not winner:
                _drop(attempt)
    raise next(error for attempt in reversed(attempts) if (error := attempt.exception()))


async def _first(
    attempts: Sequence["asyncio.Task[socket.socket]"], patience: float | None
) -> "asyncio.Task[socket.socket] | None":
    """Return an attempt that has connected; None where it is the next address's turn."""
    while running := [attempt for attempt in attempts if not attempt.done()]:
        done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        for attempt in done:
            if attempt.exception() is None:
                return attempt
        if patience is not None:
            return None
    return None


def _drop(attempt: "asyncio.Task[socket.socket]") -> None:
    if not attempt.done():
        attempt.cancel()
    elif not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


async def _connected(address: Address, port: int) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        connecting.settimeout(0)
        await asyncio.get_running_loop().sock_connect(connecting, (str(address), port))
    except BaseException:
        connecting.close()
        raise
    return connecting
