"""Entries get the names under which their source knows them.

Pure: never touches network, clock or disk.

Up to three keys name an entry. Its own key comes from its guid, else from its canonical link,
else from its title and date. Where different entries of one document have that name, it says
nothing, and a longer one is used: with the link, then the title, then the date. Which names are
shared depends on the set of entries, never on their order. The other keys are weaker: the place
it leads to, and its title with its date (its whole text where it has none). They tell that an
entry is known although its publisher calls it something else now; recognition.py weighs them.

For a source whose guids mean nothing, `link` comes first; `title` counts neither.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TypeAlias
from unicodedata import normalize

from monitor.feeds.identity.paths import last_part, page_numbers
from monitor.feeds.redaction import ref_of
from monitor.feeds.urls import canonical_link
from monitor.model import Document, Entry, Identity, Item, ItemId, Source

Name: TypeAlias = tuple[str, ...]  # its kind, then what it consists of
NO_NAME: Name = ()

_GIVEN = frozenset({"guid", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry with its keys; a weaker one is "" where it is missing or another's as well."""

    entry: Entry
    own: str
    place: str
    title: str
    fingerprint: str  # of its text
    link_key: str  # of its link in stories; "" where the link names no article
    given: bool  # `own` is a guid or link as the publisher gave it
    dated: bool  # `title` holds a date with a time of day

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys it has, the strongest first."""
        return tuple([key for key in (self.own, self.place, self.title) if key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The distinct entries of a document, in its order, and the keys that are several entries'."""

    entries: tuple[Named, ...]
    shared: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[str]:
        """Return every key the document holds."""
        return [key for named in self.entries for key in named.keys] + sorted(self.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An entry with what its names are made of."""

    entry: Entry
    guid: str
    link: str  # canonical, without its fragment
    exact: str  # canonical
    home: bool  # the link is that of the whole site
    common: bool  # it is that, or one that most entries have


def identify(
    document: Document, *, by: Identity = "guid", shared: AbstractSet[str] = frozenset()
) -> Identified:
    """Name the entries of a document by what is to be trusted in its source.

    `shared` are keys that different entries had in an earlier document. An entry that says nothing
    at all is left out; one that stands there twice is one.
    """
    reads = _reads(document)
    owns, ambiguous = _own_names(reads, by, shared)
    weak = [
        (_place(each, own) if by != "title" else NO_NAME, _title(each))
        for own, each in owns.items()
    ]
    counts = Counter([name for names in weak for name in names if name and name not in owns])
    repeated = {name for name, count in counts.items() if count > 1}

    def key(name: Name) -> str:
        return digest(name) if counts[name] == 1 and name not in ambiguous else ""

    entries = [
        Named(
            entry=each.entry,
            own=digest(own),
            place=key(place),
            title=key(title),
            fingerprint=fingerprint(each.entry),
            link_key="" if each.common else link_key(each.link),
            given=own[0] in _GIVEN,
            dated=title[:1] == ("title+date",) and tells_time(each.entry.published),
        )
        for (own, each), (place, title) in zip(owns.items(), weak, strict=True)
    ]
    common = {("link", each.link) for each in reads if each.common} - owns.keys() - {("link", "")}
    return Identified(
        entries=tuple(entries), shared=frozenset(map(digest, repeated | ambiguous | common))
    )


def to_item(
    named: Named, keys: tuple[str, ...], source: Source, document: Document, *, now: datetime
) -> Item:
    """Make an item of an entry, known by `keys`; its identity follows from the first.

    An item goes to receivers that must not learn a source's secrets, so the address it names as
    its source is redacted.
    """
    entry = named.entry
    return Item(
        id=ItemId(digest((source.url, keys[0]))),
        keys=keys,
        source=ref_of(source),
        entry=entry,
        first_seen=now,
        language=entry.language or document.language or source.language,
        link_key=named.link_key,
    )


def another_key(named: Named) -> str:
    """Return a key of its own for an entry whose names are all taken by something else."""
    date = named.entry.published or named.entry.updated
    return digest(("own+text", named.own, named.fingerprint, date.isoformat() if date else ""))


def link_key(canonical: str) -> str:
    """Return the key under which stories know a canonical link; "" without one."""
    return digest(("link", canonical)) if canonical else ""


def fingerprint(entry: Entry) -> str:
    """Return 64 bits in hex that change with an entry's text, and with nothing else."""
    said = f"{entry.title}\0{entry.summary}\0{entry.content}"
    return blake2b(said.encode(), digest_size=8).hexdigest()


def tells_time(date: datetime | None) -> bool:
    """Tell whether a date is more than a day, on which one title may stand over many entries."""
    return date is not None and (date.hour, date.minute, date.second) != (0, 0, 0)


def digest(name: Name) -> str:
    """Return the key of a name: blake2b-128 in hex over parts that can't run into each other."""
    joined = "\x00".join(name)  # clean text holds no NUL
    return blake2b(joined.encode(), digest_size=16).hexdigest()


def _reads(document: Document) -> list[_Read]:
    exact = {
        link: canonical_link(link, keep_fragment=True)
        for link in {entry.link for entry in document.entries}
    }
    links = {link: canonical.partition("#")[0] for link, canonical in exact.items()}
    home = canonical_link(document.link)
    common = _common_links(document, links) | {home}
    return [
        _Read(
            entry=entry,
            guid=entry.guid if entry.guid.isascii() else normalize("NFC", entry.guid),
            link=(link := links[entry.link]),
            exact=exact[entry.link],
            home=link == home,
            common=link in common,
        )
        for entry in document.entries
    ]


def _common_links(document: Document, links: Mapping[str, str]) -> frozenset[str]:
    """Return the canonical link that most entries have, if there is one."""
    distinct = {(entry.guid, entry.title, links[entry.link]) for entry in document.entries}
    counts = Counter([link for _, _, link in distinct])
    return frozenset(link for link, n in counts.items() if n > 1 and 2 * n > len(distinct))


def _own_names(
    reads: Sequence[_Read], by: Identity, shared: AbstractSet[str]
) -> tuple[dict[Name, _Read], set[Name]]:
    """Return the first entry of each own name, and the names that entries fail to own.

    A name is ambiguous where the longest names of those who have it differ, or differed once;
    the longest never are.
    """
    firsts = [next(_names(each, by), NO_NAME) for each in reads]
    counts = Counter(firsts)
    meant: dict[Name, Name] = {}
    ambiguous = set()
    for each, first in zip(reads, firsts, strict=True):
        if first and (counts[first] > 1 or (shared and digest(first) in shared)):
            *shorter, longest = _names(each, by)
            ambiguous |= {
                name
                for name in shorter
                if meant.setdefault(name, longest) != longest or digest(name) in shared
            }
    owns: dict[Name, _Read] = {}
    for each, first in zip(reads, firsts, strict=True):
        own = first
        if first in ambiguous:
            own = next(name for name in _names(each, by) if name not in ambiguous)
        if own:
            owns.setdefault(own, each)
    return owns, ambiguous


def _names(each: _Read, by: Identity) -> Iterator[Name]:
    """Yield the names an entry could own, the shortest first; each tells more apart.

    Links that differ in their fragment alone differ only in the longer names: `exact` has it.
    """
    entry = each.entry
    date = entry.published.isoformat() if entry.published else ""
    last = date or ("" if entry.title else f"{entry.summary}\0{entry.content}")
    if by == "title" and entry.title:
        yield "title+day", entry.title, date[:10]
    elif each.guid and (by == "guid" or not each.link):
        yield "guid", each.guid
        yield "guid+link", each.guid, each.link
        yield "guid+link+title", each.guid, each.exact, entry.title
        yield "guid+link+title+date", each.guid, each.exact, entry.title, last
        return
    elif each.link:
        if not each.home:
            yield "link", each.link
        yield "link+title", each.exact, entry.title
        yield "link+title+date", each.exact, entry.title, last
        return
    title = _title(each)
    if title:
        yield title
    if title[:1] == ("title+date",):
        yield "title+date+text", *title[1:], entry.summary, entry.content


def _place(each: _Read, own: Name) -> Name:
    """Return the name of where an entry leads, if that names it: its number there, or its link.

    A number that stands before the last part of a path may be a section's as well as an article's;
    with the time of publication it is an article's.
    """
    if each.common or not each.link:
        return NO_NAME
    # A canonical address has these three parts alone, so that it need not be split as any other.
    address, _, query = each.link.removeprefix("https://").partition("?")
    host, _, path = address.partition("/")
    numbers = page_numbers(path)
    if numbers and page_numbers(last_part(path)):
        return ("number", host, query, *numbers)
    date = each.entry.published
    if numbers and date and tells_time(date):
        return ("number+date", host, query, *numbers, date.isoformat())
    return NO_NAME if own[0] == "link" else ("link", each.link)


def _title(each: _Read) -> Name:
    """Return the name that an entry's words give it, with its date where it has one."""
    entry = each.entry
    if entry.title and entry.published:
        return "title+date", entry.title, entry.published.isoformat()
    said = (entry.title, entry.summary, entry.content)
    if any(said):
        return "content", *said
    return ("link+title", each.exact, "") if each.exact else NO_NAME
