"""How things stand, in numbers: what is stored, what waits, which sources fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from monitor.model import DeliveryState, ErrorKind
from monitor.store.engine import Database
from monitor.store.tables import (
    alerts,
    deliveries,
    items,
    sources,
)

LATELY = timedelta(days=1)

_CONFIGURED = sources.c.inactive_since.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingSource:
    """A source whose last poll failed; `since` is the first failure of the row."""

    name: str
    url: str
    kind: ErrorKind | None
    message: str
    failures: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How things stand. Only configured sources count; `waiting` rows are yet to be delivered."""

    sources_ok: int
    sources_failing: int
    sources_never_polled: int
    items: int
    alerts: int
    deliveries: Mapping[DeliveryState, int]
    died: int  # of the deliveries that are dead, those that died in the last day
    oldest_pending: timedelta | None  # age of the oldest row yet to be delivered
    next_due: datetime | None


def count(database: Database, now: datetime) -> Counts:
    """Count sources, items, alerts and deliveries."""
    failing, polled = sources.c.failures > 0, sources.c.last_polled_at.is_not(None)
    standing = case((~polled, "never_polled"), (failing, "failing"), else_="ok").label("standing")
    with database.read() as connection:
        by_state = _tally(
            connection, select(standing, func.count()).where(_CONFIGURED).group_by("standing")
        )
        by_delivery = _tally(
            connection, select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        )
        # A summary that still gathers waits on purpose; see notices.py.
        begun = or_(deliveries.c.due_at <= now, deliveries.c.claims > 0)
        age_from = func.coalesce(deliveries.c.replayed, deliveries.c.created)
        oldest = connection.scalar(
            select(func.min(age_from)).where(deliveries.c.due_at.is_not(None), begun)
        )
        died = select(func.count()).where(
            deliveries.c.state == DeliveryState.DEAD, deliveries.c.ended > now - LATELY
        )
        return Counts(
            sources_ok=by_state.get("ok", 0),
            sources_failing=by_state.get("failing", 0),
            sources_never_polled=by_state.get("never_polled", 0),
            items=connection.scalar(select(func.count()).select_from(items)) or 0,
            alerts=connection.scalar(select(func.count()).select_from(alerts)) or 0,
            deliveries={each: by_delivery.get(each, 0) for each in DeliveryState},
            died=connection.scalar(died) or 0,
            oldest_pending=now - oldest if oldest else None,
            next_due=connection.scalar(select(func.min(sources.c.next_poll_at)).where(_CONFIGURED)),
        )


def failing_sources(database: Database, limit: int) -> list[FailingSource]:
    """Return configured sources that fail, the longest failing first."""
    wanted = (
        select(sources)
        .where(_CONFIGURED, sources.c.failures > 0)
        .order_by(sources.c.failing_since, sources.c.id)
        .limit(limit)
    )
    with database.read() as connection:
        return [
            FailingSource(
                name=row.name,
                url=row.url,
                kind=ErrorKind(row.error_kind) if row.error_kind else None,
                message=row.error,
                failures=row.failures,
                since=row.failing_since,
            )
            for row in connection.execute(wanted)
        ]


def _tally(connection: Connection, counted: Select[Any]) -> dict[str, int]:
    return dict(connection.execute(counted).all())
