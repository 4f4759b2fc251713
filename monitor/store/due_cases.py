"""Cases that have waited to tell something, with all it takes to tell it."""

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.model import Case, DueCase
from monitor.store.alerts import to_ruling
from monitor.store.cases import to_case
from monitor.store.items import SELECT_ITEMS, to_item
from monitor.store.stories import to_story
from monitor.store.tables import cases, items, rulings, stories

MOST_DUE = 500  # told in one transaction; the rest is due still


def due_cases(connection: Connection, now: datetime, *, most: int = MOST_DUE) -> list[DueCase]:
    """Return the cases that have something to tell now, the longest waiting first."""
    rows = connection.execute(
        select(cases)
        .where(cases.c.due_at <= now)
        .order_by(cases.c.due_at, cases.c.story, cases.c.watchlist)
        .limit(most)
    )
    return [_due(connection, to_case(row)) for row in rows.all()]


def next_due_case(connection: Connection) -> datetime | None:
    """Return when the next case has something to tell."""
    found: datetime | None = connection.scalar(
        select(cases.c.due_at).where(cases.c.due_at.is_not(None)).order_by(cases.c.due_at).limit(1)
    )
    return found


def _due(connection: Connection, case: Case) -> DueCase:
    # A handful at a time: each waits ten minutes at least, and most of them alone.
    story = connection.execute(select(stories).where(stories.c.id == case.story)).first()
    item = connection.execute(SELECT_ITEMS.where(items.c.id == case.item)).first()
    ruling = connection.execute(
        select(rulings).where(rulings.c.item == case.item, rulings.c.watchlist == case.watchlist)
    ).first()
    return DueCase(
        case=case,
        story=to_story(story) if story else None,
        item=to_item(item) if item else None,
        match=to_ruling(ruling).match if ruling else None,
    )
