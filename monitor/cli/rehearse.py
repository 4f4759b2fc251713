"""Takes items through matching, stories and policy in memory, with the daemon's own parts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.alerts.calm import hour_of
from monitor.alerts.policy import Policy
from monitor.alerts.ruling import CaseKey
from monitor.cli.trial import choose
from monitor.model import (
    Alert,
    Case,
    Decision,
    DueCase,
    Item,
    ItemId,
    ItemOutcome,
    Match,
    Ruling,
    Sighting,
    Source,
    Story,
    StoryBook,
    StoryId,
)
from monitor.pipeline.deciding import decide_due, decider, given_record
from monitor.pipeline.gists import Gists
from monitor.settings import Settings
from monitor.stories.joining import what_remains
from monitor.stories.keys import title_key, untagged
from monitor.stories.shelf import WINDOW as STORY_WINDOW
from monitor.stories.shelf import Shelf
from monitor.watch.matcher import Matcher
from monitor.watch.reading import Reading
from monitor.watch.rules import Watchlist
from monitor.watch.words.text import normalised

MOST_STORIES: Final = 50_000  # remembered; of more, those that have ended are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What became of one item."""

    reading: Reading
    matches: tuple[Match, ...]
    rulings: Sequence[Ruling]
    story: StoryId
    duplicate_of: int | None  # the place, from 0, of the item it repeats or whose story it joined
    alerts: Sequence[Alert]  # that were made until it had been found


class Rehearsal:
    """A monitor that remembers nothing when it starts and sends nothing."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        """Set up the watchlists named, or all."""
        self.watchlists: list[Watchlist] = choose(settings, names)
        self.matcher = Matcher(self.watchlists, {each.key: each for each in settings.entities})
        self._policy = Policy(
            alerts=settings.alerts, watchlists={each.name: each for each in self.watchlists}
        )
        self._decide = decider(self._policy)
        self._quiet = {each.name: ItemOutcome.NO_MATCH for each in self.watchlists}
        self._sources = {source.url: source for source in settings.sources}
        self._unknown = Source(url="given", name="given", first_poll=settings.alerts.first_poll)
        self._keys: dict[str, StoryId] = {}
        self._stories: dict[StoryId, Story] = {}
        self._cases: dict[CaseKey, Case] = {}
        self._waits: dict[CaseKey, tuple[Item, Match]] = {}  # of cases that will tell more
        self._sent: Counter[tuple[str, datetime]] = Counter()
        self._shelf = Shelf()
        self._gists = Gists()
        # Of items by their ids and keys: which it was, from 0, and its story.
        self._places: dict[str, tuple[int, StoryId]] = {}
        self._last: dict[StoryId, datetime] = {}
        self._began: dict[StoryId, int] = {}  # of stories: which item was their first, from 0
        self._room = MOST_STORIES
        self._count = 0

    def take(self, item: Item, now: datetime, *, first_poll: bool = False) -> Rehearsed:
        """Return what becomes of an item that is found now.

        With `first_poll` it was in its source when that was first polled.
        """
        reading = self.matcher.read(item)
        matches = self.matcher.judge(reading)
        gist = self._gists.of(item, self.matcher.tongue(item).bends)
        if not item.title_key:
            item = replace(item, title_key=_title_key(reading))
        sighting = Sighting(item=item, matches=matches, gist=gist)
        source = self._sources.get(item.source.url, self._unknown)
        record = given_record(source, now, sighting, first_poll=first_poll)
        alerts = self._tell_due(now)
        decision = self._decide(record, (sighting,), self._book(item, now))
        story = decision.joined[item.id]
        self._remember(item, story, decision.stories, now)
        duplicate_of = self._copied(item, decision)
        self._follow(decision, sighting, now)
        self._count += 1
        return Rehearsed(
            reading=reading,
            matches=matches,
            rulings=decision.rulings,
            story=story,
            duplicate_of=duplicate_of,
            alerts=(*alerts, *_told(decision)),
        )

    def finish(self) -> Sequence[Alert]:
        """Return the alerts that would be made if nothing more were found."""
        latest = [case.due_at for key in self._waits if (case := self._cases[key]).due_at]
        return self._tell_due(max(latest)) if latest else ()

    def outcomes(self, rehearsed: Rehearsed) -> dict[str, ItemOutcome]:
        """Return what became of an item on each watchlist."""
        ruled = {each.match.watchlist: each.outcome for each in rehearsed.rulings}
        return self._quiet | ruled

    def _book(self, item: Item, now: datetime) -> StoryBook:
        recent = {
            key: story
            for key in (item.link_key, item.title_key)
            if key and (story := self._keys.get(key)) and self._last[story] > now - STORY_WINDOW
        }
        return StoryBook(
            by_key=recent,
            stories=self._stories,
            cases=self._cases,
            sent=self._sent,
            shelf=self._shelf,
        )

    def _tell_due(self, now: datetime) -> Sequence[Alert]:
        """Let the cases tell what they have waited to tell until now."""
        waited = [
            DueCase(case=case, story=self._stories[case.story], item=item, match=match)
            for key, (item, match) in self._waits.items()
            if (case := self._cases[key]).due_at and case.due_at <= now
        ]
        told: list[Alert] = []
        for each in sorted(waited, key=lambda due: due.case.due_at or now):
            at = each.case.due_at or now
            book = StoryBook(by_key={}, stories={}, cases=self._cases, sent=self._sent)
            decision = decide_due([each], book, now=at, policy=self._policy)
            self._follow(decision, None, at)
            told += _told(decision)
        return told

    def _follow(self, decision: Decision, sighting: Sighting | None, now: datetime) -> None:
        """Remember what was told, and what is still to be."""
        waited = self._waited(sighting) if decision.cases else {}
        for case in decision.cases:
            key = case.story, case.watchlist
            self._cases[key] = case
            if case.due_at and case.item:
                self._waits[key] = waited[case.item, case.watchlist]
            else:
                self._waits.pop(key, None)
        self._sent.update(
            (alert.watchlist, hour_of(now)) for alert in decision.alerts if alert.notify
        )

    def _waited(self, sighting: Sighting | None) -> dict[tuple[ItemId, str], tuple[Item, Match]]:
        """Return what cases may tell of, whatever story they belong to by now."""
        found = [(sighting.item, match) for match in sighting.matches] if sighting else []
        told = [*self._waits.values(), *found]
        return {(item.id, match.watchlist): (item, match) for item, match in told}

    def _copied(self, item: Item, decision: Decision) -> int | None:
        copy, story = decision.copies.get(item.id), decision.joined[item.id]
        keys = [key for key in (item.link_key, item.title_key) if key]
        found = [self._places[name] for name in keys if name in self._places]
        # The same headline in another story is the next of a series.
        repeated = [place for place, told_in in found if self._remains(told_in) == story]
        if copy and copy.of in self._places:
            repeated = [self._places[copy.of][0]]
        for name in (item.id, *keys):
            if name not in self._places or self._remains(self._places[name][1]) != story:
                self._places[name] = self._count, story
        began = self._began.setdefault(story, self._count)
        return min(repeated, default=began if began != self._count else None)

    def _remains(self, story: StoryId) -> StoryId:
        remains = what_remains(self._stories.get(story), self._stories)
        return remains.id if remains else story

    def _remember(
        self, item: Item, story: StoryId, stories: Mapping[StoryId, Story], now: datetime
    ) -> None:
        self._stories |= stories
        self._last[story] = now
        for key in (item.link_key, item.title_key):
            if key:
                self._keys[key] = story
        if len(self._stories) > self._room:
            self._forget(now - STORY_WINDOW)

    def _forget(self, before: datetime) -> None:
        """Forget the stories that ended before, so that a year of items takes no more memory."""
        ended = {story for story, last in self._last.items() if last <= before}
        for story in ended:
            del self._stories[story], self._last[story]
            self._began.pop(story, None)
        for cases in (self._cases, self._waits):
            for key in [key for key in cases if key[0] in ended]:
                del cases[key]
        self._places = {}
        self._keys = {key: story for key, story in self._keys.items() if story not in ended}
        self._room = max(MOST_STORIES, 2 * len(self._stories))


def _told(decision: Decision) -> list[Alert]:
    """Return the alerts that anybody hears of, at once or later."""
    waiting = {each.alert for each in decision.waiting}
    return [alert for alert in decision.alerts if alert.notify or alert.id in waiting]


def _title_key(reading: Reading) -> str:
    title, tokens = reading.item.entry.title, reading.tokens.get("title")
    told = untagged(title)
    return title_key(" ".join(tokens.words) if tokens and told == title else normalised(told))
