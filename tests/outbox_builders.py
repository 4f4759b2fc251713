"""Rows of the outbox, and a way to send them through the real pipeline."""

import io
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from alert_builders import LOOPBACK, an_alert
from builders import NOW, an_item

from monitor.alerts.policy import alert_id, webhook_id
from monitor.alerts.render import message
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.transport import GuardedTransport
from monitor.model import Alert, Delivery, StoryId
from monitor.pipeline.delivering import Delivering, fingerprints
from monitor.settings import HealthSettings, NotifierSettings, Settings
from monitor.store import Store, Writer
from monitor.store.alerts import insert_alerts
from monitor.store.outbox import enqueue
from monitor.testing.clock import Clock

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def news(number: int, *notify: str, sequence: int = 1, **changes: Any) -> Alert:
    """Return the alert about a story of that number."""
    story = replace(an_alert().story, id=StoryId(f"story-{number}"))
    defaults = {
        "id": alert_id(story.id, "airspace", sequence),
        "sequence": sequence,
        "story": story,
        "item": an_item(f"item-{number}", title=f"Airspace closed, report {number:03}"),
        "evidence": (),
        "notify": notify or ("desk",),
    }
    return an_alert(**defaults | changes)


def put(store: Store, *made: Alert) -> None:
    """Write alerts and their rows of the outbox, as the commit of a poll does."""
    with store._database.write() as connection:
        insert_alerts(connection, made, message)
        enqueue(connection, made, webhook_id)


class Ticket:
    """A ticket nobody takes away."""

    lane = key = ""
    attempt = 1

    def check(self) -> None:
        pass

    async def extend(self) -> None:
        pass

    async def done(self) -> None:
        pass

    async def release(self, delay: float) -> None:
        pass


@dataclass(slots=True, kw_only=True)
class Bench:
    """One process that sends, with a clock of ours."""

    store: Store
    writer: Writer
    delivering: Delivering
    clock: Clock
    sent_at: dict[str, list[float]] = field(default_factory=dict)

    async def send(self, *names: str) -> None:
        """Send what may leave now, at each of the destinations or at all that are due."""
        for name in names or self.store.due_destinations(self.clock()):
            await self.delivering.deliver(name, Ticket())

    async def run(self, span: timedelta, *, step: timedelta = SECOND) -> None:
        """Let time pass as the daemon does: it looks each step, and when a wait is over."""
        end = self.clock() + span
        while self.clock() < end:
            await self.send()
            self.clock.advance(step)
        await self.send()

    async def follow(self, settings: Settings) -> None:
        """Go by another configuration."""
        self.delivering.settings = settings
        await self.writer.do(self.store.sync_destinations, fingerprints(settings.notifiers))

    def rows(self, **wanted: Any) -> list[Delivery]:
        """Return the rows of the outbox, the oldest first."""
        return self.store.deliveries(**wanted)[::-1]

    def states(self) -> list[str]:
        return [row.state.value for row in self.rows()]


def a_configuration(*notifiers: NotifierSettings, health: tuple[str, ...] = ()) -> Settings:
    return Settings(
        notifiers={each.name: each for each in notifiers}, health=HealthSettings(notify=health)
    )


def a_destination(name: str, url: str, kind: str = "webhook", **changes: Any) -> NotifierSettings:
    return NotifierSettings(name=name, kind=kind, url=url, allow_networks=LOOPBACK, **changes)


@asynccontextmanager
async def bench(
    store: Store,
    *notifiers: NotifierSettings,
    health: tuple[str, ...] = (),
    clock: Clock | None = None,
    decide: Callable[..., Any] = lambda *_: None,
) -> AsyncIterator[Bench]:
    """Send through the real pipeline to these destinations."""
    settings, clock = a_configuration(*notifiers, health=health), clock or Clock(now=NOW)
    async with (
        Writer(
            store,
            decide,
            story_window=timedelta(days=3),
            webhook_id=webhook_id,
            message=message,
            notify=health,
        ) as writer,
        GuardedTransport() as transport,
        ParserPool(1) as parsers,
    ):
        delivering = Delivering(
            settings=settings,
            store=store,
            writer=writer,
            transport=transport,
            parsers=parsers,
            now=clock,
            rng=random.Random(1),
            out=io.StringIO(),
            colour=False,
        )
        made = Bench(store=store, writer=writer, delivering=delivering, clock=clock)
        await made.follow(settings)
        yield made
