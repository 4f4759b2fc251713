"""Items: what was kept of what sources published."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from monitor.feeds.redaction import redact_url
from monitor.model import Copy, Entry, Item, ItemId, SourceId, SourceRef, StoryId
from monitor.store.bulk import Bulk, portions
from monitor.store.columns import (
    AnyRow,
    micros,
    optional_key,
    optional_micros,
    to_json,
)
from monitor.store.engine import Database
from monitor.store.tables import copies, items, sources

PAGE = 500

SELECT_ITEMS = select(
    items,
    sources.c.name.label("source_name"),
    sources.c.url.label("source_url"),
    sources.c.tags.label("source_tags"),
).join_from(items, sources, items.c.source_id == sources.c.id)

_INSERT_COPIES = Bulk(lambda insert: insert(copies).on_conflict_do_nothing())
_INSERT_ITEMS = Bulk(lambda insert: insert(items).on_conflict_do_nothing(), names=items.c.keys())


def insert_items(
    connection: Connection, new: Iterable[tuple[SourceId, Item, StoryId | None]]
) -> None:
    """Write items with the story each joined."""
    _INSERT_ITEMS(connection, [_item_row(*each) for each in new])


def insert_copies(connection: Connection, found: Iterable[tuple[ItemId, Copy]]) -> None:
    """Write which items say what another said."""
    rows = [{"item": item, "of": copy.of, "kind": copy.kind} for item, copy in found]
    _INSERT_COPIES(connection, rows)


def items_by_id(database: Database, ids: Iterable[ItemId]) -> dict[ItemId, Item]:
    """Return those of the items that are stored still."""
    with database.read() as connection:
        return {
            ItemId(row.id): to_item(row)
            for portion in portions(sorted(ids))
            for row in connection.execute(SELECT_ITEMS.where(items.c.id.in_(portion)))
        }


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
