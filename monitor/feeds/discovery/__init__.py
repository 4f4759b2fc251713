"""A site's address or page becomes the feeds it may have, the likeliest first.

Pure: never touches network, clock or disk. What comes out is to be fetched and parsed before it
is believed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.feeds.discovery import site_rules
from monitor.feeds.reading.page_tags import Tag, base_of, tags
from monitor.feeds.reading.web_page import FEED_TYPES, looks_like_feed, names_feed, refreshed_to
from monitor.feeds.urls import absolute_link, canonical_link, is_http

Certainty: TypeAlias = Literal["named", "known", "guessed"]

MOST = 40

# Where feeds are on sites that say nothing, the commonest first.
_PATHS = (
    "feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feeds/posts/default",
    "feed.json", "feed/rss", "feed.atom", "index.rdf", "rss/index.xml", "blog/feed",
    "blog/rss.xml", "news/rss", "?format=rss",
)  # fmt: skip
_MOST_ANCHORS = 20
SENT_ON = "the page sends its readers on to it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed's.

    `sure`: the page names it as its feed, a rule knows the site, or it is only usual.
    """

    url: str
    title: str = ""  # as the page calls it
    why: str  # one line for people
    sure: Certainty


def candidates(page: str, *, url: str) -> tuple[Candidate, ...]:
    """Return the feeds that a page leads to: those it names, then what its site is known for.

    `url` is where the page came from; the page's own address is never among them.
    """
    found = list(tags(page))
    known = (*site_rules.in_page(page, url), *site_rules.known(url), *_made_with(found, url))
    return _ranked(
        [*_named(found, url), *_ruled(known, "known"), *_anchors(found, url)], besides=url
    )


def sent_on_to(page: str, *, url: str) -> str:
    """Return where a page sends its readers by itself, "" where it does not or where it is."""
    onward = refreshed_to(list(tags(page)), url)
    return "" if canonical_link(onward) == canonical_link(url) else onward


def known_places(url: str) -> tuple[Candidate, ...]:
    """Return where an address's site may keep its feeds, without a look at any page.

    For a known site only what its rules say, which may be nothing; else what is usual beside the
    address and at the root.
    """
    if not is_http(url):
        return ()
    if site_rules.is_known_site(url):
        return _ranked(_ruled(site_rules.known(url), "known"), besides=url)
    guesses = (*_ruled(site_rules.usual(url), "guessed"), *_usual_paths(url))
    return _ranked(guesses, besides=url)


def _named(found: list[Tag], url: str) -> Iterator[Candidate]:
    """Yield the feeds that a page's links name; those of comments last, as nobody wants them."""
    base = base_of(found, url)
    links = [
        Candidate(
            url=absolute_link(tag.says("href"), base),
            title=" ".join(tag.says("title").split()),
            why="the page names it as its feed",
            sure="named",
        )
        for tag in found
        if names_feed(tag)
    ]
    yield from sorted(links, key=_is_of_comments)
    onward = refreshed_to(found, url)
    if looks_like_feed(onward):
        yield Candidate(url=onward, why=SENT_ON, sure="named")


def _is_of_comments(candidate: Candidate) -> bool:
    return "comment" in f"{candidate.url} {candidate.title}".lower()


def _made_with(found: list[Tag], url: str) -> Iterator[tuple[str, str]]:
    for tag in found:
        if tag.name == "meta" and tag.says("name").lower() == "generator":
            yield from site_rules.of_maker(tag.says("content"), base_of(found, url))


def _ruled(feeds: Iterable[tuple[str, str]], sure: Certainty) -> Iterator[Candidate]:
    for feed, what in feeds:
        yield Candidate(url=feed, why=what, sure=sure)


def _anchors(found: list[Tag], url: str) -> Iterator[Candidate]:
    """Yield what a page's anchors call a feed, or what reads like one's address."""
    base = base_of(found, url)
    anchors = [tag for tag in found if tag.name == "a" and _is_feed_anchor(tag)]
    for tag in anchors[:_MOST_ANCHORS]:
        why = "the page links to it" + (f" as “{tag.words}”" if tag.words else "")
        link = absolute_link(tag.says("href"), base)
        yield Candidate(url=link, title=tag.words, why=why, sure="guessed")


def _is_feed_anchor(tag: Tag) -> bool:
    href = tag.says("href")
    return (
        tag.says("type").lower() in FEED_TYPES
        or looks_like_feed(absolute_link(href, "https://any.example/"))
        or tag.words.lower().strip(" .!") in {"rss", "rss feed", "atom", "feed", "xml", "rss 2.0"}
    )


def _usual_paths(url: str) -> Iterator[Candidate]:
    root = absolute_link("/", url)
    beside = absolute_link(".", url) if "." in url.rpartition("/")[2] else url.rstrip("/") + "/"
    beside = beside.partition("?")[0].partition("#")[0].rstrip("/") + "/"
    for place in dict.fromkeys((beside, root)):
        for path in _PATHS[: None if place == root else 3]:
            yield Candidate(url=place + path, why="feeds often are there", sure="guessed")


def _ranked(found: Iterable[Candidate], *, besides: str) -> tuple[Candidate, ...]:
    """Return each address once, at its first place, without the one that was looked at."""
    kept: dict[str, Candidate] = {}
    for candidate in found:
        key = canonical_link(candidate.url)
        if key and key != canonical_link(besides):
            kept.setdefault(key, candidate)
    return tuple(kept.values())[:MOST]
