"""How destinations fare, as it is kept: who is parked, since when, and when a probe may go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, literal, or_, select, update

from monitor.model import Delivery, DeliveryState, Standing
from monitor.store.alerts import MAX_REASON
from monitor.store.bulk import Bulk, Prepared
from monitor.store.columns import EPOCH, AnyRow
from monitor.store.engine import Database
from monitor.store.tables import deliveries, destinations

# What has no reason to wait is due at any time, also after the clock was set back.
AT_ONCE = EPOCH
WAITING = (DeliveryState.PENDING, DeliveryState.RETRYING)

_MEET = Bulk(lambda insert: insert(destinations).on_conflict_do_nothing())

# Under which a request may go to a destination at `now`.
FREE = tuple(
    or_(column.is_(None), column <= bindparam("now"))
    for column in (
        destinations.c.paused_until,
        destinations.c.busy_until,
        destinations.c.ready_at,
    )
)
# Built once, for what each delivery asks: to build a statement costs as much as to run it.
_NAMED = destinations.c.name == bindparam("named")
_OF_ONE = select(destinations).where(_NAMED).with_for_update()
_LOCK = Prepared(_OF_ONE)
_LOCK_FREE = Prepared(_OF_ONE.where(*FREE))
_UPDATE = update(destinations).where(_NAMED)
_CHANGE = Prepared(_UPDATE)
_RELEASE = Prepared(_UPDATE.where(destinations.c.busy_with == bindparam("row")))


def meet(connection: Connection, names: Iterable[str]) -> None:
    """Have a row for each destination."""
    _MEET(connection, [{"name": name, "failures": 0, "refusals": 0, "probes": 0} for name in names])


def lock(connection: Connection, name: str) -> AnyRow | None:
    """Return a destination's row, held until the transaction ends.

    Always before its deliveries, so that no two workers wait for each other.
    """
    return _LOCK.first(connection, named=name)


def lock_free(connection: Connection, name: str, now: datetime) -> AnyRow | None:
    """Return a destination's row as `lock` does; None while nothing may go there."""
    return _LOCK_FREE.first(connection, named=name, now=now)


def to_standing(row: AnyRow) -> Standing:
    """Turn a destination's row into its standing."""
    return Standing(
        failures=row.failures,
        refusals=row.refusals,
        failing_since=row.failing_since,
        parked=row.parked_reason or "",
        parked_at=row.parked_at,
        probes=row.probes,
        probe_at=row.probe_at,
    )


def follow(connection: Connection, name: str, before: Standing, after: Standing) -> None:
    """Write a destination's new standing; park or let go its rows where that changed."""
    if after != before:
        change(
            connection,
            name,
            failures=after.failures,
            refusals=after.refusals,
            failing_since=after.failing_since,
            parked_reason=after.parked[:MAX_REASON] or None,
            parked_at=after.parked_at,
            probes=after.probes,
            probe_at=after.probe_at,
        )
    if after.parked:
        hold_back(connection, name, after.parked)
    elif before.parked:
        let_go(connection, name)


def hold_back(connection: Connection, name: str, reason: str) -> int:
    """Park what waits for a destination; return how many rows."""
    return connection.execute(
        update(deliveries)
        .where(deliveries.c.notifier == name)
        .where(deliveries.c.due_at.is_not(None), deliveries.c.state.in_(WAITING))
        .values(state=DeliveryState.PARKED, reason=reason[:MAX_REASON], due_at=None)
    ).rowcount


def let_go(connection: Connection, name: str) -> int:
    """Make a destination's parked rows due at once; return how many."""
    return connection.execute(
        update(deliveries)
        .where(deliveries.c.notifier == name, deliveries.c.state == DeliveryState.PARKED)
        .values(state=DeliveryState.PENDING, reason="", due_at=AT_ONCE)
    ).rowcount


def release(connection: Connection, delivery: Delivery) -> None:
    """Let others be claimed at a destination, unless another row is on its way there by now."""
    _RELEASE(connection, named=delivery.notifier, row=delivery.id, busy_until=None, busy_with=None)


def change(connection: Connection, name: str, **values: Any) -> None:
    """Write values into a destination's row."""
    _CHANGE(connection, named=name, **values)


def pause_until(connection: Connection, names: Iterable[str], until: datetime) -> None:
    """Send nothing to destinations before `until`; a longer pause stays.

    Whoever asks for a pause has seen too much of us: of a rate's burst nothing is left then.
    """
    new = literal(until, destinations.c.paused_until.type)
    later = {
        column.name: case((column > new, column), else_=new)
        for column in (destinations.c.paused_until, destinations.c.ready_at)
    }
    for name in sorted(names):
        connection.execute(_UPDATE.values(later), {"named": name})


def pause(database: Database, names: Iterable[str], until: datetime) -> None:
    """Send nothing to destinations before `until`; a longer pause stays."""
    wanted = sorted(names)
    with database.write() as connection:
        meet(connection, wanted)
        pause_until(connection, wanted, until)


def park(database: Database, name: str, reason: str) -> int:
    """Hold back everything for a destination until `unpark`; return how many rows wait."""
    with database.write() as connection:
        return _park(connection, name, reason)


def unpark(database: Database, name: str) -> int:
    """Let a destination's parked rows go, at once; return how many."""
    with database.write() as connection:
        return _unpark(connection, name)


def sync_destinations(database: Database, configured: Mapping[str, str]) -> dict[str, int]:
    """Follow the configuration: names with a fingerprint each, another one once it has changed.

    What a changed notifier held back goes; what is for one that left is parked. Returns how many
    rows wait for each that is not configured.
    """
    with database.write() as connection:
        known = connection.execute(
            select(destinations.c.name, destinations.c.fingerprint)
            .order_by(destinations.c.name)
            .with_for_update()
        ).all()
        for name, fingerprint in known:
            if name not in configured:
                _park(connection, name, no_destination(name))
                _explain(connection, name, no_destination(name))
                change(connection, name, fingerprint=None)
            elif fingerprint != configured[name]:
                _unpark(connection, name)
                # It was the other configuration that was to wait.
                change(connection, name, paused_until=None, ready_at=None)
        meet(connection, configured)
        for name, fingerprint in sorted(configured.items()):
            change(connection, name, fingerprint=fingerprint)
        gone = [name for name, _ in known if name not in configured]
        waiting = {name: _count(connection, name) for name in gone}
    return {name: number for name, number in waiting.items() if number}


def no_destination(name: str) -> str:
    """Return why deliveries to a notifier that left the configuration are held back."""
    return f"no_destination: no notifier is named “{name}” now"


def _park(connection: Connection, name: str, reason: str) -> int:
    meet(connection, [name])
    change(connection, name, parked_reason=reason[:MAX_REASON], probe_at=None)
    return hold_back(connection, name, reason)


def _explain(connection: Connection, name: str, reason: str) -> None:
    """Give what is parked already the reason that holds it back now."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.notifier == name, deliveries.c.state == DeliveryState.PARKED)
        .values(reason=reason[:MAX_REASON])
    )


def _unpark(connection: Connection, name: str) -> int:
    # When it was parked is kept: until something arrives it is on trial.
    change(
        connection,
        name,
        parked_reason=None,
        failures=0,
        refusals=0,
        failing_since=None,
        probes=0,
        probe_at=None,
    )
    return let_go(connection, name)


def _count(connection: Connection, name: str) -> int:
    rows = select(deliveries.c.id).where(
        deliveries.c.notifier == name,
        or_(deliveries.c.due_at.is_not(None), deliveries.c.state == DeliveryState.PARKED),
    )
    return len(connection.execute(rows).all())


def all_parked(database: Database, names: Iterable[str]) -> bool:
    """Tell whether there are such destinations and every one of them is parked."""
    wanted = set(names)
    with database.read() as connection:
        parked = connection.scalars(
            select(destinations.c.name).where(
                destinations.c.name.in_(wanted), destinations.c.parked_reason.is_not(None)
            )
        ).all()
    return bool(wanted) and len(parked) == len(wanted)
