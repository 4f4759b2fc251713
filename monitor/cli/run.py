"""`monitor run`."""

import asyncio
import gc
import logging
import os
import signal
import sys
from datetime import timedelta

import click

from monitor.cli.hosts import in_words
from monitor.cli.loop import run_loop
from monitor.cli.options import clock, config_option, load_config, say, start_logging
from monitor.settings import Settings

log = logging.getLogger(__name__)


@click.command(epilog="Example: monitor run -c /etc/monitor/config.yaml")
@config_option
def command(*, config_file: str | None) -> int:
    """Poll, match and alert until stopped; Ctrl-C or SIGTERM stop cleanly."""
    # Whoever stops us before the loop has its handlers asks for the same clean end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    loaded = load_config(config_file)
    for problem in loaded.warnings:
        say(str(problem))
    start_logging(loaded, level=loaded.settings.log.level)
    return run_loop(_run(loaded.settings))


# Nothing but a fault of ours makes a ticket outlive its poll, so the lease only has to outlast a
# poll at its slowest: every hop, and every other document before it in the parser's queue.
LEASE = timedelta(minutes=15)
OBJECTS_BEFORE_COLLECTING = 10_000  # a first poll makes some thousands, and keeps none of them


async def _run(settings: Settings) -> int:
    from monitor.cli.program import open_pipeline
    from monitor.daemon import Daemon
    from monitor.queue.memory import MemoryQueue
    from monitor.store import Store
    from monitor.web import serve

    stop = asyncio.Event()
    _stop_on_signals(stop)
    with Store.open(settings.store.url) as store:
        store.hold()
        async with open_pipeline(settings, store, out=sys.stdout) as pipeline:
            for name in settings.notifiers:
                # What was parked may have been put right while the daemon was down.
                await pipeline.writer.do(store.unpark, name)
            queue = MemoryQueue(lease=LEASE)
            gc.freeze()  # what stands now stays until the end
            gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
            daemon = Daemon(pipeline, store, pipeline.writer, queue, settings, now=clock)
            pipeline.hint, pipeline.pause = daemon.hint, daemon.pause
            with in_words():
                async with asyncio.TaskGroup() as group:
                    group.create_task(serve(settings.web, daemon.health, stop))
                    group.create_task(daemon.run(stop))
    return 0


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            # Asked twice: what is in flight is given up; the store remembers it.
            os._exit(130)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ask)
    # A service manager's reload must not end the daemon.
    loop.add_signal_handler(
        signal.SIGHUP, log.warning, "SIGHUP: restart the monitor to apply a changed configuration"
    )
