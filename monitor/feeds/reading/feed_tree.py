"""A feed's XML tree: what it says of the feed, and where its entries stand.

Pure: never touches network, clock or disk.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from monitor.feeds.reading.elements import (
    DoubtError,
    Link,
    Names,
    Scope,
    construct,
    links_of,
    plain_space,
    text_of,
)
from monitor.feeds.reading.entries import MOST_AUTHORS, Said, language_tag
from monitor.feeds.reading.entry_elements import AUTHORS, TITLES, author_name

_ENTRIES = ("item", "entry")
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_VERSIONS = {
    "purl.org/rss/1.0": "rss10",
    "my.netscape.com/rdf/simple/0.9": "rss090",
    "www.w3.org/2005/atom": "atom10",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a tree says of its feed, and its entries in their order."""

    root: Element
    holder: Element  # in which the feed speaks of itself
    form: str  # as feedparser names versions
    scope: Scope  # of what the feed says of itself
    head: Mapping[str, Sequence[Element]]  # that, by plain name
    entries: Sequence[tuple[Element, Scope]]
    are_beside: bool  # the entries stand beside the holder, not in it
    language: str
    authors: tuple[str, ...]  # of Atom's entries that name none (RFC 4287, 4.2.1)


def grow(said: bytes, *, names: Names, has_bases: bool) -> Feed:
    """Return the feed in the XML `said`, which has no DOCTYPE.

    `names` are the document's; `has_bases` tells whether an xml:base stands in it anywhere. Raises
    DoubtError for what is no feed or an odd one, and ParseError for what is not well-formed.
    """
    root = ET.fromstring(said)  # noqa: S314 - without a DOCTYPE there are no entities
    space, _, local = root.tag.rpartition("}")
    if local.lower() in {"rss", "feed"}:  # in whatever namespace somebody made up for it
        names.declare(space[1:], "")
    outer = Scope(names=names, is_atom=names[root.tag] == "feed", has_bases=has_bases).inside(root)
    holder = _holder(root, names)
    scope = outer if holder is root else outer.inside(holder)
    head: dict[str, list[Element]] = defaultdict(list)
    for child in holder:
        head[names[child.tag]].append(child)
    inside = [element for name in _ENTRIES for element in head.pop(name, ())]
    beside = [element for element in root if names[element.tag] in _ENTRIES and holder is not root]
    if len({element.tag for element in (*inside, *beside)}) > 1 or (inside and beside):
        raise DoubtError(root.tag)
    entries = [(element, scope) for element in inside] or [(element, outer) for element in beside]
    return Feed(
        root=root,
        holder=holder,
        form=_form(root, outer, entries),
        scope=scope,
        head=head,
        entries=entries,
        are_beside=bool(beside),
        language=_language(head) or language_tag(scope.language),
        authors=tuple(islice(_authors(head, names), MOST_AUTHORS)) if outer.is_atom else (),
    )


def holds_others(feed: Feed) -> bool:
    """Tell whether entries stand where none are looked for, as inside another one."""
    names = feed.scope.names
    return len(feed.entries) != sum(names[part.tag] in _ENTRIES for part in feed.root.iter())


def title(feed: Feed) -> Said:
    """Return the feed's title."""
    elements = (element for name in TITLES for element in feed.head.get(name, ()))
    said = (construct(element, "text/plain") for element in elements)
    return next((text for text in said if text.text), Said())


def links(feed: Feed) -> list[Link]:
    """Return what the feed links to."""
    return links_of(feed.head.get("link", ()), feed.scope)


def text(feed: Feed, name: str) -> str:
    """Return what the feed's last element of that name says."""
    elements = feed.head.get(name)
    return text_of(elements[-1]) if elements else ""


def parts(feed: Feed, name: str) -> list[str]:
    """Return what the elements in those of that name say."""
    return [part.text or "" for element in feed.head.get(name, ()) for part in element]


def _holder(root: Element, names: Names) -> Element:
    """Return the element in which a feed speaks of itself."""
    if names[root.tag] == "feed":
        return root
    channels = [child for child in root if names[child.tag] == "channel"]
    if names[root.tag] not in {"rss", "rdf:rdf"} or len(channels) != 1:
        raise DoubtError(root.tag)
    return channels[0]


def _form(root: Element, outer: Scope, entries: Sequence[tuple[Element, Scope]]) -> str:
    version = root.get("version", "")
    if outer.names[root.tag] == "rss":
        return _RSS_VERSIONS.get(version, "rss20" if version.startswith("2.") else "rss")
    spaces = [root.tag, *(element.tag for element, _ in entries[:1])]
    known = [form for tag in spaces if (form := _VERSIONS.get(plain_space(tag)))]
    if known:
        return known[0]
    if outer.is_atom:
        return _ATOM_VERSIONS.get(version, "atom")
    raise DoubtError(root.tag)


def _language(head: Mapping[str, Sequence[Element]]) -> str:
    said = [*head.get("language", ()), *head.get("dc:language", ())]
    return language_tag(text_of(said[-1])) if said else ""


def _authors(head: Mapping[str, Sequence[Element]], names: Names) -> Iterator[str]:
    for name in AUTHORS:
        yield from filter(None, (author_name(author, names) for author in head.get(name, ())))
