"""When people hear that deliveries are late, and that they are so no more. Pure."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from monitor.model import Notice, Severity

LATE = timedelta(minutes=10)  # the oldest waiting delivery
AGAIN = timedelta(hours=1)

Backlog: TypeAlias = Literal["system.backlog", "system.backlog_recovered"]
BACKLOG: tuple[Backlog, ...] = ("system.backlog", "system.backlog_recovered")


def backlog_news(
    oldest: timedelta | None, waiting: int, last: tuple[str, datetime] | None, *, now: datetime
) -> Notice | None:
    """Return what to say of late deliveries, None where that is nothing.

    `oldest` is the age of the oldest of `waiting` deliveries, `last` what was said last of them,
    and when.
    """
    late = oldest is not None and oldest > LATE
    said_at = last[1] if last and last[0] == "system.backlog" else None
    if late and oldest and (said_at is None or now - said_at >= AGAIN):
        return Notice(
            type="system.backlog",
            source=None,
            created=now,
            severity=Severity.HIGH,
            title=f"Deliveries are late: the oldest has waited {_minutes(oldest)}",
            text=f"{waiting} wait. monitor deliveries list shows for which notifiers, and why; what"
            " waits is sent as soon as that is possible.",
            count=waiting,
        )
    if said_at and not late:
        return Notice(
            type="system.backlog_recovered",
            source=None,
            created=now,
            severity=Severity.LOW,
            title="Deliveries are no longer late",
            text=f"They were since {said_at:%Y-%m-%d %H:%M} UTC or longer.",
        )
    return None


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} min"
