"""Items join a story by canonical link or by normalised title. Pure.

A story is identified by the item that began it, so a poll that is repeated after a lost commit
begins the same story again and not a second one. It ends 72 hours after it began, however often
its headline recurs: a weekly "What we know" tells something new each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.model import Item, ItemId, Story, StoryBook, StoryId

STORY_WINDOW = timedelta(hours=72)
# Shorter titles ("Breaking news", "Weather") recur without telling the same event.
MIN_TITLE_WORDS = 3


def title_key(normalised: str) -> str:
    """Return the key of a normalised title: blake2b-128 hex, or "" where it is too short."""
    if normalised.count(" ") < MIN_TITLE_WORDS - 1:
        return ""
    return blake2b(f"title\0{normalised}".encode(), digest_size=16).hexdigest()


def story_id(first: ItemId) -> StoryId:
    """Return the identity of the story that an item begins."""
    return StoryId(blake2b(f"story\0{first}".encode(), digest_size=12).hexdigest())


def join(
    items: Sequence[Item], book: StoryBook, *, now: datetime
) -> tuple[dict[ItemId, StoryId], dict[StoryId, Story]]:
    """Give each item a story: the one its link or title is known from, else its own.

    Returns the story of each item and every story begun or grown, as it is afterwards. Where
    link and title point at two stories the older one takes the item.
    """
    by_key: dict[str, StoryId] = {}
    grown: dict[StoryId, Story] = {}
    joined: dict[ItemId, StoryId] = {}
    for item in items:
        keys = [key for key in (item.link_key, item.title_key) if key]
        found = [known for key in keys if (known := by_key.get(key) or book.by_key.get(key))]
        story = _oldest(found, grown, book.stories, since=now - STORY_WINDOW) or Story(
            id=story_id(item.id), first_seen=now, size=0, sources=()
        )
        grown[story.id] = _grow(story, item.source.name)
        joined[item.id] = story.id
        by_key |= dict.fromkeys(keys, story.id)
    return joined, grown


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
        keys = [key for key in (item.link_key, item.title_key) if key]
        others = [book.stories.get(by_key.setdefault(key, own_id)) for key in keys]
        told[item.id] = (own, *_lately_begun(others, since=now - STORY_WINDOW))
    return told


def _lately_begun(stories: Sequence[Story | None], *, since: datetime) -> list[Story]:
    return [story for story in stories if story and story.first_seen > since]


def _oldest(
    found: Sequence[StoryId],
    grown: Mapping[StoryId, Story],
    stored: Mapping[StoryId, Story],
    *,
    since: datetime,
) -> Story | None:
    stories = _lately_begun([grown.get(known) or stored.get(known) for known in found], since=since)
    return min(stories, key=lambda story: (story.first_seen, story.id), default=None)


def _grow(story: Story, source: str) -> Story:
    sources = story.sources if source in story.sources else (*story.sources, source)
    return replace(story, size=story.size + 1, sources=sources)
