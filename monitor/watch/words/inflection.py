"""Finds phrases in the forms a language bends them into: "sankcja" in "sankcjami".

Pure but for remembering. Words are cut to their stems, the text's as well as the phrases', and
compared stem by stem. Languages whose stems nobody knows are compared word by word alone.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias, TypeVar

from monitor.watch.words.english import are_forms
from monitor.watch.words.scanner import Hit, Needle
from monitor.watch.words.stems import LANGUAGES, Stems
from monitor.watch.words.text import Tokens, tokenise

_Row: TypeAlias = tuple[str, ...]
_Key = TypeVar("_Key")
_Numbers: TypeAlias = int | tuple[int, ...]  # nearly always one


@lru_cache(maxsize=256)
def primary(language: str) -> str:
    """Return the first subtag of a language tag, in lower case: `en` of en-GB."""
    return language.replace("_", "-").partition("-")[0].lower()


def is_inflected(language: str) -> bool:
    """Say whether words of a language are cut to stems."""
    return primary(language) in LANGUAGES


class Inflection:
    """Phrases by the stems their words have in one language. Threads may share it.

    Words alone are one dictionary, rows of words another, behind the first two stems of each: no
    automaton, for it would take longer to build than most languages are ever asked.
    """

    def __init__(
        self, language: str, needles: Sequence[Needle], phrases: Sequence[str | None]
    ) -> None:
        """Cut the phrases, as they are spelled and folded, to stems.

        Needles without a phrase have one form. Raises KeyError for a language without stems.
        """
        self._stems = Stems(language)
        self._needles = needles
        self._is_english = language == "en"
        self._words: dict[str, _Numbers] = {}
        self._rows: dict[_Row, _Numbers] = {}
        self._lengths: dict[_Row, _Numbers] = {}  # of rows, by their first two stems
        for number, (needle, phrase) in enumerate(zip(needles, phrases, strict=True)):
            if phrase is not None:
                self._add(number, needle.split())
                if not phrase.isascii():
                    self._add(number, tokenise(phrase, addresses=True).raw)

    def scan(self, tokens: Tokens) -> Iterator[Hit]:
        """Yield the numbers of the phrases that stand in a text in any form, and where."""
        stems = list(map(self._stems.__getitem__, tokens.raw))
        for number, first, after in self._hits(stems):
            if not self._is_english or self._is_form(number, tokens.words[first:after]):
                yield Hit(number, first, after)

    def _add(self, number: int, words: Sequence[str]) -> None:
        row = tuple(map(self._stems.__getitem__, words))
        if len(row) == 1:
            _note(self._words, row[0], number)
        else:
            _note(self._rows, row, number)
            _note(self._lengths, row[:2] if len(row) > 2 else row, len(row))

    def _hits(self, stems: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        # At a glance first, and in C: most texts hold no phrase at all.
        if not self._words.keys().isdisjoint(stems):
            for first, stem in enumerate(stems):
                if stem in self._words:
                    for number in _all(self._words[stem]):
                        yield number, first, first + 1
        if not self._lengths.keys().isdisjoint(pairwise(stems)):
            for first, pair in enumerate(pairwise(stems)):
                if pair in self._lengths:
                    yield from self._rows_at(first, pair, stems)

    def _rows_at(
        self, first: int, pair: _Row, stems: Sequence[str]
    ) -> Iterator[tuple[int, int, int]]:
        for length in _all(self._lengths[pair]):
            after = first + length
            for number in _all(self._rows.get(tuple(stems[first:after]), ())):
                if after <= len(stems):
                    yield number, first, after

    def _is_form(self, number: int, words: Sequence[str]) -> bool:
        return all(map(are_forms, self._needles[number].split(), words))


def _note(known: dict[_Key, _Numbers], key: _Key, number: int) -> None:
    """Add a number to those of a key, each once."""
    others = _all(known.get(key, ()))
    if number not in others:
        known[key] = (*others, number) if others else number


def _all(numbers: _Numbers) -> tuple[int, ...]:
    return (numbers,) if isinstance(numbers, int) else numbers
