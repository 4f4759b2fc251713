"""Phrases by the words they begin with, whatever language those bend in.

Pure. It is built once and asked for every language, so that what a language adds is small: rows of
numbers are packed, and words are kept as one text.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from monitor.watch.words.scanner import Needle
from monitor.watch.words.text import tokenise

_BITS: Final = 32  # of a second word's number, below the first's
_NONE: Final = 0  # the second word of a phrase that has only one


Rows: TypeAlias = tuple[int, int]  # [start, end) of the phrases that begin with one word


class Beginning(NamedTuple):
    """What begins with a word: phrases of this word alone, and those that go on."""

    alone: Sequence[int]
    longer: Rows


class Vocabulary:
    """Phrases and their words by number; words are numbered from 1."""

    def __init__(self, needles: Sequence[Needle], phrases: Sequence[str | None]) -> None:
        """Sort phrases by their first two words, folded and, where they differ, as spelled.

        A needle without a phrase has one form, and is not looked for here.
        """
        self._needles = needles
        self._phrases = phrases
        numbers: dict[str, int] = {}
        keys: list[int] = []
        standing: list[int] = []  # by key: the phrase
        for number, phrase in enumerate(phrases):
            if phrase is not None:
                for words in self.spelled(number):
                    first, *rest = [
                        numbers.setdefault(word, len(numbers) + 1) for word in words[:2]
                    ]
                    keys.append(first << _BITS | (rest[0] if rest else _NONE))
                    standing.append(number)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self._text = " ".join(numbers)
        self._firsts = array("I", (keys[each] >> _BITS for each in order))
        self._seconds = array("I", (keys[each] & (1 << _BITS) - 1 for each in order))
        self._standing = array("I", map(standing.__getitem__, order))

    @property
    def words(self) -> list[str]:
        """The first two words of every phrase, each once, in the order of their numbers."""
        return self._text.split(" ")

    def spelled(self, phrase: int) -> list[list[str]]:
        """Return the words of a phrase, folded, and as spelled where that is not the same."""
        words, written = self._needles[phrase].split(), self._phrases[phrase]
        if written is None:
            return []
        if written.isascii():
            return [words]
        return [words, tokenise(written, addresses=True).raw]

    def folded(self, phrase: int) -> list[str]:
        """Return the words of a phrase, folded."""
        return self._needles[phrase].split()

    def beginning(self, word: int) -> Beginning:
        """Return what begins with a word."""
        start = bisect_left(self._firsts, word)
        end = bisect_right(self._firsts, word, start)
        middle = bisect_right(self._seconds, _NONE, start, end)
        return Beginning(self._standing[start:middle], (middle, end))

    def going_on(self, rows: Iterable[tuple[Sequence[Rows], Sequence[int]]]) -> Iterator[int]:
        """Yield the phrases that go on with one of the words beside the rows they stand in."""
        seconds, standing = self._seconds, self._standing
        for beginnings, words in rows:
            for start, end in beginnings:
                for word in words:
                    at = bisect_left(seconds, word, start, end)
                    while at < end and seconds[at] == word:
                        yield standing[at]
                        at += 1
