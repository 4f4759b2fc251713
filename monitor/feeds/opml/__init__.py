"""OPML becomes the feeds it lists (OPML 1.0 to 2.0, opml.org/spec2.opml). Pure.

What programs get wrong in their exports is forgiven where it is certain what they mean. Of a
document that was cut off, what is whole is read. Entities that a document declares are refused, so
that none can grow; what a document type names outside is never opened.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from xml.parsers import expat

from monitor.feeds.mending import mend
from monitor.feeds.opml.decoding import decode

MAX_BYTES = 5_000_000
MAX_OUTLINES = 100_000
MAX_DEPTH = 32
MAX_TEXT = 100  # characters of a title or a tag

# Types of outlines whose `url` is a feed's, where programs write that instead of `xmlUrl`.
_FEED_TYPES = frozenset({"", "rss", "rss1", "rss2", "rdf", "atom", "feed", "json", "jsonfeed"})
_ROOT = re.compile("<opml", re.IGNORECASE)
_END = re.compile(r"</opml\s*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^][<>]*+>", re.IGNORECASE)  # one that declares nothing
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # which XML can't hold


class OpmlError(ValueError):
    """The document can't be read; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        """Keep the place beside the words."""
        super().__init__(message)
        self.line = line
        self.column = column


class _NotXmlError(OpmlError):
    """It is ill-formed, which may be mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed an OPML document lists. `line` and `column` count from 1."""

    url: str  # as written; nobody has checked it
    title: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()  # the folders around it and its own categories
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An outline that was to be a feed and can't be one. `line` counts from 1."""

    address: str  # as written, or what the outline is called
    reason: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a document lists, in its order."""

    feeds: tuple[Outline, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    repeated: int = 0  # outlines that name a feed again
    cut_at: int = 0  # the line where the document ends too early; 0: it is whole
    bare: str = ""  # why it lists nothing


def read_opml(data: bytes) -> Listing:
    """Return what a document lists; a feed that stands in several folders has all their tags.

    Forgiven are bare ampersands, HTML's names for characters, control characters, what stands
    before the root, wrong words about the encoding, `url` for `xmlUrl`, and a missing end where
    feeds stand before it. Raises OpmlError where the bytes are no OPML document or exceed a limit.
    """
    if len(data) > MAX_BYTES:
        raise OpmlError(f"the document is larger than {MAX_BYTES} bytes")
    text = _without_doctype(decode(data))
    try:
        return _read(text)
    except _NotXmlError as error:
        with suppress(OpmlError):
            return _read(_mended(text))
        if _ROOT.search(text) and not _END.search(text):
            return _read_beginning(text)
        raise error from None


def _read_beginning(text: str) -> Listing:
    """Return what stands whole in a document that was cut off."""
    line = text.rstrip().count("\n") + 1
    listing = _read(_mended(text[: text.rfind(">") + 1]), is_whole=False)
    if not listing.feeds:
        message = f"the document seems cut off at line {line}, before any feed; export it again"
        raise OpmlError(message, line)
    return replace(listing, cut_at=line)


def _without_doctype(text: str) -> str:
    """Blank out a document type, every line in its place.

    One that names declarations elsewhere would have undeclared entities dropped in silence.
    """
    root = _ROOT.search(text)
    end = root.start() if root else len(text)
    return _DOCTYPE.sub(lambda found: _blank(found[0]), text[:end]) + text[end:]


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _mended(text: str) -> str:
    """Return the document without its flaws, every outline in its place."""
    root = _ROOT.search(text)
    at = root.start() if root else 0
    return _blank(text[:at]) + mend(_CONTROLS.sub(" ", text[at:]))


def _read(text: str, *, is_whole: bool = True) -> Listing:
    reader = _Reader(parser=expat.ParserCreate("utf-8"))
    parser = reader.parser
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.refuse_entity
    try:
        parser.Parse(text.encode("utf-8", "replace"), is_whole)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise _NotXmlError(f"it is not XML: {words}", error.lineno, error.offset + 1) from None
    return Listing(
        feeds=tuple(reader.feeds.values()),
        skipped=tuple(reader.skipped),
        repeated=reader.repeated,
        bare=reader.why_bare(),
    )


@dataclass(slots=True)
class _Reader:
    parser: Any
    feeds: dict[str, Outline] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    repeated: int = 0
    open: list[str] = field(default_factory=list)  # the folder each open element stands for
    outlines: int = 0
    has_body: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open and name.lower() != "opml":
            raise self._error(f"it is not OPML but <{_clean(name)}>")
        if len(self.open) >= MAX_DEPTH:
            raise self._error(f"outlines are nested deeper than {MAX_DEPTH} levels")
        if name.lower() == "outline":
            self._outline({key.lower(): value for key, value in attributes.items()})
        else:
            self.has_body |= name.lower() == "body"
            self.open.append("")

    def end(self, _name: str) -> None:
        self.open.pop()

    def why_bare(self) -> str:
        """Return why nothing is listed, "" where something is."""
        if self.feeds or self.skipped:
            return ""
        missing = "" if self.has_body else "; it has no <body>, where OPML has its outlines"
        return f"it lists no feed{missing}"

    def refuse_entity(self, *_declaration: object) -> None:
        raise self._error("it declares an entity, which no OPML needs and which may do harm")

    def _outline(self, attributes: dict[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MAX_OUTLINES:
            raise self._error(f"there are more than {MAX_OUTLINES} outlines")
        title = _clean(attributes.get("title") or attributes.get("text") or "")
        url = _address(attributes)
        if url:
            self._feed(url, title, attributes)
        elif reason := _why_no_feed(attributes):
            named = attributes.get("htmlurl") or attributes.get("url") or title
            line = self.parser.CurrentLineNumber
            self.skipped.append(Skipped(address=named.strip(), reason=reason, line=line))
        # A feed may hold outlines of its own; it is no folder to them.
        self.open.append("" if url else title)

    def _feed(self, url: str, title: str, attributes: dict[str, str]) -> None:
        categories = re.split(r"[,/]", attributes.get("category", ""))
        tags = [*self.open, *(_clean(each) for each in categories)]
        known = self.feeds.get(url)
        self.repeated += known is not None
        self.feeds[url] = Outline(
            url=url,
            title=known.title if known else title,
            language=known.language if known else attributes.get("language", "").strip(),
            tags=tuple(dict.fromkeys((*(known.tags if known else ()), *filter(None, tags)))),
            line=known.line if known else self.parser.CurrentLineNumber,
            column=known.column if known else self.parser.CurrentColumnNumber + 1,
        )

    def _error(self, message: str) -> OpmlError:
        return OpmlError(
            message, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        )


def _address(attributes: dict[str, str]) -> str:
    """Return the address of the feed that an outline is, "" where it is none."""
    url = attributes.get("xmlurl", "").strip()
    kind = attributes.get("type", "").strip().lower()
    return url or (attributes.get("url", "").strip() if kind in _FEED_TYPES else "")


def _why_no_feed(attributes: dict[str, str]) -> str:
    """Return why an outline that looks like a feed is none; "" for a folder or a note."""
    if attributes.get("htmlurl", "").strip():
        return "it names a site and no feed; monitor sources add finds the feed of a site"
    if attributes.get("url", "").strip():
        return f"it is a {_clean(attributes.get('type', ''))}, not a feed"
    kind = attributes.get("type", "").strip().lower()
    return "it has no address" if kind and kind in _FEED_TYPES else ""


def _clean(text: str) -> str:
    """Return a text on one line, without controls, cut at MAX_TEXT."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:MAX_TEXT].rstrip()
