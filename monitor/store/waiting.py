"""Alerts that wait for their occasion, and what tells of them then.

What waits is marked as told in the transaction that puts its message into the outbox: whenever the
process dies, an alert is told in one digest, and no digest is made twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from monitor.alerts.digests import MOST, digests
from monitor.alerts.escalating import escalated, escalation_id, is_acknowledged
from monitor.model import AlertId, Case, Message, Severity, Waiting
from monitor.store.alerts import message_to_json, to_message
from monitor.store.bulk import Bulk
from monitor.store.cases import CASES_OF_ALERTS, to_case
from monitor.store.columns import AnyRow, later, micros, optional_micros, to_json
from monitor.store.engine import Database
from monitor.store.outbox import ToTell, enqueue
from monitor.store.tables import alert_digests, alerts, waiting

WebhookId: TypeAlias = Callable[[AlertId, str], str]

_OVER = "over the rate"
_INSERT = Bulk(lambda insert: insert(waiting).on_conflict_do_nothing())
_WAITED = select(waiting, alerts.c.severity, alerts.c.created, alerts.c.message).join_from(
    waiting, alerts, alerts.c.id == waiting.c.alert
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A message that tells of alerts that waited."""

    id: AlertId
    severity: Severity
    message: Message
    tells: Sequence[str]  # the ids of the alerts


def insert_waiting(connection: Connection, made: Iterable[Waiting], now: datetime) -> None:
    """Write who is told what when; what fills a list beyond the rate is told now.

    That is never in quiet hours: what would leave in them is told when they end.
    """
    rows = [
        {
            "alert": each.alert,
            "notifier": each.notifier,
            "occasion": each.occasion,
            "due_at": micros(each.due_at),
            "full_until": optional_micros(each.full_until),
        }
        for each in made
    ]
    _INSERT(connection, rows)
    for notifier in {row["notifier"] for row in rows if row["occasion"] == _OVER}:
        waits = and_(
            waiting.c.notifier == notifier,
            waiting.c.occasion == _OVER,
            waiting.c.due_at.is_not(None),
            waiting.c.full_until > now,
        )
        if (connection.scalar(select(func.count()).where(waits)) or 0) >= MOST:
            connection.execute(update(waiting).where(waits).values(due_at=now))


def next_waiting(connection: Connection) -> datetime | None:
    """Return when the next alert that waits is due."""
    found: datetime | None = connection.scalar(
        select(waiting.c.due_at)
        .where(waiting.c.due_at.is_not(None))
        .order_by(waiting.c.due_at)
        .limit(1)
    )
    return found


def tell_waiting(connection: Connection, now: datetime, webhook_id: WebhookId) -> frozenset[str]:
    """Put what is due into the outbox; return the notifiers with something to send now."""
    order = (waiting.c.notifier, waiting.c.occasion, waiting.c.due_at, waiting.c.alert)
    rows = connection.execute(_WAITED.where(waiting.c.due_at <= now).order_by(*order)).all()
    reachable: set[str] = set()
    for (notifier, occasion, _), group in groupby(rows, key=_occasion):
        members = list(group)
        made = (_escalations if occasion == "escalation" else _digests)(connection, members, now)
        for each in made:
            _keep(connection, each, members[0], now)
        to_tell = [
            ToTell(id=each.id, severity=each.severity, created=now, notify=(notifier,))
            for each in made
        ]
        reachable |= enqueue(connection, to_tell, webhook_id)
    connection.execute(update(waiting).where(waiting.c.due_at <= now).values(due_at=None))
    return frozenset(reachable)


def shift_waiting(connection: Connection, delta: timedelta) -> None:
    """Move what waits for a span of time; digests and quiet hours go by the clock that was set."""
    rest_of_the_hour = and_(waiting.c.occasion == _OVER, waiting.c.full_until == waiting.c.due_at)
    connection.execute(
        update(waiting)
        .where(or_(waiting.c.occasion == "escalation", rest_of_the_hour))
        .values({c.name: later(c, delta) for c in (waiting.c.due_at, waiting.c.full_until)})
    )


def prune_waiting(database: Database) -> None:
    """Forget how alerts were told that are gone."""
    gone = ~exists().where(alerts.c.id == waiting.c.alert)
    with database.write() as connection:
        connection.execute(delete(waiting).where(waiting.c.due_at.is_(None), gone))


def _occasion(row: AnyRow) -> tuple[str, str, datetime]:
    return row.notifier, row.occasion, row.due_at


def _digests(connection: Connection, members: Sequence[AnyRow], now: datetime) -> list[_Made]:
    del connection
    notifier, occasion, due_at = _occasion(members[0])
    # An alert that was written while its digest left is told in another, with another identity.
    identity = f"{notifier}\0{occasion}\0{due_at.isoformat()}\0{members[0].alert}"
    told = [to_message(row.message) for row in members]
    return [
        _Made(
            id=AlertId(each.data["digest"]["id"]),
            severity=Severity(each.data["digest"]["severity"]),
            message=each,
            tells=[alert["alert"]["id"] for alert in each.data["alerts"]],
        )
        for each in digests(told, occasion=members[0].occasion, identity=identity, now=now)
    ]


def _escalations(connection: Connection, members: Sequence[AnyRow], now: datetime) -> list[_Made]:
    return [
        _Made(
            id=escalation_id(row.alert, row.notifier),
            severity=Severity(row.severity),
            message=escalated(to_message(row.message), now=now),
            tells=[row.alert],
        )
        for row in members
        if not is_acknowledged(_case_of(connection, row.alert), row.created)
    ]


def _case_of(connection: Connection, alert: str) -> Case | None:
    row = connection.execute(CASES_OF_ALERTS.where(alerts.c.id == alert)).first()
    return to_case(row) if row else None


def _keep(connection: Connection, made: _Made, member: AnyRow, now: datetime) -> None:
    message = to_json(message_to_json(made.message))
    connection.execute(insert(alert_digests).values(id=made.id, message=message, created=now))
    connection.execute(
        update(waiting)
        .where(waiting.c.alert.in_(made.tells))
        .where(waiting.c.notifier == member.notifier, waiting.c.occasion == member.occasion)
        .values(told_by=made.id)
    )
