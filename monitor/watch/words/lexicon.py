"""Every phrase that is looked for, in all the forms it is found by.

Pure but for remembering. A phrase is met as it is written, in another spelling, or bent by the
language of the text. A language is prepared when it is first met; that takes half a second for a
hundred thousand phrases, so whoever can't wait prepares it before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, filterfalse
from typing import NamedTuple

from monitor.watch.words.compounds import Closed, Closer, may_be_closed, show, variants
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
from monitor.watch.words.vocabulary import Vocabulary


class Found(NamedTuple):
    """The phrase with this number stands at the words [first, after), as written or in a form."""

    phrase: int
    first: int
    after: int
    inflected: bool  # in another form or spelling
    bent: bool  # in a form of the same stems


class Forms(NamedTuple):
    """A text's words in stems, as they stand or closed up."""

    bent: Bent
    closed: Closed | None
    text: Tokens
    lexicon: "Lexicon"

    def hits(self, phrase: int) -> Iterator[Hit]:
        """Yield where a phrase stands in any form, whichever way it is written."""
        for needle in (phrase, *self.lexicon.ways(phrase)):
            for _, first, after in _apart(self.bent.hits(needle), self.closed):
                if self.lexicon.is_shown(needle, (phrase, first, after), self.text):
                    yield phrase, first, after


class Sighting:
    """Where phrases stand in one text, looked for phrase by phrase: few are asked for."""

    def __init__(self, exact: list[Hit], others: list[Hit], forms: Sequence[Forms]) -> None:
        """Take hits as written, hits of other spellings, and the stems of the text."""
        self._exact = exact
        self._others = others
        self._forms = forms
        self._places: dict[int, tuple[list[Hit], list[Hit]]] | None = None

    def found(self, needle: int) -> Iterator[Found]:
        """Yield where a phrase stands, each place once; first the places where it is as written."""
        if self._places is None:
            self._places = {}
            for which, hits in enumerate((self._exact, self._others)):
                for hit in hits:
                    self._places.setdefault(hit[0], ([], []))[which].append(hit)
        exact, others = self._places.get(needle, ((), ()))
        seen = set(exact)
        yield from (Found(*hit, inflected=False, bent=False) for hit in exact)
        forms = chain.from_iterable(each.hits(needle) for each in self._forms)
        for hit, bent in chain(((hit, False) for hit in others), ((hit, True) for hit in forms)):
            if hit not in seen:
                seen.add(hit)
                yield Found(*hit, inflected=True, bent=bent)


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
        self._size = len(needles)
        self._phrases = list(phrases)
        self._others: dict[int, list[int]] = {}  # by needle: what it is another spelling of
        self._acronyms: dict[int, list[int]] = {}  # the same, where it counts in capitals alone
        self._variants: dict[int, list[int]] = {}  # the same, where words are closed up
        self._ways: dict[int, list[int]] = {}  # the same by phrase
        self._shown: dict[tuple[int, int], tuple[str, ...]] = {}  # what a way must show of a phrase
        self._needles = [*needles, *self._spelled_otherwise(needles)]
        self._scanner = scanner(self._needles)
        reach = max((needle.count(" ") for needle in self._needles), default=1)
        self._closer = Closer(_words(self._needles), reach=reach)
        self._vocabulary = Vocabulary(self._needles, self._phrases)
        self._inflections: dict[str, Inflection] = {}

    def is_ready(self, language: str) -> bool:
        """Say whether a text in this language is looked up at once."""
        return not is_inflected(language) or primary(language) in self._inflections

    def prepare(self, language: str) -> None:
        """Make ready for texts in a language."""
        # Two threads may both prepare one: the same comes out.
        if not self.is_ready(language):
            known = Inflection(primary(language), self._vocabulary)
            self._inflections[primary(language)] = known

    def glance(self, texts: Sequence[Tokens], language: str) -> set[int]:
        """Return every phrase that stands in one of some texts, and perhaps some that don't."""
        closed = [each.tokens for each in map(self._closer.closed, texts) if each is not None]
        words = raw = _row([text.words for text in (*texts, *closed)])
        if closed or any(text.raw is not text.words for text in texts):
            raw = _row([text.raw for text in (*texts, *closed)])
        standing = self._scanner.glance(words)
        if is_inflected(language):
            self.prepare(language)
            standing |= self._inflections[primary(language)].glance(raw)
        if self._others or self._acronyms or self._variants:
            standing = self._meaning(standing, self._others, self._acronyms, self._variants)
        for text in texts:
            if not text.text.isascii() and needs_writing_out(text.text):
                longer = self._scanner.glance(written_out(text.raw))
                standing.update(filter(self._is_phrase, self._meaning(longer, self._others)))
        return standing

    def sight(self, tokens: Tokens, language: str) -> Sighting:
        """Return where phrases stand in a text."""
        exact = self._scanner.scan(tokens.words)
        others = list(self._otherwise(tokens, exact))
        closed = self._closer.closed(tokens)
        if closed is not None:
            found = self._scanner.scan(closed.tokens.words)
            others += _apart(self._varied(found, closed.tokens), closed)
            others += _apart(filter(closed.is_loose, found), closed)
            exact += _apart(filterfalse(closed.is_loose, found), closed)
        if not is_inflected(language):
            return Sighting(exact, others, ())
        self.prepare(language)
        bend = self._inflections[primary(language)].scan
        forms = [Forms(bend(tokens), None, tokens, self)]
        if closed is not None:
            forms.append(Forms(bend(closed.tokens), closed, tokens, self))
        return Sighting(exact, others, forms)

    def ways(self, phrase: int) -> Sequence[int]:
        """Return the needles that are a phrase with words closed up."""
        return self._ways.get(phrase, ())

    def is_shown(self, needle: int, hit: Hit, tokens: Tokens) -> bool:
        """Say whether a needle that stands for a phrase at a hit shows its acronyms."""
        phrase, first, after = hit
        acronyms = self._shown.get((needle, phrase))
        if not acronyms:
            return True
        start, end = tokens.span(first, after)
        return show(acronyms, tokens.text[start:end])

    def look_up(self, tokens: Tokens, language: str) -> Iterator[Found]:
        """Yield every phrase that stands in a text, each place once."""
        sighting = self.sight(tokens, language)
        standing = sorted(self.glance([tokens], language))
        return chain.from_iterable(map(sighting.found, standing))

    def _meaning(self, needles: set[int], *others: Mapping[int, list[int]]) -> set[int]:
        """Return needles, and what they are other spellings of."""
        meant = {needle for needle in needles if needle < self._size}
        for each in others:
            meant.update(chain.from_iterable(each[needle] for needle in each.keys() & needles))
        return meant

    def _otherwise(self, tokens: Tokens, exact: list[Hit]) -> Iterator[Hit]:
        if self._others:
            yield from _meant(exact, self._others)
        if self._acronyms:
            for hit in _meant(exact, self._acronyms):
                if are_capitals(tokens.spellings(hit[1], hit[2])):
                    yield hit
        yield from self._varied(exact, tokens)
        if not tokens.text.isascii() and needs_writing_out(tokens.text):
            longer = self._scanner.scan(written_out(tokens.raw))
            yield from (hit for hit in longer if self._is_phrase(hit[0]))
            yield from _meant(longer, self._others)

    def _is_phrase(self, needle: int) -> bool:
        return needle < self._size and self._phrases[needle] is not None

    def _varied(self, hits: Iterable[Hit], tokens: Tokens) -> Iterator[Hit]:
        if self._variants:
            for needle, first, after in hits:
                for phrase in self._variants.get(needle, ()):
                    if self.is_shown(needle, (phrase, first, after), tokens):
                        yield phrase, first, after

    def _spelled_otherwise(self, needles: Sequence[Needle]) -> list[Needle]:
        """Note the other spellings of every phrase; return those that are no needles yet."""
        special = [
            (number, phrase)
            for number, phrase in enumerate(self._phrases)
            if phrase is not None
            and (not phrase.isascii() or is_acronym(phrase) or may_be_closed(phrase))
        ]
        if not special:
            return []
        numbers = {needle: number for number, needle in enumerate(needles)}
        spelled: dict[int, str] = {}
        for number, phrase in special:
            tokens = tokenise(phrase, addresses=True)
            for words in spellings(phrase, tokens.raw, tokens.words):
                needle = numbers.setdefault(f" {' '.join(words)} ", len(numbers))
                self._others.setdefault(needle, []).append(number)
            for words in acronym_spellings(phrase):
                needle = numbers.setdefault(f" {' '.join(words)} ", len(numbers))
                self._acronyms.setdefault(needle, []).append(number)
            for variant in variants(phrase):
                needle = numbers.setdefault(f" {' '.join(variant.words)} ", len(numbers))
                spelled.setdefault(needle, variant.spelled)
                self._vary(number, needle, variant.acronyms)
        self._phrases += [None] * (len(numbers) - len(self._phrases))
        for needle, phrase in spelled.items():
            self._phrases[needle] = self._phrases[needle] or phrase
        return list(numbers)[self._size :]

    def _vary(self, phrase: int, needle: int, acronyms: tuple[str, ...]) -> None:
        self._variants.setdefault(needle, []).append(phrase)
        self._ways.setdefault(phrase, []).append(needle)
        self._shown[needle, phrase] = acronyms


def _words(needles: Iterable[Needle]) -> set[str]:
    """Return the words of needles; one after the other, so that other threads get on."""
    words: set[str] = set()
    for needle in needles:
        words.update(needle.split())
    return words


def _apart(hits: Iterable[Hit], closed: Closed | None) -> Iterator[Hit]:
    """Yield hits by the words of the text; of one closed up those that it makes."""
    if closed is None:
        yield from hits
    else:
        for needle, first, after in hits:
            start, end = closed.apart(first, after)
            if end - start > after - first:
                yield needle, start, end


def _row(texts: Iterable[Sequence[str]]) -> list[str]:
    """Return the words of some texts in one row; an empty word lets no phrase reach across."""
    row: list[str] = []
    for words in texts:
        row += words
        row.append("")
    return row


def _meant(hits: Iterable[Hit], others: Mapping[int, list[int]]) -> Iterator[Hit]:
    return chain.from_iterable(
        ((number, first, after) for number in others.get(needle, ()))
        for needle, first, after in hits
    )
