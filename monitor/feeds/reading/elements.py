"""Names of a feed's XML elements, and the texts and addresses that stand in them.

Pure: never touches network, clock or disk. Spellings follow feedparser 6.0.14: names in any case,
namespaces by their address or, where nobody knows that, by the prefix the document gives it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from urllib.parse import urljoin
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from monitor.feeds.reading.entries import Said
from monitor.feeds.urls import MAX_URL

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_XHTML: Final = "application/xhtml+xml"
_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": _XHTML}
_READABLE = HTML_TYPES | {"text/plain"}

_NAMESPACES = {  # the prefix that this program gives each; compared without scheme and last mark
    "": "",
    "www.w3.org/2005/atom": "",
    "purl.org/atom/ns": "",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "purl.org/rss/1.0/modules/rss091": "",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.org/syndication/history/1.0": "fh",
    "search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "www.w3.org/1999/xhtml": "xhtml",
}
_PREFIXES = {prefix: prefix for prefix in _NAMESPACES.values()} | {"rss": "", "atom": ""}
_USERLAND = "backend.userland.com/rss"

_MOST_LINKS = 200
_RELATION = "http://www.iana.org/assignments/relation/"  # how RFC 4287, 4.2.7.2 spells one in full
_CONTROL = re.compile("[\x80-\x9f]")
XML = "{http://www.w3.org/XML/1998/namespace}"
_REFERENCE = re.compile("&([A-Za-z0-9_]+);")  # of a parameter that was taken for an entity


class DoubtError(Exception):
    """Something stands in the document that feedparser should decide about."""


class Names(dict[str, str]):
    """Maps an element's tag to its plain name: `title`, `dc:date`; "" where nobody reads it.

    `declared` maps namespaces to the prefixes that the document gives them.
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        self._declared = {**declared}
        self._prefixes: dict[str, str | None] = {}

    def declare(self, space: str, prefix: str) -> None:
        """Read the namespace `space` as if the document gave it that prefix."""
        self._declared[space] = prefix

    def __missing__(self, tag: str) -> str:
        space, _, local = tag.rpartition("}")
        if space not in self._prefixes:
            self._prefixes[space] = self._prefix(tag, space[1:])
        prefix = self._prefixes[space]
        name = f"{prefix}:{local.lower()}" if prefix else local.lower()
        self[tag] = name if prefix is not None else ""
        return self[tag]

    def _prefix(self, tag: str, space: str) -> str | None:
        plain = plain_space(tag)
        if plain.startswith(_USERLAND):
            return ""
        known = _NAMESPACES.get(plain)
        return _PREFIXES.get(self._declared.get(space, "?")) if known is None else known


def plain_space(tag: str) -> str:
    """Return the namespace of a tag as it is compared: without scheme, case and last mark."""
    space = tag.rpartition("}")[0].removeprefix("{").strip().lower()
    return space.removeprefix("http://").removeprefix("https://").rstrip("/#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an element inherits, and how its document is read."""

    names: Names
    is_atom: bool
    has_bases: bool  # somewhere stands an xml:base
    base: str = ""
    language: str = ""

    def inside(self, element: Element) -> "Scope":
        """Return the scope of what stands in `element`; raise DoubtError for an endless base."""
        attributes = element.attrib
        if not attributes:
            return self
        language = attributes.get(f"{XML}lang", attributes.get("lang", self.language))
        base = joined(self.base, attributes.get(f"{XML}base", "")) if self.has_bases else ""
        if len(base) > MAX_URL:
            raise DoubtError(element.tag)
        if base == self.base and language == self.language:
            return self
        return replace(self, base=base, language=language)


def joined(base: str, address: str) -> str:
    """Return `address` as it is meant where `base` is in force; what can't be joined stays."""
    if not base or not address:
        return address or base
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def text_of(element: Element) -> str:
    """Return what stands in an element that can only hold text.

    Raises DoubtError where it holds elements.
    """
    if len(element):
        raise DoubtError(element.tag)
    return mended((element.text or "").strip())


def mended(text: str) -> str:
    """Return a text whose UTF-8 was taken for Latin-1 as it was, as feedparser 6.0.14 does.

    Controls in any other text are the characters of Windows-1252 that HTML takes them for.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text if text.isprintable() else _CONTROL.sub(_of_windows, text)


def _of_windows(found: re.Match[str]) -> str:
    return bytes([ord(found[0])]).decode("cp1252", "ignore") or found[0]


def construct(element: Element, otherwise: str) -> Said:
    """Return a text; `otherwise` is its media type where the element names none.

    Raises DoubtError for types that are no text, and for encodings inside the text.
    """
    kind = otherwise
    said = element.get("type")
    if said is not None:
        kind = said.lower()
        kind = _TYPES.get(kind, kind)
    if kind not in _READABLE or element.get("mode") == "base64":
        raise DoubtError(kind)
    if len(element):
        text, kind = _markup(element), _XHTML
    else:
        text = (element.text or "").strip()
        text = escape(text) if kind == _XHTML else text
    return Said(text=mended(text), is_html=kind in HTML_TYPES)


def _markup(element: Element) -> str:
    """Write the elements in `element` as HTML without attributes, which no text needs."""
    if len(element) == 1 and element[0].tag.endswith("div") and not (element.text or "").strip():
        element = element[0]  # the one in which XHTML has to stand (RFC 4287, 3.1.1.3)
    pieces = [escape(element.text or "")]
    ahead: list[Element | str] = [*element[::-1]]
    while ahead:
        part = ahead.pop()
        if isinstance(part, str):
            pieces.append(part)
            continue
        name = part.tag.rpartition("}")[2]
        pieces.append(f"<{name}>{escape(part.text or '')}")
        ahead.append(f"</{name}>{escape(part.tail or '')}")
        ahead.extend(part[::-1])
    return "".join(pieces).strip()


class Link(NamedTuple):
    """A link element: what it leads to, in lower case how and in which form."""

    href: str
    rel: str
    type: str


def links_of(elements: Sequence[Element], scope: Scope) -> list[Link]:
    """Read links; raise DoubtError for more of them than anyone writes."""
    if len(elements) > _MOST_LINKS:
        raise DoubtError(elements[0].tag)
    return [_link_of(element, scope) for element in elements]


def relation(rel: str) -> str:
    """Return a link's relation by its short name, in lower case."""
    return rel.strip().lower().removeprefix(_RELATION)


def _link_of(element: Element, scope: Scope) -> Link:
    """Read a link as Atom writes it, in attributes, or as RSS does, in its text."""
    attributes = element.attrib
    rel = relation(attributes["rel"]) if "rel" in attributes else "alternate"
    kind = attributes["type"].lower() if "type" in attributes else "text/html"
    href = attributes.get("url") or attributes.get("uri") or attributes.get("href") or ""
    if not href:
        href = text_of(element)
        if "&" in href:
            href = _REFERENCE.sub(r"&\1", href.replace("&amp;", "&"))
    if scope.has_bases:
        href = joined(scope.inside(element).base, href)
    return Link(href=mended(href), rel=rel, type=_TYPES.get(kind, kind))


def pages(links: Sequence[Link], otherwise: str = "") -> list[str]:
    """Return the addresses of the page that links stand for, the likeliest first."""
    alternates = [link for link in links if link.rel == "alternate" and link.href]
    first = [link.href for link in alternates if link.type in HTML_TYPES]
    last = [link.href for link in alternates if link.type not in HTML_TYPES]
    return [*first, otherwise, *last] if otherwise else first + last
