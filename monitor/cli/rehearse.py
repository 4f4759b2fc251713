"""Takes items through matching, stories and policy in memory, with the daemon's own parts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from monitor.alerts.policy import Policy
from monitor.cli.given import make_item, read_sample
from monitor.cli.trial import choose
from monitor.model import (
    Item,
    ItemOutcome,
    PollOutcome,
    PollRecord,
    Sighting,
    Source,
    SourceId,
    SourceState,
    Story,
    StoryBook,
    StoryId,
)
from monitor.pipeline import decider
from monitor.settings import Settings
from monitor.stories.duplicates import STORY_WINDOW
from monitor.watch.matcher import Matcher


class Rehearsal:
    """A monitor that remembers nothing when it starts and sends nothing."""

    def __init__(self, settings: Settings, names: Sequence[str], now: datetime) -> None:
        """Set up the watchlists named, or all."""
        watchlists = choose(settings, names)
        self._sources = settings.sources
        self._names = [watchlist.name for watchlist in watchlists]
        self._matcher = Matcher(watchlists, {each.key: each for each in settings.entities})
        self._decide = decider(
            Policy(alerts=settings.alerts, watchlists={each.name: each for each in watchlists})
        )
        self._now = now
        self._keys: dict[str, StoryId] = {}
        self._stories: dict[StoryId, Story] = {}
        self._alerted: set[tuple[StoryId, str]] = set()
        self._first: dict[StoryId, int] = {}
        self._last: dict[StoryId, datetime] = {}
        self._count = 0

    def take(self, given: Mapping[str, Any], where: str) -> dict[str, Any]:
        """Return what happens to one item, in the contract's form (section 3, `match`).

        Raises UsageError, naming `where`, if the item can't be read.
        """
        sample, published = read_sample(given, where)
        now = published or self._now
        item = make_item(sample, self._sources, now=now, published=published, serial=self._count)
        sighting = Sighting(item=item, matches=self._matcher.match(item))
        decision = self._decide(_record(sighting, now), [sighting], self._book(item, now))
        story = decision.joined[item.id]
        first = self._first.setdefault(story, self._count)
        self._remember(item, story, decision.stories, now)
        self._alerted |= {(alert.story.id, alert.watchlist) for alert in decision.alerts}
        outcome = dict.fromkeys(self._names, ItemOutcome.NO_MATCH.value)
        outcome |= {ruling.match.watchlist: ruling.outcome.value for ruling in decision.rulings}
        result = {
            "item": dict(given),
            "matches": [
                {
                    "watchlist": match.watchlist,
                    "severity": match.severity.value,
                    "evidence": [asdict(hit) for hit in match.evidence],
                }
                for match in sighting.matches
                if not match.vetoed_by
            ],
            "story": story,
            "duplicate_of": first if first != self._count else None,
            "outcome": outcome,
        }
        self._count += 1
        return result

    def _book(self, item: Item, now: datetime) -> StoryBook:
        known = {
            key: self._keys[key] for key in (item.link_key, item.title_key) if key in self._keys
        }
        recent = {
            key: story for key, story in known.items() if self._last[story] > now - STORY_WINDOW
        }
        return StoryBook(by_key=recent, stories=self._stories, alerted=self._alerted)

    def _remember(
        self, item: Item, story: StoryId, stories: Mapping[StoryId, Story], now: datetime
    ) -> None:
        self._stories |= stories
        self._last[story] = now
        self._keys |= {key: story for key in (item.link_key, item.title_key) if key}


def _record(sighting: Sighting, now: datetime) -> PollRecord:
    url = sighting.item.source.url or "given"
    state = SourceState(
        id=SourceId(0), url=url, host="", next_poll_at=now, first_success_at=now - timedelta(1)
    )
    return PollRecord(
        outcome=PollOutcome.NEW,
        state=state,
        source=Source(url=url, name=sighting.item.source.name),
        now=now,
        sightings=(sighting,),
    )
