"""Items join the story that tells the same event, or begin one. Pure but for the shelf it fills.

The same canonical link or title decides first, then the same text, then likeness. A story takes
items until nobody has told of it for 72 hours, and for a week at most: a crisis is many stories.
What is only like it joins within a day of what it is like, and within three of the beginning: what
happens next is told in the same words, and must not pass for more of the same.
Where an item shows that two stories tell one event the younger is merged into the older.
A headline that recurs tells the same only within 72 hours: a weekly "What we know" does not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.model import Copy, Item, ItemId, Sighting, Story, StoryBook, StoryId
from monitor.stories.copies import REPEATED
from monitor.stories.keys import FLASH_LASTS, FLASH_WORDS, story_id, teller
from monitor.stories.member import Member
from monitor.stories.shelf import WINDOW, Alike, Found

SAME_STORY = 0.4
ONE_STORY = 0.5  # as much like two stories makes one of them
LEAST_SHARED = 12.0  # of weight: a name and a common word are no event
SAME_TOPIC = 0.13
LONGEST = timedelta(days=7)
ALIKE_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The story of each item, every story begun or grown as it is now, and the copies."""

    of_item: Mapping[ItemId, StoryId]
    stories: Mapping[StoryId, Story]  # those merged into others too
    merged: Mapping[StoryId, StoryId] = field(default_factory=dict)  # into which that remains
    copies: Mapping[ItemId, Copy] = field(default_factory=dict)
    members: Sequence[Member] = ()  # what the shelf now remembers of them


def join(new: Sequence[Sighting], book: StoryBook, *, now: datetime) -> Joined:
    """Give each new item its story; the book's shelf remembers them from then on.

    Where several take an item the oldest does, and those that are much like it merge into that.
    """
    work = _Joining(book=book, now=now)
    for sighting in new:
        work.take(sighting)
    merged = {
        each.id: remains.id
        for each in work.grown.values()
        if each.merged_into and (remains := what_remains(each, work.grown, book.stories))
    }
    return Joined(
        # What joined a story before that merged into another is of the other too.
        of_item={item: merged.get(story, story) for item, story in work.of_item.items()},
        stories=work.grown,
        merged=merged,
        copies=work.copies,
        members=work.members,
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
                source=teller(item),
                at=item.first_seen,
                said_at=min(item.entry.published or item.first_seen, item.first_seen),
            )
            found = shelf.find(member)
        story = self._joined(item, found, member) or self._begun(item, found)
        if found.copy:
            self.copies[item.id] = found.copy
        self.grown[story.id] = _grow(story, item.source.name)
        self.of_item[item.id] = story.id
        self.by_key |= dict.fromkeys(_keys(item), story.id)
        if member and shelf is not None:
            shelf.put(member, story.id, story.topic or story.id)
            self.members.append(member)

    def stored(self, known: StoryId) -> Story | None:
        """Return a story as it is now, or the one that it was merged into."""
        story = self.grown.get(known) or self.book.stories.get(known)
        return what_remains(story, self.grown, self.book.stories)

    def _joined(self, item: Item, found: Found, member: Member | None) -> Story | None:
        """Return the oldest of the stories that an item is of; those that are the same merge."""
        same = [story for each in found.stories if (story := self._like(each, ONE_STORY))]
        certain = [*self._known(item, found, member), *same] or [
            story for each in found.stories if (story := self._like(each, SAME_STORY))
        ][:1]
        if not certain:
            return None
        oldest = min(certain, key=lambda story: (story.first_seen, story.id))
        for story in same:
            if story.id != oldest.id:
                oldest = self._merge(story, oldest)
        return oldest

    def _merge(self, story: Story, older: Story) -> Story:
        """Return a story with all that is told in another, which ends."""
        if (story := self.stored(story.id) or story).id == older.id:
            return older
        self.grown[story.id] = replace(story, merged_into=older.id)
        names = dict.fromkeys((*older.sources, *story.sources))
        grown = replace(older, size=older.size + story.size, sources=tuple(names))
        self.grown[older.id] = grown
        if self.book.shelf is not None:
            self.book.shelf.merge(story.id, older.id)
        return grown

    def _known(self, item: Item, found: Found, member: Member | None) -> list[Story]:
        stories = [*self._by_link(item, found), *self._by_title(item, found, member)]
        if found.copy_of and (story := self._open(found.copy_of.story)):
            stories.append(story)
        return stories

    def _by_link(self, item: Item, found: Found) -> Iterator[Story]:
        story = self._keyed(item.link_key)
        # A page under one link that has other words is soon the same article, and later another.
        if story and (story.id not in found.serials or story.first_seen > self.now - REPEATED):
            yield story

    def _by_title(self, item: Item, found: Found, member: Member | None) -> Iterator[Story]:
        story, shelf = self._keyed(item.title_key), self.book.shelf
        if not story or story.id in found.serials:
            return
        if member and shelf is not None:
            if shelf.says_otherwise(member, story.id):
                return  # “What we know so far” is said of anything
            last = shelf.told_last(story.id)
            if last and last < self.now - REPEATED:
                return
        is_flash = len(item.entry.title.split()) <= FLASH_WORDS
        if not is_flash or story.first_seen > self.now - FLASH_LASTS:
            yield story

    def _keyed(self, key: str) -> Story | None:
        known = self.by_key.get(key) or self.book.by_key.get(key)
        return self._open(known, WINDOW) if key and known else None

    def _like(self, each: Alike, least: float) -> Story | None:
        if each.likeness < least or each.shared < LEAST_SHARED:
            return None
        if each.nearest.at < self.now - ALIKE_WITHIN:
            return None
        return self._open(each.story, WINDOW)

    def _begun(self, item: Item, found: Found) -> Story:
        near = next((each for each in found.stories if each.likeness >= SAME_TOPIC), None)
        topic = self._topic(near.story) if near else None
        return Story(id=story_id(item.id), first_seen=self.now, size=0, sources=(), topic=topic)

    def _topic(self, story: StoryId) -> StoryId | None:
        shelf = self.book.shelf
        if shelf is not None and (known := shelf.topic(story)):
            return known
        beside = self.stored(story)
        return beside.topic or beside.id if beside else None

    def _open(self, known: StoryId, age: timedelta = LONGEST) -> Story | None:
        story = self.stored(known)
        return story if story and story.first_seen > self.now - age else None


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
        own = what_remains(book.stories.get(own_id), book.stories) or Story(
            id=own_id, first_seen=now, size=1, sources=(item.source.name,)
        )
        others = [
            what_remains(book.stories.get(by_key.setdefault(key, own_id)), book.stories)
            for key in _keys(item)
        ]
        lately = (story for story in others if story and story.first_seen > now - WINDOW)
        told[item.id] = (own, *lately)
    return told


def what_remains(story: Story | None, *known: Mapping[StoryId, Story]) -> Story | None:
    """Return a story, or the one that it was merged into, as the first of `known` has it."""
    while story and story.merged_into:
        older = story.merged_into
        story = next((found for stories in known if (found := stories.get(older))), None)
    return story


def _keys(item: Item) -> list[str]:
    return [key for key in (item.link_key, item.title_key) if key]


def _grow(story: Story, source: str) -> Story:
    sources = story.sources if source in story.sources else (*story.sources, source)
    return replace(story, size=story.size + 1, sources=sources)
