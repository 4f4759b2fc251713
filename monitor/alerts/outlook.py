"""Say how a case stands and what would be told next, for a person. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.cases import wait_before
from monitor.alerts.news import next_step, said
from monitor.alerts.resting import CLOSES_AFTER, as_of
from monitor.model import Case, CaseState, Story

if TYPE_CHECKING:
    from monitor.watch.rules import Watchlist

_NUMBERS = "other numbers in the place of those told, a higher or a first toll"
_CHANGES = "a denial or a correction in a headline, or a higher severity"


def outlook(
    case: Case, story: Story, watchlist: "Watchlist | None", *, now: datetime
) -> Iterator[str]:
    """Yield how a case stands, then what its next follow-up would be and when.

    `watchlist` is None where the configuration has it no more.
    """
    case = as_of(case, now)
    yield _standing(case)
    if watchlist is None:
        yield "nothing more is told: the watchlist is gone"
    elif case.due_at:
        yield _due(case, story)
    elif case.state is CaseState.ACKED:
        yield f"only what changes it is told: {_changes(watchlist)}"
    elif case.state is CaseState.CLOSED:
        yield f"nothing came for a day: only what changes it is told, {_changes(watchlist)}"
    else:
        yield from _next(case, story, watchlist, now)
    if case.state is CaseState.HELD and case.held_until:
        yield f"its last alert is told with others at {_moment(case.held_until)}"


def _standing(case: Case) -> str:
    told = f"{case.sequence} {'alert' if case.sequence == 1 else 'alerts'}"
    counted = f", {case.similar} more only counted" if case.similar else ""
    words = f"case {case.state}, begun {_moment(case.opened)}: {told}{counted}"
    if case.acked:
        by = f" by {case.acked.by}" if case.acked.by else ""
        note = f": {case.acked.note}" if case.acked.note else ""
        words += f"; acknowledged{by} at {_moment(case.acked.at)}{note}"
    return words


def _due(case: Case, story: Story) -> str:
    if case.state is CaseState.PENDING:
        return f"its first alert leaves at {_moment(case.due_at)} with what comes until then"
    return f"a follow-up leaves at {_moment(case.due_at)}: {said(case.news, story)}"


def _next(case: Case, story: Story, watchlist: "Watchlist", now: datetime) -> Iterator[str]:
    step = next_step(case.sources)
    if step <= len(story.sources):
        yield f"a follow-up leaves with the next that tells it; now {len(story.sources)} sources"
    elif step != float("inf"):
        yield f"a follow-up leaves at {step} sources; now {len(story.sources)}"
    told_at = case.told_at or case.opened
    soonest = told_at + wait_before(case, pressing=True)
    usually = told_at + wait_before(case, pressing=False)
    yield f"{_from(soonest, now)}: {_CHANGES}"
    if watchlist.on_update != "never":
        yield f"{_from(usually, now)}: {_NUMBERS}"
    if watchlist.on_update == "always":
        yield f"{_from(usually, now)}: an edit of any of its items"
    if case.widened_at:
        usually = max(usually, case.widened_at + watchlist.throttle.per_story)
    yield f"{_from(usually, now)}: another term or entity in a headline"
    yield f"it closes at {_moment(case.last_seen + CLOSES_AFTER)} if nothing more comes"


def _changes(watchlist: "Watchlist") -> str:
    return _CHANGES if watchlist.on_update == "never" else f"{_NUMBERS}, {_CHANGES}"


def _from(moment: datetime, now: datetime) -> str:
    return "at once" if moment <= now else f"from {_moment(moment)} on"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "once"
