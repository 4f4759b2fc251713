"""Whether an edit of a known item becomes an alert, and the reason either way. Pure.

An edit that brings an item onto a watchlist for the first time is news of that watchlist; one of an
item that was there is news of its case where it tells something else. Where more than a handful of
a document's items come onto one at once, or several by the same words, something that stands around
their texts was changed, and not what they tell.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.alerts.cases import had_alert, take
from monitor.alerts.news import Seen
from monitor.alerts.policy import Policy, backlog
from monitor.alerts.ruling import CaseBook, CaseKey, mute
from monitor.model import (
    Edit,
    Entry,
    ItemId,
    ItemOutcome,
    Match,
    PollRecord,
    Reason,
    Sighting,
    Story,
    StoryBook,
    StoryId,
)

HANDFUL = 5  # items of one document
_TOLD_ANEW = frozenset({"title", "numbers"})
TEMPLATE = (
    "edits added the words by which it matches to other items of its source too, as when a site"
    " changes what stands around its texts"
)


class _Turned(NamedTuple):
    edit: Edit
    sighting: Sighting
    match: Match


def rule_edits(
    edits: Sequence[Edit],
    stories: Mapping[ItemId, Sequence[Story]],
    book: StoryBook,
    cases: CaseBook,
    *,
    record: PollRecord,
    policy: Policy,
) -> None:
    """Rule on each watchlist that a known item matches only now; only a veto may be overruled.

    `stories` holds each item's own story, and behind it those that tell what it says now.
    """
    found = list(_to_rule(edits, book))
    counts = Counter(each.match.watchlist for each in found)
    told_beside: dict[CaseKey, StoryId] = {}
    for each in found:
        edit, match = each.edit, each.match
        told = stories[edit.item]
        seen = _seen(each, _known(told, match, cases) or told[0])
        former = f"before that {_former(edit.item, match, book)}"
        key = seen.story.id, match.watchlist
        no_news = (
            _judge(edit, match.watchlist, counts[match.watchlist], record=record, policy=policy)
            or mute(seen, cases, record.now)
            or _as_another(told_beside.get(key))
        )
        if no_news:
            cases.rule(edit.item, match, no_news[0], f"{no_news[1]}; {former}")
            continue
        step = take(
            cases.case(*key), seen, policy=policy, now=record.now, reason=Reason.NOW_MATCHES
        )
        cases.enter(seen, step, f"{step.reason}; {former}")
        others = ((story.id, match.watchlist) for story in told)
        told_beside |= dict.fromkeys((each for each in others if each != key), step.case.story)


def follow_edits(
    edits: Sequence[Edit],
    stories: Mapping[ItemId, Sequence[Story]],
    book: StoryBook,
    cases: CaseBook,
    *,
    record: PollRecord,
    policy: Policy,
) -> None:
    """Tell of a story whose item says something else now.

    The ruling on the item stays what it was, unless a silence mutes what would be told.
    """
    found = [
        _Turned(edit, edit.kept, match)
        for edit in edits
        if edit.kept
        for match in edit.kept.matches
    ]
    # A text that grows is no sign of a template.
    counts = Counter(
        each.match.watchlist for each in found if not _TOLD_ANEW.isdisjoint(each.edit.changed)
    )
    for each in found:
        edit, match = each.edit, each.match
        seen = _seen(each, stories[edit.item][0])
        case = cases.case(seen.story.id, match.watchlist)
        if case is None:
            continue
        if _judge(edit, match.watchlist, counts[match.watchlist], record=record, policy=policy):
            continue
        step = take(case, seen, policy=policy, now=record.now)
        if step.outcome is not ItemOutcome.UPDATED:
            continue
        if muted := mute(seen, cases, record.now):
            former = book.ruled.get((edit.item, match.watchlist))
            words = f"{muted[1]}; {step.reason}; before that {_former(edit.item, match, book)}"
            cases.rule(edit.item, match, muted[0], words, former.alert if former else None)
        else:
            cases.keep(step)


def _known(stories: Sequence[Story], match: Match, cases: CaseBook) -> Story | None:
    return next((each for each in stories if cases.case(each.id, match.watchlist)), None)


def _as_another(story: StoryId | None) -> tuple[ItemOutcome, str] | None:
    return (ItemOutcome.SIMILAR, had_alert(story)) if story else None


def _seen(turned: _Turned, story: Story) -> Seen:
    before = turned.edit.before
    return Seen(
        item=turned.sighting.item,
        match=turned.match,
        story=story,
        updates=True,
        before=before.entry if before else None,
    )


def _to_rule(edits: Sequence[Edit], book: StoryBook) -> Iterator[_Turned]:
    for edit in edits:
        now = edit.turned
        for match in now.matches if now else ():
            former = book.ruled.get((edit.item, match.watchlist))
            if now and (former is None or former.outcome is ItemOutcome.VETOED):
                yield _Turned(edit, now, match)


def _judge(
    edit: Edit, watchlist: str, count: int, *, record: PollRecord, policy: Policy
) -> tuple[ItemOutcome, str] | None:
    """Return why an edit is no news, None where it may be."""
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
    return None


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
