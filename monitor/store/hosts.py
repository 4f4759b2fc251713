"""The sources of one host: how they fare together, and that a server's pause is for all of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from monitor.model import ErrorKind, HostWish, PollRecord, SourceId
from monitor.store.bulk import Bulk
from monitor.store.columns import Instant, micros
from monitor.store.engine import Database
from monitor.store.tables import hosts, sources

# Between the host's sources when the pause is over: it must not meet them all at once, nor may
# the last of many wait for hours.
STEP = timedelta(seconds=5)
LONGEST_SPREAD = timedelta(minutes=30)

# Built once: to build a statement costs as much as to run it.
_THERE = (sources.c.inactive_since.is_(None), sources.c.host == bindparam("host"))
_KINDS = select(sources.c.id, sources.c.error_kind).where(*_THERE)
_DUE_BEFORE = (
    select(sources.c.id)
    .where(*_THERE, sources.c.next_poll_at < bindparam("until", type_=Instant()))
    .order_by(sources.c.next_poll_at, sources.c.id)
    # What is locked is being polled by another worker; to wait for it could end in a circle.
    .with_for_update(skip_locked=True)
)
_WISH = Bulk(lambda insert: insert(hosts).on_conflict_do_nothing())
_PUT_OFF = Bulk(
    lambda _: (
        update(sources)
        .where(sources.c.id == bindparam("source"))
        .values(next_poll_at=bindparam("next_poll_at"))
    )
)


def host_kinds(database: Database, host: str) -> dict[SourceId, ErrorKind | None]:
    """Return how the last poll of each configured source of a host failed, if it did."""
    with database.read() as connection:
        rows = connection.execute(_KINDS, {"host": host}).all()
    return {row.id: ErrorKind(row.error_kind) if row.error_kind else None for row in rows}


def host_wishes(database: Database, now: datetime) -> dict[str, HostWish]:
    """Return which hosts want to be left alone at `now`."""
    with database.read() as connection:
        return standing_wishes(connection, now)


def standing_wishes(connection: Connection, now: datetime) -> dict[str, HostWish]:
    """Return which hosts want to be left alone at `now`."""
    rows = connection.execute(select(hosts).where(hosts.c.until > now))
    return {row.name: HostWish(until=row.until, said=row.said) for row in rows}


def put_off(connection: Connection, records: Iterable[PollRecord]) -> None:
    """Remember which hosts asked to be left alone, and move what is due there until then.

    The polled source has its own time.
    """
    limits = [record for record in records if record.host_until]
    # In one order, so that two workers never wait for each other in a circle.
    for record in sorted(limits, key=_limited):
        assert record.host_until is not None
        _keep_wish(connection, record, record.host_until)
        wanted = {"host": _limited(record), "until": record.host_until}
        found = connection.scalars(_DUE_BEFORE, wanted).all()
        others = [source for source in found if source != record.state.id]
        step = min(STEP, LONGEST_SPREAD / max(len(others), 1))
        rows = [
            {"source": source, "next_poll_at": micros(record.host_until + step * place)}
            for place, source in enumerate(others)
        ]
        _PUT_OFF(connection, rows)


def _limited(record: PollRecord) -> str:
    return record.limited_host or record.state.host


def _keep_wish(connection: Connection, record: PollRecord, until: datetime) -> None:
    """Write a host's wish unless one that lasts longer stands."""
    name = _limited(record)
    over = delete(hosts).where(hosts.c.name == name, hosts.c.until <= until)
    connection.execute(over)
    _WISH(connection, [{"name": name, "until": micros(until), "said": record.limit_said}])
