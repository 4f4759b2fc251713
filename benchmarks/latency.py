"""From a document's last byte to its webhook, at 20 changed documents a second.

A whole `monitor run` and then a naive build poll the same two hundred feeds, each with one new item
of twenty at every poll, and tell the same receiver. Both ends are one other process, so the times
are of one clock.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import psutil

from benchmarks.table import Row

ROOT = Path(__file__).parents[1]
FEEDS, EVERY_SECONDS = 200, 10
WARM_SECONDS, MEASURED_SECONDS = 2.5 * EVERY_SECONDS, 30.0
NAIVE_SECONDS = 15.0
_LAG = re.compile(r'monitor_loop_lag_seconds_bucket\{le="([^"]+)"\} ([\d.]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one of the two came to: sorted milliseconds, documents, and cores used."""

    waits: Sequence[float]
    documents: int
    rate: float  # documents a second
    cores: float

    def at(self, part: float) -> float:
        return self.waits[min(int(part * len(self.waits)), len(self.waits) - 1)]


def rows() -> list[Row]:
    """Measure ours and then the naive build, in about two minutes."""
    with tempfile.TemporaryDirectory() as folder, _world() as (port, report):
        ours, lag = _ours(Path(folder), port, report)
        naive = _naive(Path(folder), port, report)
    for name, run in (("ours", ours), ("naive", naive)):
        told = f"{len(run.waits)} of {run.documents} documents told, {run.rate:.1f}/s"
        print(f"  {name}: {told}, {run.cores:.2f} cores", file=sys.stderr)
    found = [
        Row(
            stage=f"last byte to webhook, {FEEDS // EVERY_SECONDS} documents/s, {name}",
            ours=ours.at(part),
            unit="ms",
            beside="the naive build",
            reference=naive.at(part),
            goal=goal,
        )
        for name, part, goal in (
            ("p50", 0.5, "<= 6"),
            ("p90", 0.9, ""),
            ("p99", 0.99, "<= 100"),
            ("longest", 1.0, ""),
        )
    ]
    lagging = Row(
        stage="loop lag meanwhile, p99",
        ours=lag,
        unit="ms, at most",
        beside="the goal",
        reference=20.0,
        goal="<= 20",
    )
    return [*found, lagging]


def _ours(folder: Path, port: int, report: Callable[[], Run]) -> tuple[Run, float]:
    page = free_port()
    config = {
        "sources": _urls(port),
        "watchlists": {"crisis": ["Maduro"]},
        "notifiers": {
            "hook": {
                "type": "webhook",
                "url": f"http://127.0.0.1:{port}/hook",
                "secret": "whsec_" + "c2VjcmV0" * 4,
                "allow_networks": ["127.0.0.0/8"],
            }
        },
        "notify": ["hook"],
        "alerts": {"max_per_hour": 10_000},
        "poll": {
            # Until the next tick, and until the answer, it takes half a second each.
            "every": f"{EVERY_SECONDS - 1}s",
            "min": "1s",
            "host_gap": "0s",
            "allow_networks": ["127.0.0.0/8"],
        },
        "health": {"notify": []},
        "web": {"listen": f"127.0.0.1:{page}"},
        "log": {"level": "error"},
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    command = [sys.executable, "-m", "monitor", "run"]
    with _running(command, folder) as process:
        _sleep(process, WARM_SECONDS)
        report(process)
        before = _lags(page)
        _sleep(process, MEASURED_SECONDS)
        return report(process), _p99(before, _lags(page))


def _naive(folder: Path, port: int, report: Callable[[], Run]) -> Run:
    hook = f"http://127.0.0.1:{port}/hook"
    told = [str(folder / "naive.db"), hook, str(EVERY_SECONDS), *_urls(port)]
    with _running([sys.executable, "-m", "benchmarks.latency_naive", *told], ROOT) as process:
        _sleep(process, WARM_SECONDS)
        report(process)
        _sleep(process, NAIVE_SECONDS)
        return report(process)


def _urls(port: int) -> list[str]:
    return [f"http://127.40.{n // 100}.{n % 100 + 1}:{port}/{n}" for n in range(FEEDS)]


def _lags(page: int) -> list[tuple[float, float]]:
    with urlopen(f"http://127.0.0.1:{page}/metrics") as answer:
        told = _LAG.findall(answer.read().decode())
    return [(float(bound), float(count)) for bound, count in told]


def _p99(before: list[tuple[float, float]], after: list[tuple[float, float]]) -> float:
    """Return the milliseconds within which 99 of 100 lags were, interpolated in their bucket."""
    counts = [
        (bound, late - early) for (bound, late), (_, early) in zip(after, before, strict=True)
    ]
    wanted = 0.99 * counts[-1][1]
    for (lower, below), (bound, count) in pairwise([(0.0, 0.0), *counts]):
        if count >= wanted:
            return (lower + (bound - lower) * (wanted - below) / (count - below)) * 1000
    raise AssertionError(counts)


@contextmanager
def _world() -> Iterator[tuple[int, Callable[[psutil.Process], Run]]]:
    command = [sys.executable, "-m", "benchmarks.latency_server"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as world:
        spent = [0.0]

        def report(process: psutil.Process) -> Run:
            world.stdin.write("report\n")
            world.stdin.flush()
            told = json.loads(world.stdout.readline())
            before, spent[0] = spent[0], _spent(process)
            seconds = max(told["times"]) - min(told["times"])
            return Run(
                waits=sorted(1000 * each for each in told["seconds"]),
                documents=told["documents"],
                rate=told["documents"] / seconds,
                cores=(spent[0] - before) / seconds,
            )

        try:
            yield int(world.stdout.readline()), report
        finally:
            world.stdin.close()


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[psutil.Process]:
    with subprocess.Popen(command, cwd=folder) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _sleep(process: psutil.Process, seconds: float) -> None:
    time.sleep(seconds)
    assert process.status() != psutil.STATUS_ZOMBIE, "it has ended"


def _spent(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return sum(sum(each.cpu_times()[:2]) for each in family)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


if __name__ == "__main__":
    from benchmarks.table import show

    print(show(rows()))
