"""Items and their keys: what a source is known to have published, and what was kept of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from monitor.model import Entry, Item, ItemId, SourceId, SourceRef, StoryId
from monitor.store.bulk import Bulk, Lookup
from monitor.store.columns import (
    AnyRow,
    distinct_keys,
    key_bytes,
    micros,
    optional_key,
    optional_micros,
    to_json,
)
from monitor.store.engine import Database
from monitor.store.tables import item_keys, items, sources

# How exactly the store knows when a key was last in a document: finer would write every key of
# every changed document anew.
KEY_GRAIN = timedelta(days=1)
PAGE = 500

SELECT_ITEMS = select(
    items,
    sources.c.name.label("source_name"),
    sources.c.url.label("source_url"),
    sources.c.tags.label("source_tags"),
).join_from(items, sources, items.c.source_id == sources.c.id)

_KNOWN = Lookup(
    lambda keys: select(item_keys.c.key, item_keys.c.last_seen).where(
        item_keys.c.source_id == bindparam("source"), item_keys.c.key.in_(keys)
    )
)
_INSERT_ITEMS = Bulk(lambda insert: insert(items).on_conflict_do_nothing())
_INSERT_KEYS = Bulk(lambda insert: insert(item_keys).on_conflict_do_nothing())
_SEE_KEYS = Bulk(
    lambda _: (
        update(item_keys)
        .values(last_seen=bindparam("seen"))
        .where(item_keys.c.source_id == bindparam("source"), item_keys.c.key == bindparam("known"))
    )
)


def note_keys(
    connection: Connection, source: SourceId, keys: Iterable[str], *, now: datetime
) -> set[str]:
    """Make keys known to a source, as seen now; return those that were known before."""
    wanted = {key_bytes(key): key for key in keys}
    known: dict[bytes, int] = dict(_KNOWN(connection, list(wanted), source=source))
    seen, stale = micros(now), micros(now - KEY_GRAIN)
    _INSERT_KEYS(
        connection,
        [
            {"source_id": source, "key": key, "last_seen": seen}
            for key in wanted
            if key not in known
        ],
    )
    _SEE_KEYS(
        connection,
        [
            {"source": source, "known": key, "seen": seen}
            for key, last_seen in known.items()
            if last_seen <= stale
        ],
    )
    return {wanted[key] for key in known}


def unknown_keys(database: Database, source: SourceId, keys: Sequence[str]) -> frozenset[str]:
    """Return those keys that the source has never shown."""
    with database.read() as connection:
        found = _KNOWN(connection, distinct_keys(keys), source=source)
        return frozenset(keys).difference(key.hex() for key, _ in found)


def insert_items(
    connection: Connection, new: Iterable[tuple[SourceId, Item, StoryId | None]]
) -> None:
    """Write items with the story each joined."""
    _INSERT_ITEMS(connection, [_item_row(*each) for each in new])


def read_items(database: Database, *, since: datetime | None, limit: int | None) -> Iterator[Item]:
    """Yield items, the newest first, reading a page at a time.

    No transaction stays open between pages: a slow caller must not keep the log from being cut.
    """
    wanted = SELECT_ITEMS.order_by(items.c.first_seen.desc(), items.c.id.desc())
    if since is not None:
        wanted = wanted.where(items.c.first_seen >= since)
    page = wanted
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        with database.read() as connection:
            rows = connection.execute(page.limit(size)).all()
        yield from map(to_item, rows)
        if len(rows) < size:
            return
        left = None if left is None else left - size
        page = wanted.where(_after(rows[-1]))


def _after(last: AnyRow) -> Any:
    return and_(
        items.c.first_seen <= last.first_seen,
        or_(items.c.first_seen < last.first_seen, items.c.id < last.id),
    )


def to_item(row: AnyRow) -> Item:
    """Turn a row of SELECT_ITEMS into the item it was."""
    return Item(
        id=ItemId(row.id),
        keys=row.keys,
        source=SourceRef(name=row.source_name, url=row.source_url, tags=frozenset(row.source_tags)),
        entry=Entry(
            guid=row.guid,
            title=row.title,
            summary=row.summary,
            content=row.content,
            link=row.link,
            author=row.author,
            tags=tuple(row.tags),
            published=row.published,
            updated=row.updated,
            language=row.entry_language,
        ),
        first_seen=row.first_seen,
        language=row.language,
        link_key=row.link_key,
        title_key=row.title_key,
    )


def _item_row(source: SourceId, item: Item, story: StoryId | None) -> dict[str, Any]:
    entry = item.entry
    return {
        "id": item.id,
        "source_id": source,
        "keys": b"".join(map(key_bytes, item.keys)),
        "story": story,
        "first_seen": micros(item.first_seen),
        "language": item.language,
        "link_key": optional_key(item.link_key),
        "title_key": optional_key(item.title_key),
        "guid": entry.guid,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "link": entry.link,
        "author": entry.author,
        "tags": to_json(entry.tags) if entry.tags else "[]",
        "published": optional_micros(entry.published),
        "updated": optional_micros(entry.updated),
        "entry_language": entry.language,
    }
