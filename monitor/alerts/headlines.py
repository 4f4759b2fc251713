"""Which numbers headlines tell, and which of them stand in place of others. Pure."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final
from unicodedata import digit, normalize

from monitor.alerts.numerals import ROUGH, in_digits
from monitor.alerts.tolls import Kind, Token, tolls

# A number may follow a letter of a script without spaces, but of no other.
_LETTER: Final = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_FIGURES: Final = re.compile(
    rf"(?<!{_LETTER})(?<![.,:])\d{{1,3}}(?:[.,\u00a0\u202f]\d{{3}})+(?![\d:])"
    rf"|(?<!{_LETTER})(?<!:)\d+(?:[.,]\d+)?(?!:?\d)"
)
_THOUSANDS: Final = re.compile(r"[.,\u00a0\u202f](?=\d{3}(?!\d))")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
# Vowel signs of India's scripts are parts of words. Signs matter to what is counted.
_TOKENS: Final = re.compile(r"[\w\u0900-\u0dff]+|[,;:،；：，、。—–|%$€£¥]")
_TOLD_FIGURES: Final = 3


def figures(title: str) -> tuple[str, ...]:
    """Return the numbers in a headline, as written but without the signs between thousands.

    Years and times of day are none: they date what is told.
    """
    return tuple(dict.fromkeys(token.figure for token in _tokens(title) if token.figure))


def tolls_in(title: str) -> dict[Kind, str]:
    """Return how many a headline says are dead, hurt, missing or arrested: {"dead": "27"}."""
    return tolls(_tokens(title))


def changed(before: str, after: str) -> str:
    """Return which numbers stand in place of others, as in “27 → 28”; "" where none does.

    A number stands in another's place where both count the dead, the hurt or the missing; where the
    words around them are the same; or where the word behind them is: 27 homes, 28 homes.
    """
    was, now = tolls_in(before), tolls_in(after)
    counts = ((was[kind], now[kind]) for kind in was if kind in now)
    return arrows([*counts, *replaced(before, after)])


def replaced(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Return which numbers stand in place of others by the words around them, tolls apart."""
    old, new = _wordy(before), _wordy(after)
    counted, recounted = tolls_in(before).values(), tolls_in(after).values()
    return tuple(
        (was, now)
        for was, now in (*_in_place(old, new), *_of_one_unit(old, new))
        if not (was in counted and now in recounted)
    )


def arrows(pairs: Iterable[tuple[str, str]]) -> str:
    """Say which numbers became which others, the first few of them."""
    told = dict.fromkeys(f"{was} → {now}" for was, now in pairs if was != now)
    return ", ".join(list(told)[:_TOLD_FIGURES])


def _in_place(old: list[Token], new: list[Token]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(
        None, [word.text for word in old], [word.text for word in new], autojunk=False
    )
    for what, begin, end, start, stop in matcher.get_opcodes():
        if what != "replace" or end - begin != stop - start:
            continue
        for was, now in zip(old[begin:end], new[start:stop], strict=True):
            if was.figure and now.figure:
                yield was.figure, now.figure


def _of_one_unit(old: list[Token], new: list[Token]) -> Iterator[tuple[str, str]]:
    units = {unit: was for was, unit in _with_units(old)}
    for figure, unit in _with_units(new):
        if was := units.get(unit):
            yield was, figure


def _with_units(words: list[Token]) -> Iterator[tuple[str, str]]:
    for word, behind in pairwise(words):
        if word.figure and not behind.figure:
            yield word.figure, behind.text


def _wordy(title: str) -> list[Token]:
    return [token for token in _tokens(title) if token.text[0].isalnum()]


def _tokens(title: str) -> Iterator[Token]:
    title, at = in_digits(normalize("NFC", title)), 0
    for found in _FIGURES.finditer(title):
        yield from _plain(title[at : found.start()])
        figure = "".join(_digits(_THOUSANDS.sub("", found[0])))
        yield Token(figure, "" if _YEAR.fullmatch(figure) else figure)
        at = found.end()
    yield from _plain(title[at:])


def _digits(figure: str) -> Iterator[str]:
    return (str(digit(sign)) if sign.isdecimal() else sign for sign in figure)


def _plain(text: str) -> Iterator[Token]:
    return (Token(word, ROUGH.get(word, "")) for word in _TOKENS.findall(text.casefold()))
