"""An entry's XML element becomes a RawEntry, the same that feedparser's reading comes to.

Pure: never touches network, clock or disk. What feedparser would read in its own way raises
DoubtError, and feedparser reads the document instead.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from xml.etree.ElementTree import Element

from monitor.feeds.reading.elements import (
    DoubtError,
    Names,
    Scope,
    construct,
    joined,
    links_of,
    mended,
    pages,
    text_of,
)
from monitor.feeds.reading.entries import NOTHING, RawEntry, Said

Found = dict[str, list[Element]]  # what an element is read as → the elements, in their order

TITLES = ("title", "dc:title")
AUTHORS = ("author", "managingeditor", "dc:author", "dc:creator", "itunes:author")

# The names under which each part of an entry stands, by what it is read as.
_PARTS = {
    "title": " ".join(TITLES),
    "media title": "media:title",
    "podcast title": "itunes:title",
    "guid": "guid id",
    "link": "link",
    "enclosure": "enclosure",
    "text": "description dc:description summary itunes:summary abstract content content:encoded",
    "caption": "media:description",
    "subtitle": "itunes:subtitle subtitle tagline",
    "author": " ".join(AUTHORS),
    "tag": "category keywords dc:subject media:category itunes:category itunes:keywords"
    " media:keywords tags",
    "published": "published issued pubdate dcterms:issued",
    "created": "created dcterms:created",
    "updated": "updated modified lastbuilddate dc:date dcterms:modified",
    "language": "language dc:language",
    "source": "source",
    "odd": "fullitem body xhtml:body item entry",
}
_PART = {name: part for part, names in _PARTS.items() for name in names.split()}
_LAST_RESORTS = ("caption", "subtitle")
_CONTENTS = {"content": "text/plain", "encoded": "text/html"}  # and what they are unless they say
_LISTS = {"itunes:keywords", "media:keywords", "tags"}  # with commas between
_MEDIA_PARTS = {"media title", "podcast title", "caption", "subtitle", "tag"}
# Of these the outermost counts, so that others may stand deeper down.
_SINGLE_PARTS = {"title", "guid", "published", "created", "updated", "language"}
_BESIDE = {"image", "textinput", "itunes:owner"}  # what stands in them is not the entry's

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_HTTP = ("http://", "https://")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9.\[\]-]{1,255}(?:\?subject=\S{0,255})?")
_LONGEST_AUTHOR = 8_192  # characters


def read_entry(element: Element, scope: Scope, inherited: tuple[str, ...] = ()) -> RawEntry:
    """Return what an entry says; `inherited` are the authors of an entry that names none.

    Raises DoubtError where feedparser should read it.
    """
    if "lastmod" in element.attrib or "href" in element.attrib:  # of the CDF of 1997
        raise DoubtError(element.tag)
    found = _parts(element, scope.names)
    if "odd" in found:
        raise DoubtError(element.tag)
    scope = scope.inside(element)
    guid, page = _guid(found, element, scope)
    summary, content = _texts(found, scope)
    dates = [_last(found, part) for part in ("published", "created", "updated")]
    title = _title(found)
    raw = RawEntry(
        guid=guid,
        title=title,
        summary=summary,
        content=content,
        links=tuple(_links(found, element, page, scope)),
        authors=_authors(found, scope.names) or _of_source(found, scope) or inherited,
        tags=tuple(_tags(found, scope.names)),
        published=tuple(dates),
        updated=(dates[2],),
        language=_last(found, "language") or scope.language,
    )
    if not (guid or raw.links or title.text or summary.text or content.text):
        raise DoubtError(element.tag)
    return raw


def _parts(element: Element, names: Names) -> Found:
    found: Found = defaultdict(list)
    deeper: Found = defaultdict(list)
    foreign: Found = defaultdict(list)  # in elements of a namespace that nobody reads
    for child in element:
        name = names[child.tag]
        part = _PART.get(name)
        if part:
            found[part].append(child)
        elif len(child) and name not in _BESIDE:
            inside = deeper if name else foreign
            for inner in child.iter():
                inside[_PART.get(names[inner.tag], "")].append(inner)
    if deeper:
        _add_deeper(found, deeper, _SINGLE_PARTS)
    if foreign:
        foreign.pop("link", None)  # it leads to what the foreign element is about
        _add_deeper(found, foreign, _PARTS.keys())
    return found


def _add_deeper(found: Found, deeper: Found, outer: AbstractSet[str]) -> None:
    """Add what stands deeper down; parts in `outer` don't count there where `found` has them."""
    for part, elements in deeper.items():
        if part in _MEDIA_PARTS:
            # Of titles and captions the last one counts, but not one deeper down.
            found[part] = [*found[part], *elements] if part == "tag" else elements + found[part]
        elif part and not (part in outer and part in found):
            raise DoubtError(elements[0].tag)


def _last(found: Found, part: str) -> str:
    elements = found.get(part)
    return text_of(elements[-1]) if elements else ""


def _guid(found: Found, element: Element, scope: Scope) -> tuple[str, str]:
    """Return the guid, and the address that it is of the entry's page, if it is one."""
    elements = found.get("guid")
    if not elements:
        return element.get(_ABOUT, ""), ""
    said = elements[-1]
    guid = text_of(said)
    outright = [value for name, value in said.attrib.items() if name.lower() == "ispermalink"]
    if not guid or any(value.strip().lower() != "true" for value in outright):
        return guid, ""
    if scope.has_bases:
        guid = joined(scope.inside(said).base, guid)
    # A path is one only where the publisher says so, not by default.
    is_address = guid.lower().startswith(_HTTP) or (outright and guid.startswith("/"))
    return guid, guid if is_address else ""


def _title(found: Found) -> Said:
    elements = found.get("title", [])
    for others in ("media title", "podcast title"):
        if others in found:
            elements = [*elements, *reversed(found[others])]
    for element in elements:
        said = construct(element, "text/plain")
        if said.text:
            return said
    return NOTHING


def _texts(found: Found, scope: Scope) -> tuple[Said, Said]:
    """Return summary and content.

    A second description or summary is content, unless a content stood before it; then the last
    one is the summary.
    """
    summary: Said | None = None
    contents: list[Said] = []
    for element in found.get("text", ()):
        name = scope.names[element.tag].rpartition(":")[2]
        if name in _CONTENTS:
            contents.append(construct(element, _CONTENTS[name]))
        elif summary is not None and not contents and name != "abstract":
            contents.append(construct(element, "text/plain"))
        else:
            otherwise = "text/html" if name == "description" else "text/plain"
            summary = construct(element, otherwise)
    content = max(contents, key=lambda said: len(said.text), default=NOTHING)
    if summary is None and not contents:
        content = _last_resort(found)
    return summary or NOTHING, content


def _last_resort(found: Found) -> Said:
    """Return a picture's caption or a podcast's subtitle, all the text that some entries have."""
    said = (construct(found[part][-1], "text/plain") for part in _LAST_RESORTS if found.get(part))
    return next((text for text in said if text.text), NOTHING)


def _links(found: Found, element: Element, guid: str, scope: Scope) -> list[str]:
    links = links_of(found.get("link", ()), scope)
    addresses = pages(links, guid)
    addresses += [link.href for link in links if link.rel == "enclosure"]
    for enclosure in found.get("enclosure", ()):
        addresses.append(
            enclosure.get("url") or enclosure.get("uri") or enclosure.get("href") or ""
        )
    about = element.get(_ABOUT, "")
    if about.lower().startswith(_HTTP):
        addresses.append(about)
    return addresses


def _authors(found: Found, names: Names) -> tuple[str, ...]:
    return tuple(filter(None, (author_name(author, names) for author in found.get("author", ()))))


def author_name(element: Element, names: Names) -> str:
    """Return an author's name, else the address: Atom's elements, or RSS's `address (name)`."""
    if not len(element):
        return _without_address(text_of(element))
    said = {names[part.tag].rpartition(":")[2]: part for part in element.iter()}
    texts = (text_of(said[part]) for part in ("name", "email") if part in said)
    return next(filter(None, texts), "")


def _without_address(text: str) -> str:
    if "@" not in text:
        return text
    text = text[:_LONGEST_AUTHOR]
    found = _ADDRESS.search(text)
    if not found:
        return text
    rest = text.replace(found[0], "").replace("()", "").replace("<>", "").strip()
    return rest.removeprefix("(").removesuffix(")").strip() or found[0]


def _of_source(found: Found, scope: Scope) -> tuple[str, ...]:
    """Return the authors of the feed that an entry was taken from (RFC 4287, 4.2.1)."""
    if not scope.is_atom:
        return ()
    authors = (
        author_name(part, scope.names)
        for source in found.get("source", ())
        for part in source
        if _PART.get(scope.names[part.tag]) == "author"
    )
    return tuple(filter(None, authors))


def _tags(found: Found, names: Names) -> Iterator[str]:
    for element in found.get("tag", ()):
        term, label = element.get("term") or element.get("text"), element.get("label")
        text = text_of(element)
        if names[element.tag] in _LISTS:
            yield from text.split(",")
        elif term:
            yield mended(label or term)
            yield text
        else:
            yield mended(label or "") or text
