"""What names a story, and what names the same article wherever it stands. Pure.

A story is identified by the item that began it, so a poll that is repeated after a lost commit
begins the same story again and not a second one.
"""

from datetime import timedelta
from hashlib import blake2b

from monitor.model import Item, ItemId, StoryId
from monitor.stories.shelf import WINDOW

# Shorter titles ("Weather") recur without telling the same event, and those of two words
# ("Breaking news", "Maduro captured") soon do.
MIN_TITLE_WORDS = 2
FLASH_WORDS = 2
FLASH_LASTS = timedelta(hours=2)


def title_key(normalised: str) -> str:
    """Return the key of a normalised title: blake2b-128 hex, or "" where it is too short."""
    if normalised.count(" ") < MIN_TITLE_WORDS - 1:
        return ""
    return blake2b(f"title\0{normalised}".encode(), digest_size=16).hexdigest()


def story_id(first: ItemId) -> StoryId:
    """Return the identity of the story that an item begins."""
    return StoryId(blake2b(f"story\0{first}".encode(), digest_size=12).hexdigest())


def teller(item: Item) -> str:
    """Return who tells an item: its source, or the outlet that Google News names in the title.

    What one source puts around all its texts is no likeness; that of two outlets is.
    """
    title, dash, outlet = item.entry.title.rpartition(" - ")
    if title and dash and "//news.google.com/" in item.source.url:
        return f"{item.source.url} {outlet}"
    return item.source.url


def said_lately(item: Item) -> bool:
    """Tell whether an item was published so late that others may tell the same event now."""
    return item.entry.published is None or item.first_seen - item.entry.published < WINDOW
