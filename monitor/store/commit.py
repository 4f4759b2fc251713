"""One transaction for everything a group of polls changed.

Validators, items, stories, rulings, alerts and outbox rows of a group are committed together or
not at all: a crash before it repeats harmless polls, after it the outbox remembers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from monitor.model import (
    Alert,
    AlertId,
    Committed,
    Decide,
    Decision,
    Delivery,
    Item,
    Message,
    PollRecord,
    Sighting,
)
from monitor.store.alerts import insert_alerts, insert_rulings
from monitor.store.claiming import Claiming, claim_each
from monitor.store.engine import Database
from monitor.store.gists import Shelves
from monitor.store.hosts import put_off
from monitor.store.items import insert_copies, insert_items
from monitor.store.keys import name_items, shown
from monitor.store.notices import tell
from monitor.store.outbox import enqueue
from monitor.store.sources import accept
from monitor.store.states import save_states
from monitor.store.stories import open_book
from monitor.store.versions import edit_items
from monitor.store.waiting import insert_waiting

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
    notify: tuple[str, ...] = (),
    claiming: Claiming | None = None,
    shelves: Shelves,
) -> list[Committed]:
    """Write a group of records, all or nothing; one result for each, in order.

    `notify` are the notifiers that hear of the records' notices; with `claiming` what is to be
    sent is taken for that at once; `shelves` keeps what stories are compared by.
    A record whose source another poll has moved on is refused alone. What `decide`, `webhook_id`
    or `message` raise undoes the group and reaches the caller.
    """
    try:
        return _commit(
            database,
            records,
            decide,
            story_window=story_window,
            webhook_id=webhook_id,
            message=message,
            notify=notify,
            claiming=claiming,
            shelves=shelves,
        )
    except BaseException:
        shelves.spoil()
        raise


def _commit(
    database: Database,
    records: Sequence[PollRecord],
    decide: Decide,
    *,
    story_window: timedelta,
    webhook_id: Callable[[AlertId, str], str],
    message: Callable[[Alert], Message],
    notify: tuple[str, ...],
    claiming: Claiming | None,
    shelves: Shelves,
) -> list[Committed]:
    with database.write() as connection:
        accepted = accept(connection, records)
        polls = [record for record, fresh in zip(records, accepted, strict=True) if fresh]
        save_states(connection, polls)
        put_off(connection, polls)
        decided = _decide(connection, polls, decide, story_window, shelves)
        insert_items(
            connection,
            (
                (each.record.state.id, sighting.item, each.decision.joined.get(sighting.item.id))
                for each in decided
                for sighting in each.new
            ),
        )
        name_items(connection, ((p.state.id, p.now, p.seen) for p in polls if p.seen))
        edit_items(connection, ((p.now, edit) for p in polls for edit in p.edits))
        insert_copies(
            connection, (copy for each in decided for copy in each.decision.copies.items())
        )
        shelves.keep(connection, [m for each in decided for m in each.decision.members])
        alerts = [alert for each in decided for alert in each.decision.alerts]
        insert_rulings(connection, (r for each in decided for r in each.decision.rulings))
        insert_alerts(connection, alerts, message)
        waiting = [w for each in decided for w in each.decision.waiting]
        now = max(record.now for record in records)
        insert_waiting(connection, waiting, now)
        reachable = enqueue(connection, alerts, webhook_id)
        noted = [record for record in map(_noted, decided) if record.notices]
        told = tell(connection, noted, notify, webhook_id) if noted else frozenset()
        ours = claim_each(connection, reachable | told, claiming, now) if claiming else {}
    results = (_committed(each, reachable, told, ours) for each in decided)
    return [next(results) if fresh else Committed(accepted=False) for fresh in accepted]


def _decide(
    connection: Connection,
    polls: Sequence[PollRecord],
    decide: Decide,
    window: timedelta,
    shelves: Shelves,
) -> list[_Decided]:
    """Decide the records in order, each in sight of what those before it made."""
    new = _new_sightings(connection, polls)
    found = [sighting.item for sightings in new for sighting in sightings]
    turned = [_turned(record) for record in polls]
    edited = [item for items in turned for item in items]
    if not found and not edited:
        return [_Decided(record, (), _NOTHING) for record in polls]
    since = min(record.now for record in polls) - window
    ids = [item.id for item in edited]
    tells = any(sighting.gist for sightings in new for sighting in sightings)
    book = open_book(
        connection,
        [*found, *edited],
        since=since,
        edited=ids,
        shelves=shelves if tells else None,
        now=min(record.now for record in polls),
    )
    decided = []
    for record, sightings, again in zip(polls, new, turned, strict=True):
        decision = decide(record, sightings, book.view) if sightings or again else _NOTHING
        book.fold(decision, [sighting.item for sighting in sightings], now=record.now)
        decided.append(_Decided(record, sightings, decision))
    book.save(connection)
    return decided


def _noted(each: _Decided) -> PollRecord:
    """Return a record with what its decision has people hear of."""
    more = each.decision.notices
    return replace(each.record, notices=(*each.record.notices, *more)) if more else each.record


def _turned(record: PollRecord) -> list[Item]:
    """Return the known items whose edits concern a watchlist, as they are now."""
    told = (edit.turned or edit.kept for edit in record.edits)
    return [each.item for each in told if each]


def _new_sightings(connection: Connection, polls: Sequence[PollRecord]) -> list[Sequence[Sighting]]:
    """Return the sightings of which the first key was never shown.

    That is what the poll found as well: what it was told of the keys holds as long as no other
    poll of its source was accepted. But no item may be written, or alert, twice for any mistake.
    """
    return [_not_met(connection, record) if record.sightings else () for record in polls]


def _not_met(connection: Connection, record: PollRecord) -> Sequence[Sighting]:
    firsts = [sighting.item.keys[0] for sighting in record.sightings]
    met, new = shown(connection, record.state.id, firsts), []
    for sighting in record.sightings:
        if sighting.item.keys[0] not in met:
            new.append(sighting)
        met.add(sighting.item.keys[0])
    return new


def _committed(
    each: _Decided, reachable: frozenset[str], told: frozenset[str], claimed: dict[str, Delivery]
) -> Committed:
    """Return what became of a record; it takes from `claimed` what is for its destinations."""
    alerts = tuple(each.decision.alerts)
    destinations = reachable & {notifier for alert in alerts for notifier in alert.notify}
    if each.record.notices or each.decision.notices:
        destinations |= told
    return Committed(
        accepted=True,
        new=len(each.new),
        alerts=alerts,
        destinations=destinations,
        claimed=tuple(claimed.pop(name) for name in sorted(destinations & claimed.keys())),
    )
