"""Sources: which are configured, which are due, how each fares."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)

from monitor.errors import StoreError
from monitor.feeds.urls import MAX_URL
from monitor.model import HostWish, PollRecord, Source, SourceState
from monitor.store.bulk import Bulk, Lookup, Select, portions
from monitor.store.columns import (
    EPOCH,
    AnyRow,
    Instant,
    later,
    micros,
    to_json,
)
from monitor.store.engine import Database
from monitor.store.hosts import LONGEST_SPREAD, standing_wishes
from monitor.store.states import STATE, to_state
from monitor.store.tables import hosts, sources

_ACTIVE = sources.c.inactive_since.is_(None)
_CONFIGURED = select(
    sources.c.id,
    sources.c.url,
    sources.c.host,
    sources.c.name,
    sources.c.tags,
    sources.c.inactive_since,
    sources.c.next_poll_at,
    sources.c.first_success_at,
    sources.c.first_polls,
)
LATEST = 1.1  # an interval with its jitter
MOST_RETURNS = 50  # of a source that left and came back; what came before them is long pruned

# Built once: to build a statement costs as much as to run it.
_ARE_DUE = (_ACTIVE, sources.c.next_poll_at <= bindparam("now", type_=Instant()))
_WAITING = (
    select(sources.c.host, sources.c.next_poll_at)
    .where(*_ARE_DUE)
    .order_by(sources.c.next_poll_at)
    # No limit in practice, but with one SQLite looks only at what is due. Without it, it goes
    # through every source to meet each host's together.
    .limit(10**9)
    .subquery()
)
_DUE_HOSTS = (
    select(_WAITING.c.host)
    .group_by(_WAITING.c.host)
    .order_by(func.min(_WAITING.c.next_poll_at))
    .limit(bindparam("limit"))
)
_DUE_SOURCES = Select(
    select(*STATE)
    .where(*_ARE_DUE, sources.c.host == bindparam("host"))
    .order_by(sources.c.next_poll_at)
)
_ALL = Select(select(*STATE).where(_ACTIVE))
_OF_URLS = Lookup(lambda urls: select(*STATE).where(sources.c.url.in_(urls)), kind=String())
_LOCK = Lookup(
    lambda ids: (
        select(sources.c.id, sources.c.poll_seq)
        .where(sources.c.id.in_(ids))
        # In one order, so that two workers with overlapping groups never wait in a circle.
        .order_by(sources.c.id)
        .with_for_update()
    ),
    kind=BigInteger(),
)


_INSERT = Bulk(lambda insert: insert(sources).on_conflict_do_nothing())
_FOLLOW = Bulk(
    lambda _: (
        update(sources)
        .where(sources.c.id == bindparam("source"))
        .values(
            host=bindparam("host"),
            name=bindparam("name"),
            tags=bindparam("tags"),
            next_poll_at=bindparam("next_poll_at"),
            # Who comes back is polled for the first time again; what was known of it stays so.
            first_success_at=case((_ACTIVE, sources.c.first_success_at), else_=null()),
            first_polls=bindparam("first_polls"),
            inactive_since=null(),
        )
    )
)


def sync_sources(
    database: Database,
    configured: Sequence[Source],
    *,
    now: datetime,
    rng: random.Random,
    spread: timedelta,
    longest: timedelta,
    group: Callable[[str], str],
    furthest: Callable[[SourceState], datetime] | None,
) -> None:
    """Make the rows follow the configuration; what is new or due is spread over `spread`.

    No source waits longer than its interval, or `longest` where it adapts, from now on, except
    until `furthest`: the interval may have been shortened, or the clock wrong. Hosts that want to
    be left alone are asked nothing before they said, by new sources neither.

    Sources that left stay known, inactive: their items are not news when they come back.
    """
    wanted = {source.url: source for source in configured}
    _refuse_long(wanted)

    def soon() -> datetime:
        return now + spread * rng.random()

    def limit(source: Source) -> timedelta:
        return source.every or longest

    def planned(row: AnyRow, source: Source) -> datetime:
        at: datetime = row.next_poll_at
        if at <= now:
            return soon() if spread else at
        if at <= now + limit(source) * LATEST or at <= right.get(source.url, now):
            return at
        return now + limit(source) * rng.random()

    with database.write() as connection:
        wishes = standing_wishes(connection, now)
        stored = {row.url: row for row in connection.execute(_CONFIGURED)}
        new = [source for url, source in wanted.items() if url not in stored]
        homes = [(source, group(source.url)) for source in new]
        _INSERT(
            connection,
            [_new_row(source, _allowed(soon(), wishes.get(host)), host) for source, host in homes],
        )
        kept = [(row, wanted[url]) for url, row in stored.items() if url in wanted]
        far = [row.url for row, each in kept if row.next_poll_at > now + limit(each) * LATEST]
        right = _latest(connection, far, furthest, wishes)
        followed = [
            _followed_row(row, source, at, host, now)
            for row, source in kept
            for at, host in [(planned(row, source), group(source.url))]
            if at != row.next_poll_at or _differs(row, source, host)
        ]
        _FOLLOW(connection, followed)
        left = [row.id for url, row in stored.items() if url not in wanted]
        for portion in portions(left):
            connection.execute(
                update(sources).where(sources.c.id.in_(portion), _ACTIVE).values(inactive_since=now)
            )


def _latest(
    connection: Connection,
    urls: Sequence[str],
    furthest: Callable[[SourceState], datetime] | None,
    wishes: Mapping[str, HostWish],
) -> dict[str, datetime]:
    """Return how late each of these sources may rightly be planned: a server's wish at least."""
    latest = {}
    for state in map(to_state, _OF_URLS(connection, urls)):
        wish = wishes.get(state.host)
        put_off = wish.until + LONGEST_SPREAD if wish else None
        own = furthest(state) if furthest else None
        latest[state.url] = max(filter(None, (state.retry_after, own, put_off, EPOCH)))
    return latest


def _allowed(at: datetime, wish: HostWish | None) -> datetime:
    return max(at, wish.until) if wish else at


def due_hosts(database: Database, now: datetime, limit: int) -> list[str]:
    """Return hosts with a source that is due, the longest waiting first."""
    with database.read() as connection:
        return list(connection.scalars(_DUE_HOSTS, {"now": now, "limit": limit}))


def due_sources(database: Database, host: str, now: datetime) -> list[SourceState]:
    """Return a host's sources that are due, the longest waiting first."""
    with database.read() as connection:
        return [to_state(row) for row in _DUE_SOURCES(connection, host=host, now=micros(now))]


def source_states(database: Database, urls: Sequence[str] | None) -> list[SourceState]:
    """Return the states of the configured sources, or of those named, configured or not."""
    with database.read() as connection:
        rows = _ALL(connection) if urls is None else list(_OF_URLS(connection, urls))
    return sorted(map(to_state, rows), key=lambda state: state.id)


def accept(connection: Connection, records: Sequence[PollRecord]) -> list[bool]:
    """Lock the sources; for each record, say whether no other poll has moved its source on."""
    wanted = sorted({record.state.id for record in records})
    current: dict[int, int] = dict(_LOCK(connection, wanted))
    accepted = []
    for record in records:
        source = record.state.id
        accepted.append(current.get(source) == record.state.poll_seq)
        if accepted[-1]:
            current[source] += 1
    return accepted


def shift_sources(connection: Connection, delta: timedelta) -> None:
    """Move every poll to come, every Retry-After and every host's wish by `delta`."""
    connection.execute(
        update(sources).values(
            next_poll_at=later(sources.c.next_poll_at, delta),
            retry_after=later(sources.c.retry_after, delta),
        )
    )
    connection.execute(update(hosts).values(until=later(hosts.c.until, delta)))


def _refuse_long(urls: Iterable[str]) -> None:
    for url in urls:
        if len(url) > MAX_URL:
            raise StoreError(f"the source {url[:60]}… has an address over {MAX_URL} characters")


def _new_row(source: Source, next_poll_at: datetime, host: str) -> dict[str, Any]:
    return {
        "url": source.url,
        "host": host,
        "name": source.name,
        "tags": to_json(sorted(source.tags)),
        "next_poll_at": micros(next_poll_at),
        "poll_seq": 0,
        "failures": 0,
        "error": "",
        "rate": 0.0,
        "rhythm": "{}",
        "habits": "{}",
        "window": b"",
    }


def _differs(row: AnyRow, source: Source, host: str) -> bool:
    said = (row.inactive_since, row.name, row.tags, row.host)
    return said != (None, source.name, sorted(source.tags), host)


def _followed_row(
    row: AnyRow, source: Source, next_poll_at: datetime, host: str, now: datetime
) -> dict[str, Any]:
    before = row.first_polls or []
    if row.inactive_since and row.first_success_at:
        before = [*before, micros(row.first_success_at), micros(now)][-MOST_RETURNS * 2 :]
    return {
        "source": row.id,
        "host": host,
        "name": source.name,
        "tags": to_json(sorted(source.tags)),
        "next_poll_at": micros(next_poll_at),
        "first_polls": to_json(before) if before else None,
    }
