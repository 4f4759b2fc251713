"""Sends what the outbox holds for one destination, and writes down how each attempt ended."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO

import httpx

from monitor import metrics
from monitor.model import Dead, Delivery, Retry, Verdict
from monitor.pipeline.report import count_delivery
from monitor.queue import Ticket
from monitor.settings import NotifierSettings, Settings
from monitor.store import Store, Writer

log = logging.getLogger(__name__)

DELIVERY_LEASE = timedelta(seconds=60)


def not_configured(destination: str) -> str:
    """Return why deliveries to a notifier that left the configuration are held back."""
    return f"no notifier is named “{destination}” now"


@dataclass(slots=True, kw_only=True)
class Delivering:
    """What sending needs; `colour` says that `out` is a terminal that shows it.

    Each attempt goes by the `settings` of its moment.
    """

    settings: Settings
    store: Store
    writer: Writer
    transport: httpx.AsyncBaseTransport
    now: Callable[[], datetime]
    rng: random.Random
    out: TextIO
    colour: bool

    async def deliver(self, destination: str, ticket: Ticket) -> None:
        """Send what is due at one destination, one after another, until nothing is."""
        while True:
            ticket.check()
            settings = self.settings.notifiers.get(destination)
            if settings is None:
                # Rows of a notifier that was renamed or removed wait for it, not thrown away.
                await self.writer.do(self.store.park, destination, not_configured(destination))
                return
            delivery = await self.writer.do(
                self.store.claim, destination, now=self.now(), lease=DELIVERY_LEASE
            )
            if delivery is None:
                return
            await self._settle(delivery, settings)
            await ticket.extend()

    async def _settle(self, delivery: Delivery, settings: NotifierSettings) -> None:
        verdict: Verdict = await self._send(delivery, settings)
        again = None
        now = self.now()
        if isinstance(verdict, Retry):
            from monitor.notify import KINDS
            from monitor.notify.retry import next_attempt

            again = next_attempt(
                verdict,
                attempts=delivery.attempts,
                created=delivery.created,
                now=now,
                rng=self.rng,
                ttl=KINDS[settings.kind].ttl,
            )
            if again is None and verdict.scope == "destination" and verdict.after:
                await self.writer.do(self.store.pause, delivery.notifier, now + verdict.after)
            verdict = verdict if again else Dead(reason=f"expired: {verdict.reason}")
        await self.writer.do(self.store.settle, delivery, verdict, now=now, next_attempt=again)
        count_delivery(delivery, verdict, now)

    async def _send(self, delivery: Delivery, settings: NotifierSettings) -> Verdict:
        try:
            with metrics.DELIVERY_SECONDS.time():
                return await self._attempt(delivery, settings)
        except Exception as fault:
            # A message that trips a fault of ours must not hold up the destination's others.
            log.exception("a delivery failed inside the monitor", extra={"alert": delivery.alert})
            return Retry(reason=f"inside the monitor: {type(fault).__name__}", maybe_sent=True)

    async def _attempt(self, delivery: Delivery, settings: NotifierSettings) -> Verdict:
        # Loaded by whoever has something to send: most commands that poll have nothing.
        from monitor.notify.send import send

        attempt = await send(
            delivery.message,
            settings,
            webhook_id=delivery.webhook_id,
            transport=self.transport,
            out=self.out,
            now=self.now,
            colour=self.colour,
        )
        return attempt.verdict
