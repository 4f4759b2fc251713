"""Every phrase that is looked for, in all the forms it is found by.

Pure but for remembering. A phrase is met as it is written, in another spelling, or bent by the
language of the text. A language is prepared when it is first met; that takes half a second for a
hundred thousand phrases, so whoever can't wait prepares it before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from monitor.watch.words.inflection import Bent, Inflection, is_inflected, primary
from monitor.watch.words.scanner import Hit, Needle, Scanner
from monitor.watch.words.spellings import (
    acronym_spellings,
    are_capitals,
    is_acronym,
    needs_writing_out,
    spellings,
    written_out,
)
from monitor.watch.words.text import Tokens, tokenise


class Found(NamedTuple):
    """The phrase with this number stands at the words [first, after), as written or in a form."""

    phrase: int
    first: int
    after: int
    inflected: bool


class Sighting:
    """What stands in one text. `needles` holds every phrase that does, and may hold some more.

    Most of what stands in a text is asked for by nobody, so where it stands is looked for phrase by
    phrase, and no place is judged before.
    """

    def __init__(self, exact: list[Hit], others: list[Hit], bent: Bent | None) -> None:
        """Take hits as written, hits of other spellings, and the stems of the text."""
        self._exact = exact
        self._others = others
        self._bent = bent
        self._places: dict[int, tuple[list[Hit], list[Hit]]] | None = None
        self.needles = {hit[0] for hit in exact}
        self.needles.update(hit[0] for hit in others)
        if bent is not None:
            self.needles |= bent.needles

    def found(self, needle: int) -> Iterator[Found]:
        """Yield where a phrase stands, each place once; first the places where it is as written."""
        if self._places is None:
            self._places = {}
            for which, hits in enumerate((self._exact, self._others)):
                for hit in hits:
                    self._places.setdefault(hit[0], ([], []))[which].append(hit)
        exact, others = self._places.get(needle, ((), ()))
        seen = set(exact)
        yield from (Found(*hit, inflected=False) for hit in exact)
        bent = self._bent.hits(needle) if self._bent is not None else ()
        for hit in chain(others, bent):
            if hit not in seen:
                seen.add(hit)
                yield Found(*hit, inflected=True)


class Lexicon:
    """Phrases by number. Threads may share it."""

    def __init__(
        self,
        needles: Sequence[Needle],
        phrases: Sequence[str | None],
        *,
        scanner: Callable[[Sequence[Needle]], Scanner],
    ) -> None:
        """Keep needles as they are numbered. Those with a phrase are found in other forms too."""
        self._needles = needles
        self._phrases = phrases
        self._others: dict[int, list[int]] = {}  # by needle: what it is another spelling of
        self._acronyms: dict[int, list[int]] = {}  # the same, where it counts in capitals alone
        more = self._spelled_otherwise()
        self._spelled = len(needles) + len(more)
        self._scanner = scanner([*needles, *more] if more else needles)
        self._inflections: dict[str, Inflection] = {}

    def is_ready(self, language: str) -> bool:
        """Say whether a text in this language is looked up at once."""
        return not is_inflected(language) or primary(language) in self._inflections

    def prepare(self, language: str) -> None:
        """Make ready for texts in a language."""
        # Two threads may both prepare one: the same comes out.
        if not self.is_ready(language):
            known = Inflection(primary(language), self._needles, self._phrases)
            self._inflections[primary(language)] = known

    def look_up(self, tokens: Tokens, language: str) -> Iterator[Found]:
        """Yield every phrase that stands in a text, each place once."""
        sighting = self.sight(tokens, language)
        return chain.from_iterable(map(sighting.found, sorted(sighting.needles)))

    def sight(self, tokens: Tokens, language: str) -> Sighting:
        """Return what stands in a text."""
        exact = self._scanner.scan(tokens.words)
        others = list(self._otherwise(tokens, exact))
        if len(self._needles) < self._spelled:
            exact = [hit for hit in exact if hit[0] < len(self._needles)]
        if not is_inflected(language):
            return Sighting(exact, others, None)
        self.prepare(language)
        return Sighting(exact, others, self._inflections[primary(language)].scan(tokens))

    def _otherwise(self, tokens: Tokens, exact: list[Hit]) -> Iterator[Hit]:
        if self._others:
            yield from _meant(exact, self._others)
        if self._acronyms:
            for hit in _meant(exact, self._acronyms):
                if are_capitals(tokens.spellings(hit[1], hit[2])):
                    yield hit
        if not tokens.text.isascii() and needs_writing_out(tokens.text):
            longer = self._scanner.scan(written_out(tokens.raw))
            yield from (hit for hit in longer if self._is_phrase(hit[0]))
            yield from _meant(longer, self._others)

    def _is_phrase(self, needle: int) -> bool:
        return needle < len(self._phrases) and self._phrases[needle] is not None

    def _spelled_otherwise(self) -> list[Needle]:
        """Note the other spellings of every phrase; return those that are no needles yet."""
        special = [
            (number, phrase)
            for number, phrase in enumerate(self._phrases)
            if phrase is not None and (not phrase.isascii() or is_acronym(phrase))
        ]
        if not special:
            return []
        numbers = {needle: number for number, needle in enumerate(self._needles)}
        for number, phrase in special:
            tokens = tokenise(phrase, addresses=True)
            for words in spellings(tokens.raw, tokens.words):
                needle = numbers.setdefault(f" {' '.join(words)} ", len(numbers))
                self._others.setdefault(needle, []).append(number)
            for words in acronym_spellings(phrase):
                needle = numbers.setdefault(f" {' '.join(words)} ", len(numbers))
                self._acronyms.setdefault(needle, []).append(number)
        return list(numbers)[len(self._needles) :]


def _meant(hits: Iterable[Hit], others: Mapping[int, list[int]]) -> Iterator[Hit]:
    return chain.from_iterable(
        ((number, first, after) for number in others.get(needle, ()))
        for needle, first, after in hits
    )
