"""Takes items through matching, stories and policy in memory, with the daemon's own parts."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.alerts.policy import Policy
from monitor.cli.trial import choose
from monitor.model import (
    Item,
    ItemOutcome,
    Match,
    Ruling,
    Sighting,
    Source,
    Story,
    StoryBook,
    StoryId,
)
from monitor.pipeline.deciding import decider, given_record
from monitor.settings import Settings
from monitor.stories.duplicates import STORY_WINDOW, title_key
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
    duplicate_of: int | None  # the place, from 0, of the item that began its story


class Rehearsal:
    """A monitor that remembers nothing when it starts and sends nothing."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        """Set up the watchlists named, or all."""
        self.watchlists: list[Watchlist] = choose(settings, names)
        self.matcher = Matcher(self.watchlists, {each.key: each for each in settings.entities})
        self._decide = decider(
            Policy(alerts=settings.alerts, watchlists={each.name: each for each in self.watchlists})
        )
        self._quiet = {each.name: ItemOutcome.NO_MATCH for each in self.watchlists}
        self._sources = {source.url: source for source in settings.sources}
        self._unknown = Source(url="given", name="given", first_poll=settings.alerts.first_poll)
        self._keys: dict[str, StoryId] = {}
        self._stories: dict[StoryId, Story] = {}
        self._alerted: dict[StoryId, set[str]] = {}
        self._first: dict[StoryId, int] = {}
        self._last: dict[StoryId, datetime] = {}
        self._room = MOST_STORIES
        self._count = 0

    def take(self, item: Item, now: datetime, *, first_poll: bool = False) -> Rehearsed:
        """Return what becomes of an item that is found now.

        With `first_poll` it was in its source when that was first polled.
        """
        reading = self.matcher.read(item)
        matches = self.matcher.judge(reading)
        if not item.title_key:
            item = replace(item, title_key=_title_key(reading))
        sighting = Sighting(item=item, matches=matches)
        source = self._sources.get(item.source.url, self._unknown)
        record = given_record(source, now, sighting, first_poll=first_poll)
        decision = self._decide(record, (sighting,), self._book(item, now))
        story = decision.joined[item.id]
        first = self._first.setdefault(story, self._count)
        self._remember(item, story, decision.stories, now)
        for alert in decision.alerts:
            self._alerted.setdefault(alert.story.id, set()).add(alert.watchlist)
        duplicate_of = first if first != self._count else None
        self._count += 1
        return Rehearsed(
            reading=reading,
            matches=matches,
            rulings=decision.rulings,
            story=story,
            duplicate_of=duplicate_of,
        )

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
        return StoryBook(by_key=recent, stories=self._stories, alerted=self._told(recent))

    def _told(self, recent: Mapping[str, StoryId]) -> AbstractSet[tuple[StoryId, str]]:
        return {
            (story, watchlist)
            for story in recent.values()
            for watchlist in self._alerted.get(story, ())
        }

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
        for known in (self._stories, self._alerted, self._first, self._last):
            for story in ended.intersection(known):
                del known[story]
        self._keys = {key: story for key, story in self._keys.items() if story not in ended}
        self._room = max(MOST_STORIES, 2 * len(self._stories))


def _title_key(reading: Reading) -> str:
    tokens = reading.tokens.get("title")
    words = " ".join(tokens.words) if tokens else normalised(reading.item.entry.title)
    return title_key(words)
