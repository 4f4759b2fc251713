"""Cases as rows: what each watchlist has told of each story, and what it will tell of it when."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, update

from monitor.model import (
    Acknowledgement,
    Case,
    CaseState,
    ItemId,
    News,
    Reason,
    Severity,
    StoryId,
)
from monitor.store.bulk import Bulk, MakeInsert, portions
from monitor.store.columns import AnyRow, later, micros, moment, optional_micros, to_json
from monitor.store.engine import Database
from monitor.store.tables import alerts, cases, stories

_PLAIN = ("similar", "sources", "headline", "terms", "figures", "marks")


def _upsert(insert: MakeInsert) -> Any:
    new = insert(cases)
    told = [column.name for column in cases.c if not column.primary_key]
    return new.on_conflict_do_update(
        index_elements=[cases.c.story, cases.c.watchlist],
        set_={name: new.excluded[name] for name in told},
    )


_SAVE = Bulk(_upsert)
# Built once: every poll that begins a story asks.
_OF_STORIES = select(cases).where(cases.c.story.in_(bindparam("stories", expanding=True)))

# Of an alert: the story it told of may have merged into another since.
_STORY = func.coalesce(stories.c.merged_into, alerts.c.story)
CASES_OF_ALERTS = (
    select(cases)
    .select_from(alerts)
    .outerjoin(stories, stories.c.id == alerts.c.story)
    .join(cases, and_(cases.c.story == _STORY, cases.c.watchlist == alerts.c.watchlist))
)


def save_cases(connection: Connection, changed: Iterable[Case]) -> None:
    """Write cases as they are now; of one that is given twice the last counts."""
    last = {(case.story, case.watchlist): case for case in changed}
    _SAVE(connection, [_row(case) for case in last.values()])


def cases_of(connection: Connection, wanted: Iterable[StoryId]) -> dict[tuple[StoryId, str], Case]:
    """Return what watchlists have told of these stories."""
    return {
        (case.story, case.watchlist): case
        for portion in portions(sorted(wanted))
        for case in map(to_case, connection.execute(_OF_STORIES, {"stories": portion}))
    }


def amend_case(database: Database, alert: str, change: Callable[[Case], Case]) -> tuple[Case, ...]:
    """Change the case of the alert with this id or this beginning of it; return it as it is now.

    Several where the beginning is that of several alerts, none where it is of none: unchanged.
    """
    with database.write() as connection:
        found = _cases_of_alerts(connection, alert)
        if len(found) != 1:
            return found
        changed = change(found[0])
        save_cases(connection, [changed])
        return (changed,)


def shift_cases(connection: Connection, delta: timedelta) -> None:
    """Move what cases wait for: the clock has stepped."""
    for column in (cases.c.due_at, cases.c.held_until):
        connection.execute(
            update(cases).where(column.is_not(None)).values({column: later(column, delta)})
        )


def prune_cases(database: Database, before: datetime) -> None:
    """Remove cases that nobody has added to since then and whose story is gone."""
    over = ~exists().where(stories.c.id == cases.c.story)
    with database.write() as connection:
        connection.execute(delete(cases).where(cases.c.last_seen < before, over))


def to_case(row: AnyRow) -> Case:
    """Turn a row into the case it was."""
    told: dict[str, Any] = row.told
    acked, widened = told.get("acked"), told.get("widened_at")
    return Case(
        story=StoryId(row.story),
        watchlist=row.watchlist,
        state=CaseState(row.state),
        opened=row.opened,
        last_seen=row.last_seen,
        severity=Severity(row.severity),
        sequence=row.sequence,
        told_at=row.told_at,
        due_at=row.due_at,
        held_until=row.held_until,
        item=ItemId(row.item) if row.item else None,
        news=tuple(_to_news(each) for each in told.get("news", ())),
        similar=told.get("similar", 0),
        sources=told.get("sources", 0),
        headline=told.get("headline", ""),
        terms=tuple(told.get("terms", ())),
        figures=tuple(told.get("figures", ())),
        marks=tuple(told.get("marks", ())),
        widened_at=moment(widened) if widened else None,
        acked=_to_acked(acked) if acked else None,
    )


def _cases_of_alerts(connection: Connection, wanted: str) -> tuple[Case, ...]:
    named = alerts.c.id.between(wanted, f"{wanted}\U0010ffff")
    rows = connection.execute(CASES_OF_ALERTS.where(named).distinct())
    return tuple(map(to_case, rows))


def _row(case: Case) -> dict[str, Any]:
    told: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(case, name))}
    if case.news:
        told["news"] = [[each.reason, each.detail, each.item] for each in case.news]
    if case.widened_at:
        told["widened_at"] = micros(case.widened_at)
    if case.acked:
        told["acked"] = [micros(case.acked.at), case.acked.by, case.acked.note]
    return {
        "story": case.story,
        "watchlist": case.watchlist,
        "state": case.state,
        "opened": micros(case.opened),
        "last_seen": micros(case.last_seen),
        "severity": case.severity,
        "sequence": case.sequence,
        "told_at": optional_micros(case.told_at),
        "due_at": optional_micros(case.due_at),
        "held_until": optional_micros(case.held_until),
        "item": case.item,
        "told": to_json(told),
    }


def _to_news(told: Sequence[str]) -> News:
    reason, detail, item = told
    return News(reason=Reason(reason), detail=detail, item=ItemId(item))


def _to_acked(told: Sequence[Any]) -> Acknowledgement:
    at, by, note = told
    return Acknowledgement(at=moment(at), by=by, note=note)
