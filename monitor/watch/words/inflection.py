"""Finds phrases in the forms a language bends them into: "sankcja" in "sankcjami".

Pure but for remembering. Words are cut to their stems, the text's as well as the phrases', and
compared stem by stem. Languages whose stems nobody knows are compared word by word alone.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from operator import contains
from typing import Final, TypeAlias

from monitor.watch.words.forms import forms_in
from monitor.watch.words.scanner import Hit
from monitor.watch.words.stems import (
    CACHE_LETTERS,
    CACHE_WORDS,
    LANGUAGES,
    Stems,
    may_be_cut_less,
)
from monitor.watch.words.text import Tokens, folded
from monitor.watch.words.vocabulary import Rows, Vocabulary

_Row: TypeAlias = list[set[str]]  # word by word, the stems it is looked for by

_MARK: Final = (1 << 30) - 1  # of a stem's hash as much as sorts as quickly as numbers can


@lru_cache(maxsize=256)
def primary(language: str) -> str:
    """Return the first subtag of a language tag, in lower case: `en` of en-GB."""
    return language.replace("_", "-").partition("-")[0].lower()


def is_inflected(language: str) -> bool:
    """Say whether words of a language are cut to stems."""
    return primary(language) in LANGUAGES


class Inflection:
    """Phrases by the stems their words have in one language. Threads may share it."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        """Cut the words of phrases to stems. Raises KeyError for a language without stems."""
        self._vocabulary = vocabulary
        self._stems = Stems(language)
        self._are_cut_less = may_be_cut_less(language)
        self._kin = _Kinship(vocabulary, self._stems, whole=self._are_cut_less)
        self._are_forms = forms_in(language)

    def scan(self, tokens: Tokens) -> "Bent":
        """Return a text that can be asked for phrases in any form."""
        return Bent(self, tokens)

    def glance(self, words: Sequence[str]) -> set[int]:
        """Return the phrases whose first two stems stand in a row of words, and perhaps others."""
        kin = list(map(self._kin.__getitem__, words))
        found = set[int]().union(*[each.alone for each in kin if each.alone])
        pairs = [
            (one.rows, other.words) for one, other in pairwise(kin) if one.rows and other.words
        ]
        found.update(self._vocabulary.going_on(pairs))
        return found

    def stems(self, words: Sequence[str]) -> list[str]:
        """Return the stems of words as they are spelled."""
        return list(map(self._stems.__getitem__, words))

    def row(self, number: int) -> _Row:
        """Return the stems that a phrase is looked for by."""
        rows = list(map(self.stems, self._vocabulary.spelled(number)))
        if self._are_cut_less:
            rows.append(self._vocabulary.folded(number))
        return list(map(set, zip(*rows, strict=True)))

    def is_form(self, number: int, tokens: Tokens, first: int, after: int) -> bool:
        """Say whether words of a text that have a phrase's stems are forms of it."""
        wanted, found = self._vocabulary.folded(number), tokens.words[first:after]
        return wanted == found or all(map(self._are_forms, wanted, found))


class Bent:
    """A text in stems."""

    def __init__(self, inflection: Inflection, tokens: Tokens) -> None:
        """Cut the text to stems."""
        self._inflection = inflection
        self._tokens = tokens
        self._stems = inflection.stems(tokens.raw)
        self._firsts: defaultdict[str, list[int]] = defaultdict(list)
        for place, stem in enumerate(self._stems):
            self._firsts[stem].append(place)

    def hits(self, needle: int) -> Iterator[Hit]:
        """Yield where a phrase stands in any form."""
        row = self._inflection.row(needle)
        if not row:
            return
        for first in chain.from_iterable(self._firsts.get(stem, ()) for stem in row[0]):
            after = first + len(row)
            stems = self._stems[first:after]
            if (
                len(stems) == len(row)
                and all(map(contains, row, stems))
                and self._inflection.is_form(needle, self._tokens, first, after)
            ):
                yield needle, first, after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kin:
    """The words of phrases that have one stem: their numbers, and what begins with them."""

    words: Sequence[int] = ()
    alone: Sequence[int] = ()
    rows: Sequence[Rows] = ()


class _Kinship(dict[str, _Kin]):
    """Words of texts with those of phrases that share their stem, remembered.

    Stems are compared by a part of their hashes, so that they need not be kept: a few numbers for
    a word instead of two texts. Once in a million words that brings in one that is no kin.
    """

    def __init__(self, vocabulary: Vocabulary, stems: Stems, *, whole: bool) -> None:
        """Sort the words of phrases by their stems; `whole` words are stems as well."""
        self._vocabulary = vocabulary
        self._stems = stems
        words = vocabulary.words
        marks = [hash(stem) & _MARK for stem in map(stems.cut, words)]
        if whole:
            marks.extend(hash(folded(word)) & _MARK for word in words)
        order = sorted(range(len(marks)), key=marks.__getitem__)
        self._marks = array("I", map(marks.__getitem__, order))
        self._words = array("I", (each % len(words) + 1 for each in order))

    def __missing__(self, word: str) -> _Kin:
        kin = self._found(hash(self._stems.cut(word)) & _MARK)
        if len(word) <= CACHE_LETTERS:
            if len(self) >= CACHE_WORDS:
                self.clear()
            self[word] = kin
        return kin

    def _found(self, mark: int) -> _Kin:
        first = bisect_left(self._marks, mark)
        words = sorted({*self._words[first : bisect_right(self._marks, mark, first)]})
        if not words:
            return _NOBODY
        beginnings = list(map(self._vocabulary.beginning, words))
        return _Kin(
            words=tuple(words),
            alone=tuple(chain.from_iterable(each.alone for each in beginnings)),
            rows=tuple(each.longer for each in beginnings if each.longer[0] < each.longer[1]),
        )


_NOBODY: Final = _Kin()
