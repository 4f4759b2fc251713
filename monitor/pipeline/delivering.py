"""Sends what the outbox holds for one destination, and writes down how each attempt ended."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TextIO
from urllib.parse import urlsplit

import httpx

from monitor import metrics
from monitor.errors import StoreError
from monitor.feeds.parsers.pool import ParserPool
from monitor.model import Dead, Delivered, Delivery, Fallback, Notice, Retry, Standing, Verdict
from monitor.pipeline.report import count_delivery
from monitor.pipeline.templating import Templating
from monitor.queue import Ticket
from monitor.settings import NotifierSettings, Settings
from monitor.store import Claiming, Store, Writer
from monitor.store.standing import no_destination

log = logging.getLogger(__name__)

DELIVERY_LEASE = timedelta(seconds=60)
KEPT_SECONDS = 30.0  # what was taken for sending at once may wait so long for it
# That nobody can be told of a destination is said so often.
SAY_EVERY = timedelta(hours=1)


def fingerprints(notifiers: Mapping[str, NotifierSettings]) -> dict[str, str]:
    """Return by name what tells a changed notifier from the one before.

    Two bytes: enough to see a change, too few to try secrets against.
    """
    return {name: _fingerprint(each) for name, each in notifiers.items()}


async def sync_destinations(store: Store, writer: Writer, settings: Settings) -> None:
    """Have the outbox follow the configured notifiers; warn of what waits for none of them."""
    waiting = await writer.do(store.sync_destinations, fingerprints(settings.notifiers))
    for name, number in waiting.items():
        log.warning(
            "%d deliveries are parked: no notifier is named “%s” now; they go out once one is",
            number,
            name,
            extra={"notifier": name},
        )


@dataclass(slots=True, kw_only=True)
class Delivering:
    """What sending needs; `colour` says that `out` is a terminal that shows it.

    Each attempt goes by the `settings` of its moment.
    """

    settings: Settings
    store: Store
    writer: Writer
    transport: httpx.AsyncBaseTransport
    parsers: ParserPool
    now: Callable[[], datetime]
    rng: random.Random
    out: TextIO
    colour: bool
    _said_at: datetime | None = field(init=False, default=None)
    # By notifier, and until when it may be sent by the loop's clock: before its lease passes.
    _kept: dict[str, tuple[Delivery, float]] = field(init=False, default_factory=dict)
    _templating: Templating = field(init=False)

    def __post_init__(self) -> None:
        """Remember from now on which templates fail."""
        self._templating = Templating(parsers=self.parsers, now=self.now)

    def follow(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self.settings = settings
        if self.writer.claiming:
            self.send_at_once()

    def send_at_once(self) -> None:
        """Have each commit take what it makes for sending; `keep` is then told of it."""
        from monitor.notify import KINDS

        kinds = {name: KINDS[each.kind] for name, each in self.settings.notifiers.items()}
        self.writer.claiming = Claiming(kinds=kinds, lease=DELIVERY_LEASE)

    def keep(self, claimed: Iterable[Delivery]) -> None:
        """Remember what a commit took, for `deliver` to send first."""
        until = asyncio.get_running_loop().time() + KEPT_SECONDS
        for delivery in claimed:
            self._kept[delivery.notifier] = delivery, until

    async def give_back(self) -> None:
        """Make what is kept due again, and take nothing more: nobody sends it."""
        self.writer.claiming = None
        while self._kept:
            _, (delivery, _) = self._kept.popitem()
            try:
                await self._unsent(delivery, "the monitor stopped before it was sent")
            except StoreError as fault:  # the next start finds it
                log.warning("a delivery could not be given back: %s", fault)

    async def deliver(self, destination: str, ticket: Ticket) -> float:
        """Send what is due at one destination, one after another, until nothing may leave.

        Returns in how many seconds the rest may, 0.0 where nothing waits only for that.
        """
        from monitor.notify import KINDS

        while True:
            ticket.check()
            settings = self.settings.notifiers.get(destination)
            delivery = self._taken(destination)
            if settings is None:
                if delivery:
                    await self._unsent(delivery, no_destination(destination))
                # Rows of a notifier that was renamed or removed wait for it, not thrown away.
                await self.writer.do(self.store.park, destination, no_destination(destination))
                return 0.0
            kind = KINDS[settings.kind]
            delivery = delivery or await self.writer.do(
                self.store.claim,
                destination,
                now=self.now(),
                lease=DELIVERY_LEASE,
                rate=kind.rate,
                bundles=kind.bundles,
            )
            if delivery is None:
                return await self._wait(destination)
            await self._settle(delivery, settings)
            await ticket.extend()

    def _taken(self, destination: str) -> Delivery | None:
        """Return what a commit took for this destination, unless its lease may pass soon."""
        delivery, until = self._kept.pop(destination, (None, 0.0))
        return delivery if asyncio.get_running_loop().time() < until else None

    async def _unsent(self, delivery: Delivery, reason: str) -> None:
        said = Retry(reason=reason, counts=False)
        await self.writer.settle(delivery, said, now=self.now(), next_attempt=self.now())

    async def _wait(self, destination: str) -> float:
        now = self.now()
        until = await self.writer.do(self.store.free_at, destination, now)
        return (until - now).total_seconds() if until else 0.0

    async def _settle(self, delivery: Delivery, settings: NotifierSettings) -> None:
        from monitor.notify.breaker import after, news, rest

        began = self.now()
        said = await self._send(delivery, settings)
        now = self.now()
        # The clock may have been set meanwhile.
        took = min(max(now - began, timedelta(0)), DELIVERY_LEASE)
        stepped = now - began - took
        if isinstance(said, Dead) and self.settings.notifiers.get(settings.name) != settings:
            # What it was sent with has changed meanwhile: that says nothing of the new one.
            said = Retry(reason=said.reason, after=timedelta(0))
        if isinstance(said, Dead) and said.scope == "message" and delivery.bundle:
            # What was refused is the list; each alert of it may be taken by itself.
            said = Fallback(reason=said.reason)
        again = self._again(delivery, said, settings, now, stepped)
        standing = after(delivery.standing, said, attempts=delivery.attempts, now=now)
        pauses = [rest(standing), _asked(said)]
        paused = now + max(pauses) if any(pauses) else None
        if isinstance(said, Retry) and said.everywhere and (until := paused or again):
            await self.writer.do(self.store.pause, self._alike(settings), until)
        verdict = said
        if isinstance(said, Retry) and again is None:
            verdict = Dead(reason=f"expired: {said.reason}")
        notice = news(
            delivery.standing,
            standing,
            destination=settings.name,
            now=now,
            reason=said.reason if isinstance(said, Dead) else "",
        )
        told = await self.writer.settle(
            delivery,
            verdict,
            now=now,
            next_attempt=again,
            standing=standing,
            paused=paused,
            took=took,
            notice=notice,
        )
        count_delivery(delivery, verdict, now)
        self._say(notice, told, standing, now)

    def _again(
        self,
        delivery: Delivery,
        said: Verdict,
        settings: NotifierSettings,
        now: datetime,
        stepped: timedelta,
    ) -> datetime | None:
        from monitor.notify import KINDS
        from monitor.notify.retry import next_attempt

        if not isinstance(said, Retry):
            return None
        return next_attempt(
            said,
            attempts=delivery.attempts,
            created=(delivery.replayed or delivery.created) + stepped,
            now=now,
            rng=self.rng,
            ttl=KINDS[settings.kind].ttl,
        )

    def _alike(self, settings: NotifierSettings) -> list[str]:
        """Return the notifiers of the same kind at the same host."""
        here = _place(settings)
        return [name for name, each in self.settings.notifiers.items() if _place(each) == here]

    def _say(
        self, notice: Notice | None, told: frozenset[str], standing: Standing, now: datetime
    ) -> None:
        if notice is None:
            return
        log.log(
            logging.ERROR if standing.parked_at else logging.INFO,
            "%s",
            notice.title,
            extra={"notifier": notice.destination},
        )
        silent = self._said_at is not None and now - self._said_at < SAY_EVERY
        if told or silent:
            return
        self._said_at = now
        log.error("nobody can be told by message: health.notify names no other working destination")

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
            await self._templating.worded(delivery.message, settings),
            settings,
            webhook_id=delivery.webhook_id,
            parent=delivery.parent,
            left=delivery.left,
            transport=self.transport,
            out=self.out,
            now=self.now,
            colour=self.colour,
        )
        return attempt.verdict


def _asked(said: Verdict) -> timedelta:
    """Return for how long a receiver wants nothing at all."""
    if isinstance(said, Delivered):
        return said.wait or timedelta(0)
    if isinstance(said, Retry) and said.scope == "destination":
        return said.after or timedelta(0)
    return timedelta(0)


def _place(settings: NotifierSettings) -> tuple[str, str]:
    return settings.kind, urlsplit(settings.url).hostname or settings.server


def _fingerprint(settings: NotifierSettings) -> str:
    told = [repr(getattr(settings, name)) for name in NotifierSettings.__slots__]
    return blake2b("\0".join(told).encode(), digest_size=2).hexdigest()
