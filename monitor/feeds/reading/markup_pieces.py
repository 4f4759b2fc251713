"""A text that XML refuses is cut into tags and what stands between, each written as XML wants it.

Pure: never touches network, clock or disk. Time grows with the length of the text.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from monitor.feeds.mending import QUOTED, escape_ampersands

_NAME = r"[A-Za-z_][\w.-]{0,99}+(?::[A-Za-z_][\w.-]{0,99}+)?+"
_BEGIN = re.compile(
    rf"</\s*+({_NAME})[^<>]{{0,200}}(?:>|(?=<))"
    rf"|<({_NAME})(?=[\s/>\"'])((?:[^<>\"']++|{QUOTED}|[\"'])*+)>"
    r"|(<!\[CDATA\[)|(<!--)|<[!?][^<>]{0,500}>|(<\?)(?=[A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTE = re.compile(rf"([^\s\"'<>/=]++)(?:\s*+=\s*+({QUOTED}|[^\s\"'<>]++))?+", re.ASCII)
_ATTRIBUTE_NAME = re.compile(rf"{_NAME}", re.ASCII)
_CLOSES_ITSELF = re.compile(r"(?:^|[\s\"'])/\s*+$")
_CDATA_END = "]]>"
_LONGEST_HALF_END = 20
_LONGEST_INSTRUCTION = 2_000
_HALF_END = re.compile(r"\](?:\]?\s{0,9}>|\])?\s*+$")


class Kind(Enum):
    """What a piece of markup is."""

    TEXT = auto()
    START = auto()
    END = auto()
    WHOLE = auto()  # a start tag that closes itself


class Piece(NamedTuple):
    """A piece as XML has it; a tag's name as the document spells it, and its attributes."""

    kind: Kind
    said: str
    name: str = ""


def cut(text: str) -> Iterator[Piece]:
    """Yield the pieces of `text`; comments and instructions are left out."""
    at, inside = 0, ""  # the element whose start tag came last, unless an end tag did since
    ends = _Ends(text)
    while found := _BEGIN.search(text, at):
        yield _text(text[at : found.start()])
        end, start, attributes, cdata, comment, instruction = found.groups()
        at = found.end()
        if end:
            inside = ""
            yield Piece(Kind.END, "", end)
        elif start:
            inside = start
            yield _start(start, attributes)
        elif cdata:
            said, at = _cdata(text, at, inside, ends)
            yield Piece(Kind.TEXT, f"<![CDATA[{said}]]>")
        elif comment and (past := ends.of("-->", at)) >= 0:
            at = past + len("-->")
        elif instruction:  # with tags in it
            past = ends.of("?>", at)
            at = past + len("?>") if 0 <= past - at < _LONGEST_INSTRUCTION else at
    yield _text(text[at:])


class _Ends:
    """Finds marks behind a place that only grows, and looks for each stretch once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] = {}

    def of(self, mark: str, at: int) -> int:
        """Return where the next `mark` stands, -1 if nowhere."""
        found = self._found.get(mark, 0)
        if 0 <= found < at or mark not in self._found:
            found = self._found[mark] = self._text.find(mark, at)
        return found


def _text(said: str) -> Piece:
    said = escape_ampersands(said).replace("<", "&lt;")
    return Piece(Kind.TEXT, said.replace(_CDATA_END, "]]&gt;"))


def _cdata(text: str, at: int, inside: str, ends: _Ends) -> tuple[str, int]:
    """Return what CDATA holds, and where it ends.

    Where its end is missing, the element's end tag ends it: none follows, or only that of another.
    """
    end = ends.of(_CDATA_END, at)
    until = end if end >= 0 else len(text)
    closed = text.find(f"</{inside}", at, until) if inside else -1
    if closed >= 0 and (end < 0 or text.find("<![CDATA[", closed, end) >= 0):
        tail = max(at, closed - _LONGEST_HALF_END)
        return text[at:tail] + _HALF_END.sub("", text[tail:closed]), closed
    return text[at:until], until + len(_CDATA_END)


def _start(name: str, said: str) -> Piece:
    kind = Kind.WHOLE if _CLOSES_ITSELF.search(said[-20:]) else Kind.START
    attributes: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(said):
        key, value = found[1], found[2]
        if value is None or key in attributes or not _ATTRIBUTE_NAME.fullmatch(key):
            continue
        value = value[1:-1] if value[0] in "\"'" else value
        if value or not key.startswith("xmlns:"):
            attributes[key] = escape_ampersands(value).replace("<", "&lt;").replace('"', "&quot;")
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return Piece(kind, f"<{name}{written}", name)
