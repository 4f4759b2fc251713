"""Finds every needle in a text's words, overlapping ones too.

Pure. Two ways with identical results: an automaton written in Rust, and a dictionary of words for
machines that have no wheel of it.
"""

from array import array
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, Protocol, TypeAlias

# Folded words with a space before each and one after the last: " regime change ". Without that
# last space the last word is only the beginning of one: " cigar".
Needle: TypeAlias = str


# The needle with this number stands at the words [first, after): needle, first, after. Plain,
# because every text of the news holds dozens of them.
Hit: TypeAlias = tuple[int, int, int]

_NUMBER: Final = itemgetter(0)  # of a hit, or of what the automaton found
_START: Final = itemgetter(1)


class Scanner(Protocol):
    """Built once over needles, all different and none empty; numbered as they were given."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        """Prepare to find the needles."""

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Return every hit in a row of folded words, in any order."""

    def glance(self, words: Sequence[str]) -> set[int]:
        """Return the needles that stand in a row of folded words; an empty word parts phrases."""


class AutomatonScanner:
    """Aho-Corasick over the joined words: the spaces around each word are its borders."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        """Build the automaton. Raises ImportError where ahocorasick_rs has no wheel."""
        from ahocorasick_rs import AhoCorasick

        self._lengths = array("I", [len(needle.split()) for needle in needles])
        self._automaton = AhoCorasick(needles, store_patterns=False)

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Return every hit, in the order of their first words."""
        joined = f" {' '.join(words)} "
        found = self._automaton.find_matches_as_indexes(joined, overlapping=True)
        if len(found) > 1:
            found.sort(key=_START)
        hits = []
        lengths = self._lengths
        word = place = 0
        for needle, start, _ in found:
            word += joined.count(" ", place, start)  # each word has one space before it
            place = start
            hits.append((needle, word, word + lengths[needle]))
        return hits

    def glance(self, words: Sequence[str]) -> set[int]:
        """Return the needles that stand in a row of folded words."""
        joined = f" {' '.join(words)} "
        return set(map(_NUMBER, self._automaton.find_matches_as_indexes(joined, overlapping=True)))


class DictionaryScanner:
    """Looks up each word, then the phrases that begin with it."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        """Sort the needles by their first words and lengths."""
        self._closed: dict[tuple[str, ...], int] = {}
        self._open: dict[tuple[str, ...], int] = {}
        self._lengths: dict[str, set[int]] = {}  # of the phrases that begin with a word
        self._open_lengths: dict[
            str, set[tuple[int, int]]
        ] = {}  # words before the open one, letters
        for number, needle in enumerate(needles):
            words = tuple(needle.split())
            if needle.endswith(" "):
                self._closed[words] = number
                self._lengths.setdefault(words[0], set()).add(len(words))
            else:
                self._open[words] = number
                first = words[0] if len(words) > 1 else ""
                self._open_lengths.setdefault(first, set()).add((len(words) - 1, len(words[-1])))

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Return every hit, in the order of their first words."""
        words = tuple(words)
        hits = []
        alone = self._open_lengths.get("", ())
        for first, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                row = words[first : first + length]
                number = self._closed.get(row)
                if number is not None and len(row) == length:
                    hits.append((number, first, first + length))
            for before, letters in (*alone, *self._open_lengths.get(word, ())):
                last = first + before
                if last < len(words) and len(words[last]) >= letters:
                    number = self._open.get((*words[first:last], words[last][:letters]))
                    if number is not None:
                        hits.append((number, first, last + 1))
        return hits

    def glance(self, words: Sequence[str]) -> set[int]:
        """Return the needles that stand in a row of folded words."""
        return set(map(_NUMBER, self.scan(words)))


def best_scanner(needles: Sequence[Needle]) -> Scanner:
    """Return the automaton where it can be imported, else the dictionary."""
    try:
        return AutomatonScanner(needles)
    except ImportError:
        return DictionaryScanner(needles)
