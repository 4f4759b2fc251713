"""Words that are written apart, together, or with a sign between: U.S. and US, cease-fire, 1,000.

Pure. A text is read a second time with such words closed up, where it has any; a term is looked
for as it is written and closed up. What stays apart in neither is left as it is.
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from monitor.watch.words.scanner import Hit
from monitor.watch.words.text import Tokens, folded, tokenise

# Letters with full stops, of which one may have a small one behind it (Ph.D.); capitals with blanks
# too (J. D. Vance), where a full stop ends them.
_LETTER: Final = r"(?:[^\W\d_]|[A-Z][a-z])"
_ACRONYM: Final = rf"(?<![\w.]){_LETTER}(?:\.{_LETTER})+(?!\w)|(?<![\w.])[A-Z](?:\. [A-Z])+(?=\.)"
# Thousands between full stops or commas; anything else, such as a date, is several numbers.
_NUMBER: Final = r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3})+)(?![\d])"
_ROW: Final = re.compile(f"{_ACRONYM}|{_NUMBER}")
_GROUPED: Final = re.compile(_NUMBER)
# Each begins with one plain sign, so that most of a text is passed over at once.
_POINTED: Final = re.compile(r"\.(?:[^\W\d_](?:[a-z]?\.|(?!\w))| [A-Z]\.|\d\d\d(?!\d))")
_THOUSANDS: Final = re.compile(r",\d\d\d(?!\d)")
_BEFORE: Final = 12  # characters of a row before its first hint, and of all of it
_LONGEST: Final = 40

_SIGNS: Final = "-‐‑'’ʼ‘`"
_PAIR: Final = re.compile(rf"([^\W_]+)[{_SIGNS}]([^\W_]+)")
_MAY_DIFFER: Final = re.compile(rf"[^\W_][{_SIGNS}.,][^\W_]|[A-Z]\. [A-Z]\.")
_APOSTROPHES: Final = frozenset(_SIGNS[3:])
_CONTRACTED: Final = frozenset({"t", "s", "ll", "re", "ve", "d", "m"})  # can't, we'll
_NAMES_WITH: Final = "o"  # O'Brien; other letters before an apostrophe are words: d'or, l'an
_CACHE_CHUNKS: Final = 1 << 16  # a stream of hostile words must not fill the memory
_LEAST: Final = 3  # letters or digits that are looked for closed up
_MOST_ENDING: Final = 3  # letters that inflection adds: cease-fires
_WINDOW: Final = 30  # characters on either side of a number that is looked at whole


class Closed(NamedTuple):
    """The words of a text around those that are closed up."""

    tokens: Tokens
    firsts: Sequence[int]  # by word: the first of the words it stands for; at last the one behind
    forms: AbstractSet[int]  # words closed up over a hyphen or an apostrophe

    def apart(self, first: int, after: int) -> tuple[int, int]:
        """Return the words of the text that words closed up stand for."""
        return self.firsts[first], self.firsts[after]

    def is_loose(self, hit: Hit) -> bool:
        """Say whether a hit has a word that was closed up over a hyphen or an apostrophe."""
        return not self.forms.isdisjoint(range(hit[1], hit[2]))


class Variant(NamedTuple):
    """Another way to write a phrase. Its acronyms count in capitals or with their full stops."""

    spelled: str
    words: tuple[str, ...]
    acronyms: tuple[str, ...]


class Closer:
    """Closes up the words of texts. Threads may share it."""

    def __init__(self, known: Collection[str], *, reach: int) -> None:
        """Take the folded words that are looked for: over a hyphen nothing else is closed up.

        `reach` is how many words the longest phrase has.
        """
        self._known = known
        self._reach = reach
        self._unasked: set[str] = set()  # with a sign, met in texts, and no word that is looked for

    def closed(self, tokens: Tokens) -> Closed | None:
        """Return a text with what belongs together closed up; None where nothing does."""
        text = tokens.shown
        has_rows = _POINTED.search(text) or _THOUSANDS.search(text)
        pairs = list(self._pairs(text)) if "-" in text or "'" in text else []
        if not pairs and not has_rows and not tokens.rows:
            return None
        rows = {row for hint in (_POINTED, _THOUSANDS) for row in _around(text, hint)}
        hard = {*tokens.rows, *_rows(tokens, rows)}
        return _closed(tokens, hard, set(_rows(tokens, pairs)), self._reach)

    def _pairs(self, text: str) -> Iterator[tuple[int, int]]:
        unasked = self._unasked
        chunks = [chunk for chunk in text.split() if "-" in chunk or "'" in chunk]
        for chunk in chunks:
            if chunk not in unasked:
                pairs = [pair for pair in _pairs(chunk) if self._is_known(pair)]
                if not pairs and len(chunk) <= _LONGEST:
                    if len(unasked) >= _CACHE_CHUNKS:
                        unasked.clear()
                    unasked.add(chunk)
                for pair in pairs:
                    yield from _everywhere(text, pair[0])

    def _is_known(self, pair: re.Match[str]) -> bool:
        word = folded(pair[1] + pair[2])
        endings = range(min(_MOST_ENDING, len(pair[2]) - 1, len(word) - _LEAST) + 1)
        return any(word[: len(word) - ending] in self._known for ending in endings)


def closed_term(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a term with its acronyms and numbers closed up, and these acronyms: US Navy, (US)."""
    acronyms = tuple(_letters(row) for row in _ROW.finditer(text) if row[0][0].isalpha())
    return _ROW.sub(_letters, text), acronyms


def may_be_closed(phrase: str) -> bool:
    """Say whether a phrase may have words that are written together too."""
    return _MAY_DIFFER.search(phrase) is not None


def variants(phrase: str) -> Iterator[Variant]:
    """Yield the other ways to write a phrase, with the words that belong together closed up."""
    tokens = tokenise(phrase, addresses=True)
    found = list(_ROW.finditer(tokens.shown))
    acronyms = tuple(_letters(row) for row in found if row[0][0].isalpha())
    hard = frozenset(_rows(tokens, (row.span() for row in found)))
    soft = frozenset(_rows(tokens, map(re.Match.span, _pairs(tokens.shown))))
    none: frozenset[tuple[int, int]] = frozenset()
    for hards, softs in dict.fromkeys([(hard, soft), (hard, none), (none, soft)]):
        closed = _closed(tokens, hards, softs, len(tokens.words))
        if closed is not None:
            spelled, words = " ".join(closed.tokens.raw), closed.tokens.words
            if tokenise(spelled, addresses=True).words == words:  # in Chinese it is not one word
                yield Variant(spelled, tuple(words), acronyms if hards else ())


def show(acronyms: Sequence[str], text: str) -> bool:
    """Say whether what stands in a text writes acronyms as such: a pronoun is no country."""
    return not acronyms or "." in text or all(acronym in text for acronym in acronyms)


def cuts_number(text: str, start: int, end: int) -> bool:
    """Say whether [start, end) is a part of a number with thousands: 1,000 of 1,000,000."""
    if not (text[start].isdigit() or text[end - 1].isdigit()):
        return False
    return any(
        number.start() < start < number.end() or number.start() < end < number.end()
        for number in _GROUPED.finditer(text, max(0, start - _WINDOW), end + _WINDOW)
    )


def _letters(row: re.Match[str]) -> str:
    return "".join(filter(str.isalnum, row[0]))


def _around(text: str, hint: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in hint.finditer(text):
        start = max(0, found.start() - _BEFORE)
        yield from map(re.Match.span, _ROW.finditer(text, start, found.end() + _LONGEST))


def _pairs(text: str) -> Iterator[re.Match[str]]:
    """Yield neighbours that may be one word; of three in a row the one in the middle twice."""
    at = 0
    while pair := _PAIR.search(text, at):
        if _is_one(pair):
            yield pair
        at = pair.start(2)


def _everywhere(text: str, part: str) -> Iterator[tuple[int, int]]:
    at = text.find(part)
    while at != -1:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def _is_one(pair: re.Match[str]) -> bool:
    """Say whether two words with a sign between may be written as one."""
    before, after = pair[1].lower(), pair[2].lower()
    if pair.string[pair.end(1)] in _APOSTROPHES:
        return after not in _CONTRACTED and (len(before) > 2 or before in _NAMES_WITH)
    return not (before[-1].isdigit() and after[0].isdigit())  # 9-11, 2025-26


def _rows(tokens: Tokens, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the words [first, after) that stand at some places."""
    for start, end in places:
        spans = tokens.spans(len(tokens.words))
        first = bisect_left(spans, (start, 0))
        after = bisect_left(spans, (end, 0))
        if after - first > 1:
            yield first, after


def _closed(
    tokens: Tokens,
    hard: AbstractSet[tuple[int, int]],
    soft: AbstractSet[tuple[int, int]],
    reach: int,
) -> Closed | None:
    """Close up rows of words; what is further than `reach` words from any of them is left out."""
    joins = {word for first, after in hard | soft for word in range(first + 1, after)}
    if not joins:
        return None
    loose = {word for first, after in soft for word in range(first, after)}
    begin = max(0, min(joins) - 1 - reach)
    end = min(len(tokens.words), max(joins) + 1 + reach)
    firsts = [*(word for word in range(begin, end) if word not in joins), end]
    spans = tokens.spans(end)
    rows = list(itertools.pairwise(firsts))
    raw = ["".join(tokens.raw[first:after]) for first, after in rows]
    places = [(spans[first][0], spans[after - 1][1]) for first, after in rows]
    closed = Tokens.placed(tokens.text, raw, places)
    forms = {word for word, first in enumerate(firsts) if first in loose}
    return Closed(closed, firsts, forms)
