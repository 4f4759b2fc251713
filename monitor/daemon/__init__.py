"""The daemon: short jobs say what is due, two lanes work it off, a watchdog minds the clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from monitor import metrics
from monitor.daemon.clocks import boottime
from monitor.daemon.health import Health, Pulse, State, assess
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.jobs import Job, Jobs
from monitor.daemon.lanes import work
from monitor.daemon.lateness import BACKLOG, backlog_news
from monitor.daemon.systemd import notify
from monitor.daemon.watchdog import SETTLED_AFTER, Watchdog
from monitor.logs import redact
from monitor.model import DeliveryState
from monitor.store.engine import UnavailableError

if TYPE_CHECKING:
    from monitor.pipeline import Pipeline
    from monitor.queue import Ticket, WorkQueue
    from monitor.settings import Settings
    from monitor.store import Store, Writer

__all__ = ["Daemon", "Health"]

log = logging.getLogger(__name__)
T = TypeVar("T")

POLL, DELIVER = "poll", "deliver"
LONGEST_WAIT = timedelta(minutes=1)  # for a destination's pause: it may be ended by hand
DELIVERIES_AT_ONCE = 32  # destinations; within one they go one after another
# Hosts queued, and as many held, for each source that can be polled at once: what quick polls get
# through between two looks. A held host may just be waiting for its gap to pass.
HOSTS_AHEAD = 32
GRACE = timedelta(seconds=8)  # of the ten that a stop may take; the rest is for tidying up
TICK = timedelta(seconds=1)
ASLEEP = timedelta(minutes=5)  # no tick for so long: the machine was, not the work
COUNT_EVERY = timedelta(seconds=30)
REPRICE_EVERY = timedelta(minutes=10)
KEEP_HOUSE_EVERY = timedelta(hours=1)
# The first round comes when the clock has held long enough to delete by it, and a minute more.
FIRST_HOUSEKEEPING = SETTLED_AFTER + timedelta(minutes=1)
# How long nothing is polled after the disk was full or the database away.
STORE_PAUSE = timedelta(seconds=30)
LATE_INTERVALS = 2
UNDELIVERED = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRYING)
OFFLINE = "no host can be reached; this machine seems to be offline"
LATE = "sources wait for more than two intervals"
UNHEARD = "none of the notifiers in health.notify takes messages"
# The jobs the daemon's health is judged by.
TICKING = ("due hosts", "due alerts", "due destinations")


class Daemon:
    """Polls and delivers until told to stop.

    `monotonic` counts seconds that nobody sets, those the machine sleeps included.
    """

    def __init__(
        self,
        pipeline: "Pipeline",
        store: "Store",
        writer: "Writer",
        queue: "WorkQueue",
        settings: "Settings",
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = boottime,
        grace: timedelta = GRACE,
        tick: timedelta = TICK,
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._writer = writer
        self._queue = queue
        self._settings = settings
        self._most_at_once = settings.poll.at_once
        self._hosts_ahead = asyncio.Semaphore(HOSTS_AHEAD * settings.poll.at_once)
        self._now = now
        self._steady = monotonic
        self._grace = grace
        self._state: State = "starting"
        self._late = False
        self._unheard = False  # whom the monitor tells of itself takes no messages
        self._refused = ""  # why the last write could not be made
        self._polls_from = 0.0  # of the steady clock: before it no poll could be stored
        self._looked_at = monotonic()  # when what is due was last looked for
        self._hinted: set[str] = set()
        # Two, so that a slow count never holds up the question of what is due.
        self._reader = ThreadPoolExecutor(2, thread_name_prefix="due-reader")
        self._heartbeat = Heartbeat(
            settings=lambda: self._settings.health.heartbeat,
            well=self._well,
            touch=lambda: writer.do(store.touch),
            ping=pipeline.ping,
            steady=monotonic,
        )
        self.jobs = Jobs(
            [
                Job(name="due hosts", run=self._offer_hosts, every=tick),
                Job(name="due alerts", run=self._tell_due, every=tick),
                Job(name="due destinations", run=self._offer_destinations, every=tick),
                Job(name="heartbeat", run=self._heartbeat.beat, every=tick),
                Job(name="counts", run=self._count, every=COUNT_EVERY),
                Job(name="price", run=pipeline.reprice, every=REPRICE_EVERY),
                Job(
                    name="housekeeping",
                    run=self._keep_house,
                    every=KEEP_HOUSE_EVERY,
                    first_after=FIRST_HOUSEKEEPING,
                ),
            ],
            steady=monotonic,
        )
        self._watchdog = Watchdog(
            now=now,
            steady=monotonic,
            shift=self._shift,
            rearm=lambda: self.jobs.rearm(at_most=FIRST_HOUSEKEEPING),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then end what is in flight within the grace and return."""
        await self._writer.do(self._store.recover, self._now())
        await self._queue.start()
        try:
            async with asyncio.TaskGroup() as group:
                watchdog = group.create_task(self._watchdog.run())
                lanes = [
                    group.create_task(work(self._queue, POLL, self._poll, slots=self._hosts_ahead)),
                    group.create_task(
                        work(
                            self._queue,
                            DELIVER,
                            self._deliver,
                            slots=asyncio.Semaphore(DELIVERIES_AT_ONCE),
                        )
                    ),
                ]
                self.jobs.start()
                self._state = "running"
                notify("READY=1")
                await stop.wait()
                await self._wind_down(lanes)
                watchdog.cancel()
        finally:
            self._state = "stopping"
            self.jobs.stop()
            self._reader.shutdown(wait=False, cancel_futures=True)

    def follow(self, settings: "Settings") -> None:
        """Go by other settings from now on."""
        self._settings = settings
        # Never less: a host that is held costs nothing until the pipeline has a place for it.
        for _ in range(HOSTS_AHEAD * (settings.poll.at_once - self._most_at_once)):
            self._hosts_ahead.release()
        self._most_at_once = max(self._most_at_once, settings.poll.at_once)

    async def hint(self, destinations: Iterable[str]) -> None:
        """Offer destinations with new deliveries at once; the next tick would find them too."""
        names = list(destinations)
        self._hinted.update(names)
        await self._queue.offer(DELIVER, names)

    def pause(self) -> float:
        """Return the seconds for which nothing is to be polled, since it could not be stored."""
        return max(0.0, self._polls_from - self._steady())

    def health(self) -> Health:
        """Return what /healthz and /readyz answer; from memory, so it can't hang."""
        notes = [LATE] if self._late else []
        if self._unheard:
            notes.append(UNHEARD)
        if self._pipeline.outage.offline:
            notes.append(OFFLINE)
        if self._refused:
            notes.append(f"the store refuses: {self._refused}")
        return assess(self._state, self._pulses(), notes=notes, now=self._steady())

    def _pulses(self) -> dict[str, Pulse]:
        return {name: pulse for name, pulse in self.jobs.pulses.items() if name in TICKING}

    # --- lanes ----------------------------------------------------------------------------

    async def _poll(self, host: str, ticket: "Ticket") -> None:
        # What can't be stored would only be fetched again: publishers are left alone meanwhile.
        wait = self.pause()
        if wait > 0:
            await ticket.release(wait)
        else:
            await self._unless_refused(self._pipeline.poll(host, ticket), ticket)

    async def _deliver(self, destination: str, ticket: "Ticket") -> None:
        # A hint for a destination that is being served is refused by the queue, and may come
        # when the outbox was just found empty: then it is looked into once more.
        while True:
            await self._watchdog.notice()
            self._hinted.discard(destination)
            wait = await self._unless_refused(self._pipeline.deliver(destination, ticket), ticket)
            if wait:
                # Sooner than the next tick would look: a rate is made of such waits.
                await ticket.release(min(wait, LONGEST_WAIT.total_seconds()))
                return
            if destination not in self._hinted:
                return

    async def _unless_refused(
        self, work_on: Awaitable[float | None], ticket: "Ticket"
    ) -> float | None:
        done = None
        try:
            done = await work_on
        except UnavailableError as fault:
            log.warning("the store refuses, so nothing is polled for %s: %s", STORE_PAUSE, fault)
            self._refused = redact(str(fault))
            self._polls_from = self._steady() + STORE_PAUSE.total_seconds()
            await ticket.release(STORE_PAUSE.total_seconds())
        else:
            self._refused = ""
        return done

    async def _wind_down(self, lanes: Sequence[asyncio.Task[None]]) -> None:
        self._state = "stopping"
        notify("STOPPING=1")
        await self._queue.close()
        _, hanging = await asyncio.wait(lanes, timeout=self._grace.total_seconds())
        for lane in hanging:
            log.warning("work still in flight after %s is cancelled", self._grace)
            lane.cancel()
        await self._pipeline.give_back()

    # --- jobs -----------------------------------------------------------------------------

    async def _offer_hosts(self) -> None:
        notify("WATCHDOG=1")
        await self._watchdog.notice()
        await self._spread_after_sleep()
        queued, held = await self._queue.depth(POLL)
        full = HOSTS_AHEAD * self._settings.poll.at_once
        # Asking costs by what is due, not by what is taken: ask when half is worked off.
        if queued <= full // 2:
            # What is held is due as well and comes first in the answer.
            hosts = await self._read(self._store.due_hosts, self._now(), full + held)
            await self._queue.offer(POLL, hosts)

    async def _spread_after_sleep(self) -> None:
        looked_at, self._looked_at = self._looked_at, self._steady()
        if self._looked_at - looked_at > ASLEEP.total_seconds():
            log.info("this machine slept; what is overdue is polled over the next minute")
            await self._pipeline.sync()

    async def _offer_destinations(self) -> None:
        await self._watchdog.notice()
        await self._queue.offer(
            DELIVER, await self._read(self._store.due_destinations, self._now())
        )

    async def _tell_due(self) -> None:
        await self._watchdog.notice()
        await self._pipeline.tell_due()

    def _well(self) -> bool:
        health = assess(self._state, self._pulses(), now=self._steady())
        return health.live and health.ready and not self._unheard

    async def _count(self) -> None:
        await self._watchdog.notice()
        now, poll = self._now(), self._settings.poll
        counts = await self._read(self._store.counts, now)
        bearable = LATE_INTERVALS * (poll.every or poll.min)
        self._late = counts.next_due is not None and now - counts.next_due > bearable
        metrics.SOURCES.labels(state="ok").set(counts.sources_ok)
        metrics.SOURCES.labels(state="failing").set(counts.sources_failing)
        metrics.SOURCES.labels(state="never_polled").set(counts.sources_never_polled)
        for state, number in counts.deliveries.items():
            metrics.OUTBOX.labels(state=state.value).set(number)
        metrics.OUTBOX_OLDEST_SECONDS.set((counts.oldest_pending or timedelta(0)).total_seconds())
        self._unheard = await self._read(self._store.all_parked, self._settings.health.notify)
        last = await self._read(self._store.last_notice, BACKLOG)
        waiting = sum(counts.deliveries[state] for state in UNDELIVERED)
        if news := backlog_news(counts.oldest_pending, waiting, last, now=now):
            await self.hint(await self._writer.announce(news))

    async def _keep_house(self) -> None:
        await self._watchdog.notice()
        if self._watchdog.settled():
            # Beside the writer: its transactions are small, and commits go between them.
            await self._read(self._store.prune, self._now() - self._settings.store.keep)

    async def _shift(self, delta: timedelta) -> None:
        await self._writer.do(self._store.shift, delta)

    async def _read(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, function, *args)
