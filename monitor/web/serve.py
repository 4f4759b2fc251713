"""Serves the application inside the daemon's loop; the signals stay the daemon's."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Generator
from ipaddress import ip_address
from typing import TypeAlias

import uvicorn

from monitor.errors import UnreachableError, UsageError
from monitor.settings import WebSettings
from monitor.web.app import AskHealth, application

Address: TypeAlias = tuple[str, int]

GOODBYE_SECONDS = 3  # for answers under way when the daemon stops
CONNECTIONS = 100  # more are told 503; a flood must not take the daemon's file descriptors
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80


async def serve(
    settings: WebSettings,
    health: AskHealth,
    stop: asyncio.Event,
    ready: Callable[[Address], None] = lambda _: None,
) -> None:
    """Answer at `settings.listen` until `stop` is set; `ready` is told the address really bound.

    Returns at once where nothing is to listen. Raises UnreachableError when the address can't be
    had, UsageError when it isn't loopback and there is no token.
    """
    if settings.listen is None:
        return
    channel = listen(settings.listen, token=settings.token)
    address: Address = channel.getsockname()[:2]
    loopback = ip_address(address[0]).is_loopback
    hosts = allowed_hosts(address[1]) if loopback else ()
    server = _Server(
        uvicorn.Config(
            application(health, token=settings.token, hosts=hosts),
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GOODBYE_SECONDS,
        )
    )
    server.on_started = lambda: ready(address)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[channel]))
        await stop.wait()
        server.should_exit = True


def listen(address: Address, *, token: str) -> socket.socket:
    """Bind the address, port 0 for a free one, and return the listening socket."""
    host, port = address
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as fault:
        raise UnreachableError(f"web.listen: “{host}” is no address here ({fault})") from fault
    if not token and not ip_address(target[0]).is_loopback:
        raise UsageError(f"web.listen: {host} can be reached from outside; set web.token as well")
    channel = socket.socket(family, kind, protocol)
    try:
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        channel.bind(target)
        channel.listen(CONNECTIONS)
    except OSError as fault:
        channel.close()
        raise UnreachableError(_cannot_listen(host, port, fault)) from fault
    channel.settimeout(0)
    return channel


def allowed_hosts(port: int) -> list[str]:
    """Return the Host headers a loopback address answers to."""
    named = [f"{name}:{port}" for name in LOOPBACK_NAMES]
    return named + list(LOOPBACK_NAMES) if port == HTTP_PORT else named


def _cannot_listen(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken, perhaps by another monitor; "
            "choose another web.listen, or set it to off"
        )
    return f"web.listen: can't listen on {host} port {port}: {fault.strerror}"


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers, saying when it has started."""

    on_started: Callable[[], None]

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.on_started()
