"""Taking a row for sending: the next in turn, or one that tries whether a parked destination lives.

The destination's own row is the fence: at most one claim stands there at a time, and none before
the receiver's rate lets another message leave.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, exists, or_, select, update

from monitor.model import Delivery, DeliveryState
from monitor.store.bundles import gather, tell_together
from monitor.store.columns import AnyRow
from monitor.store.deliveries import SELECT_DELIVERIES, to_delivery
from monitor.store.engine import Database
from monitor.store.standing import change, free, lock, to_standing
from monitor.store.tables import alerts, deliveries, destinations, stories

if TYPE_CHECKING:
    from monitor.notify import Rate

_HERE = deliveries.c.notifier == destinations.c.name
_PARKED = deliveries.c.state == DeliveryState.PARKED


def due_destinations(database: Database, now: datetime) -> list[str]:
    """Return the notifiers with something to send and nothing that holds them back."""
    due = exists().where(_HERE, deliveries.c.due_at <= now)
    parked = exists().where(_HERE, _PARKED)
    open_to_all = destinations.c.parked_reason.is_(None) & due
    may_be_probed = (destinations.c.probe_at <= now) & or_(parked, due)
    with database.read() as connection:
        return list(
            connection.scalars(
                select(destinations.c.name)
                .where(*free(now), or_(open_to_all, may_be_probed))
                .order_by(destinations.c.name)
            )
        )


def free_at(database: Database, notifier: str, now: datetime) -> datetime | None:
    """Return when a pause or the rate ends that alone keeps due rows from being sent."""
    due = exists().where(_HERE, deliveries.c.due_at <= now)
    with database.read() as connection:
        row = connection.execute(
            select(destinations.c.paused_until, destinations.c.ready_at).where(
                destinations.c.name == notifier, destinations.c.parked_reason.is_(None), due
            )
        ).first()
    ends = [each for each in row or () if each and each > now]
    return max(ends, default=None)


def claim(
    database: Database,
    notifier: str,
    *,
    now: datetime,
    lease: timedelta,
    rate: "Rate | None" = None,
    bundles: bool = False,
) -> Delivery | None:
    """Take the next due row for sending until `now + lease`; None where nothing may be sent.

    `rate` is what the receiver takes. With `bundles` many waiting alerts are taken as one, whose
    message tells them all.
    """
    with database.write() as connection:
        destination = lock(connection, notifier, *free(now))
        first = _next(connection, destination, now) if destination else None
        if destination is None or first is None:
            return None
        rows = gather(connection, first, now) if bundles or first.bundle else [first]
        bundle = first.id if len(rows) > 1 else first.bundle
        for row in rows:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == row.id)
                .values(_taken(row) | {"due_at": now + lease, "bundle": bundle})
            )
        change(
            connection,
            notifier,
            busy_until=now + lease,
            busy_with=first.id,
            ready_at=_ready_at(rate, destination, now),
        )
        claimed = to_delivery(first)
        return replace(
            claimed,
            **_taken(first),
            next_attempt=None,
            bundle=bundle,
            message=tell_together(rows) if bundle else claimed.message,
            parent="" if bundle else _parent(connection, first),
            standing=to_standing(destination),
        )


def _ready_at(rate: "Rate | None", destination: AnyRow, now: datetime) -> datetime | None:
    if rate is None:
        return None
    return rate.after(destination.ready_at, now, limited_at=destination.paused_until)


def _taken(row: AnyRow) -> dict[str, Any]:
    return {
        "state": DeliveryState.SENDING,
        "attempts": row.attempts + 1,
        "claims": row.claims + 1,
        # Whoever was sending it is gone, and may have got through.
        "maybe_duplicate": row.maybe_duplicate + (row.state == DeliveryState.SENDING),
    }


def _next(connection: Connection, destination: AnyRow, now: datetime) -> AnyRow | None:
    mine = SELECT_DELIVERIES.where(deliveries.c.notifier == destination.name)
    due = mine.where(deliveries.c.due_at <= now).limit(1)
    if not destination.parked_reason:
        return connection.execute(due.order_by(deliveries.c.urgency, deliveries.c.id)).first()
    if destination.probe_at is None or destination.probe_at > now:
        return None
    # Whoever probed before may have died with it.
    found = [
        connection.execute(rows.order_by(deliveries.c.id)).first()
        for rows in (due, mine.where(_PARKED).limit(1))
    ]
    return min((row for row in found if row), key=lambda row: row.id, default=None)


def _parent(connection: Connection, row: AnyRow) -> str:
    """Return how the receiver calls the message that told of the story first, alone."""
    if row.sequence is None or row.sequence <= 1:
        return ""
    merged = select(stories.c.id).where(stories.c.merged_into == row.story)
    told = (
        select(deliveries.c.ref)
        .join(alerts, deliveries.c.alert == alerts.c.id)
        .where(or_(alerts.c.story == row.story, alerts.c.story.in_(merged)))
        .where(alerts.c.watchlist == row.watchlist)
        .where(deliveries.c.notifier == row.notifier, deliveries.c.ref != "")
        .where(deliveries.c.state == DeliveryState.DELIVERED)
        .where(or_(deliveries.c.bundle.is_(None), deliveries.c.bundle == 0))
        .order_by(alerts.c.created, deliveries.c.id)
        .limit(1)
    )
    return connection.scalar(told) or ""
