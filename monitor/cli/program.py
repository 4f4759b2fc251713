"""Builds the whole object graph once, for the commands that poll and deliver."""

import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TextIO

from monitor.alerts.policy import webhook_id
from monitor.alerts.render import message
from monitor.cli.options import clock, colour_wanted
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.transport import GuardedTransport
from monitor.pipeline import LONG_GAP_SECONDS, Pipeline, Setup, set_up
from monitor.settings import Settings
from monitor.store import Store, Writer
from monitor.stories.shelf import WINDOW as STORY_WINDOW

# Started only when needed; more than cores, so that a few documents that run into the deadline
# don't hold up the others.
PARSERS = 4


async def no_hint(destinations: Iterable[str]) -> None:
    """Leave new deliveries to whoever looks into the outbox next."""
    del destinations


@asynccontextmanager
async def open_pipeline(
    settings: Settings,
    store: Store,
    *,
    out: TextIO,
    setup: Setup | None = None,
    spread: timedelta | None = None,
    now: Callable[[], datetime] = clock,
    rng: random.Random | None = None,
    patience: float = LONG_GAP_SECONDS,
    forced: bool = False,
) -> AsyncIterator[Pipeline]:
    """Build the pipeline over an open store and close its parts afterwards.

    `setup` is what the settings come to, where that was made already. `spread` is the time over
    which overdue sources are spread; None derives it from their number. `patience` are the seconds
    that a poll may wait where a redirect leads, and `forced` polls heed no host's wish to be left
    alone.
    """
    rng = rng or random.Random()
    setup = setup or set_up(settings)
    writer = Writer(
        store,
        setup.decide,
        story_window=STORY_WINDOW,
        webhook_id=webhook_id,
        message=message,
        notify=settings.health.notify,
    )
    async with (
        writer,
        ParserPool(PARSERS) as parsers,
        GuardedTransport() as transport,
    ):
        pipeline = Pipeline(
            settings=settings,
            store=store,
            writer=writer,
            transport=transport,
            parsers=parsers,
            matcher=setup.matcher,
            now=now,
            rng=rng,
            out=out,
            hint=no_hint,
            colour=colour_wanted(out),
            patience=patience,
            forced=forced,
        )
        del settings, setup  # or the first configuration would stay for ever
        try:
            await pipeline.sync(spread=spread)
            yield pipeline
        finally:
            pipeline.close()
