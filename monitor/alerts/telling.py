"""Which of a decision's alerts are told at once, and when the others are. Pure.

Every alert is written as soon as it is made; here it is only settled who hears of it when. What is
held or bundled is told in a digest and never dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.calm import (
    end_of_hour,
    held_from,
    held_until,
    hour_of,
    local_words,
    next_digest,
)
from monitor.alerts.inhibiting import inhibited
from monitor.alerts.policy import Policy
from monitor.model import (
    Alert,
    AlertId,
    Decision,
    ItemOutcome,
    Notice,
    Reason,
    Ruling,
    Severity,
    StoryBook,
    Waiting,
)
from monitor.settings import DigestSettings, Escalation

if TYPE_CHECKING:
    from monitor.watch.rules import Watchlist

_BEGINNINGS = frozenset({Reason.NEW_STORY, Reason.NOW_MATCHES, Reason.SEVERITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who is told an alert when: `now` at once, `waiting` later. `outcome` None: as it was."""

    now: tuple[str, ...]  # notifiers, by name
    waiting: tuple[Waiting, ...] = ()
    outcome: ItemOutcome | None = None
    reason: str = ""
    flooding: bool = False  # it is beyond what its watchlist may send in an hour


def told_later(decision: Decision, book: StoryBook, *, now: datetime, policy: Policy) -> Decision:
    """Return the decision with each alert told when it may be, and its ruling saying so."""
    if not decision.alerts:
        return decision
    sent: dict[str, int] = {}
    tellings: dict[AlertId, Telling] = {}
    floods, told = {}, list[tuple[Alert, tuple[str, ...]]]()
    # The weightiest first: who hears of a story from it need not from the others.
    for made in sorted(decision.alerts, key=lambda each: -each.severity.rank):
        heard = inhibited(made, told, book.cases, policy)
        alert = replace(made, notify=tuple(name for name in made.notify if name not in heard))
        count = sent.get(alert.watchlist)
        if count is None:
            count = book.sent.get((alert.watchlist, hour_of(now)), 0)
        telling = tell(alert, count, now=now, policy=policy)
        if heard:
            telling = _without(telling, heard, is_all=not alert.notify)
        sent[alert.watchlist] = count + bool(telling.now)
        tellings[alert.id] = telling
        told.append((alert, telling.now))
        if telling.flooding:
            floods[alert.watchlist] = _flood(alert.watchlist, now, policy)
    return replace(
        decision,
        alerts=[replace(each, notify=tellings[each.id].now) for each in decision.alerts],
        rulings=[_as_told(ruling, tellings) for ruling in decision.rulings],
        waiting=[*decision.waiting, *(w for each in tellings.values() for w in each.waiting)],
        notices=[*decision.notices, *floods.values()],
    )


def tell(alert: Alert, sent: int, *, now: datetime, policy: Policy) -> Telling:
    """Settle when an alert is told; `sent` is how many its watchlist told at once this hour."""
    watchlist = policy.watchlists[alert.watchlist]
    digests = [each for each in policy.alerts.digests if alert.severity in each.severities]
    if digests:
        return _in_digests(alert, digests, now)
    telling = Telling(now=alert.notify)
    hours = watchlist.quiet_hours
    until = held_until(hours, alert.severity, now) if hours else None
    if until and hours:
        reason = f"quiet hours until {local_words(until, hours.zone)}"
        waiting = tuple(
            Waiting(alert=alert.id, notifier=name, occasion="quiet hours", due_at=until)
            for name in alert.notify
        )
        telling = Telling(now=(), waiting=waiting, outcome=ItemOutcome.HELD, reason=reason)
    elif sent >= watchlist.throttle.max_per_hour and alert.severity is not Severity.CRITICAL:
        telling = _over_the_rate(alert, watchlist, now)
    if watchlist.escalate and not telling.flooding:
        more = _escalation(alert, watchlist.escalate, until or now)
        telling = replace(telling, waiting=(*telling.waiting, *more))
    return telling


def _without(telling: Telling, heard: Mapping[str, str], *, is_all: bool) -> Telling:
    """Return a telling that spares those who have heard of the story, and says so."""
    words = "; ".join(f"{name} has heard of this story from {heard[name]}" for name in heard)
    if is_all:
        return Telling(now=(), outcome=ItemOutcome.SIMILAR, reason=words)
    return replace(telling, reason=f"{telling.reason}; {words}" if telling.reason else words)


def _in_digests(alert: Alert, digests: list[DigestSettings], now: datetime) -> Telling:
    due = {name: (next_digest(x, now), x) for x in digests for name in x.notify or alert.notify}
    first, digest = min(((next_digest(x, now), x) for x in digests), key=lambda pair: pair[0])
    return Telling(
        now=(),
        waiting=tuple(
            Waiting(alert=alert.id, notifier=name, occasion="digest", due_at=at)
            for name, (at, _) in due.items()
        ),
        outcome=ItemOutcome.BUNDLED,
        reason=f"told in the digest of {local_words(first, digest.zone)}",
    )


def _over_the_rate(alert: Alert, watchlist: "Watchlist", now: datetime) -> Telling:
    due = full_until = end_of_hour(now)
    at = f"{due:%H:%M} UTC at the latest"
    hours = watchlist.quiet_hours
    begin = held_from(hours, alert.severity, now) if hours else None
    if hours and begin and begin <= due:
        full_until = begin
        if end := held_until(hours, alert.severity, due):
            due = end
            at = f"{local_words(end, hours.zone)}, when quiet hours end, at the latest"
    return Telling(
        now=(),
        waiting=tuple(
            Waiting(
                alert=alert.id,
                notifier=name,
                occasion="over the rate",
                due_at=due,
                full_until=full_until,
            )
            for name in alert.notify
        ),
        outcome=ItemOutcome.BUNDLED,
        reason=f"over max_per_hour ({watchlist.throttle.max_per_hour}): told in a list, at {at}",
        flooding=True,
    )


def _escalation(alert: Alert, escalate: Escalation, told_at: datetime) -> tuple[Waiting, ...]:
    if alert.severity not in escalate.severities or alert.reason not in _BEGINNINGS:
        return ()
    due = told_at + escalate.after
    return tuple(
        Waiting(alert=alert.id, notifier=name, occasion="escalation", due_at=due)
        for name in escalate.to
    )


def _as_told(ruling: Ruling, tellings: Mapping[AlertId, Telling]) -> Ruling:
    telling = tellings.get(ruling.alert) if ruling.alert else None
    if telling is None or not telling.reason:
        return ruling
    reason = f"{ruling.reason}; {telling.reason}"
    return replace(ruling, outcome=telling.outcome or ruling.outcome, reason=reason)


def _flood(watchlist: str, now: datetime, policy: Policy) -> Notice:
    most = policy.watchlists[watchlist].throttle.max_per_hour
    return Notice(
        type="system.watchlist_flooding",
        source=None,
        subject=watchlist,
        created=now,
        severity=Severity.MEDIUM,
        title=f"The watchlist {watchlist} matches more than {most} "
        f"{'story' if most == 1 else 'stories'} in an hour",
        text=f"What it finds until {end_of_hour(now):%H:%M} UTC comes in lists of up to twenty; "
        "critical alerts still come alone. If that is more than you want, narrow "
        f"its rules (monitor backtest {watchlist} shows which terms fire) or mute it (monitor "
        "silence add); if it is not, raise throttle.max_per_hour.",
        since=hour_of(now),
    )
