"""Whether an edit that makes a known item match becomes an alert, and the reason either way. Pure.

An edit that brings an item onto a watchlist for the first time is news of that watchlist. Where
more than a handful of a document's items come onto one at once, or several by the same words,
something that stands around their texts was changed, and not what they tell.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from monitor.alerts.policy import Policy, backlog, new_alert
from monitor.model import (
    Alert,
    Edit,
    Entry,
    ItemId,
    ItemOutcome,
    Match,
    PollRecord,
    Reason,
    Ruling,
    Sighting,
    Story,
    StoryBook,
)

HANDFUL = 5  # items of one document
TEMPLATE = (
    "edits added the words by which it matches to other items of its source too, as when a site"
    " changes what stands around its texts"
)


def rule_edits(
    edits: Sequence[Edit],
    stories: Mapping[ItemId, Sequence[Story]],
    book: StoryBook,
    *,
    record: PollRecord,
    policy: Policy,
) -> tuple[list[Ruling], list[Alert]]:
    """Rule on each watchlist that a known item matches only now; only a veto may be overruled.

    `stories` holds each item's own story, and behind it those that tell what it says now.
    """
    found = list(_to_rule(edits, book))
    counts = Counter(match.watchlist for _, _, match in found)
    alerted = set(book.alerted)
    rulings, alerts = [], []
    for edit, sighting, match in found:
        told = [(story.id, match.watchlist) for story in stories[edit.item]]
        outcome, reason = _judge(
            edit, match.watchlist, counts[match.watchlist], record=record, policy=policy
        )
        known = next((story for story, _ in told if (story, match.watchlist) in alerted), None)
        if outcome is ItemOutcome.ALERTED and known:
            outcome, reason = ItemOutcome.SIMILAR, f"edited; story {known} has had its alert"
        alert = None
        if outcome is ItemOutcome.ALERTED:
            alerted |= set(told)
            own = stories[edit.item][0]
            alert = new_alert(
                sighting.item, match, own, record.now, policy, reason=Reason.NOW_MATCHES
            )
            alerts.append(alert)
        rulings.append(
            Ruling(
                item=edit.item,
                match=match,
                outcome=outcome,
                reason=f"{reason}; before that {_former(edit.item, match, book)}",
                alert=alert.id if alert else None,
            )
        )
    return rulings, alerts


def _to_rule(edits: Sequence[Edit], book: StoryBook) -> Iterator[tuple[Edit, Sighting, Match]]:
    for edit in edits:
        now = edit.turned
        for match in now.matches if now else ():
            former = book.ruled.get((edit.item, match.watchlist))
            if now and (former is None or former.outcome is ItemOutcome.VETOED):
                yield edit, now, match


def _judge(
    edit: Edit, watchlist: str, count: int, *, record: PollRecord, policy: Policy
) -> tuple[ItemOutcome, str]:
    if record.first_poll and record.source.first_poll == "remember":
        return ItemOutcome.FIRST_POLL, backlog(record, "was edited", policy.alerts.max_age)
    if count > HANDFUL:
        others = f"{count - 1} others of its document"
        return ItemOutcome.FIRST_POLL, f"edited at once with {others}, as when a site changes all"
    if watchlist in edit.repeats:
        return ItemOutcome.FIRST_POLL, TEMPLATE
    at = _edited_at(edit, record.now)
    if record.now - at > policy.alerts.max_age:
        return ItemOutcome.TOO_OLD, f"edited {at:%Y-%m-%d %H:%M} UTC, past alerts.max_age"
    return ItemOutcome.ALERTED, Reason.NOW_MATCHES.value


def _edited_at(edit: Edit, now: datetime) -> datetime:
    """Return when an item was edited: the date that is new in it, else when it was noticed."""
    before = _dates(edit.before.entry) if edit.before else set()
    return min(max(_dates(edit.entry) - before, default=now), now)


def _dates(entry: Entry) -> set[datetime]:
    return {date for date in (entry.published, entry.updated) if date}


def _former(item: ItemId, match: Match, book: StoryBook) -> str:
    former = book.ruled.get((item, match.watchlist))
    if former is None:
        return ItemOutcome.NO_MATCH.value
    return f"{former.outcome.value}: {former.reason}"
