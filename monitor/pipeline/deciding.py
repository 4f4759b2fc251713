"""What the store asks inside its transaction: stories first, then rulings, cases and alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.alerts.cases import due
from monitor.alerts.merging import merge_cases
from monitor.alerts.policy import Policy
from monitor.alerts.resting import drop, hold
from monitor.alerts.returning import told_together
from monitor.alerts.ruling import CaseBook, CaseKey, rule
from monitor.alerts.silences import follow, silenced
from monitor.alerts.telling import told_later
from monitor.alerts.turning import follow_edits, rule_edits
from monitor.model import (
    Alert,
    Case,
    Decide,
    Decision,
    DueCase,
    ItemId,
    ItemOutcome,
    Match,
    PollOutcome,
    PollRecord,
    Reason,
    Ruling,
    Sighting,
    Source,
    SourceId,
    SourceState,
    Story,
    StoryBook,
    StoryId,
)
from monitor.settings import Throttle
from monitor.stories.joining import Joined, join, stay
from monitor.watch.rules import Watchlist

if TYPE_CHECKING:
    from monitor.store import Rule

ABSENT = timedelta(minutes=10)  # for which a watchlist that is gone is waited for

_NOBODY = SourceState(
    id=SourceId(0), url="", host="", next_poll_at=datetime(1970, 1, 1, tzinfo=UTC)
)


def decider(policy: Policy) -> Decide:
    """Return the decision the store takes inside its transaction: stories, rulings, cases, alerts.

    First on what is new, then on the known items whose edits concern a watchlist.
    """

    def decide(record: PollRecord, new: Sequence[Sighting], book: StoryBook) -> Decision:
        told = join(new, book, now=record.now)
        cases = CaseBook(known=book.cases, silences=follow(book.silences, told.merged))
        merge_cases(cases, told.merged, policy.watchlists)
        stories = {item: told.stories[story] for item, story in told.of_item.items()}
        rule(new, stories, cases, record=record, policy=policy, copies=told.copies)
        begun = _follow(record, told, book, cases, policy) if book.of_item else {}
        made = Decision(
            joined=told.of_item,
            stories={**told.stories, **begun},
            copies=told.copies,
            merged=told.merged,
            members=told.members,
        )
        return _closed(made, cases, book, record=record, now=record.now, policy=policy)

    return decide


def decide_due(
    waited: Sequence[DueCase], book: StoryBook, *, now: datetime, policy: Policy
) -> Decision:
    """Return what cases that have waited until now tell; `book` holds silences and what was sent.

    What is muted by now, or was removed, is not told. A watchlist that is gone may be back soon:
    it is waited for, and the first alert that it owes is told without it then.
    """
    cases = CaseBook(silences=book.silences)
    for each in waited:
        case, item, match, story = each.case, each.item, each.match, each.story
        if case.watchlist not in policy.watchlists:
            if case.due_at and now - case.due_at < ABSENT:
                continue
            policy = policy if case.sequence else _with_another(policy, case.watchlist)
        alert = None
        if not (item and match and story) or silenced(book.silences, match, item, story.id, now):
            case = drop(case)
        else:
            alert, case = due(case, story, item, match, policy=policy, now=now)
        cases.opened[case.story, case.watchlist] = case
        if alert and match:
            cases.alerts.append(alert)
            cases.rulings.append(_told_now(alert, match, each.case))
    return _closed(Decision(joined={}, stories={}), cases, book, now=now, policy=policy)


def _with_another(policy: Policy, name: str) -> Policy:
    """Return a policy with a watchlist of this name, which matches nothing."""
    throttle = Throttle(per_story=policy.alerts.per_story, max_per_hour=policy.alerts.max_per_hour)
    made = Watchlist(name=name, match=(), notify=policy.notify, throttle=throttle)
    return replace(policy, watchlists={**policy.watchlists, name: made})


def _told_now(alert: Alert, match: Match, case: Case) -> Ruling:
    """Return what became of the item that an alert is about, now that it is told, or is not.

    A first alert that is told by a later item is still of the one that began its `case`.
    """
    first = alert.sequence == 1 and case.news[0].item == alert.item.id
    return Ruling(
        item=alert.item.id,
        match=match,
        outcome=ItemOutcome.ALERTED if first else ItemOutcome.UPDATED,
        reason=f"{alert.reason.value}{f': {alert.detail}' if alert.detail else ''}",
        alert=alert.id,
    )


def _closed(
    made: Decision,
    cases: CaseBook,
    book: StoryBook,
    *,
    now: datetime,
    policy: Policy,
    record: PollRecord | None = None,
) -> Decision:
    """Return the decision with what became of its cases; who is told what when is settled last."""
    ruled = replace(made, rulings=cases.rulings, alerts=cases.alerts)
    told = told_later(ruled, book, now=now, policy=policy)
    if record:
        told = told_together(told, record)
    for alert in told.alerts:
        key = alert.story.id, alert.watchlist
        cases.opened[key] = hold(cases.opened[key], alert, told.waiting)
    return replace(told, cases=tuple(cases.opened.values()))


def _follow(
    record: PollRecord, joined: Joined, book: StoryBook, cases: CaseBook, policy: Policy
) -> dict[StoryId, Story]:
    """Rule on edits of known items; return the stories that they begin again."""
    keys = {
        key: joined.of_item[each.item.id]
        for each in record.sightings
        if each.item.id in joined.of_item
        for key in (each.item.link_key, each.item.title_key)
    }
    after = replace(
        book,
        by_key={**book.by_key, **keys},
        stories={**book.stories, **joined.stories},
    )
    edits = [edit for edit in record.edits if edit.item in book.of_item]
    items = {
        sighting.item.id: sighting.item for edit in edits if (sighting := edit.turned or edit.kept)
    }
    told = stay(list(items.values()), after, now=record.now)
    rule_edits(edits, told, book, cases, record=record, policy=policy)
    follow_edits(edits, told, book, cases, record=record, policy=policy)
    made = (alert.story for alert in cases.alerts)
    return {story.id: story for story in made if after.stories.get(story.id) is None}


def decider_afterwards(policy: Policy, now: datetime) -> "Rule":
    """Return the same decision for items that are stored, and so in their stories, already.

    Whoever asks for it wants to hear of them, also of those from the first poll of a source; once
    of each story, and at once.
    """
    record = given_record(Source(url="stored", name="stored"), now)
    policy = replace(policy, alerts=replace(policy.alerts, group_wait=timedelta(0)))

    def decide(
        found: Sequence[Sighting],
        stories: Mapping[ItemId, Story],
        known: Mapping[CaseKey, Case],
    ) -> Decision:
        cases = CaseBook(known=known)
        rule(found, stories, cases, record=record, policy=policy, once=True)
        words = "a backtest was asked to alert"
        return Decision(
            joined={},
            stories={},
            rulings=[replace(each, reason=words) if each.alert else each for each in cases.rulings],
            alerts=[replace(alert, reason=Reason.BACKTEST) for alert in cases.alerts],
            cases=tuple(cases.opened.values()),
        )

    return decide


def given_record(
    source: Source, now: datetime, *sightings: Sighting, first_poll: bool = False
) -> PollRecord:
    """Return a poll that nobody made, for items that come from elsewhere."""
    return PollRecord(
        outcome=PollOutcome.NEW,
        state=_NOBODY,
        source=source,
        now=now,
        first_poll=first_poll,
        sightings=sightings,
    )
