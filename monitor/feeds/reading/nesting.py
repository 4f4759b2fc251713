"""Tags that are mistyped, forgotten or left over are put in order, so that no entry is lost.

Pure: never touches network, clock or disk. Time grows with the length of the text. It is for
documents that stay ill-formed once their text is mended; a well-formed one comes back as it was.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from monitor.feeds.mending import declare_prefixes, flaw
from monitor.feeds.plaintext import HTML_NAMES
from monitor.feeds.reading.markup_pieces import Kind, Piece, cut

MOST_TAGS = 300_000  # of a document that is put in order
DEEPEST = 400  # elements in one another; a deeper one loses its tags, and keeps its text

_ENTRIES = frozenset(("item", "entry"))
_HOLDERS = frozenset(("rss", "rdf", "feed", "channel"))
# What stands directly in a feed or an entry, and in no other of these.
_PART_NAMES = """
    author category comments content contributor copyright created description enclosure generator
    guid id image issued language lastbuilddate link modified pubdate published rights source
    subtitle summary tagline title updated
"""
_PARTS = frozenset(_PART_NAMES.split())
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "meta", "track", "wbr"))
_HTML = (HTML_NAMES | _VOID) - _PARTS


def nest(body: str) -> str:
    """Return `body`, which begins with its root element, with every tag closed once, where it fits.

    An end tag that nothing opened closes what is open and has no end of its own, unless it is
    HTML's; then it is left out. Where an entry begins or ends, and where one part of an entry
    follows another that is never closed, what is open is closed. Attributes are quoted, and none
    stands twice.
    """
    if flaw(body) is None:
        return body
    return declare_prefixes(_nested([*cut(body)]))


def first_tags(body: str) -> str:
    """Return as much of `body` as can be put in order, up to its last whole entry there."""
    if body.count("<") <= MOST_TAGS:
        return body
    end = next(islice(re.finditer("<", body), MOST_TAGS, None)).start()
    whole = max(body.rfind("</item>", 0, end), body.rfind("</entry>", 0, end))
    return body[: body.index(">", whole) + 1] if whole >= 0 else body[:end]


def _nested(pieces: Sequence[Piece]) -> str:
    writing = _Writing(places=_places(pieces))
    for number, piece in enumerate(pieces):
        if piece.kind is Kind.TEXT:
            writing.say(piece.said)
        elif piece.kind is Kind.END:
            writing.end(piece, number)
        else:
            writing.start(piece, number)
        if writing.is_over:
            break
    writing.close(0)
    return "".join(writing.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Numbers of the pieces at which elements start and end, by their names in lower case."""

    starts: dict[str, list[int]]
    ends: dict[str, list[int]]
    entries: list[int]  # where an entry starts
    borders: list[int]  # where one starts or ends

    def ends_itself(self, name: str, number: int) -> bool:
        """Tell whether an open element has an end tag behind a piece, before another starts."""
        limit = min(_next(self.starts[name], number), _next(self.borders, number))
        return _next(self.ends[name], number) < limit


def _places(pieces: Sequence[Piece]) -> _Places:
    starts: dict[str, list[int]] = defaultdict(list)
    ends: dict[str, list[int]] = defaultdict(list)
    places = _Places(starts=starts, ends=ends, entries=[], borders=[])
    for number, piece in enumerate(pieces):
        if piece.kind is Kind.TEXT:
            continue
        name = piece.name.lower()
        (ends if piece.kind is Kind.END else starts)[name].append(number)
        if _local(name) in _ENTRIES:
            places.borders.append(number)
            if piece.kind is Kind.START:
                places.entries.append(number)
    places.borders.append(len(pieces))
    return places


def _next(numbers: Sequence[int], number: int) -> float:
    at = bisect_left(numbers, number)
    return numbers[at] if at < len(numbers) else float("inf")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(slots=True, kw_only=True)
class _Writing:
    """The document as it is written, and what is open in it."""

    places: _Places
    written: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # names as they are spelled
    count: Counter[str] = field(default_factory=Counter)  # of those, in lower case
    too_deep: Counter[str] = field(default_factory=Counter)  # names whose ends are left out too
    outer: int = 0  # how many of the open ones, from the root on, hold entries or parts
    is_begun: bool = False  # an entry was opened, and nothing was said in it

    @property
    def is_over(self) -> bool:
        return bool(self.written) and not self.open

    def say(self, text: str) -> None:
        if self.open:
            self.written.append(text)
            self.is_begun = self.is_begun and not text.strip()

    def start(self, piece: Piece, number: int) -> None:
        name = piece.name.lower()
        local = _local(name)
        if local in _ENTRIES:
            if self.is_begun and piece.kind is Kind.START:
                return
            self.close(self._outside_entries())
        elif self._is_done(name, number):
            self.close(self.outer)
        self.is_begun = local in _ENTRIES and piece.kind is Kind.START
        if piece.kind is Kind.WHOLE or name in _VOID:
            self.written.append(f"{piece.said}/>")
            return
        if len(self.open) >= DEEPEST:
            self.too_deep[name] += 1
            return
        self.written.append(f"{piece.said}>")
        self.outer += len(self.open) == self.outer and local in _ENTRIES | _HOLDERS
        self.open.append(piece.name)
        self.count[name] += 1

    def end(self, piece: Piece, number: int) -> None:
        name = piece.name.lower()
        if _local(name) in _HOLDERS and self._is_early(name, number):
            return
        self.is_begun = False
        if self.too_deep[name]:
            self.too_deep[name] -= 1
        elif self.count[name]:
            at = len(self.open) - 1
            while self.open[at].lower() != name:
                at -= 1
            self.close(at)
        elif name == "br":
            self.say("<br/>")
        elif name not in _HTML:
            self._close_mistyped(number)

    def close(self, depth: int) -> None:
        """Close what is open, the innermost first, until so many are left."""
        if len(self.open) > depth:
            self.too_deep.clear()
        while len(self.open) > depth:
            name = self.open.pop()
            self.count[name.lower()] -= 1
            self.written.append(f"</{name}>")
        self.outer = min(self.outer, depth)

    def _outside_entries(self) -> int:
        depth = self.outer
        while depth and _local(self.open[depth - 1].lower()) in _ENTRIES:
            depth -= 1
        return depth

    def _is_done(self, name: str, number: int) -> bool:
        """Tell whether the part that is open should have ended before `name` starts."""
        return (
            len(self.open) > self.outer
            and (name in _PARTS or ":" in name)
            and not self.places.ends_itself(self.open[self.outer].lower(), number)
        )

    def _is_early(self, name: str, number: int) -> bool:
        """Tell whether an end of the feed comes before its last entry; RDF's may."""
        beside = name == "channel" and _local(self.open[0].lower()) == "rdf"
        return not beside and _next(self.places.entries, number) < float("inf")

    def _close_mistyped(self, number: int) -> None:
        for depth in (len(self.open) - 1, self.outer):
            is_inside = self.outer <= depth < len(self.open)
            if is_inside and not self.places.ends_itself(self.open[depth].lower(), number):
                self.close(depth)
                return
