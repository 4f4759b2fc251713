"""What becomes of each match of new items: its ruling, its case, its alert. Pure.

Every match on every watchlist ends in a ruling that is stored: nothing is dropped in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from monitor.alerts.cases import Step, had_alert, take
from monitor.alerts.news import Seen
from monitor.alerts.policy import Policy, alert_id, judge
from monitor.alerts.silences import silenced, words
from monitor.model import (
    Alert,
    AlertId,
    Case,
    Copy,
    ItemId,
    ItemOutcome,
    Match,
    PollRecord,
    Ruling,
    Sighting,
    Silence,
    Story,
    StoryId,
)

CaseKey: TypeAlias = tuple[StoryId, str]  # a story, and the watchlist that tells of it

_TOLD = frozenset({ItemOutcome.ALERTED, ItemOutcome.UPDATED})


@dataclass(slots=True, kw_only=True)
class CaseBook:
    """The cases that rulings go by, and what rulings make of them.

    `known` are those from before, `opened` those that changed; `silences` may have ended.
    """

    known: Mapping[CaseKey, Case] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    opened: dict[CaseKey, Case] = field(default_factory=dict)
    rulings: list[Ruling] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def case(self, story: StoryId, watchlist: str) -> Case | None:
        """Return what a watchlist has told of a story as it is now."""
        key = story, watchlist
        return self.opened.get(key) or self.known.get(key)

    def keep(self, step: Step) -> AlertId | None:
        """Take down the case and the alert; return the id of the one that tells the item."""
        case = step.case
        self.opened[case.story, case.watchlist] = case
        if step.alert:
            self.alerts.append(step.alert)
            return step.alert.id
        if step.outcome in _TOLD:
            return alert_id(case.story, case.watchlist, case.sequence + 1)
        return None

    def rule(
        self,
        item: ItemId,
        match: Match,
        outcome: ItemOutcome,
        reason: str,
        alert: AlertId | None = None,
    ) -> None:
        """Take down a ruling that no alert comes of; `alert` is of what the item said before."""
        self.rulings.append(
            Ruling(item=item, match=match, outcome=outcome, reason=reason, alert=alert)
        )

    def enter(self, seen: Seen, step: Step, reason: str = "") -> None:
        """Take down what an item came to on its case, and the ruling on it."""
        alert = self.keep(step)
        self.rulings.append(
            Ruling(
                item=seen.item.id,
                match=seen.match,
                outcome=step.outcome,
                reason=reason or step.reason,
                alert=alert,
            )
        )


def rule(
    sightings: Sequence[Sighting],
    stories: Mapping[ItemId, Story],
    book: CaseBook,
    *,
    record: PollRecord,
    policy: Policy,
    copies: Mapping[ItemId, Copy] | None = None,
    once: bool = False,
) -> None:
    """Rule on each match of each new item; `book` takes down what becomes of them.

    `stories` maps an item's id to its story as it is with all of them. With `once` a story is told
    once, whatever else comes.
    """
    for sighting in sightings:
        item = sighting.item
        copy = copies.get(item.id) if copies else None
        for match in sighting.matches:
            seen = Seen(
                item=item,
                match=match,
                story=stories[item.id],
                updates=copy is not None and copy.kind == "update",
            )
            no_news = judge(sighting, match, record=record, policy=policy) or mute(
                seen, book, record.now
            )
            case = book.case(seen.story.id, match.watchlist)
            if not no_news and once and case:
                no_news = ItemOutcome.SIMILAR, had_alert(case.story)
            if no_news:
                book.rule(item.id, match, *no_news)
            else:
                book.enter(seen, take(case, seen, policy=policy, now=record.now))


def mute(seen: Seen, book: CaseBook, now: datetime) -> tuple[ItemOutcome, str] | None:
    """Return by which silence nobody hears of an item, None where there is none."""
    muted = silenced(book.silences, seen.match, seen.item, seen.story.id, now)
    return (ItemOutcome.SILENCED, words(muted)) if muted else None
