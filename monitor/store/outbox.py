"""The outbox: what is to be sent where, who is sending it just now, and how it ended.

Sending is at least once: a row is claimed under a lease, sent, and settled. Whoever dies between
leaves a row that is claimed again when its lease has passed; its webhook id stays the same. The
destination's own row is the fence: at most one claim stands there at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, or_, select, update

from monitor.model import (
    Alert,
    AlertId,
    Dead,
    Delivered,
    Delivery,
    DeliveryState,
    Fallback,
    Retry,
    Severity,
    Verdict,
)
from monitor.store.alerts import MAX_REASON
from monitor.store.bulk import Bulk
from monitor.store.columns import EPOCH, later, micros
from monitor.store.deliveries import SELECT_DELIVERIES, to_delivery
from monitor.store.engine import Database
from monitor.store.tables import deliveries, destinations

# The most urgent goes first; among equals the oldest.
_URGENCY = {severity: len(Severity) - 1 - severity.rank for severity in Severity}
_WAITING = (DeliveryState.PENDING, DeliveryState.RETRYING)
# What has no reason to wait is due at any time, also after the clock was set back.
AT_ONCE = EPOCH

_INSERT = Bulk(lambda insert: insert(deliveries))
_MEET = Bulk(lambda insert: insert(destinations).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """A notice that is to be delivered."""

    id: AlertId
    severity: Severity
    created: datetime
    notify: tuple[str, ...]  # notifiers, by name


def enqueue(
    connection: Connection,
    made: Sequence[Alert | ToTell],
    webhook_id: Callable[[AlertId, str], str],
    *,
    due: datetime = AT_ONCE,
) -> frozenset[str]:
    """Write a row for each alert or notice and notifier; return the notifiers not parked."""
    names = sorted({notifier for each in made for notifier in each.notify})
    if not names:
        return frozenset()
    _MEET(connection, [{"name": name, "busy_until": None} for name in names])
    parked = dict(
        connection.execute(
            select(destinations.c.name, destinations.c.parked_reason).where(
                destinations.c.name.in_(names), destinations.c.parked_reason.is_not(None)
            )
        ).all()
    )
    _INSERT(
        connection,
        [
            {
                "webhook_id": webhook_id(each.id, notifier),
                "notifier": notifier,
                "alert": each.id,
                "urgency": _URGENCY[each.severity],
                "state": DeliveryState.PARKED if notifier in parked else DeliveryState.PENDING,
                "attempts": 0,
                "claims": 0,
                "reason": parked.get(notifier, ""),
                "due_at": None if notifier in parked else micros(due),
                "created": micros(each.created),
            }
            for each in made
            for notifier in each.notify
        ],
    )
    return frozenset(names).difference(parked)


def due_destinations(database: Database, now: datetime) -> list[str]:
    """Return the notifiers with something to send and nothing that holds them back."""
    due = exists().where(deliveries.c.notifier == destinations.c.name, deliveries.c.due_at <= now)
    with database.read() as connection:
        return list(
            connection.scalars(
                select(destinations.c.name).where(*_free(now), due).order_by(destinations.c.name)
            )
        )


def claim(database: Database, notifier: str, *, now: datetime, lease: timedelta) -> Delivery | None:
    """Take the next due row for sending until `now + lease`; None where nothing may be sent."""
    with database.write() as connection:
        if not _lock_destination(connection, notifier, *_free(now)):
            return None
        row = connection.execute(
            SELECT_DELIVERIES.where(deliveries.c.notifier == notifier, deliveries.c.due_at <= now)
            .order_by(deliveries.c.urgency, deliveries.c.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        changed = {
            "state": DeliveryState.SENDING,
            "attempts": row.attempts + 1,
            "claims": row.claims + 1,
        }
        _update(connection, row.id, **changed, due_at=now + lease)
        _update_destination(connection, notifier, busy_until=now + lease, busy_with=row.id)
    return replace(to_delivery(row), **changed, next_attempt=None)


def settle(
    database: Database,
    delivery: Delivery,
    verdict: Verdict,
    *,
    now: datetime,
    next_attempt: datetime | None,
) -> None:
    """Write how the sending of a claimed row ended.

    Someone whose lease has passed to another settles nothing, except that what arrived arrived.
    A Retry waits until `next_attempt`, or not at all.
    """
    with database.write() as connection:
        _lock_destination(connection, delivery.notifier)
        row = connection.execute(
            select(deliveries.c.state, deliveries.c.claims).where(deliveries.c.id == delivery.id)
        ).first()
        if row is None:
            return
        holds = row.claims == delivery.claims
        if holds:
            _free_destination(connection, delivery)
        if isinstance(verdict, Delivered):
            _end(connection, delivery.id, DeliveryState.DELIVERED, "")
        elif holds and row.state == DeliveryState.SENDING:
            _settle_failure(connection, delivery, verdict, next_attempt or now)


def pause(database: Database, notifier: str, until: datetime) -> None:
    """Send nothing to a destination before `until`."""
    with database.write() as connection:
        _update_destination(connection, notifier, paused_until=until)


def park(database: Database, notifier: str, reason: str) -> int:
    """Hold back everything for a destination until `unpark`; return how many rows wait."""
    with database.write() as connection:
        return _park(connection, notifier, reason)


def unpark(database: Database, notifier: str) -> int:
    """Let a destination's parked rows go, at once; return how many."""
    with database.write() as connection:
        _update_destination(connection, notifier, parked_reason=None)
        return connection.execute(
            update(deliveries)
            .where(deliveries.c.notifier == notifier)
            .where(deliveries.c.state == DeliveryState.PARKED)
            .values(state=DeliveryState.PENDING, reason="", due_at=AT_ONCE)
        ).rowcount


def recover(database: Database, now: datetime) -> int:
    """Make what a dead process was sending due again; return how many rows."""
    with database.write() as connection:
        connection.execute(update(destinations).values(busy_until=None, busy_with=None))
        return connection.execute(
            update(deliveries)
            .where(deliveries.c.due_at.is_not(None))
            .where(deliveries.c.state == DeliveryState.SENDING)
            .values(state=DeliveryState.PENDING, due_at=now)
        ).rowcount


def shift_outbox(connection: Connection, delta: timedelta) -> None:
    """Move every wait, lease and pause by `delta`."""
    connection.execute(
        update(destinations).values(
            paused_until=later(destinations.c.paused_until, delta),
            busy_until=later(destinations.c.busy_until, delta),
        )
    )
    connection.execute(
        update(deliveries)
        .where(deliveries.c.due_at > AT_ONCE)
        .values(due_at=later(deliveries.c.due_at, delta))
    )


def _settle_failure(
    connection: Connection,
    delivery: Delivery,
    verdict: Retry | Dead | Fallback,
    next_attempt: datetime,
) -> None:
    if isinstance(verdict, Dead) and verdict.scope == "destination":
        # It is the destination that is wrong, so this row waits with the others.
        _update(connection, delivery.id, state=DeliveryState.RETRYING)
        _park(connection, delivery.notifier, verdict.reason)
        return
    if isinstance(verdict, Dead):
        _end(connection, delivery.id, DeliveryState.DEAD, verdict.reason)
        return
    counts = not isinstance(verdict, Retry) or verdict.counts
    _update(
        connection,
        delivery.id,
        state=DeliveryState.RETRYING,
        attempts=delivery.attempts - (not counts),
        reason=verdict.reason[:MAX_REASON],
        due_at=next_attempt,
    )
    if isinstance(verdict, Retry) and verdict.scope == "destination":
        _update_destination(connection, delivery.notifier, paused_until=next_attempt)


def _park(connection: Connection, notifier: str, reason: str) -> int:
    words = reason[:MAX_REASON]
    _MEET(connection, [{"name": notifier, "busy_until": None}])
    _update_destination(connection, notifier, parked_reason=words)
    return connection.execute(
        update(deliveries)
        .where(deliveries.c.notifier == notifier)
        .where(deliveries.c.due_at.is_not(None), deliveries.c.state.in_(_WAITING))
        .values(state=DeliveryState.PARKED, reason=words, due_at=None)
    ).rowcount


def _lock_destination(connection: Connection, name: str, *conditions: Any) -> bool:
    # Always before its deliveries, so that no two workers wait for each other.
    locked = connection.scalar(
        select(destinations.c.name)
        .where(destinations.c.name == name, *conditions)
        .with_for_update()
    )
    return locked is not None


def _free(now: datetime) -> tuple[Any, ...]:
    return (
        destinations.c.parked_reason.is_(None),
        or_(destinations.c.paused_until.is_(None), destinations.c.paused_until <= now),
        or_(destinations.c.busy_until.is_(None), destinations.c.busy_until <= now),
    )


def _free_destination(connection: Connection, delivery: Delivery) -> None:
    # Its lease may have passed and another row be on its way there.
    connection.execute(
        update(destinations)
        .where(destinations.c.name == delivery.notifier, destinations.c.busy_with == delivery.id)
        .values(busy_until=None, busy_with=None)
    )


def _end(connection: Connection, row: int, state: DeliveryState, reason: str) -> None:
    _update(connection, row, state=state, reason=reason[:MAX_REASON], due_at=None)


def _update(connection: Connection, row: int, **values: Any) -> None:
    connection.execute(update(deliveries).where(deliveries.c.id == row).values(values))


def _update_destination(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(destinations).where(destinations.c.name == name).values(values))
