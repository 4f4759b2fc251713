"""An item read once: its fields, their words, and where each needle and pattern stands.

Pure. Everything that is asked of an item afterwards is answered from here.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from monitor.model import Field, Item
from monitor.watch.patterns import Pattern
from monitor.watch.plan import Probe
from monitor.watch.terms import TermKind
from monitor.watch.words.detection import Tongue
from monitor.watch.words.lexicon import Lexicon, Sighting
from monitor.watch.words.sentences import sentence_starts
from monitor.watch.words.text import Tokens, tokenise

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


class Hits(Mapping[int, list[Spot]]):
    """Where each needle stands, looked for when it is asked for: few are.

    `needles` holds all that stand in the item, and may hold some that don't.
    """

    def __init__(self, sightings: Mapping[Field, Sighting]) -> None:
        """Take what stands in each field."""
        self._sightings = sightings
        self._spots: dict[int, list[Spot]] = {}
        self.needles = set[int]().union(*(sighting.needles for sighting in sightings.values()))

    def __getitem__(self, needle: int) -> list[Spot]:
        """Return where a needle stands, field by field from the left. Raises KeyError."""
        if needle not in self.needles:
            raise KeyError(needle)
        if needle not in self._spots:
            self._spots[needle] = [
                Spot(field, first, after, inflected)
                for field, sighting in self._sightings.items()
                for _, first, after, inflected in sorted(sighting.found(needle))
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


class Reading(NamedTuple):
    """What stands in an item. `hits` are where, by needle."""

    item: Item
    language: str  # the item's own, else the one its text shows; "" where nothing does
    texts: Mapping[Field, str]
    tokens: Mapping[Field, Tokens]
    hits: Hits
    found: dict[Pattern, list[Place]]  # patterns run so far
    starts: dict[Field, list[int]]  # of the sentences, where they were asked for

    def places(self, probe: Probe, fields: Collection[Field]) -> list[Place]:
        """Return where a probe stands in some fields, field by field from the left."""
        if probe.pattern is not None:
            return [place for place in self._run(probe.pattern) if place.field in fields]
        return [
            Place(field, *self.tokens[field].span(first, after))
            for field, first, after, inflected in self.hits.get(probe.needle, ())
            if field in fields
            and (probe.bends or not inflected)
            and (not probe.spelling or self._is_spelled(probe, field, first, after))
        ]

    def quoted(self, place: Place) -> str:
        """Return what stands at a place, in quotes."""
        return f"“{self.texts[place.field][place.start : place.end]}”"

    def sentences(self, field: Field) -> list[int]:
        """Return where each sentence of a field begins."""
        if field not in self.starts:
            self.starts[field] = sentence_starts(self.texts[field])
        return self.starts[field]

    def _is_spelled(self, probe: Probe, field: Field, first: int, after: int) -> bool:
        *words, last = self.tokens[field].spellings(first, after)
        *wanted, last_wanted = probe.spelling
        if probe.term.kind is TermKind.PREFIX:
            return words == wanted and last.startswith(last_wanted)
        return words == wanted and last == last_wanted

    def _run(self, pattern: Pattern) -> list[Place]:
        if pattern not in self.found:
            self.found[pattern] = [
                Place(field, start, end)
                for field, text in self.texts.items()
                for start, end in pattern.find(text, limit=_PATTERN_LIMIT)
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
            return ", ".join(entry.tags)
        case "url":
            return entry.link


def read(item: Item, fields: Collection[Field], lexicon: Lexicon, tongue: Tongue) -> Reading:
    """Read the fields of an item that are not empty."""
    texts: dict[Field, str] = {}
    tokens: dict[Field, Tokens] = {}
    sightings: dict[Field, Sighting] = {}
    for field in fields:
        text = field_text(item, field)
        if text:
            texts[field] = text
            words = tokens[field] = tokenise(text, addresses=field == "url")
            sightings[field] = lexicon.sight(words, tongue.bends)
    return Reading(item, tongue.said, texts, tokens, Hits(sightings), {}, {})
