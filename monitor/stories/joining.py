"""Items join the story that tells the same event, or begin one. Pure but for the shelf it fills.

The same canonical link or title decides first, then the same text, then likeness. A story takes
items until nobody has told of it for 72 hours, and for a week at most: a crisis is many stories.
A headline that recurs tells the same only within 72 hours: a weekly "What we know" does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.model import Copy, Item, ItemId, Sighting, Story, StoryBook, StoryId
from monitor.stories.keys import story_id
from monitor.stories.member import Member
from monitor.stories.shelf import WINDOW, Found

SAME_STORY = 0.32
LEAST_SHARED = 12.0  # of weight: a name and a common word are no event
SAME_TOPIC = 0.13
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The story of each item, every story begun or grown as it is now, and the copies."""

    of_item: Mapping[ItemId, StoryId]
    stories: Mapping[StoryId, Story]
    copies: Mapping[ItemId, Copy] = field(default_factory=dict)
    members: Sequence[Member] = ()  # what the shelf now remembers of them


def join(new: Sequence[Sighting], book: StoryBook, *, now: datetime) -> Joined:
    """Give each new item its story; the book's shelf remembers them from then on.

    Where its link and its title point at two stories the older one takes the item.
    """
    work = _Joining(book=book, now=now)
    for sighting in new:
        work.take(sighting)
    return Joined(
        of_item=work.of_item, stories=work.grown, copies=work.copies, members=work.members
    )


@dataclass(slots=True, kw_only=True)
class _Joining:
    book: StoryBook
    now: datetime
    by_key: dict[str, StoryId] = field(default_factory=dict)
    grown: dict[StoryId, Story] = field(default_factory=dict)
    of_item: dict[ItemId, StoryId] = field(default_factory=dict)
    copies: dict[ItemId, Copy] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)

    def take(self, sighting: Sighting) -> None:
        item, shelf = sighting.item, self.book.shelf
        member = None
        found = Found()
        if sighting.gist and shelf is not None:
            member = shelf.weigh(
                sighting.gist,
                item=item.id,
                source=item.source.url,
                at=item.first_seen,
                said_at=min(item.entry.published or item.first_seen, item.first_seen),
            )
            found = shelf.find(member)
        story = self._known(item, found) or self._alike(found) or self._begun(item, found)
        if found.copy:
            self.copies[item.id] = found.copy
        self.grown[story.id] = _grow(story, item.source.name)
        self.of_item[item.id] = story.id
        self.by_key |= dict.fromkeys(_keys(item), story.id)
        if member and shelf is not None:
            shelf.put(member, story.id)
            self.members.append(member)

    def _known(self, item: Item, found: Found) -> Story | None:
        ids = [self.by_key.get(key) or self.book.by_key.get(key) for key in _keys(item)]
        stories = [
            story
            for known in ids
            if known and known not in found.serials and (story := self._open(known, WINDOW))
        ]
        if found.copy_of and (story := self._open(found.copy_of.story)):
            stories.append(story)
        return min(stories, key=lambda story: (story.first_seen, story.id), default=None)

    def _alike(self, found: Found) -> Story | None:
        likely = (
            each.story
            for each in found.stories
            if each.likeness >= SAME_STORY and each.shared >= LEAST_SHARED
        )
        return next((story for known in likely if (story := self._open(known))), None)

    def _begun(self, item: Item, found: Found) -> Story:
        near = next((each for each in found.stories if each.likeness >= SAME_TOPIC), None)
        beside = self._stored(near.story) if near else None
        return Story(
            id=story_id(item.id),
            first_seen=self.now,
            size=0,
            sources=(),
            topic=beside.topic or beside.id if beside else None,
        )

    def _open(self, known: StoryId, age: timedelta = LONGEST) -> Story | None:
        story = self._stored(known)
        return story if story and story.first_seen > self.now - age else None

    def _stored(self, known: StoryId) -> Story | None:
        return self.grown.get(known) or self.book.stories.get(known)


def stay(
    edited: Sequence[Item], book: StoryBook, *, now: datetime
) -> dict[ItemId, tuple[Story, ...]]:
    """Return the story of each known item, and behind it others that tell what it says now.

    An item stays in its story whatever it says; one whose story was removed begins it again.
    """
    by_key = dict(book.by_key)
    told = {}
    for item in edited:
        own_id = book.of_item.get(item.id) or story_id(item.id)
        own = book.stories.get(own_id) or Story(
            id=own_id, first_seen=now, size=1, sources=(item.source.name,)
        )
        others = [book.stories.get(by_key.setdefault(key, own_id)) for key in _keys(item)]
        lately = (story for story in others if story and story.first_seen > now - WINDOW)
        told[item.id] = (own, *lately)
    return told


def _keys(item: Item) -> list[str]:
    return [key for key in (item.link_key, item.title_key) if key]


def _grow(story: Story, source: str) -> Story:
    sources = story.sources if source in story.sources else (*story.sources, source)
    return replace(story, size=story.size + 1, sources=sources)
