"""Whether a headline says the contrary of what was told: not so, or the opposite of it. Pure.

Both are read from words, so each counts only where the headlines agree on what they speak of.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import normalize

from monitor.alerts.denials import Mark
from monitor.alerts.numerals import PLACES, further
from monitor.alerts.opposites import (
    EXCLUSIVE,
    HALF_NEGATED,
    MISLEADING,
    NEGATORS,
    PAIRS,
    PASSED_OVER,
    TOO_COMMON,
    UNREAL,
)

_LONGEST: Final = 400  # characters of a headline that are read
_WORDS: Final = re.compile(r"n['’]t\b|(?:(?!n['’]t\b)[\w\u0900-\u0dff])+")
_SHORT: Final = 3  # letters
_REACH: Final = 4  # words between “not” and what is not so
_ALIKE: Final = 4  # letters with which forms of one word begin
_ENDING: Final = 4  # letters that may differ behind them
_AGREE: Final = 2  # words that two headlines must share to speak of one thing
_SIDE: Final = "is:"  # heads a side among a case's marks
_PLACED: Final = "nth:"  # heads which of several it was told to be: a second, a third
_NOT: Final = "not:"  # heads a word that was told not to be so


def stances(title: str) -> frozenset[str]:
    """Return the sides of opposites that a headline names, and what it says is not so, as marks."""
    text = _plain(title)
    denied = (f"{_NOT}{word}" for word in _negated(text))
    return frozenset((*_sides(text), *denied, *_places(text)))


def contrary(title: str, told: str, marks: Iterable[str]) -> frozenset[Mark]:
    """Return in which ways a headline says the contrary of what was told.

    `told` is the headline told last, `marks` hold the stances of all that were told.
    """
    text, before, known = _plain(title), _plain(told), frozenset(marks)
    return frozenset(_contraries(text, before, known | stances(told)))


def another(title: str, told: str, marks: Iterable[str]) -> str:
    """Say of what a headline tells a second one or a third, where what was told names the thing."""
    before, known = _words(_plain(told)), {*marks, *_places(told)}
    last = max((at for at, place in enumerate(PLACES) if f"{_PLACED}{place}" in known), default=-1)
    for place, nouns in further(title):
        named = next((noun for noun in reversed(nouns) if _stands(noun, before)), "")
        if named and PLACES.index(place) > last:
            return f"{place} {named}"
    return ""


def _places(title: str) -> Iterator[str]:
    return (f"{_PLACED}{each.place}" for each in further(title))


def _contraries(text: str, before: str, known: frozenset[str]) -> Iterator[Mark]:
    if UNREAL.search(text):
        return
    if _is_undone(text, before, known):
        yield "undone"
    if _is_denied(text, before, known):
        yield "denied"


def _is_undone(text: str, before: str, known: frozenset[str]) -> bool:
    found = _sides(text)
    for side in found - known:
        pair, at = side.removeprefix(_SIDE).split("/")
        other = f"{_SIDE}{pair}/{1 - int(at)}"
        if other in known and not (pair in EXCLUSIVE and other in found) and _agree(text, before):
            return True
    return False


def _is_denied(text: str, before: str, known: frozenset[str]) -> bool:
    now, was = set(_negated(text)), {each[len(_NOT) :] for each in known if each.startswith(_NOT)}
    if not (now or was) or not _agree(text, before):
        return False
    # What is not so now was so before; or what was told not to be so is.
    fresh = (word for word in now if not _stands(word, was))
    return any(_asserts(before, word) for word in fresh) or (
        not now and any(_asserts(text, word) and not _asserts(before, word) for word in was)
    )


def _asserts(text: str, word: str) -> bool:
    """Tell whether a text has a form of a word and does not say that it is not so."""
    near = (each for row in _behind_not(text) for each in row)
    return _stands(word, _words(text)) and not _stands(word, near)


def _negated(text: str) -> tuple[str, ...]:
    """Return the words of which a text says that they are not so."""
    first = (row[0] for row in _behind_not(HALF_NEGATED.sub(" ", text)) if row)
    return tuple(each for each in first if len(each) > _SHORT and each not in _COMMON)


def _behind_not(text: str) -> Iterator[list[str]]:
    row = _words(text)
    for at, word in enumerate(row):
        if word in _NEGATORS:
            yield [each for each in row[at + 1 : at + 1 + _REACH] if each not in _PASSED_OVER]


def _sides(text: str) -> frozenset[str]:
    text = MISLEADING.sub(" ", text)
    return frozenset(
        f"{_SIDE}{pair}/{at}"
        for pair, sides in _PATTERNS.items()
        for at, pattern in enumerate(sides)
        if pattern.search(text)
    )


def _agree(text: str, before: str) -> bool:
    """Tell whether two headlines speak of one thing: they share names or what is done."""
    was = {word for word in _words(before) if len(word) > _SHORT}
    now = {word for word in _words(text) if len(word) > _SHORT}
    return sum(_stands(word, was) for word in now) >= min(_AGREE, len(was))


def _stands(word: str, among: Iterable[str]) -> bool:
    return any(_alike(word, each) for each in among)


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    same = min(len(one), len(other)) if same is None else same
    return same >= _ALIKE and max(len(one), len(other)) - same <= _ENDING


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _plain(title: str) -> str:
    return normalize("NFC", title[:_LONGEST]).casefold()


def _pattern(words: str) -> re.Pattern[str]:
    forms = (
        re.escape(normalize("NFC", word).casefold()).replace("_", r"\s+").replace(r"\*", r"\w*")
        for word in words.split()
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")


_NEGATORS: Final = frozenset(NEGATORS.split())
_PASSED_OVER: Final = frozenset(PASSED_OVER.split())
_COMMON: Final = frozenset(TOO_COMMON.split())
_PATTERNS: Final = {pair: (_pattern(one), _pattern(other)) for pair, (one, other) in PAIRS.items()}
