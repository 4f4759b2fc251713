"""Notices: every one is kept, and few messages tell of them; see monitor.alerts.notices.

A summary grows until the first attempt to send it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy import Connection, distinct, exists, func, select, update

from monitor.alerts.notices import ALONE, GATHER, WITHIN, message, notice_id, summary
from monitor.model import AlertId, DeliveryState, Notice, PollRecord, SourceId
from monitor.store.alerts import message_to_json, to_message
from monitor.store.bulk import Bulk
from monitor.store.columns import later, micros, to_json
from monitor.store.engine import Database
from monitor.store.outbox import ToTell, enqueue
from monitor.store.standing import AT_ONCE, WAITING
from monitor.store.tables import deliveries, destinations, notices

WebhookId: TypeAlias = Callable[[AlertId, str], str]

_INSERT = Bulk(lambda insert: insert(notices))


_NO_SOURCE = SourceId(0)  # of what concerns the whole monitor


@dataclass(frozen=True, slots=True)
class _Made:
    id: AlertId
    source: SourceId
    notice: Notice


def announce(
    database: Database, notice: Notice, notify: tuple[str, ...], webhook_id: WebhookId
) -> frozenset[str]:
    """Write a notice that no poll brought; return the notifiers with something to send now."""
    with database.write() as connection:
        return announce_in(connection, notice, notify, webhook_id)


def announce_in(
    connection: Connection, notice: Notice, notify: tuple[str, ...], webhook_id: WebhookId
) -> frozenset[str]:
    """Write a notice inside a transaction; return the notifiers with something to send now."""
    made = _Made(notice_id(notice), _NO_SOURCE, notice)
    return _tell_new(connection, [made], notify, webhook_id)


def last_notice(database: Database, types: Sequence[str]) -> tuple[str, datetime] | None:
    """Return of which of these types the last notice was, and when."""
    wanted = select(notices.c.type, notices.c.created).where(notices.c.type.in_(types))
    with database.read() as connection:
        row = connection.execute(wanted.order_by(notices.c.created.desc()).limit(1)).first()
        return (row.type, row.created) if row else None


def told_of_failure(connection: Connection, recovered: Notice) -> frozenset[str]:
    """Return the notifiers that a notice of the failure now over was written for."""
    told_by = select(notices.c.told_by).where(notices.c.id == _failure(recovered))
    wanted = select(deliveries.c.notifier).where(deliveries.c.alert == told_by.scalar_subquery())
    return frozenset(connection.scalars(wanted))


def give_up_failure(connection: Connection, recovered: Notice) -> None:
    """End what waits to be tried again with a failure that is over: its end would overtake it.

    Where it is parked it stays: what is let go leaves in its order.
    """
    connection.execute(
        update(deliveries)
        .where(deliveries.c.alert == _failure(recovered), deliveries.c.state.in_(WAITING))
        .where(~exists().where(notices.c.id == deliveries.c.alert, notices.c.summary.is_not(None)))
        .values(state=DeliveryState.CANCELLED, reason="it was over before this left", due_at=None)
    )


def _failure(recovered: Notice) -> AlertId:
    return notice_id(replace(recovered, type="system.destination_failed"))


def shift_notices(connection: Connection, delta: timedelta) -> None:
    """Move when notices were made, by which they are spaced; what their messages say stays."""
    connection.execute(update(notices).values(created=later(notices.c.created, delta)))


def tell(
    connection: Connection,
    polls: Sequence[PollRecord],
    notify: tuple[str, ...],
    webhook_id: WebhookId,
) -> frozenset[str]:
    """Write the notices of polls, and what tells these notifiers of them.

    A notice that is known already is left out. Returns the notifiers with something to send now.
    """
    made = [
        _Made(notice_id(notice), record.state.id, notice)
        for record in polls
        for notice in record.notices
    ]
    return _tell_new(connection, made, notify, webhook_id)


def _tell_new(
    connection: Connection,
    found: Sequence[_Made],
    notify: tuple[str, ...],
    webhook_id: WebhookId,
) -> frozenset[str]:
    made = {each.id: each for each in found}
    known = set(connection.scalars(select(notices.c.id).where(notices.c.id.in_(made))))
    fresh = [made[each] for each in made if each not in known]
    reachable: set[str] = set()
    for kind in dict.fromkeys(each.notice.type for each in fresh):
        ours = [each for each in fresh if each.notice.type == kind]
        reachable |= _tell(connection, ours, notify, webhook_id)
    return frozenset(reachable)


def _tell(
    connection: Connection, made: Sequence[_Made], notify: tuple[str, ...], webhook_id: WebhookId
) -> frozenset[str]:
    """Write notices of one type; the first few of an hour leave alone and at once."""
    kind, now = made[0].notice.type, max(each.notice.created for each in made)
    told = connection.scalar(
        select(func.count(distinct(notices.c.told_by))).where(
            notices.c.type == kind, notices.c.created > now - WITHIN
        )
    )
    left = max(0, ALONE - (told or 0)) if notify else len(made)
    alone, others = made[:left], made[left:]
    for each in alone:
        _keep(connection, [each], told_by=each.id)
    send = partial(_send, connection, notify=notify, webhook_id=webhook_id)
    if others:
        teller = _growing(connection, kind, notify, since=now - WITHIN)
        _keep(connection, others, told_by=teller or others[0].id)
        _sum_up(connection, teller or others[0].id)
        if teller is None:
            send(others[:1], due=now + GATHER)
    return send(alone, due=AT_ONCE)


def _keep(connection: Connection, made: Sequence[_Made], *, told_by: AlertId) -> None:
    _INSERT(
        connection,
        [
            {
                "id": each.id,
                "type": each.notice.type,
                "source_id": each.source,
                "created": micros(each.notice.created),
                "message": to_json(message_to_json(message(each.notice))),
                "told_by": told_by,
            }
            for each in made
        ],
    )


def _growing(
    connection: Connection, kind: str, notify: tuple[str, ...], *, since: datetime
) -> AlertId | None:
    """Return the summary that waits for these notifiers and that nobody has begun to send."""
    teller = connection.scalar(
        select(notices.c.id)
        .where(notices.c.type == kind, notices.c.created > since)
        .where(notices.c.summary.is_not(None))
        .order_by(notices.c.created.desc())
        .limit(1)
    )
    # Whoever claims a delivery holds its destination first.
    connection.execute(
        select(destinations.c.name)
        .where(destinations.c.name.in_(notify))
        .order_by(destinations.c.name)
        .with_for_update()
    )
    claims = dict(
        connection.execute(
            select(deliveries.c.notifier, deliveries.c.claims).where(deliveries.c.alert == teller)
        ).all()
    )
    grows = claims.keys() == set(notify) and not any(claims.values())
    return AlertId(teller) if teller and grows else None


def _sum_up(connection: Connection, teller: AlertId) -> None:
    told = connection.scalars(
        select(notices.c.message)
        .where(notices.c.told_by == teller)
        .order_by(notices.c.id != teller, notices.c.created, notices.c.id)
    )
    whole = summary([to_message(each) for each in told])
    connection.execute(
        update(notices)
        .where(notices.c.id == teller)
        .values(summary=to_json(message_to_json(whole)))
    )


def _send(
    connection: Connection,
    made: Sequence[_Made],
    *,
    notify: tuple[str, ...],
    webhook_id: WebhookId,
    due: datetime,
) -> frozenset[str]:
    to_tell = [
        ToTell(
            id=each.id,
            severity=each.notice.severity,
            created=each.notice.created,
            notify=notify,
        )
        for each in made
    ]
    return enqueue(connection, to_tell, webhook_id, due=due)
