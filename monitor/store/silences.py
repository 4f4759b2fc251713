"""Silences as rows: what nobody wants to hear of, until when, and what they kept silent."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, union, update

from monitor.alerts.silences import mark
from monitor.model import ItemOutcome, Silence, StoryId
from monitor.store.bulk import Prepared
from monitor.store.columns import AnyRow
from monitor.store.engine import Database
from monitor.store.tables import alerts, rulings, silences, stories

_FEW = 2  # tell that a name is not clear
_NAMES = tuple(each.name for each in fields(Silence))

# A story that has merged into another is muted as that.
_MERGED = select(stories.c.merged_into).where(stories.c.id == silences.c.story)
_STORY = func.coalesce(_MERGED.scalar_subquery(), silences.c.story).label("story")
# Built once: every poll that brings something asks.
_EVERY = select(*[each for each in silences.c if each.name != "story"], _STORY).order_by(
    silences.c.id
)
_LASTING = Prepared(_EVERY.where(silences.c.until > bindparam("since")))


def add_silence(database: Database, wanted: Silence) -> Silence:
    """Write a silence; return it with the number it got."""
    values = {name: getattr(wanted, name) for name in _NAMES if name != "id"}
    with database.write() as connection:
        row = connection.execute(insert(silences).values(values).returning(silences)).one()
        return _to_silence(row)


def end_silence(database: Database, number: int, now: datetime) -> Silence | None:
    """End a silence now; return it as it is then, None where none that lasts has this number."""
    with database.write() as connection:
        row = connection.execute(
            update(silences)
            .where(silences.c.id == number, silences.c.until > now)
            .values(until=now)
            .returning(silences)
        ).first()
        return _to_silence(row) if row else None


def read_silences(database: Database, since: datetime | None) -> list[Silence]:
    """Return silences that last beyond `since`, or all, the newest first."""
    with database.read() as connection:
        return lasting(connection, since)[::-1]


def lasting(connection: Connection, since: datetime | None) -> list[Silence]:
    """Return silences that last beyond `since`, or all, in the order they were made."""
    rows = connection.execute(_EVERY) if since is None else _LASTING(connection, since=since)
    return [_to_silence(row) for row in rows]


def stories_named(database: Database, wanted: str) -> list[StoryId]:
    """Return the stories whose id, or that of an alert of which, begins so."""
    end = f"{wanted}\U0010ffff"
    named = union(
        select(stories.c.id).where(stories.c.id.between(wanted, end)),
        select(alerts.c.story).where(alerts.c.id.between(wanted, end)),
    )
    with database.read() as connection:
        return [StoryId(each) for each in connection.scalars(named.limit(_FEW))]


def count_silenced(database: Database, number: int) -> int:
    """Return how many rulings a silence muted, as far as they are stored."""
    # The reason that a person reads is what names the silence; its words follow a blank.
    muted = (
        select(func.count())
        .select_from(rulings)
        .where(rulings.c.outcome == ItemOutcome.SILENCED)
        .where(rulings.c.reason.startswith(f"{mark(number)} ", autoescape=True))
    )
    with database.read() as connection:
        return connection.scalar(muted) or 0


def _to_silence(row: AnyRow) -> Silence:
    return Silence(**{name: getattr(row, name) for name in _NAMES})
