"""Removes what has been kept long enough, in small transactions with room between them.

Polls and deliveries write in between; what one call leaves, the next takes.

What is still owed to someone stays: open deliveries with their alerts, what waits for a digest or
for a case's next message, items that are in their source's document, and the keys by which what
returns is known.
"""

from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select

from monitor.model import DeliveryState
from monitor.store.bulk import PORTION, portions
from monitor.store.cases import prune_cases
from monitor.store.columns import KEY_BYTES
from monitor.store.engine import Database
from monitor.store.tables import (
    alert_digests,
    alerts,
    cases,
    copies,
    deliveries,
    gists,
    hosts,
    item_keys,
    items,
    notices,
    rulings,
    silences,
    sources,
    stories,
    versions,
    waiting,
)
from monitor.store.waiting import prune_waiting
from monitor.stories.shelf import WINDOW

# An item that was away for half a year and returns is still not news.
KEYS_OUTLIVE_ITEMS = timedelta(days=180)
# Of each table in one call: enough for a million items a day, little enough to end soon.
MOST_PORTIONS = 100
PAUSE_SECONDS = 0.005  # whoever waits for the writing connection gets it
_ENDED = (DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.CANCELLED)

# All keys of a document were seen when it was last read whole, or since.
_LEFT_DOCUMENT = or_(sources.c.whole_at.is_(None), item_keys.c.last_seen < sources.c.whole_at)


def prune(database: Database, before: datetime) -> int:
    """Remove what is older than `before` and owed to nobody; return how many items went."""
    _remove_keys(database, before - KEYS_OUTLIVE_ITEMS)
    removed = _remove_items(database, before)
    _remove(database, deliveries, deliveries.c.created < before, deliveries.c.state.in_(_ENDED))
    sent = ~exists().where(deliveries.c.alert == alerts.c.id)
    waits = exists().where(waiting.c.alert == alerts.c.id, waiting.c.due_at.is_not(None))
    _remove(database, alerts, alerts.c.created < before, sent, ~waits)
    prune_waiting(database)
    gone = ~exists().where(deliveries.c.alert == alert_digests.c.id)
    _remove(database, alert_digests, alert_digests.c.created < before, gone)
    _remove(database, silences, silences.c.until < before)
    told = ~exists().where(deliveries.c.alert == notices.c.told_by)
    _remove(database, notices, notices.c.created < before, told)
    over = ~exists().where(alerts.c.story == stories.c.id)
    open_case = exists().where(cases.c.story == stories.c.id, cases.c.due_at.is_not(None))
    part = stories.alias()
    whole = ~exists().where(part.c.merged_into == stories.c.id)
    _remove(database, stories, stories.c.last_seen < before, over, ~open_case, whole)
    prune_cases(database, before)
    _remove_gists(database)
    with database.write() as connection:
        connection.execute(delete(hosts).where(hosts.c.until < before))
    return removed


def _remove_keys(database: Database, before: datetime) -> None:
    gone = (item_keys.c.last_seen < before, _LEFT_DOCUMENT)
    with database.read() as connection:
        affected = connection.scalars(
            select(sources.c.id)
            .distinct()
            .join_from(item_keys, sources, item_keys.c.source_id == sources.c.id)
            .where(*gone)
        ).all()
    for portion in portions(affected):
        with database.write() as connection:
            connection.execute(
                delete(item_keys).where(
                    item_keys.c.source_id.in_(portion),
                    exists().where(sources.c.id == item_keys.c.source_id, *gone),
                )
            )


def _remove_items(database: Database, before: datetime) -> int:
    # One key tells whether an item is in the document: its strongest.
    strongest = func.substr(items.c["keys"], 1, KEY_BYTES, type_=item_keys.c.key.type)
    old = (
        select(items.c.id)
        .join(sources, sources.c.id == items.c.source_id)
        .outerjoin(
            item_keys,
            (item_keys.c.source_id == items.c.source_id) & (item_keys.c.key == strongest),
        )
        .where(items.c.first_seen < before, or_(item_keys.c.key.is_(None), _LEFT_DOCUMENT))
        .where(~exists().where(cases.c.item == items.c.id, cases.c.due_at.is_not(None)))
        .limit(PORTION)
    )
    removed = 0
    for _ in range(MOST_PORTIONS):
        with database.write() as connection:
            ids = connection.scalars(old).all()
            for table in (rulings, versions, copies):
                connection.execute(delete(table).where(table.c.item.in_(ids)))
            connection.execute(delete(items).where(items.c.id.in_(ids)))
        removed += len(ids)
        if len(ids) < PORTION:
            break
        sleep(PAUSE_SECONDS)
    return removed


def _remove_gists(database: Database) -> None:
    """Remove what no shelf reads any more, whatever `before` is: new items are never older."""
    with database.read() as connection:
        newest: datetime | None = connection.scalar(select(func.max(gists.c.at)))
    if newest:
        _remove(database, gists, gists.c.at < newest - WINDOW)


def _remove(database: Database, table: Table, *conditions: ColumnElement[bool]) -> None:
    old = select(table.c.id).where(*conditions).limit(PORTION)
    for _ in range(MOST_PORTIONS):
        with database.write() as connection:
            ids = connection.scalars(old).all()
            connection.execute(delete(table).where(table.c.id.in_(ids)))
        if len(ids) < PORTION:
            return
        sleep(PAUSE_SECONDS)
