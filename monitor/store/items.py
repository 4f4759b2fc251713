"""Items and their keys: what a source is known to have published, and what was kept of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from monitor.feeds.redaction import redact_url
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
KEY_GRAIN_MICROS = KEY_GRAIN // timedelta(microseconds=1)
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
_INSERT_ITEMS = Bulk(lambda insert: insert(items).on_conflict_do_nothing(), names=items.c.keys())
_INSERT_KEYS = Bulk(
    lambda insert: insert(item_keys).on_conflict_do_nothing(), names=item_keys.c.keys()
)
_SEE_KEYS = Bulk(
    lambda _: (
        update(item_keys)
        .values(last_seen=bindparam("seen"))
        .where(item_keys.c.source_id == bindparam("source"), item_keys.c.key == bindparam("known"))
    ),
    names=("source", "known", "seen"),
)


def note_keys(
    connection: Connection, keys: Mapping[SourceId, Mapping[str, int]]
) -> dict[SourceId, set[str]]:
    """Make keys known to their sources; return those that were known before.

    `keys` maps each key to when it was seen, in microseconds since 1970.
    """
    before: dict[SourceId, set[str]] = {}
    unknown: list[tuple[SourceId, bytes, int]] = []
    stale: list[tuple[SourceId, bytes, int]] = []
    for source, seen in keys.items():
        raw = {key: key_bytes(key) for key in seen}
        found = _KNOWN(connection, list(raw.values()), source=source)
        known = {key.hex(): last_seen for key, last_seen in found}
        before[source] = set(known)
        unknown += [(source, raw[key], at) for key, at in seen.items() if key not in known]
        stale += [
            (source, raw[key], seen[key])
            for key, last_seen in known.items()
            if last_seen <= seen[key] - KEY_GRAIN_MICROS
        ]
    _INSERT_KEYS(connection, unknown)
    _SEE_KEYS(connection, stale)
    return before


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
        source=SourceRef(
            name=row.source_name,
            url=redact_url(row.source_url),
            tags=frozenset(row.source_tags),
        ),
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


def _item_row(source: SourceId, item: Item, story: StoryId | None) -> tuple[Any, ...]:
    entry = item.entry
    return (  # in the order of the table's columns
        item.id,
        source,
        bytes.fromhex("".join(item.keys)),
        story,
        micros(item.first_seen),
        item.language,
        optional_key(item.link_key),
        optional_key(item.title_key),
        entry.guid,
        entry.title,
        entry.summary,
        entry.content,
        entry.link,
        entry.author,
        to_json(entry.tags) if entry.tags else "[]",
        optional_micros(entry.published),
        optional_micros(entry.updated),
        entry.language,
    )
