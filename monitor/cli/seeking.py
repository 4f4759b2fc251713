"""Looks for the feeds behind an address: there, where its page and its kind of site lead, nearby.

Each request is one poll of the daemon's kind: through the guarded transport, with the settings'
limits, and with the host's pause before the next. A host that wants a long one is asked once.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.cli.options import clock, rfc3339
from monitor.feeds.discovery import SENT_ON, Candidate, candidates, known_places, sent_on_to
from monitor.feeds.fetch import fetch
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.reading.decoding import decode
from monitor.feeds.redaction import redact_url
from monitor.feeds.servers.groups import settings_for
from monitor.feeds.transport import GuardedTransport
from monitor.feeds.urls import host_of
from monitor.model import Document, ErrorKind, Failed, Fetched, Source, SourceId, SourceState
from monitor.settings import Settings

MOST_REQUESTS = 8
LONGEST_PAUSE = timedelta(seconds=10)  # nobody waits longer at a terminal
# With these nothing that is asked next could be answered.
HOPELESS = frozenset(
    {
        ErrorKind.DNS,
        ErrorKind.CONNECT,
        ErrorKind.TLS,
        ErrorKind.TIMEOUT,
        ErrorKind.RESET,
        ErrorKind.BLOCKED_ADDRESS,
    }
)


# A server that answers so has let nobody look; whether there is a feed, nobody knows.
CLOSED = HOPELESS | {ErrorKind.RATE_LIMITED, ErrorKind.BOT_CHALLENGE, ErrorKind.HTTP_5XX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed, and what tells it from another."""

    url: str
    document: Document
    why: str = ""  # what led there, for people; "" for the address that was given

    @property
    def newest(self) -> datetime | None:
        """Return when its newest entry says that it was published."""
        return max((x.published for x in self.document.entries if x.published), default=None)

    @property
    def contents(self) -> frozenset[str]:
        """Return what its entries are, whatever the format."""
        return frozenset(each.link or each.title for each in self.document.entries)

    def as_json(self) -> dict[str, Any]:
        """Return it as people and programs are shown it."""
        return {
            "url": redact_url(self.url),
            "title": self.document.title,
            "format": self.document.format,
            "entries": len(self.document.entries),
            "newest": rfc3339(self.newest) if self.newest else None,
            "why": self.why,
        }


@dataclass(slots=True)
class Search:
    """What was found, the best first, and what was in vain."""

    found: list[Found] = field(default_factory=list)
    failed: list[tuple[str, Failed]] = field(default_factory=list)
    requests: int = 0

    @property
    def is_hopeless(self) -> bool:
        """Tell whether not even the address that was given could be asked."""
        return bool(self.failed) and not self.found and self.failed[0][1].kind in HOPELESS

    @property
    def barrier(self) -> tuple[str, Failed] | None:
        """Return what kept the search from an answer, at which address; None where nothing did."""
        if self.found or not self.failed:
            return None
        first = self.failed[0]
        if first[1].kind is ErrorKind.AUTH:
            return first
        return next((each for each in self.failed if each[1].kind in CLOSED), None)


async def seek(source: Source, settings: Settings) -> Search:
    """Return the feeds at a source's address or, where a page is there, of its site."""
    async with GuardedTransport() as transport, ParserPool(1) as parsers:
        seeker = _Seeker(source, settings, transport, parsers)
        await seeker.seek()
    return seeker.search


@dataclass(slots=True)
class _Seeker:
    source: Source
    settings: Settings
    transport: GuardedTransport
    parsers: ParserPool
    search: Search = field(default_factory=Search)
    asked: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)  # hosts that are asked no more

    async def seek(self) -> None:
        url = self.source.url
        if self._pause(url) > LONGEST_PAUSE:
            # The only request there should go to where its kind of site has the feed.
            await self._try([each for each in known_places(url) if each.sure == "known"], 1)
        page = await self._look(url) if self._is_open(url) else None
        if self.search.found or self.search.is_hopeless:
            return
        places = [*(await self._read(page) if page else ()), *known_places(url)]
        if self.search.found:
            return
        for sure in ("named", "known", "guessed"):
            # A site may name several feeds; of places that somebody else thought of one will do.
            most = MOST_REQUESTS if sure == "named" else 1
            await self._try([each for each in places if each.sure == sure], most)
            if self.search.found:
                return

    async def _read(self, page: Fetched) -> tuple[Candidate, ...]:
        """Return where a page leads; of one that names no feed but sends readers on, both lead."""
        text, _ = decode(page.body, content_type=page.content_type)
        places = candidates(text, url=page.url)
        onward = sent_on_to(text, url=page.url)
        if any(each.sure == "named" for each in places) or not (onward and self._is_open(onward)):
            return places
        further = await self._look(onward, SENT_ON)
        if further is None:
            return places
        text, _ = decode(further.body, content_type=further.content_type)
        return (*candidates(text, url=further.url), *places)

    async def _try(self, places: Iterable[Candidate], most: int) -> None:
        for place in places:
            full = [each for each in self.search.found if each.document.entries]
            if self.search.requests >= MOST_REQUESTS or len(full) >= most:
                return
            if self._is_open(place.url):
                await self._look(place.url, place.why)

    def _is_open(self, url: str) -> bool:
        return url not in self.asked and host_of(url) not in self.closed

    def _pause(self, url: str) -> timedelta:
        """Return the time between two requests to the host of an address."""
        own = settings_for(url, self.settings.hosts)
        usual = self.settings.poll.host_gap
        return own.gap if own and own.gap is not None else usual

    async def _look(self, url: str, why: str = "") -> Fetched | None:
        """Ask for an address; keep the feed there, or why there is none. Return what is a page."""
        host, pause = host_of(url), self._pause(url)
        if host in map(host_of, self.asked):
            await asyncio.sleep(pause.total_seconds())
        self.asked.add(url)
        if pause > LONGEST_PAUSE:
            self.closed.add(host)
        self.search.requests += 1
        state = SourceState(id=SourceId(0), url=url, host=host, next_poll_at=clock())
        source, poll = replace(self.source, url=url), self.settings.poll
        answer: object = await fetch(state, source, poll, self.transport, now=clock)
        page = answer if isinstance(answer, Fetched) else None
        if page is not None:
            answer = await self.parsers.parse(
                page.body, url=page.url, content_type=page.content_type
            )
        if isinstance(answer, Document):
            moved_to = page.moved_to if page else ""
            self.search.found.append(Found(url=moved_to or url, document=answer, why=why))
            return None
        assert isinstance(answer, Failed), "nothing was sent that a 304 could answer"
        self.search.failed.append((url, answer))
        if answer.kind in HOPELESS | {ErrorKind.RATE_LIMITED}:
            self.closed.add(host)
        return page
