"""The sources of one host: how they fare together, and that a server's pause is for all of them."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select, update

from monitor.model import ErrorKind, PollRecord, SourceId
from monitor.store.bulk import Bulk
from monitor.store.columns import Instant, micros
from monitor.store.engine import Database
from monitor.store.tables import sources

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


def put_off(connection: Connection, records: Iterable[PollRecord]) -> None:
    """Move what is due at hosts that asked to be left alone; the polled source has its own time."""
    for record in records:
        if record.host_until is None:
            continue
        wanted = {"host": record.state.host, "until": record.host_until}
        found = connection.scalars(_DUE_BEFORE, wanted).all()
        others = [source for source in found if source != record.state.id]
        step = min(STEP, LONGEST_SPREAD / max(len(others), 1))
        rows = [
            {"source": source, "next_poll_at": micros(record.host_until + step * place)}
            for place, source in enumerate(others)
        ]
        _PUT_OFF(connection, rows)
