"""What a person does to rows of the outbox: sends them again, or gives them up."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.model import DeliveryState
from monitor.store.alerts import MAX_REASON
from monitor.store.bulk import portions
from monitor.store.engine import Database
from monitor.store.standing import AT_ONCE, WAITING, hold_back
from monitor.store.tables import deliveries, destinations

_ENDED = (DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.CANCELLED)
_DROPPED = (*WAITING, DeliveryState.PARKED, DeliveryState.DEAD)


def replay(database: Database, ids: Iterable[int], now: datetime) -> list[int]:
    """Send deliveries again that ended, under their webhook ids; return which.

    Their attempts and their age count from the beginning. What was told in a bundle and ended
    with it is told in it again; what is for a parked destination waits with the others.
    """
    done: list[int] = []
    with database.write() as connection:
        for portion in portions(sorted(set(ids))):
            rows = _those(connection, portion, _ENDED)
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id.in_(rows))
                .values(
                    state=DeliveryState.PENDING,
                    attempts=0,
                    reason="",
                    left="",
                    ended=None,
                    due_at=AT_ONCE,
                    replayed=now,
                )
            )
            done += rows
        for name, reason in connection.execute(
            select(destinations.c.name, destinations.c.parked_reason).where(
                destinations.c.parked_reason.is_not(None)
            )
        ).all():
            hold_back(connection, name, reason)
    return done


def drop(database: Database, ids: Iterable[int], reason: str) -> list[int]:
    """Give up deliveries that were not delivered, for a reason; return which.

    One that is being sent just now is not among them.
    """
    done: list[int] = []
    with database.write() as connection:
        for portion in portions(sorted(set(ids))):
            rows = _those(connection, portion, _DROPPED)
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id.in_(rows))
                .values(state=DeliveryState.CANCELLED, reason=reason[:MAX_REASON], due_at=None)
            )
            done += rows
    return done


def _those(
    connection: Connection, ids: Iterable[int], states: tuple[DeliveryState, ...]
) -> list[int]:
    wanted = select(deliveries.c.id).where(deliveries.c.id.in_(ids), deliveries.c.state.in_(states))
    # Whoever claims one of them waits.
    return sorted(connection.scalars(wanted.with_for_update()))
