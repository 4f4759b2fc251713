"""Ten thousand watchlists: to start with them, and to change one line while everything runs.

The stall is the longest time for which the event loop could not run, told by a sleeper that wants
to wake each millisecond; beside it is the same sleeper's while a thread that does nothing but count
takes its turns.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import yaml

from benchmarks.loops import run
from benchmarks.table import Row, cpu_seconds
from monitor.cli.program import open_pipeline
from monitor.config.load import Loaded, load
from monitor.daemon import Daemon
from monitor.daemon.leisure import much_to_keep
from monitor.daemon.reloading import Reloader
from monitor.pipeline import set_up
from monitor.queue.memory import MemoryQueue
from monitor.store import Store

WATCHLISTS, TERMS, FILES = 10_000, 5, 1_000
LANGUAGES = ("en", "es")  # that were met before the change
HEAD = "sources: [https://wire.example/feed.xml]\nweb: {listen: off}\n"
SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        one, many, large = (Path(folder, name) for name in ("one", "many", "large"))
        single = _in_one(one, WATCHLISTS)
        floor = cpu_seconds(
            lambda: yaml.load(single.read_text(), Loader=yaml.CSafeLoader), rounds=1
        )
        rows = [
            _start(f"start, {WATCHLISTS:,} watchlists in one file", single, floor),
            _start(f"start, the same in {FILES:,} files", _in_many(many), floor),
            _start("start, 100,000 terms in 20,000 watchlists", _in_one(large, 20_000), 2 * floor),
        ]
        idle = run(_counting())
        changed = many / "d" / "0007.yaml"
        for name, path, line in (
            ("in one file", single, single),
            (f"in {FILES:,} files", many / "config.yaml", changed),
        ):
            wall, cpu, stall = run(_reload(path, line))
            rows += [
                _row(f"reload, one line changed, {name}", wall, "s wall", "<= 2", floor),
                _row(f"reload, one line changed, {name}", cpu, "s CPU", "", floor),
                _stall(f"reload, {name}: longest stall", stall, idle),
            ]
    return rows


def _row(stage: str, ours: float, unit: str, goal: str, floor: float) -> Row:
    beside = "yaml.CSafeLoader, CPU"
    return Row(stage=stage, ours=ours, unit=unit, beside=beside, reference=floor, goal=goal)


def _stall(stage: str, ours: float, idle: float) -> Row:
    return Row(
        stage=stage,
        ours=ours * 1000,
        unit="ms",
        beside="a thread that counts",
        reference=idle * 1000,
        goal="<= 50",
    )


def _start(stage: str, path: Path, floor: float) -> Row:
    def start() -> None:
        with much_to_keep():
            set_up(load(path, environ={}).settings)

    return _row(stage, cpu_seconds(start, rounds=2), "s CPU", "<= 10", floor)


# --- a reload ---------------------------------------------------------------------------------


async def _reload(path: Path, changed: Path) -> tuple[float, float, float]:
    """Return wall and CPU seconds of one reload after a line was added, and the longest stall."""
    with Store.open(f"sqlite:///{path}.db") as store:
        with much_to_keep():
            loaded = load(path, environ={})
            setup = set_up(loaded.settings)
            for language in LANGUAGES:
                setup.matcher.prepare(language)
        async with open_pipeline(loaded.settings, store, out=StringIO(), setup=setup) as pipeline:
            reloader = _reloader(path, loaded, setup, pipeline, store)
            del loaded, setup
            with changed.open("a") as file:
                file.write("  another: [another term]\n")
            with probing() as stalls:
                began, cpu = time.perf_counter(), time.process_time()
                await reloader.reload()
                wall, cpu = time.perf_counter() - began, time.process_time() - cpu
                await asyncio.sleep(1.0)  # what was let go is freed meanwhile
            assert reloader.running.watchlists == WATCHLISTS + 1
    return wall, cpu, max(stalls)


def _reloader(path, loaded: Loaded, setup, pipeline, store) -> Reloader:
    daemon = Daemon(pipeline, store, pipeline.writer, MemoryQueue(), loaded.settings, now=_now)
    return Reloader(
        path=path,
        environ={},
        setup=setup,
        inputs=loaded.inputs,
        secrets=frozenset(),
        pipeline=pipeline,
        daemon=daemon,
        now=_now,
        hear=lambda *_: None,
    )


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def probing() -> Iterator[list[float]]:
    """Gather how late a sleeper wakes, in seconds."""
    stalls: list[float] = []

    async def probe() -> None:
        loop = asyncio.get_running_loop()
        while True:
            slept_at = loop.time()
            await asyncio.sleep(0.001)
            stalls.append(loop.time() - slept_at - 0.001)

    task = asyncio.ensure_future(probe())
    try:
        yield stalls
    finally:
        task.cancel()


async def _counting() -> float:
    def count() -> None:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            pass

    with probing() as stalls:
        await asyncio.to_thread(count)
    return max(stalls)


# --- the configurations -----------------------------------------------------------------------


def _watchlists(count: int) -> Iterator[str]:
    draw = random.Random(1)

    def word() -> str:
        return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))

    for number in range(count):
        terms = "".join(
            f"    - {word()} {word()}\n" if draw.random() < 0.5 else f"    - {word()}{word()}\n"
            for _ in range(TERMS)
        )
        yield f"  list-{number}:\n{terms}"


def _in_one(folder: Path, count: int) -> Path:
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_text(HEAD + "watchlists:\n" + "".join(_watchlists(count)))
    return path


def _in_many(folder: Path) -> Path:
    (folder / "d").mkdir(parents=True)
    lists = list(_watchlists(WATCHLISTS))
    files = FILES - 1
    for number in range(files):
        part = "".join(lists[number::files])
        (folder / "d" / f"{number:04}.yaml").write_text("watchlists:\n" + part)
    path = folder / "config.yaml"
    path.write_text(HEAD + "include: d/*.yaml\n")
    return path
