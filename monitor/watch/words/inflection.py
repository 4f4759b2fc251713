"""Finds phrases in the forms a language bends them into: "sankcja" in "sankcjami".

Pure but for remembering. Words are cut to their stems, the text's as well as the phrases', and
compared stem by stem. Languages whose stems nobody knows are compared word by word alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeAlias, TypeVar

from monitor.watch.words.forms import forms_in
from monitor.watch.words.scanner import Hit, Needle
from monitor.watch.words.stems import LANGUAGES, Stems
from monitor.watch.words.text import Tokens, tokenise

_Row: TypeAlias = tuple[str, ...]
_Key = TypeVar("_Key")
_Numbers: TypeAlias = int | list[int]  # nearly always one


@lru_cache(maxsize=256)
def primary(language: str) -> str:
    """Return the first subtag of a language tag, in lower case: `en` of en-GB."""
    return language.replace("_", "-").partition("-")[0].lower()


def is_inflected(language: str) -> bool:
    """Say whether words of a language are cut to stems."""
    return primary(language) in LANGUAGES


class Inflection:
    """Phrases by the stems their words have in one language. Threads may share it.

    Words alone are one dictionary, rows of words another, by the first two stems of each: no
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
        self._phrases = phrases
        self._are_forms = forms_in(language)
        self._words: dict[str, _Numbers] = {}
        self._pairs: dict[_Row, _Numbers] = {}
        stems = self._stems
        for number, (needle, phrase) in enumerate(zip(needles, phrases, strict=True)):
            if phrase is not None:
                word, *more = needle.split(None, 2)
                if more:
                    _note(self._pairs, (stems[word], stems[more[0].rstrip()]), number)
                else:
                    _note(self._words, stems[word], number)
                if not phrase.isascii():
                    self._note_as_spelled(number)

    def scan(self, tokens: Tokens) -> "Bent":
        """Cut a text to stems, and note which phrases have them."""
        return Bent(self, tokens, list(map(self._stems.__getitem__, tokens.raw)))

    def needles(self, stems: Sequence[str]) -> set[int]:
        """Return the phrases whose first two stems stand in a row of stems."""
        # Met with the dictionaries' keys, and so in C: most of the text is part of no phrase.
        words, pairs = self._words, self._pairs
        numbers = [words[stem] for stem in words.keys() & stems]
        numbers += [pairs[pair] for pair in pairs.keys() & pairwise(stems)]
        return set(chain.from_iterable(map(_all, numbers)))

    def rows(self, number: int) -> Sequence[_Row]:
        """Return the stems that a phrase is looked for by."""
        phrase, words = self._phrases[number], self._needles[number].split()
        if phrase is None:
            return ()
        spelled = [words] if phrase.isascii() else [words, tokenise(phrase, addresses=True).raw]
        return tuple(dict.fromkeys(tuple(map(self._stems.__getitem__, each)) for each in spelled))

    def is_form(self, number: int, words: Sequence[str]) -> bool:
        """Say whether folded words that have a phrase's stems are forms of it."""
        return all(map(self._are_forms, self._needles[number].split(), words))

    def _note_as_spelled(self, number: int) -> None:
        row = self.rows(number)[-1]
        if len(row) == 1:
            _note(self._words, row[0], number)
        else:
            _note(self._pairs, row[:2], number)


class Bent:
    """A text in stems. `needles` are the phrases whose stems stand in it; not all are forms."""

    def __init__(self, inflection: Inflection, tokens: Tokens, stems: list[str]) -> None:
        """Look up which phrases may stand in the text."""
        self._inflection = inflection
        self._tokens = tokens
        self._stems = stems
        self._firsts: defaultdict[str, list[int]] | None = None
        self.needles = inflection.needles(stems)

    def hits(self, needle: int) -> Iterator[Hit]:
        """Yield where a phrase stands in any form."""
        if needle not in self.needles:
            return
        if self._firsts is None:
            self._firsts = defaultdict(list)
            for place, stem in enumerate(self._stems):
                self._firsts[stem].append(place)
        for row in self._inflection.rows(needle):
            for first in self._firsts.get(row[0], ()):
                after = first + len(row)
                if tuple(self._stems[first:after]) == row and self._inflection.is_form(
                    needle, self._tokens.words[first:after]
                ):
                    yield needle, first, after


def _note(known: dict[_Key, _Numbers], key: _Key, number: int) -> None:
    """Add a number to those of a key, each once; they come in their order."""
    others = known.setdefault(key, number)
    if others is number:
        return
    if isinstance(others, list):
        if others[-1] != number:
            others.append(number)
    elif others != number:
        known[key] = [others, number]


def _all(numbers: _Numbers) -> Sequence[int]:
    return (numbers,) if isinstance(numbers, int) else numbers
