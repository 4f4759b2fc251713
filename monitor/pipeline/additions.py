"""Whether edits give different items the same words, as a site does that changes its template.

Pure: never touches network, clock or disk.

What counts are the words that make an item match: the sentence they came in, or as much of it as
came with them. A short one may be chance, so it needs two words beside the term. Copies of one
article are edited alike and count as one.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from monitor.model import Edit, Evidence, Field, Habits, Item, Match
from monitor.watch.reading import field_text

BESIDE = 2  # words beside a term that make its sentence one of its own
REMEMBERED_FOR = timedelta(days=1)
MOST_REMEMBERED = 50

# Every CJK character is a word, as it is in watchlists.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_]+")
_STOP = re.compile(r"[.!?…]\s|[。！？｡\n|•·]")

Added: TypeAlias = dict[str, list[frozenset[str]]]  # by watchlist: of each place, what names it


class _Word(NamedTuple):
    text: str
    start: int
    end: int


class _Part(NamedTuple):
    """A text after an edit; its words [first, after) lie between what it kept at either end."""

    text: str
    words: list[_Word]
    first: int
    after: int


def with_repeats(
    edits: Sequence[Edit], habits: Habits, *, now: datetime
) -> tuple[tuple[Edit, ...], Habits]:
    """Return the edits with the watchlists they came onto by repeated words, and the new habits.

    Words are repeated where another edit among these brought them, or one of the day before.
    """
    added = [_added(edit) for edit in edits]
    lately = habits.added if _is_recent(habits, now) else ()
    givers: dict[str, set[str]] = defaultdict(set)
    for edit, names in zip(edits, added, strict=True):
        for name in _all(names):
            givers[name].add(_article(edit))
    if not givers:
        return tuple(edits), habits
    known = {name for name, items in givers.items() if len(items) > 1} | {*lately}
    told = tuple(
        replace(edit, repeats=frozenset(each for each in names if _are_known(names[each], known)))
        for edit, names in zip(edits, added, strict=True)
    )
    remembered = tuple(dict.fromkeys((*sorted(givers), *lately)))[:MOST_REMEMBERED]
    return told, replace(habits, added=remembered, added_at=now)


def _is_recent(habits: Habits, now: datetime) -> bool:
    return habits.added_at is not None and now - habits.added_at <= REMEMBERED_FOR


def _all(added: Added) -> Iterator[str]:
    return (name for places in added.values() for names in places for name in names)


def _are_known(places: Sequence[frozenset[str]], known: set[str]) -> bool:
    return all(names & known for names in places)


def _article(edit: Edit) -> str:
    return (edit.before.title_key if edit.before else "") or edit.item


def _added(edit: Edit) -> Added:
    """Return what names the words by which an edit brought its item onto each watchlist."""
    if edit.before is None or edit.turned is None:
        return {}
    before, now = edit.before, edit.turned
    fields = {evidence.field for match in now.matches for evidence in match.evidence}
    parts = {field: _compare(field, before, now.item) for field in fields}
    found = {match.watchlist: _places(match, parts) for match in now.matches}
    return {watchlist: places for watchlist, places in found.items() if places}


def _compare(field: Field, before: Item, item: Item) -> _Part:
    text = field_text(item, field)
    now, then = _words(text), _words(field_text(before, field))
    first, after = _changed([each.text for each in then], [each.text for each in now])
    return _Part(text, now, first, after)


def _places(match: Match, parts: Mapping[Field, _Part]) -> list[frozenset[str]]:
    named = (_names(evidence, parts[evidence.field]) for evidence in match.evidence)
    return [names for names in named if names is not None]


def _names(evidence: Evidence, part: _Part) -> frozenset[str] | None:
    """Return what names the words around a place; None where they were there before."""
    words, first, after = part.words, part.first, part.after
    begin = bisect_right(words, evidence.start, key=attrgetter("end"))
    end = bisect_left(words, evidence.end, key=attrgetter("start"))
    if begin >= end or end <= first or begin >= after:
        return None
    needed = end - begin + BESIDE
    begin, end = _sentence(part.text, words, begin, end)
    wholes = ((begin, end), (max(begin, first), min(end, after)))
    return frozenset(
        _digest([each.text for each in words[start:stop]])
        for start, stop in wholes
        if stop - start >= needed
    )


def _words(text: str) -> list[_Word]:
    return [_Word(at[0].casefold(), at.start(), at.end()) for at in _WORD.finditer(text)]


def _changed(then: Sequence[str], now: Sequence[str]) -> tuple[int, int]:
    """Return which words [first, after) lie between those that were kept at either end."""
    shorter = min(len(then), len(now))
    first = next((n for n in range(shorter) if then[n] != now[n]), shorter)
    same = shorter - first
    kept = next((n for n in range(same) if then[-1 - n] != now[-1 - n]), same)
    return first, len(now) - kept


def _sentence(text: str, words: Sequence[_Word], begin: int, end: int) -> tuple[int, int]:
    """Return the words of the sentence that holds the words [begin, end)."""
    while begin and not _STOP.search(text, words[begin - 1].end, words[begin].start):
        begin -= 1
    while end < len(words) and not _STOP.search(text, words[end - 1].end, words[end].start):
        end += 1
    return begin, end


def _digest(words: Sequence[str]) -> str:
    return blake2b(" ".join(words).encode(), digest_size=8).hexdigest()
