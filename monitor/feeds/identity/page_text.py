"""Tell what a feed says from what an article's own page said, where an item holds both.

Pure: never touches network, clock or disk.

With `fulltext` the page's text stands in an item's content. Compared with what the feed says now,
it would make an edited headline look like another article.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.feeds.identity import Identified
from monitor.feeds.identity.recognition import Memory
from monitor.model import Edit, Entry, Item, ItemId


def as_fed(memory: Memory, identified: Identified) -> Memory:
    """Return the memory with its items as their feed gave them.

    What the feed's own content was is not kept: it counts as what it is now, where that is shorter.
    """
    items = dict(memory.items)
    for named in identified.entries:
        for known in filter(None, map(memory.known.get, named.keys)):
            if known.item and known.item in items:
                items[known.item] = _with_content(memory.items[known.item], named.entry)
    return replace(memory, items=items)


def with_pages(edits: Iterable[Edit], items: Mapping[ItemId, Item]) -> tuple[Edit, ...]:
    """Return the edits with the page's text kept, where an item's content is longer."""
    return tuple(
        replace(edit, entry=_longer(edit.entry, before.entry), before=before)
        if (before := items.get(edit.item))
        else edit
        for edit in edits
    )


def _with_content(item: Item, entry: Entry) -> Item:
    if len(item.entry.content) <= len(entry.content):
        return item
    return replace(item, entry=replace(item.entry, content=entry.content))


def _longer(entry: Entry, stored: Entry) -> Entry:
    if len(stored.content) <= len(entry.content):
        return entry
    return replace(entry, content=stored.content)
