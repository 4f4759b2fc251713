"""A source that comes back after more than a day tells what it missed in one digest. Pure."""

from dataclasses import replace
from typing import Final

from monitor.alerts.policy import away
from monitor.model import Alert, Decision, ItemOutcome, PollRecord, Severity, Waiting

A_FEW: Final = 5  # alerts; so many leave one by one


def told_together(decision: Decision, record: PollRecord) -> Decision:
    """Return the decision with the alerts of a source that is back told together, at once.

    What is critical leaves by itself.
    """
    span = away(record)
    several = [alert for alert in decision.alerts if _may_wait(alert)]
    if span is None or len(several) <= A_FEW:
        return decision
    words = f"told with {len(several) - 1} others: its source could not be read for {span}"
    ids = {alert.id for alert in several}
    return replace(
        decision,
        alerts=[
            replace(alert, notify=()) if alert.id in ids else alert for alert in decision.alerts
        ],
        rulings=[
            replace(each, outcome=ItemOutcome.BUNDLED, reason=f"{each.reason}; {words}")
            if each.alert in ids
            else each
            for each in decision.rulings
        ],
        waiting=[
            *decision.waiting,
            *(
                Waiting(alert=alert.id, notifier=name, occasion="many at once", due_at=record.now)
                for alert in several
                for name in alert.notify
            ),
        ],
    )


def _may_wait(alert: Alert) -> bool:
    return bool(alert.notify) and alert.severity is not Severity.CRITICAL
