"""`monitor run`."""

import asyncio
import gc
import os
import signal
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.hosts import in_words
from monitor.cli.loop import run_loop
from monitor.cli.options import (
    clock,
    config_option,
    load_config,
    say,
    set_logging,
    start_logging,
)
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.config.inputs import Inputs
    from monitor.config.problems import Problem
    from monitor.daemon import Daemon
    from monitor.daemon.reloading import Reloader
    from monitor.pipeline import Pipeline, Setup

# Nothing but a fault of ours makes a ticket outlive its poll, so the lease only has to outlast a
# poll at its slowest: every hop, and every other document before it in the parser's queue.
LEASE = timedelta(minutes=15)
OBJECTS_BEFORE_COLLECTING = 10_000  # a first poll makes some thousands, and keeps none of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the daemon keeps of the configuration it begins with."""

    setup: "Setup"
    inputs: "Inputs"
    secrets: frozenset[str] = field(repr=False)
    warnings: "tuple[Problem, ...]"


@click.command(epilog="Example: monitor run -c /etc/monitor/config.yaml")
@config_option
def command(*, config_file: str | None) -> int:
    """Poll, match and alert until stopped; Ctrl-C or SIGTERM stop cleanly, SIGHUP reloads."""
    # Whoever stops us before the loop has its handlers asks for the same clean end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what it asks for is about to happen
    return run_loop(_run(_begin(config_file)))


def _begin(config_file: str | None) -> Begun:
    from monitor.daemon.leisure import much_to_keep
    from monitor.pipeline import set_up
    from monitor.watch.words import detection

    with much_to_keep():
        loaded = load_config(config_file)
        detection.prepare()  # or the first text that does not say its language would hold the loop
        for problem in loaded.warnings:
            say(str(problem))
        start_logging(loaded, level=loaded.settings.log.level)
        return Begun(
            setup=set_up(loaded.settings),
            inputs=loaded.inputs,
            secrets=loaded.secrets,
            warnings=loaded.warnings,
        )


async def _run(begun: Begun) -> int:
    from monitor.cli.program import open_pipeline
    from monitor.daemon import Daemon
    from monitor.queue.memory import MemoryQueue
    from monitor.store import Store
    from monitor.web import serve

    stop = asyncio.Event()
    _stop_on_signals(stop)
    settings = begun.setup.settings
    with Store.open(settings.store.url) as store:
        store.hold()
        async with open_pipeline(settings, store, out=sys.stdout, setup=begun.setup) as pipeline:
            # A notifier may have been changed, or have left, while the daemon was down.
            await pipeline.sync_destinations()
            queue = MemoryQueue(lease=LEASE)
            gc.freeze()  # what stands now stays until the end
            gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
            daemon = Daemon(pipeline, store, pipeline.writer, queue, settings, now=clock)
            pipeline.hint, pipeline.pause = daemon.hint, daemon.pause
            pipeline.send_at_once()
            reloader, web = _reloader(begun, pipeline, daemon), settings.web
            del begun, settings  # or the first configuration would stay for ever
            with in_words():
                async with asyncio.TaskGroup() as group:
                    group.create_task(serve(web, daemon.health, stop))
                    group.create_task(daemon.run(stop))
                    group.create_task(reloader.run(stop))
    return 0


def _reloader(begun: Begun, pipeline: "Pipeline", daemon: "Daemon") -> "Reloader":
    from monitor.daemon.reloading import Reloader
    from monitor.daemon.telling import as_known

    def hear(settings: Settings, secrets: frozenset[str]) -> None:
        set_logging(settings, secrets, level=settings.log.level)

    reloader = Reloader(
        path=begun.setup.settings.files[0],
        environ=os.environ,
        setup=begun.setup,
        inputs=begun.inputs,
        secrets=begun.secrets,
        pipeline=pipeline,
        daemon=daemon,
        now=clock,
        hear=hear,
        warned=frozenset(map(as_known, begun.warnings)),
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.ask)
    return reloader


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            # Asked twice: what is in flight is given up; the store remembers it.
            os._exit(130)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ask)
