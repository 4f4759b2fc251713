"""Stored items again, the oldest first, and alerts on them by a watchlist that is new.

What a poll would have written is written here in one transaction as well: rulings, alerts and rows
of the outbox. An item that a watchlist has ruled on is left alone, so a repeat sends nothing twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Select, and_, func, or_, select, text

from monitor.model import (
    Alert,
    AlertId,
    Case,
    Decision,
    Item,
    ItemId,
    Message,
    Ruling,
    Sighting,
    Story,
    StoryId,
)
from monitor.store.alerts import insert_alerts, insert_rulings
from monitor.store.bulk import portions
from monitor.store.cases import cases_of, save_cases
from monitor.store.columns import EPOCH, AnyRow, moment
from monitor.store.engine import Database
from monitor.store.items import SELECT_ITEMS, to_item
from monitor.store.lock import ADVISORY_STORIES
from monitor.store.outbox import enqueue
from monitor.store.stories import to_story
from monitor.store.tables import items, rulings, sources, stories

PAGE = 1000

_SELECT: Select[Any] = SELECT_ITEMS.add_columns(
    sources.c.first_success_at.label("succeeded"), sources.c.first_polls
)


class Past(NamedTuple):
    """A stored item; `first_poll`: it was there when its source was first polled, or was again."""

    item: Item
    first_poll: bool


class Write(NamedTuple):
    """What alerts are written with: their ids at a notifier, and what they say."""

    webhook_id: Callable[[AlertId, str], str]
    message: Callable[[Alert], Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was decided of stored items; `destinations` are notifiers with something to send."""

    rulings: Sequence[Ruling] = ()
    alerts: Sequence[Alert] = ()
    destinations: frozenset[str] = frozenset()


Rule: TypeAlias = Callable[
    [Sequence[Sighting], Mapping[ItemId, Story], Mapping[tuple[StoryId, str], Case]], Decision
]


def read_history(database: Database, *, since: datetime) -> Iterator[Past]:
    """Yield the items first seen since then, the oldest first, reading a page at a time.

    No transaction stays open between pages: a slow caller must not keep the log from being cut.
    """
    wanted = _SELECT.where(items.c.first_seen >= since).order_by(items.c.first_seen, items.c.id)
    page = wanted
    while True:
        with database.read() as connection:
            rows = connection.execute(page.limit(PAGE)).all()
        for row in rows:
            yield Past(to_item(row), _was_there(row))
        if len(rows) < PAGE:
            return
        page = wanted.where(_behind(rows[-1]))


def _was_there(row: AnyRow) -> bool:
    """Tell whether an item came with a poll that was the first, whichever time."""
    earlier = list(map(moment, row.first_polls or ()))
    began, succeeded = [EPOCH, *earlier[1::2]], [*earlier[::2], row.succeeded]
    return any(
        start < row.first_seen <= end
        for start, end in zip(began, succeeded, strict=True)
        if end is not None
    )


def count_history(database: Database, *, since: datetime) -> int:
    """Count the items first seen since then."""
    wanted = select(func.count()).where(items.c.first_seen >= since)
    with database.read() as connection:
        return connection.scalar(wanted) or 0


def rule_history(
    database: Database, found: Sequence[Sighting], rule: Rule, write: Write | None
) -> Ruled:
    """Rule on stored items; write what comes of it, all or nothing, or only tell it."""
    if write is None:
        with database.read() as connection:
            planned = _judge(connection, found, rule)
        return Ruled(rulings=planned.rulings, alerts=planned.alerts)
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            # A worker that decides at this moment would not see these alerts.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_STORIES})"))
        made = _judge(connection, found, rule)
        insert_rulings(connection, made.rulings)
        insert_alerts(connection, made.alerts, write.message)
        save_cases(connection, made.cases)
        destinations = enqueue(connection, made.alerts, write.webhook_id)
    return Ruled(rulings=made.rulings, alerts=made.alerts, destinations=destinations)


def _judge(connection: Connection, found: Sequence[Sighting], rule: Rule) -> Decision:
    known = _stories(connection, [sighting.item.id for sighting in found])
    left = [
        sighting
        for sighting in _not_ruled(connection, found)
        if sighting.matches and sighting.item.id in known
    ]
    told = cases_of(connection, {known[sighting.item.id].id for sighting in left})
    return rule(left, known, told)


def _not_ruled(connection: Connection, found: Iterable[Sighting]) -> list[Sighting]:
    """Return sightings without the matches on watchlists that have ruled on them."""
    given = list(found)
    ruled = {
        (row.item, row.watchlist)
        for portion in portions([sighting.item.id for sighting in given])
        for row in connection.execute(
            select(rulings.c.item, rulings.c.watchlist).where(rulings.c.item.in_(portion))
        )
    }
    return [
        Sighting(
            item=sighting.item,
            matches=tuple(
                match
                for match in sighting.matches
                if (sighting.item.id, match.watchlist) not in ruled
            ),
        )
        for sighting in given
    ]


def _stories(connection: Connection, wanted: Sequence[ItemId]) -> dict[ItemId, Story]:
    """Return the story that each item is in, where both are stored still."""
    part = stories.alias()  # what it joined, which may have merged into another since
    return {
        ItemId(row.item): to_story(row)
        for portion in portions(wanted)
        for row in connection.execute(
            select(items.c.id.label("item"), stories)
            .join_from(items, part, items.c.story == part.c.id)
            .join(stories, stories.c.id == func.coalesce(part.c.merged_into, part.c.id))
            .where(items.c.id.in_(portion))
        )
    }


def _behind(last: AnyRow) -> Any:
    return and_(
        items.c.first_seen >= last.first_seen,
        or_(items.c.first_seen > last.first_seen, items.c.id > last.id),
    )
