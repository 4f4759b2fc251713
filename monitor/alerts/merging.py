"""What becomes of cases when two stories turn out to be one. Pure.

What was told of either stays told, and nothing is sent because they merged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from monitor.alerts.cases import BEFORE_DIGEST
from monitor.alerts.denials import MARKS
from monitor.alerts.headlines import arrows
from monitor.alerts.news import first_tolls, last_tolls, merged, turns
from monitor.alerts.numerals import amount
from monitor.alerts.resting import RESTING, drop, is_dropped, material
from monitor.alerts.ruling import CaseBook
from monitor.model import Case, CaseState, News, Reason, StoryId

# Of two that were told: who took note of one took note of the story.
_PREFERRED: Final = (CaseState.CLOSED, CaseState.HELD, CaseState.OPEN, CaseState.ACKED)


def merge_cases(
    book: CaseBook, stories: Mapping[StoryId, StoryId], watchlists: Iterable[str]
) -> None:
    """Move what was told of stories to those that they were merged into."""
    for watchlist in watchlists if stories else ():
        for story, older in stories.items():
            case = book.case(story, watchlist)
            if case is None or is_dropped(case):
                continue
            moved, there = replace(case, story=older), book.case(older, watchlist)
            is_told = there and not is_dropped(there)
            book.opened[older, watchlist] = one_case(there, moved) if there and is_told else moved
            book.opened[story, watchlist] = replace(drop(case), state=CaseState.CLOSED, item=None)


def one_case(one: Case, other: Case) -> Case:
    """Return the case of a story that has told, and has still to tell, what both have."""
    base, more = sorted((one, other), key=_standing, reverse=True)
    news = _to_tell(base, more)
    news = material(news) if base.state in RESTING else news
    return replace(
        base,
        opened=min(one.opened, other.opened),
        last_seen=max(one.last_seen, other.last_seen),
        severity=max(one.severity, other.severity, key=lambda each: each.rank),
        sequence=max(one.sequence, other.sequence),
        due_at=_due_at(one, other, base) if news else None,
        item=news[0].item if news else None,
        news=news,
        sources=max(one.sources, other.sources),
        similar=one.similar + other.similar,
        terms=tuple(dict.fromkeys((*base.terms, *more.terms))),
        figures=tuple(dict.fromkeys((*base.figures, *more.figures))),
        marks=tuple(dict.fromkeys((*base.marks, *more.marks))),
    )


def _standing(case: Case) -> tuple[int, float]:
    """Return what is greater of the case that stands for both: told, the last; else the first."""
    if not case.sequence:
        return -1, -case.opened.timestamp()
    return _PREFERRED.index(case.state), (case.told_at or case.opened).timestamp()


def _due_at(one: Case, other: Case, base: Case) -> datetime | None:
    """Return when both are told of next: as soon as either was to be, unless that is held."""
    due = min((case.due_at for case in (one, other) if case.due_at), default=None)
    if due and base.state is CaseState.HELD and base.held_until:
        return max(due, base.held_until - BEFORE_DIGEST)
    return due


def _to_tell(base: Case, more: Case) -> tuple[News, ...]:
    if more.sequence:
        return merged(more.news, base.news)
    if base.sequence:
        return merged(base.news, _still_news(more, base))
    changes = merged(base.news, tuple(_changes(more, base)))
    if not changes or not base.news:
        return base.news
    # The first alert of both is told by the item that says what became of it.
    return (replace(base.news[0], item=changes[0].item), *changes)


def _still_news(more: Case, base: Case) -> tuple[News, ...]:
    """Return what a case has to tell that is news where another was told: no first alert is."""
    changes = tuple(_changes(more, base))
    if more.severity.rank <= base.severity.rank:
        return changes
    risen = (
        replace(each, reason=Reason.SEVERITY, detail=f"{base.severity} → {more.severity}")
        for each in more.news[:1]
    )
    return (*risen, *changes)


def _changes(more: Case, base: Case) -> Iterator[News]:
    """Yield what a case that was never told says otherwise than another."""
    if not more.item:
        return
    new = {mark for mark in MARKS if mark in more.marks and mark not in base.marks}
    if fresh := sorted(new | turns(base, more.headline)):
        yield News(reason=Reason.HEADLINE, detail=", ".join(fresh), item=more.item)
    was, now = last_tolls(base), last_tolls(more)
    risen = (
        (was[kind], now[kind])
        for kind in was
        if kind in now and amount(now[kind]) > amount(was[kind])
    )
    if words := arrows(risen) or first_tolls(was, now):
        yield News(reason=Reason.NUMBERS, detail=words, item=more.item)
    elif not {*more.figures} <= {*base.figures}:
        yield from (each for each in more.news if each.reason is Reason.NUMBERS)
