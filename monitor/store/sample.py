"""A look at what a store holds, for whoever must not change or create it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, func, make_url, select
from sqlalchemy.exc import ArgumentError

from monitor.errors import StoreError
from monitor.model import Item
from monitor.store.engine import Database, open_database
from monitor.store.items import SELECT_ITEMS, to_item
from monitor.store.schema import is_ready
from monitor.store.tables import items, rulings

_PATIENCE_SECONDS = 3  # for a server; whoever only looks need not wait longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some of the items first seen since a time, taken by their ids and so at random."""

    items: tuple[Item, ...]
    stored: int  # since that time, taken or not
    oldest: datetime | None  # of all that is stored
    ruled: frozenset[str]  # watchlists of which an item since then has a ruling


def sample(url: str, *, since: datetime, most: int) -> Sample | None:
    """Return a look at a store; None where there is none of this release, or none can be read."""
    try:
        with _looking(url) as database:
            return _sample(database, since, most) if database else None
    except StoreError:
        return None


@contextmanager
def _looking(url: str) -> Iterator[Database | None]:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        yield None
        return
    if address.get_backend_name() == "sqlite":
        if not address.database or not Path(address.database).is_file():
            yield None
            return
    elif "connect_timeout" not in address.query:
        address = address.update_query_dict({"connect_timeout": str(_PATIENCE_SECONDS)})
    database = open_database(address.render_as_string(hide_password=False))
    try:
        yield database if is_ready(database) else None
    finally:
        database.close()


def _sample(database: Database, since: datetime, most: int) -> Sample:
    recent = items.c.first_seen >= since
    # Ids are digests: their order has nothing to do with what the items say.
    taken = SELECT_ITEMS.where(recent).order_by(items.c.id).limit(most)
    with database.read() as connection:
        return Sample(
            items=tuple(map(to_item, connection.execute(taken))),
            stored=connection.scalar(select(func.count()).select_from(items).where(recent)) or 0,
            oldest=connection.scalar(select(func.min(items.c.first_seen))),
            ruled=frozenset(connection.scalars(_ruled(since))),
        )


def _ruled(since: datetime) -> Select[tuple[str]]:
    return (
        select(rulings.c.watchlist)
        .join(items, rulings.c.item == items.c.id)
        .where(items.c.first_seen >= since)
        .distinct()
    )
