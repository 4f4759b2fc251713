"""Rulings and alerts as rows: what became of an item on a watchlist, and what was said of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal_column, or_, update

from monitor.model import (
    Alert,
    AlertId,
    Evidence,
    ItemId,
    ItemOutcome,
    Match,
    Message,
    Ruling,
    Severity,
)
from monitor.store.bulk import Bulk, MakeInsert
from monitor.store.columns import AnyRow, micros, to_json
from monitor.store.tables import alerts, rulings

MAX_REASON = 500


def _upsert(insert: MakeInsert) -> Any:
    new = insert(rulings)
    told = ("outcome", "severity", "evidence", "vetoed_by", "reason", "alert")
    return new.on_conflict_do_update(
        index_elements=[rulings.c.item, rulings.c.watchlist],
        set_={name: new.excluded[name] for name in told},
        # Only an edit that ends a veto is ruled on again, and one that a silence mutes.
        where=or_(
            rulings.c.outcome == literal_column(f"'{ItemOutcome.VETOED.value}'"),
            new.excluded.outcome == literal_column(f"'{ItemOutcome.SILENCED.value}'"),
        ),
    )


_WRITE_RULINGS = Bulk(_upsert)
# Unlike an item, a second alert of one identity is a fault of the policy: it must be heard.
_INSERT_ALERTS = Bulk(lambda insert: insert(alerts))


def insert_rulings(connection: Connection, made: Iterable[Ruling]) -> None:
    """Write rulings with all their evidence; only a veto gives way, or any to a silence."""
    rows = [
        {
            "item": ruling.item,
            "watchlist": ruling.match.watchlist,
            "outcome": ruling.outcome,
            "severity": ruling.match.severity,
            "evidence": to_json([_evidence_to_json(e) for e in ruling.match.evidence]),
            "vetoed_by": to_json([_evidence_to_json(e) for e in ruling.match.vetoed_by]),
            "reason": ruling.reason[:MAX_REASON],
            "alert": ruling.alert,
        }
        for ruling in made
    ]
    _WRITE_RULINGS(connection, rows)


def amend_rulings(connection: Connection, made: Iterable[Ruling]) -> None:
    """Write what became of items whose alerts had waited to be told."""
    for ruling in made:
        connection.execute(
            update(rulings)
            .where(rulings.c.item == ruling.item, rulings.c.watchlist == ruling.match.watchlist)
            .values(outcome=ruling.outcome, reason=ruling.reason[:MAX_REASON], alert=ruling.alert)
        )


def insert_alerts(
    connection: Connection, made: Sequence[Alert], message: Callable[[Alert], Message]
) -> None:
    """Write alerts with the message every attempt of their deliveries will carry."""
    rows = [
        {
            "id": alert.id,
            "story": alert.story.id,
            "watchlist": alert.watchlist,
            "sequence": alert.sequence,
            "severity": alert.severity,
            "reason": alert.reason,
            "item": alert.item.id,
            "created": micros(alert.created),
            "message": to_json(message_to_json(message(alert))),
        }
        for alert in made
    ]
    _INSERT_ALERTS(connection, rows)


def to_ruling(row: AnyRow) -> Ruling:
    """Turn a row into the ruling it was."""
    return Ruling(
        item=ItemId(row.item),
        match=Match(
            watchlist=row.watchlist,
            severity=Severity(row.severity),
            evidence=tuple(Evidence(**each) for each in row.evidence),
            vetoed_by=tuple(Evidence(**each) for each in row.vetoed_by),
        ),
        outcome=ItemOutcome(row.outcome),
        reason=row.reason,
        alert=AlertId(row.alert) if row.alert else None,
    )


def to_message(stored: Mapping[str, Any]) -> Message:
    """Turn the JSON of a message back into it."""
    return Message(
        type=stored["type"],
        timestamp=datetime.fromisoformat(stored["timestamp"]),
        data=stored["data"],
    )


def message_to_json(message: Message) -> dict[str, Any]:
    """Return what `to_message` reads."""
    return {
        "type": message.type,
        "timestamp": message.timestamp.isoformat(),
        "data": dict(message.data),
    }


def _evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    return {name: getattr(evidence, name) for name in Evidence.__slots__}
