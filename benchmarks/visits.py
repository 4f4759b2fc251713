"""CPU of whole polls, store and parser processes included, beside the bare libraries.

`first poll` finds fifty new items, `unchanged body` is a 200 with the same bytes, `one new item`
replaces one of fifty. The server is a process of its own and not counted.
"""

import asyncio
import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import feedparser
import httpx
import psutil

from benchmarks.loops import run
from benchmarks.table import Row
from monitor.cli.program import open_pipeline
from monitor.model import Source
from monitor.settings import PollSettings, Settings
from monitor.store import Store
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

HOSTS = [f"127.11.{number // 200}.{number % 200 + 1}" for number in range(300)]
IN_FLIGHT = 50
ROUNDS = 3
ITEMS = 50
START = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)


def rows() -> list[Row]:
    """Poll the same sources in four states, and fetch and parse the same bytes barely."""
    with _server() as (port, server), tempfile.TemporaryDirectory() as folder:
        return run(_measure(port, server, Path(folder)))


async def _measure(port: int, server: int, folder: Path) -> list[Row]:
    urls = [f"http://{host}:{port}/feed" for host in HOSTS]
    settings = Settings(
        sources=tuple(Source(url=url, name=url) for url in urls),
        watchlists=(Watchlist(name="w", match=(parse_term("Maduro"),), notify=("console",)),),
        poll=PollSettings(every=timedelta(hours=1), allow_networks=(ip_network("127.0.0.0/8"),)),
    )
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0)
    with Store.open(f"sqlite:///{folder}/monitor.db") as store:
        async with (
            open_pipeline(settings, store, out=io.StringIO()) as pipeline,
            httpx.AsyncClient(limits=limits) as client,
        ):

            async def visits() -> float:
                states = {state.url: state for state in store.source_states()}

                async def poll(url: str) -> None:
                    await pipeline.visit(states[url], pipeline.sources[url])

                return await _cpu(poll, urls, server)

            async def gets() -> float:
                async def get(url: str) -> None:
                    await client.get(url, headers={"If-None-Match": '"0"'})

                return await _cpu(get, urls, server)

            async def say(word: str) -> None:
                await client.get(f"http://{HOSTS[0]}:{port}/{word}")

            first = await visits()
            unchanged, bare = [], []
            for _ in range(ROUNDS):
                unchanged.append(await visits())
                bare.append(await gets())
            await say("always")
            same_body = min([await visits() for _ in range(ROUNDS)])
            one_new = []
            for _ in range(ROUNDS):
                await say("next")
                one_new.append(await visits())
        counts = store.counts(datetime.now(UTC))
    assert counts.items == len(HOSTS) * (ITEMS + ROUNDS), counts
    parse = _parse_cpu()
    return [
        _row("304", min(unchanged), "a bare httpx get", min(bare), "<= 0.6 ms"),
        _row("unchanged body", same_body, "a bare httpx get", min(bare)),
        _row("one new item of fifty", min(one_new), "a bare feedparser.parse", parse),
        _row("first poll, fifty new items", first, "a bare feedparser.parse", parse),
    ]


def _row(stage: str, ours: float, beside: str, reference: float, goal: str = "") -> Row:
    return Row(
        stage=f"poll, {stage}",
        ours=ours,
        unit="ms CPU/poll",
        beside=beside,
        reference=reference,
        goal=goal,
    )


def _parse_cpu() -> float:
    body = _document(0)
    start = time.process_time()
    for _ in range(20):
        feedparser.parse(io.BytesIO(body))
    return (time.process_time() - start) / 20 * 1000


async def _cpu(visit: Callable[[str], Awaitable[None]], urls: list[str], server: int) -> float:
    """Return the milliseconds of CPU a visit took in all our processes, IN_FLIGHT at a time."""
    left = iter(urls)

    async def work() -> None:
        for url in left:
            await visit(url)

    start = _spent(server)
    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())
    return (_spent(server) - start) / len(urls) * 1000


def _spent(server: int) -> float:
    living = [c.cpu_times() for c in psutil.Process().children() if c.pid != server]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() + ended.ru_utime + ended.ru_stime
    return spent + sum(each.user + each.system for each in living)


# --- the server, a process of its own


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "benchmarks.visits"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def _document(version: int) -> bytes:
    text = "Flights were diverted and talks went on while officials declined to comment. " * 11
    items = "".join(
        f"<item><title>Report {number} from the newsroom floor</title><guid>{number}</guid>"
        f"<link>https://wire.example/{number}</link>"
        f"<pubDate>{format_datetime(START + timedelta(minutes=number))}</pubDate>"
        f"<description>{text}</description></item>"
        for number in range(version + ITEMS, version, -1)
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()


class _Serving(asyncio.Protocol):
    version = 0
    always = False
    body = _document(0)

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        target = data.split(b" ", 2)[1]
        if target == b"/next":
            _Serving.version += 1
            _Serving.body = _document(_Serving.version)
        elif target == b"/always":
            _Serving.always = True
        etag = b'"%d"' % self.version
        head = b"ETag: " + etag + b"\r\nConnection: close\r\n"
        if etag in data and not self.always:
            self.transport.write(b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n")
        else:
            length = b"Content-Length: %d\r\n\r\n" % len(self.body)
            self.transport.write(b"HTTP/1.1 200 OK\r\n" + head + length + self.body)
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
