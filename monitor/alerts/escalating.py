"""Tell others of an alert that nobody has acknowledged. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerts.policy import digest
from monitor.model import AlertId, Case, Message, Reason


def is_acknowledged(case: Case | None, created: datetime) -> bool:
    """Tell whether somebody has taken note of a case since its alert was made."""
    return case is not None and case.acked is not None and case.acked.at >= created


def escalated(message: Message, *, now: datetime) -> Message:
    """Return an alert's message as those are told to whom it goes because it was left lying."""
    minutes = (now - message.timestamp) // timedelta(minutes=1)
    alert = {
        **message.data["alert"],
        "reason": Reason.ESCALATED.value,
        "detail": f"for {minutes} min" if minutes else None,
    }
    return replace(message, timestamp=now, data={**message.data, "alert": alert})


def escalation_id(alert: AlertId, notifier: str) -> AlertId:
    """Return the identity of what tells a notifier of it; a repeat has the same."""
    return AlertId(digest("escalation", alert, notifier))
