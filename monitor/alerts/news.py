"""What an item tells of a story that its watchlist has not told yet. Pure.

A copy tells nothing, however many there are; that many tell it is news at a few steps.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from monitor.alerts.contrary import another, contrary, stances
from monitor.alerts.denials import Mark, marks
from monitor.alerts.headlines import arrows, changed, figures, replaced, tolls_in
from monitor.alerts.numerals import amount
from monitor.alerts.tolls import Kind
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

_KINDS: Final[dict[str, Kind]] = {
    "dead": "dead",
    "hurt": "hurt",
    "missing": "missing",
    "arrested": "arrested",
}
_NAMED = 4  # terms
_OLD_TITLE = 120
_SENTENCE_END: Final = re.compile(r"(?<=[.!?。])\s")
_READ = 2_000  # code points of a summary; comparing takes time with the square of the words


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
    if fresh := turns(case, seen.item.entry.title) or _turned_text(seen):
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


def turns(case: Case, title: str) -> frozenset[Mark]:
    """Return in which ways a headline takes back what was told, and has not been told to."""
    return (marks(title) - {*case.marks}) | contrary(title, case.headline, case.marks)


def _turned_text(seen: Seen) -> frozenset[Mark]:
    """Return in which ways an edit below the same headline begins with the contrary."""
    before, entry = seen.before, seen.item.entry
    if before is None or before.title != entry.title:
        return frozenset()
    return contrary(_beginning(entry.summary), _beginning(before.summary), ())


def _beginning(text: str) -> str:
    return _SENTENCE_END.split(text[:_READ], maxsplit=1)[0]


def marks_told(case: Case, title: str) -> tuple[str, ...]:
    """Return the marks that count as told once a headline is: how it turns, and where it stands."""
    found = (*sorted(marks(title) | turns(case, title)), *sorted(stances(title)))
    return tuple(dict.fromkeys((*case.marks, *found)))


def figures_told(case: Case, seen: Seen) -> tuple[str, ...]:
    """Return the numbers that count as told once an item is; tolls by their kind too: "dead:27".

    The last of a kind is the one that later ones are compared with.
    """
    entry = seen.item.entry
    last = last_tolls(case)
    found = tolls_in(entry.title)
    moved = [
        f"{kind}:{now}"
        for kind, now in found.items()
        if kind not in last or _moves(case, seen, kind, last[kind], now)
    ]
    kept = (each for each in case.figures if each not in moved)
    more = figures(entry.summary) if seen.before else ()
    return tuple(dict.fromkeys((*kept, *figures(entry.title), *more, *moved)))


def _numbers(case: Case, seen: Seen) -> str:
    """Say which numbers are others than those told; "" where none is.

    Only one that was not told counts: a late copy of an early text goes back to what was.
    """
    entry = seen.item.entry
    last, found = last_tolls(case), tolls_in(entry.title)
    both = [kind for kind in found if kind in last]
    moved = [
        (last[kind], found[kind])
        for kind in both
        if _moves(case, seen, kind, last[kind], found[kind])
    ]
    told = {*case.figures, *(found[kind] for kind in both)}
    fresh = [each for each in figures(entry.title) if each not in told]
    moved += [pair for pair in replaced(case.headline, entry.title) if pair[1] in fresh]
    if words := ", ".join(filter(None, (arrows(moved), first_tolls(last, found)))):
        return words
    if more := another(entry.title, case.headline, case.marks):
        return more
    if fresh:
        return f"now {_listed(fresh)}" if seen.updates else ""
    if seen.before and seen.updates:
        before, after = seen.before.summary[:_READ], entry.summary[:_READ]
        added = {*figures(after)} - {*figures(before), *case.figures}
        return changed(before, after) if added else ""
    return ""


def first_tolls(last: Mapping[Kind, str], found: Mapping[Kind, str]) -> str:
    """Say the toll that a headline tells where none was told; the dead even where others were."""
    first = (kind for kind in found if not last or (kind == "dead" and kind not in last))
    return ", ".join(f"{found[kind]} {kind}" for kind in first)


def last_tolls(case: Case) -> dict[Kind, str]:
    """Return how many were dead, hurt and missing when that was last told, or is about to be."""
    last = tolls_in(case.headline)
    for each in case.figures:
        kind, _, number = each.partition(":")
        if kind in _KINDS:
            last[_KINDS[kind]] = number
    return last


def _moves(case: Case, seen: Seen, kind: Kind, was: str, now: str) -> bool:
    """Tell whether a toll is news: tolls rise, and a lower one is of a late copy.

    Unless that is said to be a correction, or the item itself said what was told. Who was missing
    is found.
    """
    corrects = "corrected" in marks(seen.item.entry.title)
    if f"{kind}:{now}" in case.figures or was == now:
        # Told before, it counts where it takes back for the first time what was told since.
        return was != now and corrects and "corrected" not in case.marks
    if corrects or kind == "missing" or amount(now) > amount(was):
        return True
    return seen.before is not None and tolls_in(seen.before.title).get(kind) == was


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


# Each is compared with what was last to be told, and that may not have been told itself.
_CHAINED: Final = frozenset({Reason.SEVERITY, Reason.HEADLINE, Reason.NUMBERS})
_ARROW: Final = " → "


def _chained(old: News, new: News) -> News:
    if new.reason is Reason.SEVERITY:
        first, last = old.detail.split(_ARROW)[0], new.detail.split(_ARROW)[-1]
        return replace(new, detail=f"{first}{_ARROW}{last}")
    if new.reason is Reason.NUMBERS:
        return replace(new, detail=_from_first(old.detail, new.detail))
    return replace(new, detail=f"{old.detail}, {new.detail}")


def _from_first(old: str, new: str) -> str:
    """Say what numbers became since they were told: 27 → 28 and 28 → 31 are 27 → 31."""
    if _ARROW not in old or _ARROW not in new:
        return _first(old, new)
    pairs = _pairs(old)
    for was, now in _pairs(new).items():
        first = next((key for key, value in pairs.items() if value == was), was)
        pairs[was if first == now else first] = now
    return arrows(pairs.items())


def _first(old: str, new: str) -> str:
    """Say a first toll as it is by now: 41 dead and 41 → 57 are 57 dead."""
    number, _, kind = old.partition(" ")
    was, _, now = new.partition(_ARROW)
    return f"{now} {kind}" if was == number and kind in _KINDS else new


def _pairs(detail: str) -> dict[str, str]:
    parts = (each.partition(_ARROW) for each in detail.split(", "))
    return {was: now for was, _, now in parts}
