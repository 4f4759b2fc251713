"""Writing how the sending of a claimed row ended, and how its destination stands after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from monitor.alerts.policy import webhook_id
from monitor.model import (
    Dead,
    Delivered,
    Delivery,
    DeliveryState,
    Fallback,
    Notice,
    Retry,
    Standing,
    Verdict,
)
from monitor.store.alerts import MAX_REASON
from monitor.store.bulk import Prepared
from monitor.store.bundles import members
from monitor.store.engine import Database
from monitor.store.notices import announce_in, give_up_failure, told_of_failure
from monitor.store.standing import AT_ONCE, change, follow, lock, pause_until, release, to_standing
from monitor.store.tables import deliveries, destinations

ALONE = 0  # in place of a bundle

# Built once, for what each delivery asks: to build a statement costs as much as to run it.
_HELD = Prepared(
    select(deliveries.c.state, deliveries.c.claims).where(deliveries.c.id == bindparam("row"))
)
_THESE = update(deliveries).where(deliveries.c.id.in_(bindparam("rows", expanding=True)))


def settle(
    database: Database,
    delivery: Delivery,
    verdict: Verdict,
    *,
    now: datetime,
    next_attempt: datetime | None,
    standing: Standing | None = None,
    paused: datetime | None = None,
    took: timedelta = timedelta(0),
    notice: Notice | None = None,
    notify: tuple[str, ...] = (),
) -> frozenset[str]:
    """Write how the sending of a claimed row ended.

    Someone whose lease has passed to another settles nothing, except that what arrived arrived.
    A Retry waits until `next_attempt`, or not at all; a Fallback on a bundle sends each of its
    rows alone. `standing` is the destination's from now on, without one what the verdict says
    of it; nothing goes there before `paused`. The attempt `took` so long, and the receiver's rate
    counts from its end: when in it the message arrived, nobody knows. `notice` tells of the change
    whoever of `notify` can hear it, never the destination itself; returns who will at once.
    """
    with database.write() as connection:
        destination = lock(connection, delivery.notifier)
        row = _HELD.first(connection, row=delivery.id)
        if row is None or destination is None:
            return frozenset()
        held = row.claims == delivery.claims
        if isinstance(verdict, Delivered):
            _arrived(connection, delivery, verdict, held=held, now=now)
        elif held and row.state == DeliveryState.SENDING:
            _failed(connection, delivery, verdict, next_attempt, now=now)
        if not held:
            return frozenset()
        release(connection, delivery)
        if destination.ready_at:
            change(connection, delivery.notifier, ready_at=destination.ready_at + took)
        if until := _pause(verdict, next_attempt, paused):
            pause_until(connection, [delivery.notifier], until)
        before = to_standing(destination)
        # Where somebody has parked it, or let it go, meanwhile, that counts.
        ours = before == delivery.standing
        after = standing if standing is not None else _plain(before, verdict, now)
        follow(connection, delivery.notifier, before, after if ours else before)
        if notice is None or not ours:
            return frozenset()
        return _tell(
            connection, notice, tuple(each for each in notify if each != delivery.notifier)
        )


def _tell(connection: Connection, notice: Notice, notify: tuple[str, ...]) -> frozenset[str]:
    """Write a notice for these notifiers; return those who will hear of it at once."""
    parked = select(destinations.c.name).where(destinations.c.parked_reason.is_not(None))
    closed = frozenset(connection.scalars(parked))
    deaf = closed
    if notice.type == "system.destination_recovered":
        # Who has heard that it failed, or will once open, is not left in that belief.
        deaf = closed - told_of_failure(connection, notice)
        give_up_failure(connection, notice)
    announce_in(connection, notice, tuple(each for each in notify if each not in deaf), webhook_id)
    return frozenset(notify) - closed


def _arrived(
    connection: Connection, delivery: Delivery, verdict: Delivered, *, held: bool, now: datetime
) -> None:
    told = members(connection, delivery, held=held)
    others = [each for each in told if each != delivery.id]
    delivered = {"state": DeliveryState.DELIVERED, "ended": now}
    _end(connection, others, f"told in the bundle of delivery {delivery.id}", **delivered)
    _end(connection, [delivery.id], verdict.note, **delivered, ref=verdict.ref)


def _failed(
    connection: Connection,
    delivery: Delivery,
    verdict: Retry | Dead | Fallback,
    next_attempt: datetime | None,
    *,
    now: datetime,
) -> None:
    told = members(connection, delivery, held=True)
    if isinstance(verdict, Fallback) and delivery.bundle:
        alone = {"state": DeliveryState.PENDING, "bundle": ALONE, "due_at": AT_ONCE}
        _change(connection, told, **alone, reason=verdict.reason[:MAX_REASON])
    elif isinstance(verdict, Dead) and verdict.scope == "destination":
        # It is the destination that is wrong, so this row waits with the others.
        _change(connection, told, state=DeliveryState.RETRYING)
    elif isinstance(verdict, Dead):
        _end(connection, told, verdict.reason, state=DeliveryState.DEAD, ended=now)
    else:
        _wait(connection, delivery, told, verdict, next_attempt or now)


def _wait(
    connection: Connection,
    delivery: Delivery,
    told: list[int],
    verdict: Retry | Fallback,
    next_attempt: datetime,
) -> None:
    retry = verdict if isinstance(verdict, Retry) else Retry(reason=verdict.reason)
    _change(
        connection,
        told,
        state=DeliveryState.RETRYING,
        attempts=deliveries.c.attempts - int(not retry.counts),
        reason=retry.reason[:MAX_REASON],
        due_at=next_attempt,
        # What has arrived of it stays arrived, although this attempt did not get so far.
        left=retry.left or delivery.left,
        maybe_duplicate=deliveries.c.maybe_duplicate + int(retry.maybe_sent),
    )


def _plain(standing: Standing, verdict: Verdict, now: datetime) -> Standing:
    if isinstance(verdict, Dead) and verdict.scope == "destination":
        return replace(standing, parked=verdict.reason, parked_at=standing.parked_at or now)
    return Standing() if isinstance(verdict, Delivered) else standing


def _pause(
    verdict: Verdict, next_attempt: datetime | None, paused: datetime | None
) -> datetime | None:
    wished = isinstance(verdict, Retry) and verdict.scope == "destination"
    ends = [paused, next_attempt if wished else None]
    return max((each for each in ends if each), default=None)


def _end(connection: Connection, rows: list[int], reason: str, **values: Any) -> None:
    if rows:
        ended = {"reason": reason[:MAX_REASON], "due_at": None, **values}
        connection.execute(_THESE, {"rows": rows, **ended})


def _change(connection: Connection, rows: list[int], **values: Any) -> None:
    if rows:
        connection.execute(_THESE.values(values), {"rows": rows})
