"""Whom a watchlist need not tell of a story, because another, weightier, has told them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from monitor.alerts.policy import Policy
from monitor.model import Alert, Case, CaseState, Severity, StoryId

_HAVE_TOLD: Final = frozenset({CaseState.OPEN, CaseState.ACKED, CaseState.CLOSED})


def inhibited(
    alert: Alert,
    told: Iterable[tuple[Alert, tuple[str, ...]]],
    cases: Mapping[tuple[StoryId, str], Case],
    policy: Policy,
) -> dict[str, str]:
    """Return which of an alert's notifiers have heard of its story, each with who told them.

    `told` are alerts of the same decision with those who are told them at once.
    """
    which = policy.alerts.inhibit
    if which == "never":
        return {}
    spare = 1 if which == "lower" else 0
    least = alert.severity.rank + spare
    heard: dict[str, str] = {}
    # What changes a story is told by whoever saw it: the others may not have.
    before = _before(alert, cases, policy) if alert.sequence == 1 else ()
    for name, severity, notifiers in (*before, *_beside(alert, told)):
        if severity.rank >= least:
            heard |= dict.fromkeys(notifiers, f"{name} ({severity})")
    return {name: heard[name] for name in alert.notify if name in heard}


def _before(
    alert: Alert, cases: Mapping[tuple[StoryId, str], Case], policy: Policy
) -> Iterable[tuple[str, Severity, tuple[str, ...]]]:
    for name, watchlist in policy.watchlists.items():
        case = cases.get((alert.story.id, name)) if name != alert.watchlist else None
        # What waits to be told, with others or alone, nobody has heard yet.
        if case and case.sequence and case.state in _HAVE_TOLD:
            yield name, case.severity, watchlist.notify


def _beside(
    alert: Alert, told: Iterable[tuple[Alert, tuple[str, ...]]]
) -> Iterable[tuple[str, Severity, tuple[str, ...]]]:
    for other, notifiers in told:
        is_told = other.item.id == alert.item.id or alert.sequence == 1
        if is_told and other.story.id == alert.story.id and other.watchlist != alert.watchlist:
            yield other.watchlist, other.severity, notifiers
