"""A well-formed feed is read straight from its XML, and only those entries that are new.

Pure: never touches network, clock or disk. Time and memory grow with the length of the text,
whatever it holds. On any doubt nothing is read, and feedparser reads the document.

Known entries are not even parsed. Every entry's bytes are found by its tags, and a known one is
replaced by an empty element that holds its place. If the tree of what remains has its entries in
just those places, every tag was one, and none was text in a comment or in CDATA; and since a known
entry was well-formed between the same outer tags when it was new, so is the whole document.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from xml.etree.ElementTree import ParseError

from monitor.feeds.reading import feed_tree, hints, marks
from monitor.feeds.reading.decoding import decode
from monitor.feeds.reading.elements import DoubtError, Names, pages
from monitor.feeds.reading.entries import (
    Cuts,
    RawEntry,
    both_ends,
    finish,
    heading,
    problems,
)
from monitor.feeds.reading.entry_elements import read_entry
from monitor.feeds.reading.feed_tree import Feed
from monitor.feeds.urls import absolute_link
from monitor.model import Document

# Comments and instructions may stand before the root; what else does is for `prepare` to drop.
_BESIDE = rb"(?:\s++|<\?[^>]*+>|<!--(?:[^-]|-(?!->))*+-->)*+"
_OPENING = rb"<[A-Za-z_][^\s/>]*+(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>"
_PROLOG = re.compile(_BESIDE + rb"(?=<[A-Za-z_])")
_OUTER = re.compile(_OPENING + _BESIDE + _OPENING)  # of the root and what it begins with
_TAG = re.compile(_OPENING)
_ROOT = re.compile(rb"<([^\s/>]++)")
_TAIL = re.compile(rb"</[^>]*+>" + _BESIDE)  # the root's end and what may stand behind it
_ENTRY = re.compile(rb"<((?:[\w.-]{1,20}:)?(?:item|entry))[\s/>]", re.IGNORECASE)
_DECLARED = re.compile(rb"xmlns(?::([^\s=:]++))?\s*+=\s*+[\"']([^\"']++)[\"']")
# The XML parser copies a namespace's address into every name: a long one would fill memory.
_LONG_NAMESPACE = re.compile(
    rb"xmlns(?:[^=<>\"']{100}|[^=<>\"']{0,99}=(?:\s{20}|\s{0,19}(?:\"[^\"]{200}|'[^']{200})))"
)

_CONTROL_REFERENCE = re.compile(rb"&#(?:(1[2-5]\d)|[xX]([89][0-9a-fA-F]));")

_PLACE = "monitors-place"  # the attribute of an element that holds an entry's place

LONGEST_AT_ONCE = 256 * 1024  # bytes
MOST_TAGS_AT_ONCE = 20_000
MOST_AT_ONCE = 300  # entries


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """A document's bytes from its root on, and where its entries seem to stand."""

    said: bytes
    outer: bytes  # the tag of its root and the next one
    spans: Sequence[tuple[int, int]]  # none: their tags don't tell
    outside: Sequence[bytes]  # what stands before, between and after them
    name: str  # of an entry's tag
    place: bytes  # an element that holds an entry's place
    names: Names  # of its elements
    has_bases: bool

    def grow(self, said: bytes) -> Feed:
        """Return the tree of `said`: this document, or what was made of it."""
        return feed_tree.grow(said, names=self.names, has_bases=self.has_bases)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read of a document: its unknown entries, and the marks of all."""

    feed: Feed
    new: Sequence[RawEntry]
    marks: bytes
    left_out: int = 0


def parse_at_once(
    body: bytes, *, url: str = "", content_type: str = "", known: bytes = b""
) -> Document | None:
    """Return what `parse.parse` would, or None for what could take long or go wrong.

    What it takes on is read in some milliseconds, in a twentieth of a second at the very worst.
    """
    if len(body) > LONGEST_AT_ONCE or body.count(b"<") > MOST_TAGS_AT_ONCE:
        return None
    try:
        text, found = decode(body, content_type=content_type)
        document = read(text, url=url, known=known, most=MOST_AT_ONCE)
    except Exception:  # noqa: BLE001 - a fault of ours shows in a child, where it harms nobody
        return None
    return document and replace(document, problems=(*found, *document.problems))


def read(text: str, *, url: str, known: bytes = b"", most: int | None = None) -> Document | None:
    """Return the document without its known entries, or None where feedparser should read it.

    `known` are the marks of entries read before. With more than `most` entries to read it is None
    too.
    """
    try:
        body = _body(text.encode())
        reading = _read_by_tags(body, url, known, most) or _read_whole(body, url, known, most)
        return _document(reading, url)
    except (DoubtError, ParseError, ValueError):  # the last: half of a surrogate pair
        return None


def _body(said: bytes) -> _Body:
    prolog, named = _PROLOG.match(said), _ENTRY.search(said)
    if prolog is None or named is None or _LONG_NAMESPACE.search(said):
        raise DoubtError
    said = _CONTROL_REFERENCE.sub(_of_windows, said[prolog.end() :])
    outer = _OUTER.match(said)
    if outer is None or not _ends_with_root(said):
        raise DoubtError
    spans = _spans(said, named[1])
    places = [0, *(place for span in spans for place in span), len(said)]
    outside = [said[begin:end] for begin, end in zip(places[::2], places[1::2], strict=True)]
    declared = _DECLARED.findall(outer[0])
    return _Body(
        said=said,
        outer=outer[0],
        spans=spans,
        outside=outside,
        name=named[1].decode(),
        place=b"<%b %b=''/>" % (named[1], _PLACE.encode()),
        names=Names({space.decode(): prefix.decode() for prefix, space in declared}),
        has_bases=b"xml:base" in said,
    )


def _ends_with_root(said: bytes) -> bool:
    """Tell whether no text stands behind the root; an XML parser says so only at the end."""
    root = _ROOT.match(said)
    at = said.rfind(b"</%b" % root[1]) if root else -1
    return at < 0 or _TAIL.fullmatch(said, at) is not None


def _of_windows(found: re.Match[bytes]) -> bytes:
    """Return the character that a reference to a control means in HTML."""
    code = int(found[1]) if found[1] else int(found[2], 16)
    if not 0x80 <= code <= 0x9F:
        return found[0]
    return bytes([code]).decode("cp1252", "ignore").encode()


def _spans(said: bytes, name: bytes) -> list[tuple[int, int]]:
    """Return where entries begin and end, or nothing where begins and ends don't take turns."""
    name = re.escape(name)
    starts = [found.start() for found in re.finditer(rb"<%b[\s/>]" % name, said)]
    ends = [found.end() for found in re.finditer(rb"</%b\s*+>" % name, said)]
    places = [place for span in zip(starts, ends, strict=False) for place in span]
    if len(starts) != len(ends) or any(one > other for one, other in pairwise(places)):
        return []
    return list(zip(starts, ends, strict=True))


def _read_by_tags(body: _Body, url: str, known: bytes, most: int | None) -> _Reading | None:
    """Read what is new; None where the entries' tags don't tell where they stand."""
    if not body.spans or len(body.spans) > marks.MOST:
        return None
    # Where all are new, and there are as many tags as entries, each tag is one and none was text.
    are_all_new = not known and not _has_prefixes(body)
    _check_number(len(body.spans) if are_all_new else 0, most)
    feed = _with_only(frozenset(range(len(body.spans)) if are_all_new else ()), body)
    if feed is None:
        return None
    key, view, before = _key(feed, body, url), memoryview(body.said), marks.split(known)
    all_marks = [marks.mark(view[begin:end], key) for begin, end in body.spans]
    new = [number for number, mark in enumerate(all_marks) if mark not in before]
    _check_number(len(new), most)
    if any(_closes_itself(body.said, body.spans[number][0]) for number in new):
        return None
    if new and not are_all_new:
        feed = _with_only(frozenset(new), body)
    if feed is None:
        return None
    raws = [read_entry(*feed.entries[number], feed.authors) for number in new]
    return _Reading(feed=feed, new=raws, marks=b"".join(all_marks))


def _has_prefixes(body: _Body) -> bool:
    """Tell whether entries may stand under several names, so that their number tells nothing."""
    return ":" in body.name or f":{body.name}".encode() in body.said


def _check_number(entries: int, most: int | None) -> None:
    """Raise DoubtError for more entries than may be read."""
    if most is not None and entries > most:
        raise DoubtError


def _with_only(new: AbstractSet[int], body: _Body) -> Feed | None:
    """Return the tree with the `new` entries alone.

    None where it is not well-formed, or its entries stand elsewhere. Raises ParseError where that
    is the whole document.
    """
    try:
        feed = body.grow(_said_with_only(new, body))
    except ParseError:
        if len(new) == len(body.spans):
            raise
        return None
    held = [_PLACE in element.attrib for element, _ in feed.entries]
    expected = [number not in new for number in range(len(body.spans))]
    if held != expected:
        return None
    # What they inherit must come from the outer tags, which the marks are made of too.
    is_outer = feed.holder is feed.root or feed.holder is feed.root[0]
    # All entries have one tag; the name of a place is theirs.
    is_named = feed.entries[0][0].tag.rpartition("}")[2] == body.name.rpartition(":")[2]
    return feed if is_outer and is_named else None


def _said_with_only(new: AbstractSet[int], body: _Body) -> bytes:
    if len(new) == len(body.spans):
        return body.said
    pieces = [body.outside[0]]
    for number, (begin, end) in enumerate(body.spans):
        pieces += (body.said[begin:end] if number in new else body.place, body.outside[number + 1])
    return b"".join(pieces)


def _closes_itself(said: bytes, at: int) -> bool:
    """Tell whether the tag there is a whole element, whose span would reach beyond it."""
    tag = _TAG.match(said, at)
    return tag is None or tag[0].endswith(b"/>")


def _read_whole(body: _Body, url: str, known: bytes, most: int | None) -> _Reading:
    """Read every entry, and leave out the known ones afterwards."""
    feed = body.grow(body.said)
    if feed_tree.holds_others(feed) or not feed.entries:
        raise DoubtError
    _check_number(len(feed.entries), most)
    kept = both_ends(feed.entries)
    raws = [read_entry(element, scope, feed.authors) for element, scope in kept]
    new, all_marks = marks.unknown(raws, known, _key(feed, body, url))
    return _Reading(feed=feed, new=new, marks=all_marks, left_out=len(feed.entries) - len(kept))


def _key(feed: Feed, body: _Body, url: str) -> bytes:
    inherited = (feed.language, feed.authors, feed.are_beside)
    return marks.context("strict", _origin(feed, url), body.outer, *inherited)


def _origin(feed: Feed, url: str) -> str:
    """Return what the feed's links are relative to."""
    if url:
        return url
    links = feed_tree.links(feed)
    page = next(filter(None, map(absolute_link, pages(links))), "")
    return hints.origin("", ((link.rel, link.href) for link in links), page)


def _document(reading: _Reading, url: str) -> Document:
    feed = reading.feed
    cuts: Cuts = Cuts(many_entries=reading.left_out)
    origin = _origin(feed, url)
    entries = tuple(
        finish(raw, base=origin, language=feed.language, cuts=cuts) for raw in reading.new
    )
    links = feed_tree.links(feed)
    addresses = (absolute_link(page, origin) for page in pages(links))
    return Document(
        title=heading(feed_tree.title(feed)),
        language=feed.language,
        link=next(filter(None, addresses), ""),
        format=feed.form,
        entries=entries,
        problems=problems(cuts),
        ttl=hints.interval(
            ttl=feed_tree.text(feed, "ttl"),
            period=feed_tree.text(feed, "sy:updateperiod"),
            frequency=feed_tree.text(feed, "sy:updatefrequency"),
        ),
        skip_hours=hints.hours(feed_tree.parts(feed, "skiphours")),
        skip_days=hints.days(feed_tree.parts(feed, "skipdays")),
        older=hints.older(((link.rel, link.href) for link in links), origin),
        complete="fh:complete" in feed.head,
        marks=reading.marks,
        path="strict",
    )
