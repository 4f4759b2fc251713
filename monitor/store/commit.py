"""One transaction for everything a group of polls changed.

Validators, items, stories, rulings, alerts and outbox rows of a group are committed together or
not at all: a crash before it repeats harmless polls, after it the outbox remembers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from monitor.model import (
    Alert,
    AlertId,
    Committed,
    Decide,
    Decision,
    Message,
    PollRecord,
    Sighting,
    SourceId,
)
from monitor.store.alerts import insert_alerts, insert_rulings
from monitor.store.columns import micros
from monitor.store.engine import Database
from monitor.store.items import insert_items, note_keys
from monitor.store.outbox import enqueue
from monitor.store.sources import accept, save_states
from monitor.store.stories import open_book

_NOTHING = Decision(joined={}, stories={})


@dataclass(frozen=True, slots=True)
class _Decided:
    """An accepted record, those of its sightings that are new, and what became of them."""

    record: PollRecord
    new: Sequence[Sighting]
    decision: Decision


def commit(
    database: Database,
    records: Sequence[PollRecord],
    decide: Decide,
    *,
    story_window: timedelta,
    webhook_id: Callable[[AlertId, str], str],
    message: Callable[[Alert], Message],
) -> list[Committed]:
    """Write a group of records, all or nothing; one result for each, in order.

    A record whose source another poll has moved on is refused alone. What `decide`, `webhook_id`
    or `message` raise undoes the group and reaches the caller.
    """
    with database.write() as connection:
        accepted = accept(connection, records)
        polls = [record for record, fresh in zip(records, accepted, strict=True) if fresh]
        save_states(connection, polls)
        decided = _decide(connection, polls, decide, story_window)
        insert_items(
            connection,
            (
                (each.record.state.id, sighting.item, each.decision.joined.get(sighting.item.id))
                for each in decided
                for sighting in each.new
            ),
        )
        alerts = [alert for each in decided for alert in each.decision.alerts]
        insert_rulings(connection, (r for each in decided for r in each.decision.rulings))
        insert_alerts(connection, alerts, message)
        reachable = enqueue(connection, alerts, webhook_id)
    results = (_committed(each, reachable) for each in decided)
    return [next(results) if fresh else Committed(accepted=False) for fresh in accepted]


def _decide(
    connection: Connection, polls: Sequence[PollRecord], decide: Decide, window: timedelta
) -> list[_Decided]:
    """Decide the records in order, each in sight of what those before it made."""
    new = _new_sightings(connection, polls)
    found = [sighting.item for sightings in new for sighting in sightings]
    if not found:
        return [_Decided(record, (), _NOTHING) for record in polls]
    book = open_book(connection, found, since=min(record.now for record in polls) - window)
    decided = []
    for record, sightings in zip(polls, new, strict=True):
        decision = decide(record, sightings, book.view) if sightings else _NOTHING
        book.fold(decision, [sighting.item for sighting in sightings], now=record.now)
        decided.append(_Decided(record, sightings, decision))
    book.save(connection)
    return decided


def _new_sightings(connection: Connection, polls: Sequence[PollRecord]) -> list[Sequence[Sighting]]:
    """Note all keys of the documents; return the sightings of which no key was known.

    The look-up before the poll may be out of date; this one holds the sources' locks.
    """
    keys: dict[SourceId, dict[str, int]] = {}
    for record in polls:
        its_keys, now = keys.setdefault(record.state.id, {}), micros(record.now)
        its_keys.update(dict.fromkeys(record.seen, now))
        for sighting in record.sightings:
            its_keys.update(dict.fromkeys(sighting.item.keys, now))
    met = note_keys(connection, keys)
    return [_not_met(record.sightings, met[record.state.id]) for record in polls]


def _not_met(sightings: Iterable[Sighting], met: set[str]) -> Sequence[Sighting]:
    # Met keys grow on the way: one document may hold an entry twice.
    new = []
    for sighting in sightings:
        if met.isdisjoint(sighting.item.keys):
            new.append(sighting)
        met.update(sighting.item.keys)
    return new


def _committed(each: _Decided, reachable: frozenset[str]) -> Committed:
    alerts = tuple(each.decision.alerts)
    wanted = {notifier for alert in alerts for notifier in alert.notify}
    return Committed(
        accepted=True, new=len(each.new), alerts=alerts, destinations=reachable & wanted
    )
