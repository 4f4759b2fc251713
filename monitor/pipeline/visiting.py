"""One poll from request to commit: fetch, take in, match, say what the store shall know."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import httpx

from monitor import metrics
from monitor.alerts.policy import said_at
from monitor.errors import StoreError
from monitor.feeds.articles import Articles
from monitor.feeds.pacing import Changes, advance
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.servers.answers import host_until
from monitor.feeds.servers.habits import Question
from monitor.model import (
    Committed,
    Decide,
    Document,
    ErrorKind,
    Failed,
    Fetched,
    Item,
    Match,
    Notice,
    NotModified,
    Outcome,
    Parsed,
    PollRecord,
    Sighting,
    Source,
    SourceState,
)
from monitor.pipeline.edits import turned
from monitor.pipeline.gaps import LONG_GAP_SECONDS, Gaps
from monitor.pipeline.gists import Gists
from monitor.pipeline.intake import Intake, Read, Taken
from monitor.pipeline.report import Visit, count, report, word
from monitor.pipeline.trust import Trust, is_deferred
from monitor.queue import LeaseLost
from monitor.settings import Settings
from monitor.store import Store, Writer
from monitor.stories.keys import title_key, untagged
from monitor.watch.matcher import Matcher
from monitor.watch.words.detection import Tongue
from monitor.watch.words.text import normalised

log = logging.getLogger(__name__)

# Matching many items at once must not hold up the loop; this many take about two milliseconds.
ITEMS_PER_TURN = 20


@dataclass(slots=True, kw_only=True)
class Visiting:
    """What a poll needs; `tell` is told what came of one that gave destinations new work."""

    settings: Settings
    store: Store
    writer: Writer
    transport: httpx.AsyncBaseTransport
    parsers: ParserPool
    matcher: Matcher
    gists: Gists
    now: Callable[[], datetime]
    rng: random.Random
    tell: Callable[[Committed], Awaitable[None]]
    read: Read
    trust: Trust
    gaps: Gaps
    articles: Articles
    decide: Decide = field(init=False)  # what was decided by when these settings came into force
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        """Give the stages their edges."""
        self.decide = self.writer.decide
        self.intake = Intake(
            store=self.store,
            read=self.read,
            # No way back from here to this object, which goes when another configuration counts.
            parse=partial(_parse, self.parsers),
            fetch_page=partial(_fetch_page, self.gaps, self.trust),
            now=self.now,
        )

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
            outcome = await self.trust.fetch(state, source)
        match outcome:
            case Failed() | NotModified():
                return await self._conclude(state, source, outcome)
            case Fetched(digest=digest) if digest == state.body_hash:
                return await self._conclude(state, source, outcome)
            case Fetched():
                return await self._take(state, source, outcome)

    async def _take(self, state: SourceState, source: Source, fetched: Fetched) -> Visit:
        taken = await self.intake.take(state, source, fetched)
        if isinstance(taken, Failed):
            return await self._conclude(state, source, replace(taken, status=fetched.status))
        new = _oldest_first(taken.new)
        if source.fulltext:
            new = await self.articles.complete(
                source, new, first_poll=state.first_success_at is None
            )
        sightings = await self._match(new)
        if taken.edits:
            before = taken.state
            edits, habits = await turned(taken.edits, self._matched, before.habits, now=self.now())
            taken = replace(taken, edits=edits, state=replace(before, habits=habits))
        news = [sighting for sighting in sightings if sighting.outcome is None]
        return await self._conclude(
            taken.state,
            source,
            fetched,
            taken=taken,
            sightings=sightings,
            belied=await self.trust.is_belied(state, source, fetched, news),
        )

    async def _match(self, found: Sequence[Sighting]) -> tuple[Sighting, ...]:
        sightings = []
        for done, sighting in enumerate(found, 1):
            tongue = await self._tongue(sighting.item)
            item, matches = self._matched_in(sighting.item, tongue)
            if matches:
                metrics.MATCHES.inc(sum(not match.vetoed_by for match in matches))
            gist = self.gists.of(item, tongue.bends)
            sightings.append(replace(sighting, item=item, matches=matches, gist=gist))
            if not done % ITEMS_PER_TURN:
                await asyncio.sleep(0)
        return tuple(sightings)

    async def _matched(self, item: Item) -> tuple[Item, tuple[Match, ...]]:
        return self._matched_in(item, await self._tongue(item))

    async def _tongue(self, item: Item) -> Tongue:
        tongue = self.matcher.tongue(item)
        if not self.matcher.is_ready(tongue.bends):
            # It takes half a second for a hundred thousand terms, once.
            await asyncio.to_thread(self.matcher.prepare, tongue.bends)
        return tongue

    def _matched_in(self, item: Item, tongue: Tongue) -> tuple[Item, tuple[Match, ...]]:
        keyed = replace(item, title_key=title_key(normalised(untagged(item.entry.title))))
        return keyed, self.matcher.match(keyed, tongue)

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
        notices: tuple[Notice, ...] = taken.notices if taken else ()
        uncharged = self.trust.is_uncharged(outcome)
        if uncharged:
            after = self.trust.spare(state, outcome, now)
        else:
            beside: Changes = {"window": taken.window, "whole_at": taken.whole_at} if taken else {}
            beside["habits"] = self.trust.learn(state, source, outcome, belied=belied, now=now)
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
                price=self.trust.price,
                preset=self.trust.preset(state.url),
                beside=beside,
            )
            after, told = self.trust.tell(state, after, source, now=now)
            notices = (*told, *notices)
        record = PollRecord(
            outcome=word(outcome, len(sightings)),
            state=after,
            source=source,
            now=now,
            first_poll=state.first_success_at is None,
            partly_read_at=state.last_success_at if state.first_success_at is None else None,
            unread_since=state.last_success_at,
            sightings=sightings,
            seen=taken.seen if taken else {},
            edits=taken.edits if taken else (),
            notices=notices,
            host_until=host_until(outcome, now),
            limited_host=outcome.host if isinstance(outcome, Failed) else "",
            limit_said=isinstance(outcome, Failed) and outcome.retry_after is not None,
            learned=taken is not None or _has_learned(state, after),
        )
        committed = await self.writer.commit(record, self.decide)
        if committed.destinations:
            await self.tell(committed)
        visit = report(record, outcome, committed, document)
        count(visit, committed, state.next_poll_at, now, quiet=uncharged)
        return visit


def _has_learned(before: SourceState, after: SourceState) -> bool:
    """Tell whether a poll without a document changed what most such polls leave as it was read."""
    return after.rhythm is not before.rhythm or after.habits is not before.habits


async def _parse(parsers: ParserPool, fetched: Fetched, known: bytes) -> Parsed:
    """Parse a document without the entries that have these marks."""
    parsed = await parsers.parse(
        fetched.body, url=fetched.url, content_type=fetched.content_type, known=known
    )
    if isinstance(parsed, Document):
        metrics.DOCUMENTS.labels(path=parsed.path).inc()
    return parsed


async def _fetch_page(
    gaps: Gaps, trust: Trust, state: SourceState, source: Source, url: str
) -> Outcome | None:
    """Fetch a further page of a source's document, with its host's gap before it.

    None where the host may not be held, or kept waiting for, so long.
    """
    gaps.note(state.host)
    if gaps.left(state) > LONG_GAP_SECONDS:
        return None
    outcome = await trust.ask(state, source, Question(url=url))
    return None if is_deferred(outcome) else outcome


def _is_listed(sighting: Sighting) -> bool:
    listed = any(not match.vetoed_by for match in sighting.matches)
    return listed and sighting.outcome is None


def _oldest_first(found: Sequence[Sighting]) -> list[Sighting]:
    # The earliest copy begins the story. Documents list the newest first, so where dates are
    # missing or equal the reverse order is the best guess. None is newer than now.
    backwards = found[::-1]
    return sorted(backwards, key=lambda sighting: said_at(sighting.item))
