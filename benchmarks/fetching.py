"""CPU of one visit to a fresh host, the server's not counted.

Ours stands beside a bare httpx client, and over TLS beside OpenSSL's handshake alone.
"""

import asyncio
import gzip
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import httpx
import trustme

from benchmarks.loops import run
from benchmarks.table import Row
from monitor.feeds.fetch import fetch
from monitor.feeds.transport import GuardedTransport
from monitor.model import Fetched, NotModified, Source, SourceId, SourceState
from monitor.settings import PollSettings

HOSTS = [f"127.10.{number // 200}.{number % 200 + 1}" for number in range(250)]
IN_FLIGHT = 50
ROUNDS = 3
NOW = datetime(2025, 11, 30, 21, 0, tzinfo=UTC)
ETAG = '"5f2d-62a1b9c0"'
POLL = PollSettings(allow_networks=(ip_network("127.0.0.0/8"),))

Visit = Callable[[str], Awaitable[None]]


def rows() -> list[Row]:
    """Measure in turn, against the same server, and keep the least of the rounds."""
    with _server() as port:
        plain = [_row(port, "304", "<= 0.35"), _row(port, "50 KB, gzip", "")]
    with tempfile.NamedTemporaryFile(suffix=".pem") as authority, _server(authority.name) as port:
        trusted = ssl.create_default_context(cafile=authority.name)
        return [*plain, _tls_row(port, trusted)]


def _row(port: int, what: str, goal: str) -> Row:
    path = "same" if what == "304" else "new"
    urls = [f"http://{host}:{port}/{path}" for host in HOSTS]
    ours, bare = run(_measure(urls, unchanged=path == "same"))
    return Row(
        stage=f"fetch, {what}",
        ours=ours,
        unit="ms CPU/visit",
        beside="httpx.AsyncClient().get",
        reference=bare,
        goal=goal,
    )


def _tls_row(port: int, trusted: ssl.SSLContext) -> Row:
    urls = [f"https://{HOSTS[0]}:{port}/same"] * len(HOSTS)

    async def ours() -> float:
        async with GuardedTransport(tls=trusted) as transport:
            return await _cpu(_visit(transport, unchanged=True), urls)

    rounds = [(run(ours()), _handshake_cpu(port, trusted)) for _ in range(ROUNDS)]
    return Row(
        stage="fetch, 304 over TLS",
        ours=min(each[0] for each in rounds),
        unit="ms CPU/visit",
        beside="a bare OpenSSL handshake",
        reference=min(each[1] for each in rounds),
        goal="<= 2.4 x",
    )


def _handshake_cpu(port: int, trusted: ssl.SSLContext) -> float:
    start = time.process_time()
    for _ in HOSTS:
        with (
            socket.create_connection((HOSTS[0], port)) as connection,
            trusted.wrap_socket(connection, server_hostname=HOSTS[0]),
        ):
            pass
    return (time.process_time() - start) / len(HOSTS) * 1000


def _visit(transport: GuardedTransport, *, unchanged: bool) -> Visit:
    etag = ETAG if unchanged else None

    async def visit(url: str) -> None:
        state = SourceState(id=SourceId(1), url=url, host=url, next_poll_at=NOW, etag=etag)
        outcome = await fetch(state, Source(url=url, name=url), POLL, transport, now=lambda: NOW)
        assert isinstance(outcome, NotModified if unchanged else Fetched), outcome

    return visit


async def _measure(urls: list[str], *, unchanged: bool) -> tuple[float, float]:
    status = 304 if unchanged else 200
    etag = ETAG if unchanged else None
    transport = GuardedTransport()
    ours = _visit(transport, unchanged=unchanged)
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0)

    async with transport, httpx.AsyncClient(limits=limits) as client:

        async def bare(url: str) -> None:
            response = await client.get(url, headers={"If-None-Match": etag} if etag else {})
            assert response.status_code == status

        times = [(await _cpu(ours, urls), await _cpu(bare, urls)) for _ in range(ROUNDS)]
    return min(each[0] for each in times), min(each[1] for each in times)


async def _cpu(visit: Visit, urls: list[str]) -> float:
    """Return the milliseconds of CPU a visit took, IN_FLIGHT at a time."""
    left = iter(urls)

    async def work() -> None:
        for url in left:
            await visit(url)

    start = time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())
    return (time.process_time() - start) / len(urls) * 1000


# --- the server, a process of its own


@contextmanager
def _server(authority: str = "") -> Iterator[int]:
    """Serve; with a path for its authority's certificate, over TLS on the first host alone."""
    command = [sys.executable, "-m", "benchmarks.fetching", *filter(None, [authority])]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _answers() -> dict[bytes, bytes]:
    words = random.Random(1).choices(
        ["Maduro", "airspace", "Caracas", "closed", "flights", "talks", "oil"], k=7500
    )
    body = gzip.compress(b"<rss>" + " ".join(words).encode())
    head = f"Date: Sun, 30 Nov 2025 21:00:00 GMT\r\nETag: {ETAG}\r\nCache-Control: max-age=300\r\n"
    new = f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return {
        b"/same": f"HTTP/1.1 304 Not Modified\r\n{head}Connection: close\r\n\r\n".encode(),
        b"/new": f"HTTP/1.1 200 OK\r\n{head}{new}".encode() + body,
    }


class _Serving(asyncio.Protocol):
    answers = _answers()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(self.answers[data.split(b" ", 2)[1]])
        self.transport.close()


async def _serve(authority: str = "") -> None:
    loop = asyncio.get_running_loop()
    context = _certified(authority) if authority else None
    first = await loop.create_server(_Serving, HOSTS[0], 0, ssl=context)
    port = first.sockets[0].getsockname()[1]
    if not context:
        await loop.create_server(_Serving, HOSTS[1:], port)
    print(port, flush=True)
    await asyncio.Event().wait()


def _certified(authority: str) -> ssl.SSLContext:
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(HOSTS[0]).configure_cert(context)
    return context


if __name__ == "__main__":
    run(_serve(*sys.argv[1:]))
