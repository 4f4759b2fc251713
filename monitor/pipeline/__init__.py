"""Poll one host, deliver to one destination: the only place that knows the order of the stages."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ParamSpec, TextIO, TypeVar

import httpx

from monitor import metrics
from monitor.alerts.policy import Policy, rule, said_at
from monitor.errors import StoreError
from monitor.feeds.answers import host_until
from monitor.feeds.articles import Articles
from monitor.feeds.fetch import fetch
from monitor.feeds.groups import group_of
from monitor.feeds.habits import Question
from monitor.feeds.outage import Outage
from monitor.feeds.pacing import advance, furthest
from monitor.feeds.parsers import ParserPool
from monitor.feeds.price import common_price
from monitor.model import (
    Dead,
    Decide,
    Decision,
    Delivery,
    Document,
    ErrorKind,
    Failed,
    Fetched,
    Notice,
    NotModified,
    Outcome,
    Parsed,
    PollRecord,
    Retry,
    Sighting,
    Source,
    SourceState,
    StoryBook,
    Verdict,
)
from monitor.notify.retry import next_attempt
from monitor.notify.send import send
from monitor.pipeline.intake import Intake, Taken
from monitor.pipeline.report import Visit, count, count_delivery, report, word
from monitor.pipeline.trust import Trust
from monitor.queue import LeaseLost, Ticket
from monitor.settings import NotifierSettings, Settings
from monitor.store import Store, Writer
from monitor.stories.duplicates import join, title_key
from monitor.watch.matcher import Matcher
from monitor.watch.text import normalised

__all__ = ["Pipeline", "Visit", "decider"]

log = logging.getLogger(__name__)

DELIVERY_LEASE = timedelta(seconds=60)
# After a start or a sleep: ten sources a second, and no source waits longer than a minute.
SPREAD_PER_SOURCE = timedelta(milliseconds=100)
LONGEST_SPREAD = timedelta(minutes=1)
# A host whose gap is longer gives its ticket back meanwhile.
LONG_GAP_SECONDS = 2.0
# Matching many items at once must not hold up the loop; this many take about two milliseconds.
ITEMS_PER_TURN = 20

P = ParamSpec("P")
T = TypeVar("T")


def decider(policy: Policy) -> Decide:
    """Return the decision the store takes inside its transaction: stories, then rulings."""

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        joined, stories = join([sighting.item for sighting in new], book, now=record.now)
        rulings, alerts = rule(
            new,
            {item: stories[story] for item, story in joined.items()},
            set(book.alerted),
            record=record,
            policy=policy,
        )
        return Decision(joined=joined, stories=stories, rulings=rulings, alerts=alerts)

    return decide


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
    sources: dict[str, Source] = field(init=False)
    _asked: dict[str, float] = field(default_factory=dict)  # host → when its last poll ended
    _slots: asyncio.Semaphore = field(init=False)  # polls at once, over all hosts
    _reader: ThreadPoolExecutor = field(init=False)
    _trust: Trust = field(init=False)
    _intake: Intake = field(init=False)
    _articles: Articles = field(init=False)

    def __post_init__(self) -> None:
        """Index the sources and start the thread that reads the store."""
        self._trust = Trust(
            settings=self.settings,
            store=self.store,
            transport=self.transport,
            now=self.now,
            rng=self.rng,
        )
        self._intake = Intake(
            store=self.store,
            read=self.read,
            parse=self._parse,
            fetch_page=self._fetch_page,
            now=self.now,
        )
        self._articles = Articles(
            self.settings.poll,
            self.transport,
            self.parsers,
            now=self.now,
            preset=self._trust.preset,
        )
        self.sources = {source.url: source for source in self.settings.sources}
        self._slots = asyncio.Semaphore(self.settings.poll.at_once)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")

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
        if spread is None:
            spread = min(LONGEST_SPREAD, SPREAD_PER_SOURCE * len(self.settings.sources))
        await self.writer.do(
            self.store.sync_sources,
            self.settings.sources,
            now=self.now(),
            rng=self.rng,
            spread=spread,
            longest=self.settings.poll.every or self.settings.poll.max,
            group=lambda url: group_of(url, self.settings.hosts),
            furthest=self._furthest,
        )
        await self.reprice()

    async def reprice(self) -> None:
        """Make the price of a poll anew, such that all sources together keep to poll.budget."""
        states = await self.read(self.store.source_states)
        self._trust.price = await asyncio.to_thread(
            common_price,
            states,
            self.sources,
            self.settings.poll,
            preset=self._trust.preset,
            now=self.now(),
        )

    def _furthest(self, state: SourceState) -> datetime:
        preset = self._trust.preset(state.url)
        source = self.sources[state.url]
        return furthest(state, source, self.settings.poll, preset=preset, now=self.now())

    # --- poll -----------------------------------------------------------------------------

    async def poll(self, host: str, ticket: Ticket) -> None:
        """Poll what is due at one host, `poll.per_host` sources at once, with the gap between.

        Gives the ticket back for the time of a long gap.
        """
        left = iter(await self.read(self.store.due_sources, host, self.now()))
        if self.settings.poll.per_host == 1:
            return await self._work_off(left, host, ticket)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.settings.poll.per_host):
                    group.create_task(self._work_off(left, host, ticket))
        except* (StoreError, LeaseLost) as faults:
            raise faults.exceptions[0] from None

    async def _work_off(self, left: Iterator[SourceState], host: str, ticket: Ticket) -> None:
        for state in left:
            source = self.sources.get(state.url)
            if source is None:
                continue
            gap = self._gap_left(state)
            if gap > LONG_GAP_SECONDS:
                # The other sources are found due again when the host may be asked.
                await ticket.release(gap)
                return
            await asyncio.sleep(gap)
            ticket.check()
            async with self._slots:
                pause = self.pause()
                if pause > 0:
                    await ticket.release(pause)
                    return
                visit = await self.visit(state, source)
            if visit.host_until:
                deque(left, 0)  # the store has put off what is left
            self._asked[host] = asyncio.get_running_loop().time()
            await ticket.extend()

    async def visit(self, state: SourceState, source: Source) -> Visit:
        """Poll one source now and commit what it brought.

        Raises StoreError when the commit can't be made; the poll then counts as not made.
        """
        try:
            return await self._visit(state, source)
        except (StoreError, LeaseLost, asyncio.CancelledError):
            raise
        except Exception as fault:
            # A document that trips a fault of ours backs off like any other failing source and
            # must neither stop the daemon nor keep the host's other sources waiting.
            log.exception("a poll failed inside the monitor", extra={"source": source.name})
            words = f"inside the monitor: {type(fault).__name__}"
            failed = Failed(kind=ErrorKind.PARSE, message=words)
            return await self._conclude(state, source, failed)

    async def _visit(self, state: SourceState, source: Source) -> Visit:
        with metrics.POLL_SECONDS.time():
            outcome = await self._trust.fetch(state, source)
        match outcome:
            case Failed() | NotModified():
                return await self._conclude(state, source, outcome)
            case Fetched(digest=digest) if digest == state.body_hash:
                return await self._conclude(state, source, outcome)
            case Fetched():
                return await self._take(state, source, outcome)

    async def _take(self, state: SourceState, source: Source, fetched: Fetched) -> Visit:
        taken = await self._intake.take(state, source, fetched)
        if isinstance(taken, Failed):
            return await self._conclude(state, source, replace(taken, status=fetched.status))
        new = _oldest_first(taken.new)
        if source.fulltext:
            new = await self._articles.complete(
                source, new, first_poll=state.first_success_at is None
            )
        sightings = await self._match(new)
        news = [sighting for sighting in sightings if sighting.outcome is None]
        return await self._conclude(
            taken.state,
            source,
            fetched,
            taken=taken,
            sightings=sightings,
            belied=await self._trust.is_belied(state, source, fetched, news),
        )

    async def _parse(self, fetched: Fetched, known: bytes) -> Parsed:
        """Parse a document without the entries that have these marks."""
        parsed = await self.parsers.parse(
            fetched.body, url=fetched.url, content_type=fetched.content_type, known=known
        )
        if isinstance(parsed, Document):
            metrics.DOCUMENTS.labels(path=parsed.path).inc()
        return parsed

    async def _fetch_page(self, state: SourceState, source: Source, url: str) -> Outcome | None:
        """Fetch a further page of a source's document, with its host's gap before it.

        None where the gap would take longer than the host may be held.
        """
        self._asked[state.host] = asyncio.get_running_loop().time()
        gap = self._gap_left(state)
        if gap > LONG_GAP_SECONDS:
            return None
        await asyncio.sleep(gap)
        question = Question(url=url)
        return await fetch(
            state, source, self.settings.poll, self.transport, now=self.now, question=question
        )

    async def _match(self, found: Sequence[Sighting]) -> tuple[Sighting, ...]:
        sightings = []
        for done, sighting in enumerate(found, 1):
            item = sighting.item
            keyed = replace(item, title_key=title_key(normalised(item.entry.title)))
            matches = self.matcher.match(keyed)
            metrics.MATCHES.inc(sum(not match.vetoed_by for match in matches))
            sightings.append(replace(sighting, item=keyed, matches=matches))
            if not done % ITEMS_PER_TURN:
                await asyncio.sleep(0)
        return tuple(sightings)

    async def _conclude(
        self,
        state: SourceState,
        source: Source,
        outcome: Outcome,
        *,
        taken: Taken | None = None,
        sightings: tuple[Sighting, ...] = (),
        belied: bool = False,
    ) -> Visit:
        now = self.now()
        document = taken.document if taken else None
        notices: tuple[Notice, ...] = ()
        uncharged = self._trust.is_uncharged(outcome)
        if uncharged:
            after = self._trust.spare(state, now)
        else:
            after = advance(
                state,
                outcome,
                new=sum(sighting.outcome is None for sighting in sightings),
                document=document,
                source=source,
                poll=self.settings.poll,
                now=now,
                rng=self.rng,
                matched=sum(map(_is_listed, sightings)),
                price=self._trust.price,
                preset=self._trust.preset(state.url),
            )
            after, notices = self._trust.learn(
                state, after, source, outcome, belied=belied, now=now
            )
        if taken:
            after = replace(after, window=taken.window, whole_at=taken.whole_at)
        record = PollRecord(
            outcome=word(outcome, len(sightings)),
            state=after,
            source=source,
            now=now,
            first_poll=state.first_success_at is None,
            partly_read_at=state.last_success_at if state.first_success_at is None else None,
            sightings=sightings,
            seen=taken.seen if taken else {},
            edits=taken.edits if taken else (),
            notices=(*notices, *(taken.notices if taken else ())),
            host_until=host_until(outcome, now),
        )
        committed = await self.writer.commit(record)
        if committed.destinations:
            await self.hint(committed.destinations)
        visit = report(record, outcome, committed, document)
        count(visit, committed, state.next_poll_at, now, quiet=uncharged)
        return visit

    def _gap_left(self, state: SourceState) -> float:
        """Return the seconds for which a source's host is to be left alone."""
        asked = self._asked.get(state.host)
        if asked is None:
            return 0.0
        since = asyncio.get_running_loop().time() - asked
        preset = self._trust.preset(state.url)
        gap = (preset and preset.gap) or self.settings.poll.host_gap
        return max(0.0, gap.total_seconds() - since)

    # --- deliver --------------------------------------------------------------------------

    async def deliver(self, destination: str, ticket: Ticket) -> None:
        """Send what is due at one destination, one after another, until nothing is."""
        settings = self.settings.notifiers.get(destination)
        if settings is None:
            # Rows of a notifier that was renamed or removed wait for it and are not thrown away.
            reason = f"no notifier is named “{destination}” now"
            await self.writer.do(self.store.park, destination, reason)
            return
        while True:
            ticket.check()
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
            again = next_attempt(
                verdict,
                attempts=delivery.attempts,
                created=delivery.created,
                now=now,
                rng=self.rng,
                kind=settings.kind,
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


def _is_listed(sighting: Sighting) -> bool:
    listed = any(not match.vetoed_by for match in sighting.matches)
    return listed and sighting.outcome is None


def _oldest_first(found: Sequence[Sighting]) -> list[Sighting]:
    # The earliest copy begins the story. Documents list the newest first, so where dates are
    # missing or equal the reverse order is the best guess. None is newer than now.
    backwards = found[::-1]
    return sorted(backwards, key=lambda sighting: said_at(sighting.item))
