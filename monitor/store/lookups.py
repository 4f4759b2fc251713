"""What people ask of the store about one thing: what became of an item, who was told of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, or_, select

from monitor.model import (
    AlertId,
    Case,
    Delivery,
    Item,
    Message,
    Reason,
    Ruling,
    Severity,
    Story,
    StoryId,
)
from monitor.store.alerts import to_message, to_ruling
from monitor.store.cases import cases_of
from monitor.store.columns import AnyRow
from monitor.store.deliveries import SELECT_DELIVERIES, to_delivery
from monitor.store.engine import Database
from monitor.store.items import SELECT_ITEMS, to_item
from monitor.store.kin import Kin, kin_of
from monitor.store.stories import to_story
from monitor.store.tables import (
    alerts,
    deliveries,
    items,
    notices,
    rulings,
    stories,
    waiting,
)
from monitor.store.versions import Version, read_versions

# More items than this under one prefix or link tell a person nothing.
MAX_FINDINGS = 20
MAX_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert as it was sent: `message` is what its notifiers were asked to say."""

    id: AlertId
    story: StoryId
    watchlist: str
    severity: Severity
    sequence: int
    reason: Reason
    created: datetime
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Everything stored about one item. `story` is None where it joined none, or it was pruned.

    `cases` are those of its story; `told` are all alerts on that, whichever item they are about.
    """

    item: Item
    story: Story | None
    rulings: tuple[Ruling, ...]
    alerts: tuple[StoredAlert, ...]
    deliveries: tuple[Delivery, ...]
    versions: tuple[Version, ...]  # what it said before its edits, the oldest first
    cases: tuple[Case, ...] = ()
    told: tuple[StoredAlert, ...] = ()
    kin: Kin = field(default_factory=Kin)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFinding:
    """A notice, and what became of the message that told of it, or of it among others."""

    id: AlertId
    message: Message
    told_by: AlertId  # the notice that heads that message
    deliveries: tuple[Delivery, ...]


def find(
    database: Database,
    wanted: str,
    *,
    link_key: str = "",
    is_link: Callable[[str], bool] | None = None,
) -> tuple[Finding, ...]:
    """Find items by an id, theirs or an alert's, or its beginning, or by link, the newest first.

    `link_key` (of the canonical link) finds a link in its other spellings, and at once; `is_link`
    is asked about the link of every item, also of those that share theirs and have no key for it.
    """
    if not wanted:
        return ()
    with database.read() as connection:
        chosen = (
            items.c.id.in_(_linked(connection, is_link))
            if is_link
            else _wanted_items(connection, wanted, link_key)
        )
        rows = connection.execute(
            SELECT_ITEMS.where(chosen)
            .order_by(items.c.first_seen.desc(), items.c.id)
            .limit(MAX_FINDINGS)
        ).all()
        return tuple(_finding(connection, row) for row in rows)


def find_notices(database: Database, wanted: str) -> tuple[NoticeFinding, ...]:
    """Find notices by id or its beginning, the newest first."""
    if not wanted:
        return ()
    with database.read() as connection:
        rows = connection.execute(
            select(notices)
            .where(notices.c.id.between(wanted, f"{wanted}\U0010ffff"))
            .order_by(notices.c.created.desc(), notices.c.id)
            .limit(MAX_FINDINGS)
        ).all()
        return tuple(
            NoticeFinding(
                id=AlertId(row.id),
                message=to_message(row.message),
                told_by=AlertId(row.told_by),
                deliveries=_deliveries(connection, [row.told_by]),
            )
            for row in rows
        )


def _wanted_items(connection: Connection, wanted: str, link_key: str) -> Any:
    if link_key:
        return items.c.link_key == link_key
    if wanted.startswith(("http://", "https://")):
        return items.c.link == wanted
    alerted = connection.scalar(select(alerts.c.item).where(alerts.c.id == wanted))
    if alerted:
        return items.c.id == alerted
    last = f"{wanted}\U0010ffff"
    called = select(alerts.c.item).where(alerts.c.id.between(wanted, last)).limit(MAX_FINDINGS)
    return or_(items.c.id.between(wanted, last), items.c.id.in_(connection.scalars(called).all()))


def _finding(connection: Connection, row: AnyRow) -> Finding:
    story = _story(connection, row.story)
    made = connection.execute(
        select(alerts).where(alerts.c.item == row.id).order_by(alerts.c.created, alerts.c.id)
    ).all()
    judged = connection.execute(
        select(rulings).where(rulings.c.item == row.id).order_by(rulings.c.watchlist)
    )
    return Finding(
        item=to_item(row),
        story=to_story(story) if story else None,
        rulings=tuple(map(to_ruling, judged)),
        alerts=tuple(map(_to_alert, made)),
        deliveries=_deliveries(connection, _tellers(connection, [alert.id for alert in made])),
        versions=read_versions(connection, row.id),
        cases=tuple(cases_of(connection, [story.id]).values()) if story else (),
        told=_told(connection, story.id if story else None),
        kin=kin_of(connection, row, story),
    )


def _story(connection: Connection, wanted: str | None) -> AnyRow | None:
    """Return a story, or the one that it has merged into."""
    row = connection.execute(select(stories).where(stories.c.id == wanted)).first()
    return _story(connection, row.merged_into) if row and row.merged_into else row


def _told(connection: Connection, story: str | None) -> tuple[StoredAlert, ...]:
    if story is None:
        return ()
    merged = select(stories.c.id).where(stories.c.merged_into == story)
    told = or_(alerts.c.story == story, alerts.c.story.in_(merged))
    wanted = select(alerts).where(told).order_by(alerts.c.created, alerts.c.id).limit(MAX_TOLD)
    return tuple(map(_to_alert, connection.execute(wanted)))


def _tellers(connection: Connection, made: Sequence[str]) -> list[str]:
    """Return alerts together with the digests and escalations that told them."""
    told_by = select(waiting.c.told_by).where(
        waiting.c.alert.in_(made), waiting.c.told_by.is_not(None)
    )
    return [*made, *connection.scalars(told_by)]


def _deliveries(connection: Connection, alerted: Sequence[str]) -> tuple[Delivery, ...]:
    wanted = SELECT_DELIVERIES.where(deliveries.c.alert.in_(alerted)).order_by(deliveries.c.id)
    return tuple(map(to_delivery, connection.execute(wanted)))


def _linked(connection: Connection, is_link: Callable[[str], bool]) -> list[str]:
    """Return the ids of the newest items with such links."""
    rows = connection.execute(
        select(items.c.id, items.c.link).order_by(items.c.first_seen.desc(), items.c.id)
    )
    return list(islice((row.id for row in rows if is_link(row.link)), MAX_FINDINGS))


def _to_alert(row: AnyRow) -> StoredAlert:
    return StoredAlert(
        id=AlertId(row.id),
        story=StoryId(row.story),
        watchlist=row.watchlist,
        severity=Severity(row.severity),
        sequence=row.sequence,
        reason=Reason(row.reason),
        created=row.created,
        message=to_message(row.message),
    )
