"""Rows of the outbox as the deliveries they are, each with the message it carries."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select

from monitor.model import AlertId, Delivery, DeliveryState
from monitor.store.alerts import to_message
from monitor.store.bulk import portions
from monitor.store.columns import AnyRow
from monitor.store.engine import Database
from monitor.store.tables import alert_digests, alerts, deliveries, notices

# What a notice says is its own message, unless it speaks for others too.
_MESSAGE = func.coalesce(
    alerts.c.message, alert_digests.c.message, notices.c.summary, notices.c.message
).label("message")

# The age of a summary counts from the last that it sums up.
_SUMS_UP = notices.c.summary.is_not(None).label("sums_up")

# Of an alert: which one it is of which case.
_CASE = (alerts.c.story, alerts.c.watchlist, alerts.c.sequence)

SELECT_DELIVERIES = (
    select(deliveries, *_CASE, _MESSAGE, _SUMS_UP)
    .outerjoin_from(deliveries, alerts, deliveries.c.alert == alerts.c.id)
    .outerjoin(alert_digests, deliveries.c.alert == alert_digests.c.id)
    .outerjoin(notices, deliveries.c.alert == notices.c.id)
)


def read_deliveries(
    database: Database, *, limit: int | None, state: DeliveryState | None, notifier: str | None
) -> list[Delivery]:
    """Return rows of the outbox, the newest first."""
    wanted = SELECT_DELIVERIES.order_by(deliveries.c.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(deliveries.c.state == state)
    if notifier is not None:
        wanted = wanted.where(deliveries.c.notifier == notifier)
    with database.read() as connection:
        return [to_delivery(row) for row in connection.execute(wanted)]


def deliveries_by_id(database: Database, ids: Iterable[int]) -> list[Delivery]:
    """Return those of the rows that there are, in the order of their ids."""
    found: list[Delivery] = []
    with database.read() as connection:
        for portion in portions(sorted(set(ids))):
            wanted = SELECT_DELIVERIES.where(deliveries.c.id.in_(portion))
            rows = connection.execute(wanted.order_by(deliveries.c.id))
            found += [to_delivery(row) for row in rows]
    return found


def to_delivery(row: AnyRow) -> Delivery:
    """Turn a row of SELECT_DELIVERIES into the delivery it is."""
    message = to_message(row.message)
    waits_from = max(row.created, message.timestamp) if row.sums_up else row.created
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        notifier=row.notifier,
        alert=AlertId(row.alert),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        reason=row.reason,
        next_attempt=row.due_at if row.state == DeliveryState.RETRYING else None,
        created=row.created,
        message=replace(message, waits_from=waits_from),
        claims=row.claims,
        ref=row.ref,
        left=row.left,
        maybe_duplicate=row.maybe_duplicate,
        replayed=row.replayed,
        bundle=row.bundle,
    )
