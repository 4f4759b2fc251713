"""Versions: what items said before they were edited. The newest text is the item's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from monitor.model import Change, Edit, ItemId
from monitor.store.columns import AnyRow, to_json
from monitor.store.tables import items, versions

# A live page may change with every poll; what it said first tells more than what it said last.
MOST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an item said until it was edited `at` that time, and what a reader noticed."""

    number: int  # from 1 on
    at: datetime
    title: str
    summary: str
    content: str
    changed: tuple[Change, ...]


def edit_items(connection: Connection, edits: Iterable[tuple[datetime, Edit]]) -> None:
    """Give items their new text and keep the old one, as long as there is room for versions.

    The identity of an item, its date and its story stay. An item that was removed has no text. One
    that matches only now is told of under its new title, by which copies of it find its story.
    """
    for at, edit in edits:
        entry, mine = edit.entry, items.c.id == edit.item
        before = connection.execute(
            select(items.c.title, items.c.summary, items.c.content).where(mine)
        ).first()
        if before is None or before == (entry.title, entry.summary, entry.content):
            continue
        _keep(connection, at, edit, before)
        keyed = {"title_key": edit.turned.item.title_key} if edit.turned else {}
        connection.execute(
            update(items)
            .where(mine)
            .values(
                title=entry.title,
                summary=entry.summary,
                content=entry.content,
                link=entry.link,
                author=entry.author,
                tags=to_json(entry.tags),
                updated=entry.updated,
                **keyed,
            )
        )


def read_versions(connection: Connection, item: ItemId) -> tuple[Version, ...]:
    """Return the earlier versions of an item, the oldest first."""
    mine = select(versions).where(versions.c.item == item).order_by(versions.c.number)
    return tuple(
        Version(
            number=row.number,
            at=row.at,
            title=row.title,
            summary=row.summary,
            content=row.content,
            changed=tuple(row.changed),
        )
        for row in connection.execute(mine)
    )


def _keep(connection: Connection, at: datetime, edit: Edit, before: AnyRow) -> None:
    kept = select(func.count()).where(versions.c.item == edit.item)
    number = (connection.scalar(kept) or 0) + 1
    if number <= MOST:
        connection.execute(
            insert(versions).values(
                item=edit.item,
                number=number,
                at=at,
                changed=to_json(edit.changed),
                **before._asdict(),
            )
        )
