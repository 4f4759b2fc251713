"""What an item tells of a story that its watchlist has not told yet. Pure.

A copy tells nothing, however many there are; that many tell it is news at a few steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from monitor.alerts.headlines import changed, figures, marks
from monitor.model import Case, Entry, Item, Match, News, Reason, Story

STEPS: Final = (3, 10, 30, 100)  # sources that tell a story
# The weightiest first: it is the reason of a follow-up that has several. Behind MATERIAL, nothing
# is said of what somebody has taken note of, or of what has rested for a day.
ORDER: Final = (
    Reason.SEVERITY,
    Reason.HEADLINE,
    Reason.NUMBERS,
    Reason.NEW_TERM,
    Reason.EDITED,
    Reason.MORE_SOURCES,
)
MATERIAL: Final = frozenset({Reason.SEVERITY, Reason.HEADLINE, Reason.NUMBERS})

_NAMED = 4  # terms
_OLD_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An item on a watchlist; `story` is as it is with this item.

    It `updates` where it is another's next version, or its own: then `before` is what it said.
    """

    item: Item
    match: Match
    story: Story
    updates: bool = False
    before: Entry | None = None


def whats_new(
    case: Case,
    seen: Seen,
    *,
    on_update: Literal["never", "numbers", "always"],
    per_story: timedelta,
    now: datetime,
) -> tuple[News, ...]:
    """Return what an item tells beyond its case, the weightiest first."""
    told = dict[Reason, str]()
    if seen.match.severity.rank > case.severity.rank:
        told[Reason.SEVERITY] = f"{case.severity} → {seen.match.severity}"
    if fresh := marks(seen.item.entry.title).difference(case.marks):
        told[Reason.HEADLINE] = ", ".join(sorted(fresh))
    if on_update != "never" and (words := _numbers(case, seen)):
        told[Reason.NUMBERS] = words
    elif on_update == "always" and seen.before:
        told[Reason.EDITED] = _edited(seen.before, seen.item.entry)
    names = [each for each in headline_terms(seen.match) if each not in case.terms]
    if names and (case.widened_at is None or now - case.widened_at >= per_story):
        told[Reason.NEW_TERM] = f"also {_listed(names)}"
    if next_step(case.sources) <= len(seen.story.sources):
        told[Reason.MORE_SOURCES] = sources_words(seen.story)
    return tuple(
        News(reason=reason, detail=told[reason], item=seen.item.id)
        for reason in ORDER
        if reason in told
    )


def next_step(sources: int) -> float:
    """Return at how many sources a story that had so many is told of again."""
    return next((step for step in STEPS if step > sources), float("inf"))


def said(news: Sequence[News], story: Story) -> str:
    """Say why a follow-up leaves and what is new in it."""
    return f"{news[0].reason.value}: {details(news, story)}"


def details(news: Sequence[News], story: Story) -> str:
    """Say everything that is new, the weightiest first; how many tell it as it is now."""
    words = (
        sources_words(story) if each.reason is Reason.MORE_SOURCES else each.detail for each in news
    )
    return "; ".join(each for each in words if each)


def sources_words(story: Story) -> str:
    """Say how many tell a story."""
    return f"told by {len(story.sources)} sources"


def all_terms(match: Match) -> tuple[str, ...]:
    """Return the terms of a match, and its entities by their keys."""
    return tuple(dict.fromkeys(each.entity or each.term for each in match.evidence))


def headline_terms(match: Match) -> tuple[str, ...]:
    """Return those that stand in the headline: a text mentions many in passing."""
    found = (each for each in match.evidence if each.field == "title")
    return tuple(dict.fromkeys(each.entity or each.term for each in found))


def figures_told(seen: Seen) -> tuple[str, ...]:
    """Return the numbers that count as told once an alert on an item is."""
    entry = seen.item.entry
    told = figures(entry.title)
    return (*told, *figures(entry.summary)) if seen.before else told


def _numbers(case: Case, seen: Seen) -> str:
    """Say which numbers are others than those told; "" where none is.

    Only one that was not told counts: a late copy of an early text goes back to what was.
    """
    entry = seen.item.entry
    fresh = [each for each in figures(entry.title) if each not in case.figures]
    if fresh:
        words = changed(case.headline, entry.title)
        if not words and seen.updates:
            return f"now {_listed(fresh)}"
        return words if any(words.endswith(f" {n}") or f" {n}," in words for n in fresh) else ""
    if seen.before and seen.updates:
        added = {*figures(entry.summary)} - {*figures(seen.before.summary), *case.figures}
        return changed(seen.before.summary, entry.summary) if added else ""
    return ""


def _edited(before: Entry, after: Entry) -> str:
    if before.title == after.title:
        return "below the same headline"
    title = before.title
    return f"was “{title[:_OLD_TITLE]}{'…' if len(title) > _OLD_TITLE else ''}”"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def merged(waiting: Sequence[News], fresh: Sequence[News]) -> tuple[News, ...]:
    """Return what is to be told in one follow-up: of each kind the latest, the weightiest first."""
    return tuple(_merge(waiting, fresh))


def _merge(waiting: Sequence[News], fresh: Sequence[News]) -> Iterator[News]:
    was = {each.reason: each for each in waiting}
    now = {each.reason: each for each in fresh}
    for reason in ORDER:
        old, new = was.get(reason), now.get(reason)
        if old and new and reason in _CHAINED:
            yield _chained(old, new)
        elif each := new or old:
            yield each


# Numbers are not among them: they are compared with what was told.
_CHAINED: Final = frozenset({Reason.SEVERITY, Reason.HEADLINE})


def _chained(old: News, new: News) -> News:
    if new.reason is Reason.SEVERITY:
        first, last = old.detail.split(" → ")[0], new.detail.split(" → ")[-1]
        return News(reason=new.reason, detail=f"{first} → {last}", item=new.item)
    return News(reason=new.reason, detail=f"{old.detail}, {new.detail}", item=new.item)
