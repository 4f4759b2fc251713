"""Entries become items: each gets the keys under which it is known to its source.

Pure: never touches network, clock or disk.

An entry is named by its guid, else by its canonical link, else by its content. Where that name is
shared by different entries of one document, it says nothing, and a longer one is used: with the
link, then with the title. Which names are shared depends on the set of entries, never on their
order. An entry whose short name is its own also carries the longer ones, so that it is still
known when a later document makes the short one ambiguous. An item is known if any key is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.feeds.redaction import redact_url
from monitor.feeds.urls import canonical_link
from monitor.model import Document, Entry, Item, ItemId, Source, SourceRef

FARTHEST_AHEAD = timedelta(hours=48)  # zones and embargoes explain this much, nothing more


def identify(source: Source, document: Document, *, now: datetime) -> tuple[Item, ...]:
    """Return one item per distinct entry, in the document's order.

    An entry that says nothing at all is left out; one that stands there twice is one item. A date
    more than 48 hours ahead of `now` is dropped, the item is kept. An item goes to receivers that
    must not learn a source's secrets, so the address it names as its source is redacted.
    """
    given = {entry.link for entry in document.entries}
    canonical = {link: canonical_link(link, keep_fragment=True) for link in given}
    exact_links = [canonical[entry.link] for entry in document.entries]
    links = [exact.partition("#")[0] for exact in exact_links]
    shared = _shared_links(document, links)
    named = [
        (entry, link, names)
        for entry, link, exact in zip(document.entries, links, exact_links, strict=True)
        if (names := _names(entry, link, exact, shared))
    ]
    ambiguous = _ambiguous(names for _, _, names in named)
    items: dict[str, Item] = {}
    origin = SourceRef(name=source.name, url=redact_url(source.url), tags=source.tags)
    for entry, link, names in named:
        keys = tuple(_digest(*name) for name in names if name not in ambiguous)
        if keys[0] in items:
            continue
        items[keys[0]] = Item(
            id=ItemId(_digest(source.url, keys[0])),
            keys=keys,
            source=origin,
            entry=_without_future(entry, now),
            first_seen=now,
            language=entry.language or document.language or source.language,
            link_key=link_key(link) if link not in shared else "",
        )
    return tuple(items.values())


def link_key(canonical: str) -> str:
    """Return the key under which stories know a canonical link; "" without one."""
    return _digest("link", canonical) if canonical else ""


def _names(
    entry: Entry, link: str, exact: str, shared: frozenset[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the names of an entry, the shortest first; each tells more apart than the one before.

    Links that differ in their fragment alone differ only in the longest name: `exact` has it.
    """
    if entry.guid:
        return (
            ("guid", entry.guid),
            ("guid+link", entry.guid, link),
            ("guid+link+title", entry.guid, exact, entry.title),
        )
    if link:
        longest = ("link+title", exact, entry.title)
        return (longest,) if link in shared else (("link", link), longest)
    if entry.title and entry.published:
        return (("title+date", entry.title, entry.published.isoformat()),)
    said = (entry.title, entry.summary, entry.content)
    return (("content", *said),) if any(said) else ()


def _ambiguous(all_names: Iterable[Sequence[tuple[str, ...]]]) -> frozenset[tuple[str, ...]]:
    """Return the names shared by entries whose longest names differ; those never are."""
    meant: dict[tuple[str, ...], tuple[str, ...]] = {}
    ambiguous = set()
    for names in all_names:
        for name in names[:-1]:
            if meant.setdefault(name, names[-1]) != names[-1]:
                ambiguous.add(name)
    return frozenset(ambiguous)


def _shared_links(document: Document, links: Sequence[str]) -> frozenset[str]:
    """Return the canonical links that name no entry: the site's own, and one most entries have."""
    distinct = {
        (entry.guid, entry.title, link) for entry, link in zip(document.entries, links, strict=True)
    }
    counts = Counter(link for _, _, link in distinct)
    shared = {link for link, n in counts.items() if n > 1 and 2 * n > len(distinct)}
    return frozenset(shared | {canonical_link(document.link)})


def _without_future(entry: Entry, now: datetime) -> Entry:
    latest = now + FARTHEST_AHEAD
    if entry.published and entry.published > latest:
        entry = replace(entry, published=None)
    if entry.updated and entry.updated > latest:
        entry = replace(entry, updated=None)
    return entry


def _digest(*parts: str) -> str:
    """Return blake2b-128 in hex over parts that can't run into each other."""
    joined = "\x00".join(parts)  # clean text holds no NUL
    return blake2b(joined.encode(), digest_size=16).hexdigest()
