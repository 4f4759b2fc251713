"""Alerts that wait for their occasion, and what tells of them then.

What waits leaves `waiting` in the transaction that puts its message into the outbox: whenever the
process dies, an alert is told in one digest, and no digest is made twice.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import Connection, and_, delete, insert, select, update

from monitor.alerts.digests import digests
from monitor.alerts.escalating import escalated, escalation_id, is_acknowledged
from monitor.model import AlertId, Message, Severity, Waiting
from monitor.store.alerts import message_to_json, to_message
from monitor.store.bulk import Bulk
from monitor.store.cases import to_case
from monitor.store.columns import AnyRow, later, micros, to_json
from monitor.store.outbox import ToTell, enqueue
from monitor.store.tables import alert_digests, alerts, cases, waiting

WebhookId: TypeAlias = Callable[[AlertId, str], str]

_INSERT = Bulk(lambda insert: insert(waiting).on_conflict_do_nothing())
_WAITED = select(waiting, alerts.c.severity, alerts.c.created, alerts.c.message).join_from(
    waiting, alerts, alerts.c.id == waiting.c.alert
)


def insert_waiting(connection: Connection, made: Iterable[Waiting]) -> None:
    """Write who is told what when."""
    _INSERT(
        connection,
        [
            {
                "alert": each.alert,
                "notifier": each.notifier,
                "occasion": each.occasion,
                "due_at": micros(each.due_at),
            }
            for each in made
        ],
    )


def next_waiting(connection: Connection) -> datetime | None:
    """Return when the next alert that waits is due."""
    found: datetime | None = connection.scalar(
        select(waiting.c.due_at).order_by(waiting.c.due_at).limit(1)
    )
    return found


def tell_waiting(connection: Connection, now: datetime, webhook_id: WebhookId) -> frozenset[str]:
    """Put what is due into the outbox; return the notifiers with something to send now."""
    order = (waiting.c.notifier, waiting.c.occasion, waiting.c.due_at, waiting.c.alert)
    rows = connection.execute(_WAITED.where(waiting.c.due_at <= now).order_by(*order)).all()
    reachable: set[str] = set()
    for (notifier, occasion, _), group in groupby(rows, key=_occasion):
        members = list(group)
        told = _escalate if occasion == "escalation" else _digest
        made = told(connection, members, now)
        to_tell = [
            ToTell(id=each, severity=severity, created=now, notify=(notifier,))
            for each, severity in made
        ]
        reachable |= enqueue(connection, to_tell, webhook_id)
    connection.execute(delete(waiting).where(waiting.c.due_at <= now))
    return frozenset(reachable)


def shift_waiting(connection: Connection, delta: timedelta) -> None:
    """Move what waits for a span of time; digests and quiet hours go by the clock that was set."""
    connection.execute(
        update(waiting)
        .where(waiting.c.occasion == "escalation")
        .values(due_at=later(waiting.c.due_at, delta))
    )


def _occasion(row: AnyRow) -> tuple[str, str, datetime]:
    return row.notifier, row.occasion, row.due_at


def _digest(
    connection: Connection, members: Sequence[AnyRow], now: datetime
) -> list[tuple[AlertId, Severity]]:
    notifier, occasion, due_at = _occasion(members[0])
    # An alert that was written while its digest left is told in another, with another identity.
    identity = "\0".join((notifier, occasion, due_at.isoformat(), members[0].alert))
    told = [to_message(row.message) for row in members]
    made = []
    for each in digests(told, occasion=members[0].occasion, identity=identity, now=now):
        about = each.data["digest"]
        made.append((_keep(connection, about["id"], each, now), Severity(about["severity"])))
    return made


def _escalate(
    connection: Connection, members: Sequence[AnyRow], now: datetime
) -> list[tuple[AlertId, Severity]]:
    made = []
    for row in members:
        case = connection.execute(
            select(cases)
            .join(
                alerts,
                and_(alerts.c.story == cases.c.story, alerts.c.watchlist == cases.c.watchlist),
            )
            .where(alerts.c.id == row.alert)
        ).first()
        if not is_acknowledged(to_case(case) if case else None, row.created):
            identity = escalation_id(row.alert, row.notifier)
            message = escalated(to_message(row.message), now=now)
            made.append((_keep(connection, identity, message, now), Severity(row.severity)))
    return made


def _keep(connection: Connection, identity: str, message: Message, now: datetime) -> AlertId:
    connection.execute(
        insert(alert_digests).values(
            id=identity, message=to_json(message_to_json(message)), created=now
        )
    )
    return AlertId(identity)
