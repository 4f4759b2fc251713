"""Many waiting alerts told in one message, where a destination takes fewer than there are.

Who belongs to a bundle is kept, so that a repeat says the same under the same webhook id: that of
the first. What may have arrived by itself is not told again in a bundle: a receiver that knows the
id would drop the others with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.alerts.digests import MOST, digests
from monitor.model import Delivery, DeliveryState, Message
from monitor.store.alerts import to_message
from monitor.store.columns import AnyRow
from monitor.store.deliveries import SELECT_DELIVERIES
from monitor.store.standing import WAITING
from monitor.store.tables import alerts, deliveries

LEAST = 11  # so many wait before they are put together
CRITICAL = 0  # the urgency of what always goes alone
_OPEN = (*WAITING, DeliveryState.SENDING, DeliveryState.PARKED)


def gather(connection: Connection, first: AnyRow, now: datetime) -> Sequence[AnyRow]:
    """Return the rows that are told together with the first, it among them; alone where none is."""
    if first.bundle:
        return connection.execute(
            SELECT_DELIVERIES.where(deliveries.c.bundle == first.bundle)
            .where(deliveries.c.state.in_(_OPEN))
            .order_by(deliveries.c.urgency, deliveries.c.id)
        ).all()
    if not _may_be_bundled(first):
        return [first]
    rows = connection.execute(
        SELECT_DELIVERIES.where(deliveries.c.notifier == first.notifier)
        .where(deliveries.c.due_at <= now, deliveries.c.state.in_(WAITING))
        .where(deliveries.c.urgency > CRITICAL, deliveries.c.bundle.is_(None))
        .where(deliveries.c.maybe_duplicate == 0, deliveries.c.left == "")
        .where(deliveries.c.replayed.is_(None))
        .where(alerts.c.id.is_not(None))
        .order_by(deliveries.c.urgency, deliveries.c.id)
        .limit(MOST)
    ).all()
    return _fitting(rows) if len(rows) >= LEAST else [first]


def tell_together(rows: Sequence[AnyRow]) -> Message:
    """Return the message of a bundle, the same whenever it is made of the same rows."""
    return replace(_messages(rows)[0], waits_from=max(row.created for row in rows))


def members(connection: Connection, delivery: Delivery, *, held: bool) -> list[int]:
    """Return the ids of the rows that a delivery tells: those being sent, or all not ended yet."""
    if not delivery.bundle:
        return [delivery.id]
    states = (DeliveryState.SENDING,) if held else _OPEN
    return list(
        connection.scalars(
            select(deliveries.c.id)
            .where(deliveries.c.bundle == delivery.bundle, deliveries.c.state.in_(states))
            .order_by(deliveries.c.id)
        )
    )


def _may_be_bundled(row: AnyRow) -> bool:
    return (
        row.bundle is None
        and row.urgency > CRITICAL
        and row.sequence is not None
        and row.state in WAITING
        and not row.maybe_duplicate
        and not row.left
        and row.replayed is None
    )


def _fitting(rows: Sequence[AnyRow]) -> Sequence[AnyRow]:
    while len(made := _messages(rows)) > 1:
        rows = rows[: min(len(rows) - 1, len(made[0].data["alerts"]))]
    return rows


def _messages(rows: Sequence[AnyRow]) -> list[Message]:
    told = [to_message(row.message) for row in rows]
    return digests(
        told,
        occasion="many at once",
        identity=rows[0].webhook_id,
        now=max(each.timestamp for each in told),
    )
