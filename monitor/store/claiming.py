"""Taking a row for sending: the next in turn, or one that tries whether a parked destination lives.

The destination's own row is the fence: at most one claim stands there at a time, and none before
the receiver's rate lets another message leave.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from monitor.model import Delivery, DeliveryState
from monitor.store.bulk import Prepared
from monitor.store.bundles import gather, tell_together
from monitor.store.columns import AnyRow
from monitor.store.deliveries import SELECT_DELIVERIES, to_delivery
from monitor.store.engine import Database
from monitor.store.standing import FREE, change, lock_free, to_standing
from monitor.store.tables import alerts, deliveries, destinations, stories

if TYPE_CHECKING:
    from monitor.notify import Kind, Rate

_HERE = deliveries.c.notifier == destinations.c.name
_ENDS = (destinations.c.paused_until, destinations.c.ready_at)
_PARKED = deliveries.c.state == DeliveryState.PARKED
_IS_DUE = deliveries.c.due_at <= bindparam("now")
_SOME_DUE = exists().where(_HERE, _IS_DUE)

# Built once, for what each delivery asks: to build a statement costs as much as to run it.
_MAY_BE_PROBED = (destinations.c.probe_at <= bindparam("now")) & or_(
    exists().where(_HERE, _PARKED), _SOME_DUE
)
_DUE_DESTINATIONS = (
    select(destinations.c.name)
    .where(*FREE, or_(destinations.c.parked_reason.is_(None) & _SOME_DUE, _MAY_BE_PROBED))
    .order_by(destinations.c.name)
)
_FREE_AT = Prepared(
    select(*_ENDS).where(
        destinations.c.name == bindparam("notifier"),
        destinations.c.parked_reason.is_(None),
        exists().where(_HERE, or_(_IS_DUE, *[deliveries.c.due_at <= each for each in _ENDS])),
    )
)
_OF_ONE = SELECT_DELIVERIES.where(deliveries.c.notifier == bindparam("notifier")).limit(1)
_NEXT = Prepared(_OF_ONE.where(_IS_DUE).order_by(deliveries.c.urgency, deliveries.c.id))
_OLDEST_DUE = Prepared(_OF_ONE.where(_IS_DUE).order_by(deliveries.c.id))
_OLDEST_PARKED = Prepared(_OF_ONE.where(_PARKED).order_by(deliveries.c.id))
_TAKE = Prepared(update(deliveries).where(deliveries.c.id == bindparam("row")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """How whoever commits takes what it made for sending itself, in the same transaction."""

    kinds: Mapping[str, "Kind"]  # by notifier
    lease: timedelta


def due_destinations(database: Database, now: datetime) -> list[str]:
    """Return the notifiers with something to send and nothing that holds them back."""
    with database.read() as connection:
        return list(connection.scalars(_DUE_DESTINATIONS, {"now": now}))


def free_at(database: Database, notifier: str, now: datetime) -> datetime | None:
    """Return when a pause or the rate ends that holds back what is due by then."""
    with database.read() as connection:
        row = _FREE_AT.first(connection, notifier=notifier, now=now)
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
        return _claim(connection, notifier, now=now, lease=lease, rate=rate, bundles=bundles)


def claim_each(
    connection: Connection, notifiers: Iterable[str], claiming: Claiming, now: datetime
) -> dict[str, Delivery]:
    """Take the next due row of each notifier as `claim` does, where something may be sent."""
    named = [(name, claiming.kinds.get(name)) for name in sorted(notifiers)]
    claimed = (
        _claim(
            connection,
            name,
            now=now,
            lease=claiming.lease,
            rate=kind.rate,
            bundles=kind.bundles,
        )
        for name, kind in named
        if kind
    )
    return {each.notifier: each for each in claimed if each}


def _claim(
    connection: Connection,
    notifier: str,
    *,
    now: datetime,
    lease: timedelta,
    rate: "Rate | None",
    bundles: bool,
) -> Delivery | None:
    destination = lock_free(connection, notifier, now)
    first = _next(connection, destination, now) if destination else None
    if destination is None or first is None:
        return None
    rows = gather(connection, first, now) if bundles or first.bundle else [first]
    bundle = first.id if len(rows) > 1 else first.bundle
    for row in rows:
        taken = {"due_at": now + lease, "bundle": bundle, **_taken(row)}
        _TAKE(connection, row=row.id, **taken)
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
    asked = {"notifier": destination.name, "now": now}
    if not destination.parked_reason:
        return _NEXT.first(connection, **asked)
    if destination.probe_at is None or destination.probe_at > now:
        return None
    # Whoever probed before may have died with it.
    found = [
        _OLDEST_DUE.first(connection, **asked),
        _OLDEST_PARKED.first(connection, **asked),
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
