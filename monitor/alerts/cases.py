"""What a watchlist tells of one story, and when: the states of a case. Pure.

The first alert leaves at once, or when its group has been waited for. What is new afterwards leaves
in follow-ups that come ever more rarely; what comes between them waits for the next and is told in
it. A case that nobody adds to for a day is closed: later copies are only counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.alerts.news import (
    Seen,
    all_terms,
    details,
    figures_told,
    headline_terms,
    marks_told,
    merged,
    next_step,
    said,
    whats_new,
)
from monitor.alerts.policy import Policy, alert_id
from monitor.alerts.resting import RESTING, as_of, drop, is_dropped, material
from monitor.model import (
    Alert,
    Case,
    CaseState,
    Item,
    ItemOutcome,
    Match,
    News,
    Reason,
    Severity,
    Story,
    StoryId,
)

if TYPE_CHECKING:
    from monitor.watch.rules import Watchlist

# Between two messages of a case; the wait doubles with each, so that two hours bring the first and
# three more at most. A denial and a higher severity do not wait that long.
BETWEEN: Final = timedelta(minutes=10)
LONGEST_BETWEEN: Final = timedelta(hours=6)
# What is new of an alert that waits for a digest is made so long before that, to stand in it too.
BEFORE_DIGEST: Final = timedelta(minutes=2)

_OVERTAKING = frozenset({Reason.HEADLINE, Reason.NUMBERS})
_PRESSING = frozenset({Reason.SEVERITY, Reason.HEADLINE})
_MOST_TERMS = 100
_MOST_FIGURES = 60
_HEADLINE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an item came to on its case: `case` as it is now, and the alert that leaves."""

    outcome: ItemOutcome
    reason: str
    case: Case
    alert: Alert | None = None


def take(
    case: Case | None,
    seen: Seen,
    *,
    policy: Policy,
    now: datetime,
    reason: Reason = Reason.NEW_STORY,
) -> Step:
    """Bring an item to its case, or begin one for `reason`."""
    if case is None or is_dropped(case):
        return _begin(seen, policy, now, reason)
    case = replace(as_of(case, now), last_seen=now)
    if case.state is CaseState.PENDING:
        return _gather(case, seen, policy, now)
    news = _news(case, seen, policy, now)
    if case.state in RESTING:
        news = material(news)
    if not news:
        return _count(case, seen)
    case = _note(case, seen, news, now)
    words = said(news, seen.story)
    if case.due_at and case.due_at > now:
        reason_words = f"{words}; told at {_minute(case.due_at)} with what comes until then"
        return Step(outcome=ItemOutcome.UPDATED, reason=reason_words, case=case)
    alert, case = _tell(case, seen, policy, now)
    return Step(outcome=ItemOutcome.UPDATED, reason=words, case=case, alert=alert)


def due(
    case: Case, story: Story, item: Item, match: Match, *, policy: Policy, now: datetime
) -> tuple[Alert | None, Case]:
    """Return the alert that a case has waited to tell until now, if any, and the case after it.

    `item` is the case's own, with the match that brought it there.
    """
    case = as_of(case, now)
    if case.due_at is None or case.due_at > now:
        return None, case
    if case.watchlist not in policy.watchlists:
        return None, drop(case)
    return _tell(case, Seen(item=item, match=match, story=story), policy, now)


def wait_before(case: Case, *, pressing: bool) -> timedelta:
    """Return how long after its last message a case may tell more: a denial presses, say."""
    doublings = 0 if pressing else min(case.sequence - 1, 10)
    wait: timedelta = min(BETWEEN * 2**doublings, LONGEST_BETWEEN)
    return wait


def had_alert(story: StoryId) -> str:
    """Say why what joins a story is no news."""
    return f"story {story} has had its alert"


def _begin(seen: Seen, policy: Policy, now: datetime, reason: Reason) -> Step:
    item, match = seen.item, seen.match
    case = Case(
        story=seen.story.id,
        watchlist=match.watchlist,
        state=CaseState.PENDING,
        opened=now,
        last_seen=now,
        severity=match.severity,
        item=item.id,
        news=(News(reason=reason, detail="", item=item.id),),
        due_at=now if match.severity is Severity.CRITICAL else now + policy.alerts.group_wait,
        terms=all_terms(match)[:_MOST_TERMS],
    )
    case = replace(_learn(case, seen), headline=item.entry.title[:_HEADLINE])
    if case.due_at and case.due_at > now:
        words = f"{reason.value}, told at {_minute(case.due_at)} with what comes until then"
        return Step(outcome=ItemOutcome.ALERTED, reason=words, case=case)
    alert, case = _tell(case, seen, policy, now)
    return Step(outcome=ItemOutcome.ALERTED, reason=reason.value, case=case, alert=alert)


def _gather(case: Case, seen: Seen, policy: Policy, now: datetime) -> Step:
    """Add an item to a story whose first alert waits for more of it."""
    severity = max(case.severity, seen.match.severity, key=lambda each: each.rank)
    terms = (*case.terms, *all_terms(seen.match))
    news = _changes(case, seen, policy, now)
    case = replace(
        _learn(case, seen) if news else case,
        severity=severity,
        similar=case.similar + (not news),
        terms=tuple(dict.fromkeys(terms))[:_MOST_TERMS],
    )
    if news:
        # Still a new story, but told by the item that says what became of it.
        waiting = (case.news[0], *merged(case.news, news))
        case = replace(case, news=waiting, item=seen.item.id)
    if severity is Severity.CRITICAL:
        # What is critical waits for nothing; it is what the alert is about then.
        alert, case = _tell(_learn(case, seen), seen, policy, now)
        words = f"{alert.reason.value}; critical, so told before its time"
        return Step(outcome=ItemOutcome.UPDATED, reason=words, case=case, alert=alert)
    if news:
        words = f"{said(news, seen.story)}; told in its first alert at {_minute(case.due_at)}"
        return Step(outcome=ItemOutcome.UPDATED, reason=words, case=case)
    words = f"story {case.story} has its first alert at {_minute(case.due_at)}"
    return Step(outcome=ItemOutcome.SIMILAR, reason=words, case=case)


def _changes(case: Case, seen: Seen, policy: Policy, now: datetime) -> tuple[News, ...]:
    """Return what an item changes of what the first alert would have told."""
    news = _news(case, seen, policy, now)
    return tuple(each for each in news if each.reason in _OVERTAKING)


def _news(case: Case, seen: Seen, policy: Policy, now: datetime) -> tuple[News, ...]:
    watchlist = policy.watchlists[case.watchlist]
    return whats_new(
        case,
        seen,
        on_update=watchlist.on_update,
        per_story=watchlist.throttle.per_story,
        now=now,
    )


def _count(case: Case, seen: Seen) -> Step:
    words = had_alert(case.story)
    if case.state is CaseState.ACKED and case.acked:
        words += f", acknowledged{f' by {case.acked.by}' if case.acked.by else ''}"
    elif case.state is CaseState.CLOSED:
        words += ", and rested for a day"
    elif case.due_at:
        words += f", and its next is due at {_minute(case.due_at)}"
    elif (step := next_step(case.sources)) != float("inf"):
        words += f", and its next is due at {step} sources, now {len(seen.story.sources)}"
    case = replace(case, similar=case.similar + 1)
    return Step(outcome=ItemOutcome.SIMILAR, reason=words, case=case)


def _note(case: Case, seen: Seen, news: tuple[News, ...], now: datetime) -> Case:
    """Return a case that has something to tell, and when."""
    reasons = {each.reason for each in news}
    rises = seen.match.severity.rank > case.severity.rank
    waiting = merged(case.news, news)
    fresh = headline_terms(seen.match) if Reason.NEW_TERM in reasons else ()
    case = replace(
        _learn(case, seen),
        state=CaseState.OPEN if case.state in RESTING else case.state,
        severity=seen.match.severity if rises else case.severity,
        news=waiting,
        item=waiting[0].item,
        sources=max(case.sources, len(seen.story.sources)),
        terms=tuple(dict.fromkeys((*case.terms, *fresh)))[:_MOST_TERMS],
        widened_at=now if Reason.NEW_TERM in reasons else case.widened_at,
    )
    is_urgent = rises and case.severity is Severity.CRITICAL
    return replace(case, due_at=now if is_urgent else _next_at(case, now))


def _learn(case: Case, seen: Seen) -> Case:
    """Return a case by which the numbers and marks of an item count as told."""
    return replace(
        case,
        figures=figures_told(case, seen)[-_MOST_FIGURES:],
        marks=marks_told(case, seen.item.entry.title),
    )


def _next_at(case: Case, now: datetime) -> datetime:
    wait = wait_before(case, pressing=any(each.reason in _PRESSING for each in case.news))
    at = max(now, (case.told_at or now) + wait)
    if case.state is CaseState.HELD and case.held_until:
        at = max(at, case.held_until - BEFORE_DIGEST)
    # What waits already leaves no later because more has come.
    return min(at, case.due_at) if case.due_at else at


def _tell(case: Case, seen: Seen, policy: Policy, now: datetime) -> tuple[Alert, Case]:
    alert = _alert(case, seen, policy.watchlists[case.watchlist], now)
    told = replace(
        case,
        state=CaseState.OPEN if case.state is CaseState.PENDING else case.state,
        sequence=alert.sequence,
        told_at=now,
        due_at=None,
        item=None,
        news=(),
        sources=max(case.sources, len(seen.story.sources)),
        headline=seen.item.entry.title[:_HEADLINE],
    )
    return alert, told


def _alert(case: Case, seen: Seen, watchlist: "Watchlist", now: datetime) -> Alert:
    sequence = case.sequence + 1
    return Alert(
        id=alert_id(case.story, case.watchlist, sequence),
        sequence=sequence,
        reason=case.news[0].reason,
        detail=details(case.news, seen.story),
        watchlist=case.watchlist,
        severity=case.severity,
        description=watchlist.description,
        story=seen.story,
        item=seen.item,
        evidence=seen.match.evidence,
        created=now,
        notify=watchlist.notify,
    )


def _minute(moment: datetime | None) -> str:
    return f"{moment:%H:%M} UTC" if moment else "once"
