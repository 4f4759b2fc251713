"""OPML becomes the feeds it lists (OPML 1.0 to 2.0, opml.org/spec2.opml). Pure.

A document type is refused, so no entity can be declared and none can grow.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from monitor.feeds.mending import mend

MAX_BYTES = 5_000_000
MAX_OUTLINES = 100_000
MAX_DEPTH = 32
MAX_TEXT = 100  # characters of a title or a tag


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


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """Return the feeds in document order; one that stands in several folders has all their tags.

    Bare ampersands and HTML's names for characters, which many readers export, are forgiven.
    Raises OpmlError where the bytes are no OPML document or exceed a limit.
    """
    if len(data) > MAX_BYTES:
        raise OpmlError(f"the document is larger than {MAX_BYTES} bytes")
    try:
        return _read(data)
    except _NotXmlError as error:
        with suppress(UnicodeDecodeError, OpmlError):
            prolog, root, rest = data.decode("utf-8-sig").partition("<opml")
            return _read((prolog + mend(root + rest)).encode())
        raise error from None


def _read(data: bytes) -> tuple[Outline, ...]:
    reader = _Reader(parser=expat.ParserCreate())
    parser = reader.parser
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise _NotXmlError(f"it is not XML: {words}", error.lineno, error.offset + 1) from None
    except (LookupError, ValueError) as error:  # an encoding nobody knows
        if isinstance(error, OpmlError):
            raise
        raise OpmlError(f"it is not XML: {error}") from None
    return tuple(reader.feeds.values())


@dataclass(slots=True)
class _Reader:
    parser: Any
    feeds: dict[str, Outline] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # the folder each open element stands for
    outlines: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open and name.lower() != "opml":
            raise self._error(f"it is not OPML but <{_clean(name)}>")
        if len(self.open) >= MAX_DEPTH:
            raise self._error(f"outlines are nested deeper than {MAX_DEPTH} levels")
        if name.lower() == "outline":
            self._outline({key.lower(): value for key, value in attributes.items()})
        else:
            self.open.append("")

    def end(self, _name: str) -> None:
        self.open.pop()

    def refuse_doctype(self, *_declaration: object) -> None:
        raise self._error("it declares a document type, which OPML has none of")

    def _outline(self, attributes: dict[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MAX_OUTLINES:
            raise self._error(f"there are more than {MAX_OUTLINES} outlines")
        title = _clean(attributes.get("title") or attributes.get("text") or "")
        url = attributes.get("xmlurl", "").strip()
        if url:
            self._feed(url, title, attributes)
        # A feed may hold outlines of its own; it is no folder to them.
        self.open.append("" if url else title)

    def _feed(self, url: str, title: str, attributes: dict[str, str]) -> None:
        categories = re.split(r"[,/]", attributes.get("category", ""))
        tags = [*self.open, *(_clean(each) for each in categories)]
        known = self.feeds.get(url)
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


def _clean(text: str) -> str:
    """Return a text on one line, without controls, cut at MAX_TEXT."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:MAX_TEXT].rstrip()
