"""An item read once: its fields, their words, and where each needle and pattern stands.

Pure. Everything that is asked of an item afterwards is answered from here.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from monitor.model import Field, Item
from monitor.watch.patterns import Pattern
from monitor.watch.plan import Probe
from monitor.watch.terms import TermKind
from monitor.watch.words.compounds import cuts_number, show
from monitor.watch.words.detection import Tongue
from monitor.watch.words.inflection import primary
from monitor.watch.words.lexicon import Lexicon, Sighting
from monitor.watch.words.links import link_words
from monitor.watch.words.sentences import sentence_starts
from monitor.watch.words.text import Tokens, tokenise

_BETWEEN_TAGS: Final = ", "
_CAPITALS: Final = 0.8  # of the letters of a field: more say nothing about a single word
_PATTERN_LIMIT: Final = 20  # places of one pattern in one field; more would prove nothing more


class Place(NamedTuple):
    """Code points [start, end) of a field."""

    field: Field
    start: int
    end: int


class Spot(NamedTuple):
    """Words [first, after) of a field, where a needle stands in another form or as it is."""

    field: Field
    first: int
    after: int
    inflected: bool
    bent: bool  # a form of the same stems, and no other spelling


class Hits(Mapping[int, list[Spot]]):
    """Where each needle stands, looked for when it is asked for: few are.

    `needles` holds all that stand in the item, and may hold some that don't.
    """

    def __init__(self, tokens: Mapping[Field, Tokens], lexicon: Lexicon, language: str) -> None:
        """Note what stands in fields whose words bend as in a language."""
        self.needles = lexicon.glance(list(tokens.values()), language)
        self._tokens = tokens
        self._lexicon = lexicon
        self._language = language
        self._sightings: dict[Field, Sighting] = {}
        self._spots: dict[int, list[Spot]] = {}

    def __getitem__(self, needle: int) -> list[Spot]:
        """Return where a needle stands, field by field from the left. Raises KeyError."""
        if needle not in self.needles:
            raise KeyError(needle)
        if needle not in self._spots:
            self._spots[needle] = [
                Spot(field, *found[1:])
                for field, sighting in self._sighted().items()
                for found in sorted(sighting.found(needle))
            ]
        spots = self._spots[needle]
        if not spots:
            raise KeyError(needle)
        return spots

    def __iter__(self) -> Iterator[int]:
        """Yield the needles that stand in the item, in their order."""
        return (needle for needle in sorted(self.needles) if needle in self)

    def __len__(self) -> int:
        """Count the needles that stand in the item."""
        return sum(1 for _ in self)

    def _sighted(self) -> Mapping[Field, Sighting]:
        if not self._sightings:
            self._sightings = {
                field: self._lexicon.sight(tokens, self._language)
                for field, tokens in self._tokens.items()
            }
        return self._sightings


class Reading(NamedTuple):
    """What stands in an item. `hits` are where, by needle."""

    item: Item
    language: str  # the item's own, else the one its text shows; "" where nothing does
    texts: Mapping[Field, str]
    tokens: Mapping[Field, Tokens]
    hits: Hits
    found: dict[Pattern, list[Place]]  # patterns run so far
    starts: dict[Field, list[int]]  # of the sentences, where they were asked for
    capitals: dict[Field, bool]  # whether nearly all letters are, where it was asked for

    def places(self, probe: Probe, fields: Collection[Field]) -> list[Place]:
        """Return where a probe stands in some fields, field by field from the left."""
        if probe.pattern is not None:
            return [place for place in self._run(probe.pattern) if place.field in fields]
        return [
            place
            for spot in self.hits.get(probe.needle, ())
            if spot.field in fields
            and (probe.bends or not spot.inflected)
            and (not probe.spelling or self._is_spelled(probe, spot))
            and (not spot.bent or self._keeps_capitals(probe, spot))
            and self._is_whole(place := self._place(spot), probe)
        ]

    def quoted(self, place: Place) -> str:
        """Return what stands at a place, in quotes."""
        return f"“{self.texts[place.field][place.start : place.end]}”"

    def sentences(self, field: Field) -> list[int]:
        """Return where each sentence of a field begins."""
        if field not in self.starts:
            self.starts[field] = sentence_starts(self.texts[field])
        return self.starts[field]

    def _place(self, spot: Spot) -> Place:
        return Place(spot.field, *self.tokens[spot.field].span(spot.first, spot.after))

    def _is_spelled(self, probe: Probe, spot: Spot) -> bool:
        # The words are the same but for their case and accents, so signs between do not matter.
        words = self.tokens[spot.field].spellings(spot.first, spot.after)
        found, wanted = "".join(words), "".join(probe.spelling)
        if probe.term.kind is TermKind.PREFIX:
            found = found[: len(wanted)]
        return found == wanted or (found == wanted.upper() and self._is_in_capitals(spot.field))

    def _keeps_capitals(self, probe: Probe, spot: Spot) -> bool:
        """Say whether a word written with a capital has one in the text, where that bends it.

        Gaza is found in any case, but "gazy" are no form of it: they are gases. An English form is
        hardly ever another word.
        """
        written = probe.term.text
        if written.islower() or primary(self.language) == "en":
            return True
        wanted, found = tokenise(written, addresses=True), self.tokens[spot.field]
        shown = found.spellings(spot.first, spot.after)
        asked = wanted.spellings(0, len(wanted.words))
        if len(asked) != len(shown):  # closed up: F-16, F16
            return True
        return all(
            one == other or seen[0].isupper() or not said[0].isupper()
            for one, other, said, seen in zip(
                wanted.words, found.words[spot.first : spot.after], asked, shown, strict=True
            )
        )

    def _is_in_capitals(self, field: Field) -> bool:
        """Say whether a field is written in capitals, which then say nothing about a word."""
        if field not in self.capitals:
            text = self.texts[field]
            capitals, letters = sum(map(str.isupper, text)), sum(map(str.isalpha, text))
            self.capitals[field] = capitals > letters * _CAPITALS
        return self.capitals[field]

    def _is_whole(self, place: Place, probe: Probe) -> bool:
        """Say whether a place is no part of a number, of two tags, or of what is no acronym."""
        field, start, end = place
        text = self.texts[field]
        if cuts_number(text, start, end) or not show(probe.acronyms, text[start:end]):
            return False
        return field != "tags" or len(tags_at(self.item, start, end)) == 1

    def _run(self, pattern: Pattern) -> list[Place]:
        if pattern not in self.found:
            self.found[pattern] = [
                Place(field, start, end)
                for field, text in self.texts.items()
                for start, end in pattern.find(text, limit=_PATTERN_LIMIT)
                if field != "tags" or len(tags_at(self.item, start, end)) == 1
            ]
        return self.found[pattern]


def field_text(item: Item, field: Field) -> str:
    """Return the plain text that a field's offsets count in."""
    entry = item.entry
    match field:
        case "title":
            return entry.title
        case "summary":
            return entry.summary
        case "content":
            return entry.content
        case "author":
            return entry.author
        case "tags":
            return _BETWEEN_TAGS.join(entry.tags)
        case "url":
            return entry.link


def tags_at(item: Item, start: int, end: int) -> list[tuple[int, str]]:
    """Return the tags of which some of [start, end) is a part, each with its place in the field."""
    found, at = [], 0
    for tag in item.entry.tags:
        if start < at + len(tag) and end > at:
            found.append((at, tag))
        at += len(tag) + len(_BETWEEN_TAGS)
    return found


def around_in_tag(item: Item, place: Place) -> tuple[str, str]:
    """Return what a tag has before and behind a place in it."""
    ((at, tag),) = tags_at(item, place.start, place.end)
    return tag[: place.start - at], tag[place.end - at :]


def read(item: Item, fields: Collection[Field], lexicon: Lexicon, tongue: Tongue) -> Reading:
    """Read the fields of an item that are not empty."""
    texts: dict[Field, str] = {}
    tokens: dict[Field, Tokens] = {}
    for field in fields:
        text = field_text(item, field)
        if text:
            texts[field] = text
            tokens[field] = tokenise(text) if field != "url" else link_words(text)
    hits = Hits(tokens, lexicon, tongue.bends)
    return Reading(item, tongue.said, texts, tokens, hits, {}, {}, {})
