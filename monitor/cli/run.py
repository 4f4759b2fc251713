"""`monitor run`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import click

from monitor.cli.options import clock, config_option, load_config, noise_options, say, start_logging
from monitor.errors import MonitorError
from monitor.settings import Settings


@click.command(epilog="Example: monitor run -c /etc/monitor/config.yaml")
@config_option
@noise_options
def command(*, config_file: str | None, verbose: bool, quiet: bool) -> int:
    """Poll, match and alert until stopped; Ctrl-C or SIGTERM stop cleanly."""
    loaded = load_config(config_file)
    for problem in loaded.warnings:
        say(str(problem))
    start_logging(loaded, verbose=verbose, quiet=quiet)
    with asyncio.Runner(loop_factory=_new_loop()) as runner:
        return runner.run(_run(loaded.settings))


def _new_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    # uvloop has no wheel everywhere; it saves a quarter of a poll's CPU where it has.
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def _run(settings: Settings) -> int:
    from monitor.cli.program import open_pipeline
    from monitor.daemon import Daemon
    from monitor.queue.memory import LEASE, MemoryQueue
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
            queue = MemoryQueue(lease=max(LEASE, 3 * settings.poll.timeout))
            daemon = Daemon(pipeline, store, pipeline.writer, queue, settings, now=clock)
            pipeline.hint = daemon.hint
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(serve(settings.web, daemon.health, stop))
                    group.create_task(daemon.run(stop))
            except* MonitorError as wrong:
                # One of the two could not go on and ended the other; a person wants its words.
                raise _first(wrong) from None
    return 0


def _first(group: BaseExceptionGroup[MonitorError]) -> MonitorError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            # Asked twice: what is in flight is given up; the store remembers it.
            os._exit(130)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ask)
