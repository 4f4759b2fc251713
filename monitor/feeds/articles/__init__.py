"""Read the pages that new items link to, so that watchlists see what their feeds cut off.

Politely: what robots.txt allows, one request at a time to a host with its gap between, a few pages
a poll. The pages of a poll share one deadline, and where one can't be read, its item stays as the
feed gave it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import httpx

from monitor import metrics
from monitor.feeds.articles.manners import Group, Hosts, Preset, Visitor, Wish, stranger
from monitor.feeds.fetch import fetch
from monitor.feeds.fetch.turns import Turns
from monitor.feeds.parsers.fulltext import is_available
from monitor.feeds.parsers.pool import ParserPool
from monitor.model import (
    ErrorKind,
    Failed,
    Fetched,
    Item,
    ItemId,
    NotModified,
    Sighting,
    Source,
)
from monitor.settings import PollSettings

PAGES = 10  # of one poll, the newest
PAGES_AT_FIRST = 5  # of a first poll, whose items are rarely news
PAUSE = timedelta(minutes=10)  # where a host wants fewer requests and names no time

log = logging.getLogger(__name__)


class Articles:
    """Reads article pages for all sources of a process."""

    def __init__(
        self,
        poll: PollSettings,
        transport: httpx.AsyncBaseTransport,
        parsers: ParserPool,
        *,
        now: Callable[[], datetime],
        preset: Preset = lambda _: None,
        group: Group = lambda name: name,
        turns: Turns | None = None,
        wish: Wish = lambda _: timedelta(),
        can_read: bool | None = None,
    ) -> None:
        """Ask hosts by `turns`, the book of whatever else asks them, under the names of `group`.

        `wish` tells how long such a host wants to be left alone, as it told whatever else asks.
        Read nothing without `can_read`; None: where the extra for it is installed.
        """
        self._poll = poll
        self._parsers = parsers
        self._now = now
        self._can_read = is_available() if can_read is None else can_read
        self._hosts = Hosts(
            poll, transport, now=now, preset=preset, group=group, turns=turns, wish=wish
        )

    async def complete(
        self, source: Source, found: Sequence[Sighting], *, first_poll: bool
    ) -> list[Sighting]:
        """Return what was found, with the text of pages where it is longer than the feed's.

        The newest items that may be news are asked for. Takes `poll.timeout` at most; only
        cancellation is raised.
        """
        if not self._can_read:
            return list(found)
        until = asyncio.get_running_loop().time() + self._poll.timeout.total_seconds()
        texts: dict[ItemId, str] = {}

        async def read(item: Item) -> None:
            texts[item.id] = await self._text(source, item, until)

        async with asyncio.TaskGroup() as group:
            for item in _newest(found, PAGES_AT_FIRST if first_poll else PAGES):
                group.create_task(read(item))
        return [_completed(each, texts.get(each.item.id, "")) for each in found]

    async def _text(self, source: Source, item: Item, until: float) -> str:
        visitor = Visitor(self._hosts, source, until=until)
        try:
            async with asyncio.timeout_at(until):
                found = await self._read(source, item.entry.link, visitor)
        except TimeoutError:
            found = Failed(kind=ErrorKind.TIMEOUT, message="its time was up")
        except Exception as fault:
            log.exception("a page was not read by a fault of the monitor")
            found = Failed(kind=ErrorKind.PARSE, message=type(fault).__name__)
        if isinstance(found, str):
            metrics.ARTICLES.labels(ended="read").inc()
            return found
        metrics.ARTICLES.labels(ended="declined" if visitor.declined else "failed").inc()
        log.info(
            "an article was matched without its page: %s",
            found.message,
            extra={"source": source.name, "item": item.id},
        )
        return ""

    async def _read(self, source: Source, link: str, visitor: Visitor) -> str | Failed:
        state, page = stranger(source, link, now=self._now())
        outcome = await fetch(state, page, self._poll, visitor, now=self._now)
        match outcome:
            case Fetched():
                return await self._parsers.extract(
                    outcome.body, url=outcome.url, content_type=outcome.content_type
                )
            case Failed():
                wait = PAUSE if outcome.kind is ErrorKind.RATE_LIMITED else timedelta(0)
                visitor.leave_alone(outcome.retry_after or wait)
                return outcome
            case NotModified():
                return Failed(kind=ErrorKind.EMPTY, message="the site sent no page")


def _newest(found: Sequence[Sighting], most: int) -> list[Item]:
    linked = [each.item for each in found if each.item.entry.link and each.outcome is None]
    linked.sort(key=lambda item: item.entry.published or item.first_seen, reverse=True)
    return linked[:most]


def _completed(found: Sighting, text: str) -> Sighting:
    entry = found.item.entry
    if len(text) <= max(len(entry.content), len(entry.summary)):
        return found
    return replace(found, item=replace(found.item, entry=replace(entry, content=text)))
