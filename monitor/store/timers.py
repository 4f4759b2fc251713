"""What tells something without a poll: cases that waited, and alerts whose occasion has come."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, text

from monitor.model import (
    Alert,
    AlertId,
    Committed,
    Decision,
    DueCase,
    Message,
    StoryBook,
)
from monitor.store.alerts import amend_rulings, insert_alerts
from monitor.store.cases import cases_of, save_cases
from monitor.store.due_cases import due_cases, next_due_case
from monitor.store.engine import Database
from monitor.store.lock import ADVISORY_STORIES
from monitor.store.notices import announce_in
from monitor.store.outbox import enqueue
from monitor.store.sent import Sent
from monitor.store.silences import lasting
from monitor.store.waiting import insert_waiting, next_waiting, tell_waiting

DecideDue: TypeAlias = Callable[[Sequence[DueCase], StoryBook], Decision]


def next_due(database: Database) -> datetime | None:
    """Return when something is told next though no poll brings it; None where nothing waits."""
    with database.read() as connection:
        found = (next_due_case(connection), next_waiting(connection))
    return min((each for each in found if each), default=None)


def tell_due(
    database: Database,
    decide: DecideDue,
    now: datetime,
    *,
    webhook_id: Callable[[AlertId, str], str],
    message: Callable[[Alert], Message],
    notify: tuple[str, ...] = (),
) -> Committed:
    """Tell what is due, all or nothing; what it makes may be told at once or wait again."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            # Nobody else decides meanwhile, so that nothing is told twice.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_STORIES})"))
        decision = _decide(connection, decide, now)
        amend_rulings(connection, decision.rulings)
        insert_alerts(connection, decision.alerts, message)
        insert_waiting(connection, decision.waiting, now)
        destinations = enqueue(connection, decision.alerts, webhook_id)
        for notice in decision.notices:
            destinations |= announce_in(connection, notice, notify, webhook_id)
        destinations |= tell_waiting(connection, now, webhook_id)
    return Committed(accepted=True, alerts=tuple(decision.alerts), destinations=destinations)


def _decide(connection: Connection, decide: DecideDue, now: datetime) -> Decision:
    waited = due_cases(connection, now)
    if not waited:
        return Decision(joined={}, stories={})
    book = StoryBook(
        by_key={},
        stories={},
        cases=cases_of(connection, {each.case.story for each in waited}),
        silences=lasting(connection, now),
        sent=Sent(connection),
    )
    decision = decide(waited, book)
    save_cases(connection, decision.cases)
    return decision
