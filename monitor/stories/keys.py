"""What names a story, and what names the same article wherever it stands. Pure.

A story is identified by the item that began it, so a poll that is repeated after a lost commit
begins the same story again and not a second one.
"""

import re
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from monitor.model import Item, ItemId, StoryId
from monitor.stories.shelf import WINDOW

# Shorter titles ("Weather") recur without telling the same event, and those of two words
# ("Breaking news", "Maduro captured") soon do.
MIN_TITLE_WORDS = 2
FLASH_WORDS = 2
FLASH_LASTS = timedelta(hours=2)


# What desks write before a headline: its version, or that it is new. Agencies write a hyphen.
_TAG: Final = re.compile(
    r"""[\s\W]*(?:
    (?:UPDATE|WRAPUP|RPT|REFILE|REPEAT|CORRECTED|CORRECTION|BREAKING|URGENT|ALERT|SNAP|EXCLUSIVE
        |PIX|LEAD)(?:\ (?:\d{1,2}|\([A-Z]+\)))?-
    |PIX\ (?=[A-Z])
    |\(?(?:\d(?:st|nd|rd|th)\ )?(?:LEAD|LD)\)?[\s:]
    |(?i:breaking(?:\ news)?|update|wrapup|urgent|alert|exclusive|just\ in|watch|live|top\ news
        |[uú]ltima\ hora|urgente|en\ vivo|en\ directo?|eilmeldung|eil|liveticker|alerte(?:\ info)?
        |ultim['’]ora|correct(?:ed|ion)|срочно|молния|عاجل)(?:\ \d{1,2})?\s?[:|]
    )[\s:|]*""",
    re.VERBOSE,
)


def untagged(title: str) -> str:
    """Return a headline without what desks write before it: "WRAPUP 3-", "BREAKING:"."""
    begin = 0
    while found := _TAG.match(title, begin):
        begin = found.end()
    return title[begin:] or title


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
