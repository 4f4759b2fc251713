"""The outbox: what is to be sent where. Rows are only ever added, and settled elsewhere.

Sending is at least once: a row is claimed under a lease, sent, and settled. Whoever dies between
leaves a row that is claimed again when its lease has passed; its webhook id stays the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, or_, select, update

from monitor.model import Alert, AlertId, DeliveryState, Severity
from monitor.store.bulk import Bulk, Lookup
from monitor.store.columns import later, micros
from monitor.store.engine import Database
from monitor.store.standing import AT_ONCE, hold_back, meet
from monitor.store.tables import deliveries, destinations

# The most urgent goes first; among equals the oldest.
_URGENCY = {severity: len(Severity) - 1 - severity.rank for severity in Severity}

_INSERT = Bulk(lambda insert: insert(deliveries))
_STANDING = Lookup(
    lambda names: select(destinations.c.name, destinations.c.parked_reason).where(
        destinations.c.name.in_(names)
    ),
    kind=String(),
)


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
    known = dict(_STANDING(connection, names))
    meet(connection, [name for name in names if name not in known])
    parked = {name: reason for name, reason in known.items() if reason is not None}
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
                "ref": "",
                "left": "",
                "maybe_duplicate": 0,
            }
            for each in made
            for notifier in each.notify
        ],
    )
    return frozenset(names).difference(parked)


def recover(database: Database, now: datetime) -> int:
    """Make what a dead process was sending due again; return how many rows.

    It may have arrived, so that is counted.
    """
    with database.write() as connection:
        connection.execute(update(destinations).values(busy_until=None, busy_with=None))
        recovered = connection.execute(
            update(deliveries)
            .where(deliveries.c.due_at.is_not(None))
            .where(deliveries.c.state == DeliveryState.SENDING)
            .values(
                state=DeliveryState.PENDING,
                due_at=now,
                maybe_duplicate=deliveries.c.maybe_duplicate + 1,
            )
        ).rowcount
        # What probed goes back to those it probed for.
        for name, reason in connection.execute(
            select(destinations.c.name, destinations.c.parked_reason).where(
                destinations.c.parked_reason.is_not(None)
            )
        ).all():
            hold_back(connection, name, reason)
        return recovered


def shift_outbox(connection: Connection, delta: timedelta) -> None:
    """Move every wait, lease and pause by `delta`, and the age of what is not there yet."""
    moved = (
        destinations.c.paused_until,
        destinations.c.busy_until,
        destinations.c.ready_at,
        destinations.c.failing_since,
        destinations.c.probe_at,
    )
    connection.execute(update(destinations).values({c.name: later(c, delta) for c in moved}))
    connection.execute(
        update(deliveries)
        .where(deliveries.c.due_at > AT_ONCE)
        .values(due_at=later(deliveries.c.due_at, delta))
    )
    begun = (deliveries.c.created, deliveries.c.replayed)
    connection.execute(
        update(deliveries)
        .where(or_(deliveries.c.due_at.is_not(None), deliveries.c.state == DeliveryState.PARKED))
        .values({c.name: later(c, delta) for c in begun})
    )
