"""Every phrase that is looked for, in all the forms it is found by.

Pure but for remembering. A phrase is met as it is written, in another spelling, or bent by the
language of the text. A language is prepared when it is first met; that takes half a second for a
hundred thousand phrases, so whoever can't wait prepares it before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from monitor.watch.words.inflection import Inflection, is_inflected, primary
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
        exact = self._scanner.scan(tokens.words)
        seen: set[Hit] = set()
        for hit in exact:
            if hit.needle < len(self._needles):
                seen.add(hit)
                yield Found(*hit, inflected=False)
        for hit in self._forms(tokens, language, exact):
            if hit not in seen:
                seen.add(hit)
                yield Found(*hit, inflected=True)

    def _forms(self, tokens: Tokens, language: str, exact: list[Hit]) -> Iterator[Hit]:
        yield from _meant(exact, self._others)
        for hit in _meant(exact, self._acronyms):
            if are_capitals(tokens.spellings(hit.first, hit.after)):
                yield hit
        if not tokens.text.isascii() and needs_writing_out(tokens.text):
            longer = self._scanner.scan(written_out(tokens.raw))
            yield from (hit for hit in longer if self._is_phrase(hit.needle))
            yield from _meant(longer, self._others)
        if is_inflected(language):
            self.prepare(language)
            yield from self._inflections[primary(language)].scan(tokens)

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
        (Hit(number, first, after) for number in others.get(needle, ()))
        for needle, first, after in hits
    )
