"""What is asked of a server, how far its answer is believed, and what is learned from it.

It brings the pure rules of `feeds` (habits, answers, outage, vitality) to the poll's edge: here are
the store, the network, the clock and the log.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx

from monitor.feeds.fetch import fetch
from monitor.feeds.pacing import HOURLY
from monitor.feeds.pacing.interval import SPREAD, interval
from monitor.feeds.redaction import redact_url
from monitor.feeds.servers import answers, habits, vitality
from monitor.feeds.servers.groups import gap_of, settings_for
from monitor.feeds.servers.outage import Outage, is_unreached
from monitor.model import (
    Failed,
    Fetched,
    Habits,
    Notice,
    NotModified,
    Outcome,
    Sighting,
    Source,
    SourceState,
)
from monitor.pipeline.passage import Gate, Passage
from monitor.settings import HostSettings, Settings
from monitor.store import Store

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(seconds=2)  # within a poll, which holds its place for so long


@dataclass(slots=True, kw_only=True)
class Trust:
    """Everything a poll needs to know of servers beside the document itself."""

    settings: Settings
    store: Store
    transport: httpx.AsyncBaseTransport
    now: Callable[[], datetime]
    rng: random.Random
    gate: Gate
    outage: Outage = field(default_factory=Outage)
    price: float = HOURLY  # of a poll, in item hours
    _presets: dict[str, HostSettings | None] = field(default_factory=dict)

    def preset(self, url: str) -> HostSettings | None:
        """Return how a source's host wants to be asked, if that is known; looked up once."""
        if url not in self._presets:
            self._presets[url] = settings_for(url, self.settings.hosts)
        return self._presets[url]

    async def fetch(self, state: SourceState, source: Source) -> Outcome:
        """Visit a source once, and say what its answer means in sight of all others."""
        preset = self.preset(state.url)
        began = self.now()
        question = habits.ask(state, preset, began)
        outcome = await self.ask(state, source, question)
        if isinstance(outcome, Failed):
            if outcome.deferred:
                return outcome
            outcome = await self._understood(state, outcome, preset)
        self._note(state.host, outcome, began)
        if self.is_uncharged(outcome):
            assert isinstance(outcome, Failed)
            message = f"this machine seems to be offline: {outcome.message}"
            return answers.presentable(replace(outcome, message=message))
        return outcome

    def is_uncharged(self, outcome: Outcome) -> bool:
        """Tell whether a failure says nothing of the source: nobody was asked, or can be."""
        return is_deferred(outcome) or (self.outage.offline and is_unreached(outcome))

    def spare(self, state: SourceState, outcome: Outcome, now: datetime) -> SourceState:
        """Return the state of a source whose failure is not charged to it: only its time moves."""
        if isinstance(outcome, Failed) and outcome.deferred:
            return self._later(state, outcome, now)
        again = now + self.outage.wait(now, self.rng)
        return replace(
            state, last_polled_at=now, next_poll_at=max(again, state.retry_after or again)
        )

    async def is_belied(
        self,
        state: SourceState,
        source: Source,
        fetched: Fetched,
        sightings: Sequence[Sighting],
    ) -> bool:
        """Tell whether new items prove that the server said 304 although there was news.

        Where they only make it likely, the server is asked once more, as it was then; a host with a
        long gap is given the benefit of the doubt.
        """
        if not sightings:
            return False
        if habits.is_false(state, fetched):
            return True
        published = [sighting.item.entry.published for sighting in sightings]
        if not habits.is_doubtful(state, fetched, published):
            return False
        preset = self.preset(state.url)
        gap = self._gap(state)
        if gap > LONGEST_PAUSE:
            return False
        await asyncio.sleep(gap.total_seconds())
        question = habits.ask_with_validators(state, preset)
        return isinstance(await self.ask(state, source, question), NotModified)

    def learn(
        self,
        state: SourceState,
        source: Source,
        outcome: Outcome,
        *,
        belied: bool,
        now: datetime,
    ) -> Habits:
        """Return what is known of a source's habits after a poll; `state` is from before it."""
        learned = habits.learn(state.habits, state, outcome, now=now, belied=belied)
        self._say(source, habits.told(state.habits, learned))
        return learned

    def tell(
        self, state: SourceState, after: SourceState, source: Source, *, now: datetime
    ) -> tuple[SourceState, tuple[Notice, ...]]:
        """Return the state `after` a poll with what people hear of it noted, and the notices."""
        if not after.failures and after.told_failing_at is None:
            return after, ()
        preset = self.preset(state.url)
        usual = interval(
            after.rate,
            after.rhythm,
            source,
            self.settings.poll,
            price=self.price,
            preset=preset,
            outran=False,
            now=now,
        )
        return vitality.tell(
            state,
            after,
            source,
            self.settings.health,
            interval=usual.rule,
            now=now,
            advice=preset.advice if preset else "",
        )

    async def ask(self, state: SourceState, source: Source, question: habits.Question) -> Outcome:
        """Send one question, each of its requests in its host's turn."""
        passage = Passage(gate=self.gate, state=state, gap=self._gap(state))
        try:
            if refused := await passage.begin(question.url):
                return refused
            outcome = await fetch(
                state,
                source,
                self.settings.poll,
                self.transport,
                now=self.now,
                question=question,
                enter=passage.enter,
            )
            if isinstance(outcome, Failed):
                if passage.held not in ("", state.host):
                    outcome = replace(outcome, host=passage.held)
                # Before the turn ends: who comes next must know.
                self.gate.note(outcome, state)
            return outcome
        finally:
            passage.leave()

    def _later(self, state: SourceState, deferred: Failed, now: datetime) -> SourceState:
        assert deferred.deferred is not None
        again = now + deferred.deferred * self.rng.uniform(1, 1 + SPREAD)
        wish = state.retry_after
        if deferred.retry_after:
            wish = max(now + deferred.retry_after, wish or now)
        return replace(state, next_poll_at=max(again, wish or again), retry_after=wish)

    def _gap(self, state: SourceState) -> timedelta:
        return gap_of(self.preset(state.url), self.settings.poll.host_gap)

    async def _understood(
        self, state: SourceState, failed: Failed, preset: HostSettings | None
    ) -> Failed:
        if failed.status != 403:
            return failed
        kinds = await asyncio.to_thread(self.store.host_kinds, state.host)
        others = [kind for source, kind in kinds.items() if source != state.id]
        understood = answers.as_limit(failed, others, preset)
        self.gate.note(understood, state)
        return understood

    def _note(self, host: str, outcome: Outcome, began: datetime) -> None:
        before = self.outage.since
        self.outage.note(host, outcome, self.now(), began=began)
        if self.outage.since is before:
            return
        if before is None:
            log.warning("no host can be reached; this machine seems to be offline")
        else:
            since = f"{before:%Y-%m-%d %H:%M:%S} UTC"
            log.warning("hosts can be reached again; this machine was offline since %s", since)

    def _say(self, source: Source, words: str) -> None:
        if words:
            extra = {"source": source.name, "url": redact_url(source.url)}
            log.warning("%s: %s", source.name, words, extra=extra)


def is_deferred(outcome: Outcome) -> bool:
    """Tell whether a poll ended before the host that has the document was asked."""
    return isinstance(outcome, Failed) and outcome.deferred is not None
