"""CPU of one visit to a fresh host, ours beside a bare httpx client, the server's not counted."""

import asyncio
import gzip
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import httpx

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
        return [_row(port, "304", "<= 0.35"), _row(port, "50 KB, gzip", "")]


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


async def _measure(urls: list[str], *, unchanged: bool) -> tuple[float, float]:
    status = 304 if unchanged else 200
    etag = ETAG if unchanged else None
    transport = GuardedTransport()
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0)

    async def ours(url: str) -> None:
        state = SourceState(id=SourceId(1), url=url, host=url, next_poll_at=NOW, etag=etag)
        outcome = await fetch(state, Source(url=url, name=url), POLL, transport, now=lambda: NOW)
        assert isinstance(outcome, NotModified if unchanged else Fetched), outcome

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
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.fetching"]
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


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    first = await loop.create_server(_Serving, HOSTS[0], 0)
    port = first.sockets[0].getsockname()[1]
    await loop.create_server(_Serving, HOSTS[1:], port)
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    run(_serve())
