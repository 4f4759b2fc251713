"""How a case rests: held, acknowledged, closed. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.alerts.news import MATERIAL
from monitor.model import Acknowledgement, Alert, Case, CaseState, News, Waiting

CLOSES_AFTER: Final = timedelta(hours=24)
RESTING: Final = frozenset({CaseState.ACKED, CaseState.CLOSED})


def material(news: Iterable[News]) -> tuple[News, ...]:
    """Return what is told even of a case that was acknowledged or closed: what changes it."""
    return tuple(each for each in news if each.reason in MATERIAL)


def drop(case: Case) -> Case:
    """Return a case that tells nothing of what waited: its item or its watchlist is gone, or muted.

    One that never told anything begins anew with the next item.
    """
    state = case.state if case.sequence else CaseState.CLOSED
    return replace(case, state=state, news=(), due_at=None)


def is_dropped(case: Case) -> bool:
    """Tell whether a case never told anything, and will not."""
    return case.sequence == 0 and case.state is CaseState.CLOSED


def as_of(case: Case, now: datetime) -> Case:
    """Return a case as time has made it: held no more, or closed."""
    if case.state is CaseState.HELD and (case.held_until is None or case.held_until <= now):
        case = replace(case, state=CaseState.OPEN, held_until=None)
    rests = case.due_at is None and now - case.last_seen >= CLOSES_AFTER
    if rests and case.state in {CaseState.OPEN, CaseState.ACKED}:
        return replace(case, state=CaseState.CLOSED)
    return case


def hold(case: Case, alert: Alert, waiting: Iterable[Waiting]) -> Case:
    """Return a case whose alert was made, and waits where nobody is told it at once."""
    until = [each.due_at for each in waiting if each.alert == alert.id and _delays(each)]
    if alert.notify or not until:
        return case
    return replace(case, state=CaseState.HELD, held_until=min(until))


def acknowledge(case: Case, acked: Acknowledgement) -> Case:
    """Return a case of which somebody has taken note: only what changes it is told."""
    news = material(case.news)
    due_at = case.due_at if news or case.state is CaseState.PENDING else None
    return replace(case, state=CaseState.ACKED, acked=acked, news=news, due_at=due_at)


def unacknowledge(case: Case) -> Case:
    """Return a case as if nobody had."""
    state = CaseState.OPEN if case.state is CaseState.ACKED else case.state
    return replace(case, state=state, acked=None)


def _delays(waiting: Waiting) -> bool:
    return waiting.occasion != "escalation"
