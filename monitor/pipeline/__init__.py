"""Poll one host, deliver to one destination: the only place that knows the order of the stages."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, TextIO, TypeVar

import httpx

from monitor.feeds.articles import Articles
from monitor.feeds.fetch.turns import Turns
from monitor.feeds.pacing import furthest
from monitor.feeds.pacing.price import common_price
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.servers.groups import group_of, settings_for
from monitor.feeds.servers.outage import Outage
from monitor.model import Committed, Source, SourceState
from monitor.pipeline.deciding import decider
from monitor.pipeline.delivering import Delivering, sync_destinations
from monitor.pipeline.gaps import LONG_GAP_SECONDS, Gaps
from monitor.pipeline.gists import Gists
from monitor.pipeline.passage import Gate
from monitor.pipeline.report import Visit
from monitor.pipeline.rounds import Round
from monitor.pipeline.setup import Setup, set_up
from monitor.pipeline.timers import Timers
from monitor.pipeline.trust import Trust
from monitor.pipeline.visiting import Visiting
from monitor.queue import Ticket
from monitor.settings import HeartbeatSettings, Settings
from monitor.store import Store, Writer
from monitor.watch.matcher import Matcher

__all__ = ["LONG_GAP_SECONDS", "Pipeline", "Setup", "Visit", "decider", "set_up"]

# After a start or a sleep: ten sources a second, and no source waits longer than a minute.
SPREAD_PER_SOURCE = timedelta(milliseconds=100)
LONGEST_SPREAD = timedelta(minutes=1)
WISHES_FRESH = timedelta(minutes=1)  # what hosts told other processes is read as often

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """The stages with everything they need; `hint` is told which destinations have new work."""

    settings: Settings
    store: Store
    writer: Writer
    transport: httpx.AsyncBaseTransport
    parsers: ParserPool
    matcher: Matcher
    now: Callable[[], datetime]
    rng: random.Random
    out: TextIO
    hint: Callable[[Iterable[str]], Awaitable[None]]
    pause: Callable[[], float] = lambda: 0.0  # seconds for which nothing is to be polled
    colour: bool = False  # `out` is a terminal that shows it
    patience: float = LONG_GAP_SECONDS  # for a turn at a host that a redirect leads to
    forced: bool = False  # polls do not heed that a host wants to be left alone
    sources: dict[str, Source] = field(init=False)
    _visiting: Visiting = field(init=False)
    _delivering: Delivering = field(init=False)
    _timers: Timers = field(init=False)
    slots: asyncio.Semaphore = field(init=False)  # polls at once, over all hosts
    _reader: ThreadPoolExecutor = field(init=False)
    _turns: Turns = field(init=False)
    _trust: Trust = field(init=False)
    gaps: Gaps = field(init=False)
    _gate: Gate = field(init=False)
    _gists: Gists = field(init=False, default_factory=Gists)
    _heard_at: datetime | None = field(init=False, default=None)  # when wishes were read last

    def __post_init__(self) -> None:
        """Index the sources, start the thread that reads the store, set up the two lanes."""
        self.sources = {source.url: source for source in self.settings.sources}
        self.slots = asyncio.Semaphore(self.settings.poll.at_once)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self._turns = Turns(at_once=self.settings.poll.per_host)
        self._gate = Gate(
            settings=self.settings,
            turns=self._turns,
            now=self.now,
            patience=self.patience,
            forced=self.forced,
        )
        self._trust = Trust(
            settings=self.settings,
            store=self.store,
            transport=self.transport,
            now=self.now,
            rng=self.rng,
            gate=self._gate,
        )
        self.gaps = self._gaps_by()
        self._visiting = self._visit_by()
        self._delivering = Delivering(
            settings=self.settings,
            store=self.store,
            writer=self.writer,
            transport=self.transport,
            parsers=self.parsers,
            now=self.now,
            rng=self.rng,
            out=self.out,
            colour=self.colour,
        )
        self._timers = Timers(settings=self.settings, store=self.store, writer=self.writer)

    def follow(self, setup: Setup) -> None:
        """Go by another configuration from now on; polls in flight end with the one they have.

        The store follows with `sync`, which whoever changed the sources calls next.
        """
        settings, before = setup.settings, self.settings
        self.writer.follow(setup.decide, notify=settings.health.notify)
        self.settings, self.matcher = settings, setup.matcher
        self.sources = {source.url: source for source in settings.sources}
        if settings.poll.at_once != before.poll.at_once:
            self.slots = asyncio.Semaphore(settings.poll.at_once)
        if settings.poll.per_host != before.poll.per_host:
            self._turns = Turns(at_once=settings.poll.per_host)
        # Otherwise it stays known when each host was last asked.
        self._gate = replace(self._gate, settings=settings, turns=self._turns)
        self._trust = replace(self._trust, settings=settings, gate=self._gate, _presets={})
        self.gaps = self._gaps_by()
        self._visiting = self._visit_by()
        self._delivering.follow(settings)
        self._timers = replace(self._timers, settings=settings)

    def _gaps_by(self) -> Gaps:
        return Gaps(turns=self._turns, usual=self.settings.poll.host_gap, preset=self._trust.preset)

    def _visit_by(self) -> Visiting:
        hosts = self.settings.hosts
        return Visiting(
            settings=self.settings,
            store=self.store,
            writer=self.writer,
            transport=self.transport,
            parsers=self.parsers,
            matcher=self.matcher,
            gists=self._gists,
            now=self.now,
            rng=self.rng,
            tell=self._tell,
            read=self.read,
            trust=self._trust,
            gaps=self.gaps,
            articles=Articles(
                self.settings.poll,
                self.transport,
                self.parsers,
                now=self.now,
                preset=partial(settings_for, hosts=hosts),
                group=partial(group_of, hosts=hosts),
                turns=self._turns,
                wish=self._gate.left,
            ),
        )

    @property
    def outage(self) -> Outage:
        """Return what is known of this machine's own network."""
        return self._trust.outage

    def close(self) -> None:
        """Stop the reading thread."""
        self._reader.shutdown()

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one of the store's reads off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, lambda: function(*args, **kwargs))

    async def sync(self, *, spread: timedelta | None = None) -> None:
        """Have the store follow the configured sources; what is overdue is spread over `spread`.

        None derives it from their number, so that no burst leaves the machine.
        """
        # All of one configuration, although another may be followed before the store has.
        settings, sources, trust = self.settings, self.sources, self._trust
        if spread is None:
            spread = min(LONGEST_SPREAD, SPREAD_PER_SOURCE * len(settings.sources))

        def may_wait_until(state: SourceState) -> datetime:
            source, preset = sources[state.url], trust.preset(state.url)
            return furthest(state, source, settings.poll, preset=preset, now=self.now())

        await self.writer.do(
            self.store.sync_sources,
            settings.sources,
            now=self.now(),
            rng=self.rng,
            spread=spread,
            longest=settings.poll.every or settings.poll.max,
            group=lambda url: group_of(url, settings.hosts),
            furthest=may_wait_until,
        )
        await self._hear_wishes()

    async def reprice(self, states: Iterable[SourceState] | None = None) -> None:
        """Make the price of a poll anew, such that all sources together keep to poll.budget.

        `states` are the sources as they stand, read here where nobody has.
        """
        price = await asyncio.to_thread(
            common_price,
            await self.read(self.store.source_states) if states is None else states,
            self.sources,
            self.settings.poll,
            preset=self._trust.preset,
            now=self.now(),
        )
        self._trust.price = price

    def gap(self, state: SourceState) -> timedelta:
        """Return how long a source's host is left alone after a poll."""
        return self.gaps.of(state)

    def wish(self, state: SourceState) -> datetime | None:
        """Return until when a source's host wants to be left alone, if that is heeded."""
        wish = self._gate.wish(state.host, state.id)
        return wish.until if wish else None

    async def _hear_wishes(self) -> None:
        self._heard_at = now = self.now()
        self._gate.learn(await self.read(self.store.host_wishes, now))

    # --- poll -----------------------------------------------------------------------------

    async def poll(self, host: str, ticket: Ticket) -> None:
        """Poll what is due at one host; see monitor.pipeline.rounds."""
        if self._heard_at is None or abs(self.now() - self._heard_at) > WISHES_FRESH:
            await self._hear_wishes()
        due = await self.read(self.store.due_sources, host, self.now())
        await Round(pipeline=self, host=host, ticket=ticket).take(due)

    async def visit(self, state: SourceState, source: Source) -> Visit:
        """Poll one source now and commit what it brought.

        Raises StoreError when the commit can't be made; the poll then counts as not made.
        """
        return await self._visiting.visit(state, source)

    async def _tell(self, committed: Committed) -> None:
        self._delivering.keep(committed.claimed)
        await self.hint(committed.destinations)

    # --- alert ----------------------------------------------------------------------------

    async def tell_due(self) -> None:
        """Tell what has waited for its time: first alerts, follow-ups, digests, escalations."""
        now = self.now()
        due = await self.read(self.store.next_due)
        if due and due <= now:
            await self.hint(await self._timers.tell_due(now))

    async def ping(self, heartbeat: HeartbeatSettings) -> str:
        """Tell an address that the monitor lives; return what went wrong, "" if nothing did."""
        from monitor.notify.heartbeat import ping

        return await ping(heartbeat, self.transport, now=self.now)

    # --- deliver --------------------------------------------------------------------------

    async def sync_destinations(self) -> None:
        """Have the outbox follow the configured notifiers."""
        await sync_destinations(self.store, self.writer, self.settings)

    async def deliver(self, destination: str, ticket: Ticket) -> float:
        """Send what is due at one destination; return in how many seconds the rest may leave."""
        return await self._delivering.deliver(destination, ticket)

    def send_at_once(self) -> None:
        """Take what a commit makes for sending with it; whoever asks for this delivers it too."""
        self._delivering.send_at_once()

    async def give_back(self) -> None:
        """Leave what was taken for sending and not sent to whoever starts next."""
        await self._delivering.give_back()
