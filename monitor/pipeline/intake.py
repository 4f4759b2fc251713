"""What was fetched becomes what the store shall know: parse, identify, recognise, look back.

Most documents bring one plainly new entry: then only that is read, and one look at the store's
keys decides. Where the changed entries can't be judged alone the document is read whole, as it is
once a day, so that the store knows which keys it holds still.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from monitor.feeds.identity import Identified, identify
from monitor.feeds.identity.page_text import as_fed, with_pages
from monitor.feeds.identity.recognition import (
    Memory,
    Recognised,
    doubts,
    is_plain,
    names_by,
    recognise,
    recognise_page,
)
from monitor.feeds.identity.upheaval import is_whole, notice
from monitor.feeds.urls import host_of
from monitor.model import (
    Document,
    Edit,
    Failed,
    Fetched,
    Known,
    Notice,
    Outcome,
    Parsed,
    Sighting,
    Source,
    SourceState,
)
from monitor.store import Store

log = logging.getLogger(__name__)

WHOLE_EVERY = timedelta(days=1)
MOST_PAGES = 5
# More entries than this are judged in a thread; this many take about five milliseconds.
LARGE_DOCUMENT = 200

Read: TypeAlias = Callable[..., Awaitable[Any]]  # runs one of the store's reads off the loop
Parse: TypeAlias = Callable[[Fetched, bytes], Awaitable[Parsed]]  # the bytes are marks to leave out
FetchPage: TypeAlias = Callable[[SourceState, Source, str], Awaitable[Outcome | None]]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a document brought, as far as the document itself decides; `new` is not matched yet.

    `state` is the source's from before the poll, with what was learned of its habits; `window`
    and `whole_at` belong into the state after it.
    """

    document: Document
    state: SourceState
    new: tuple[Sighting, ...]
    edits: tuple[Edit, ...]
    seen: dict[str, Known]
    notices: tuple[Notice, ...]
    window: bytes
    whole_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The edges that a document needs on its way."""

    store: Store
    read: Read
    parse: Parse
    fetch_page: FetchPage
    now: Callable[[], datetime]

    async def take(self, state: SourceState, source: Source, fetched: Fetched) -> Taken | Failed:
        """Return what a fetched document brings; the parser's Failed where it is none."""
        now = self.now()
        whole = not fetched.is_part and _is_time(state, now)
        document = await self.parse(fetched, b"" if whole or fetched.is_part else state.window)
        if isinstance(document, Failed):
            return document
        identified, memory = await self._remember(document, source, state)
        if not is_plain(document, identified, memory):
            document = await self.parse(fetched, b"")
            if isinstance(document, Failed):
                return document
            identified, memory = await self._remember(document, source, state)
        fed = as_fed(memory, identified) if source.fulltext else memory
        made = await _at_leisure(
            recognise,
            document,
            identified,
            fed,
            source=source,
            now=now,
            refresh=whole,
            is_part=fetched.is_part,
        )
        if made.happened.gap and document.older:
            made = await self._look_back(document, fetched.url, made, source, state)
        return Taken(
            document=document,
            state=replace(state, habits=made.habits),
            new=made.new,
            edits=with_pages(made.edits, memory.items) if source.fulltext else made.edits,
            seen=dict(made.seen),
            notices=self._tell(made, source, state, len(document.entries)),
            window=_window(state, fetched, document),
            whole_at=now if whole else state.whole_at,
        )

    async def _remember(
        self, document: Document, source: Source, state: SourceState
    ) -> tuple[Identified, Memory]:
        by, shared = names_by(source, state), frozenset[str]()
        while True:
            identified = await _at_leisure(identify, document, by=by, shared=shared)
            known = await self._known(state, identified)
            unusable = {named.own for named in identified.entries if _is_shared(known, named.own)}
            if unusable <= shared:
                break
            shared |= unusable
        memory = Memory(state=state, known=known)
        asked = doubts(identified, known) if is_whole(document) else ()
        if asked:
            memory = replace(memory, items=await self.read(self.store.items_by_id, asked))
        return identified, memory

    async def _known(self, state: SourceState, identified: Identified) -> dict[str, Known]:
        if state.last_success_at is None:  # no document of it was ever taken in
            return {}
        known: dict[str, Known] = await self.read(self.store.known, state.id, identified.keys)
        return known

    async def _look_back(
        self, document: Document, url: str, made: Recognised, source: Source, state: SourceState
    ) -> Recognised:
        """Add what older pages bring, as long as nothing on them is known."""
        host, asked = host_of(url), {url}
        for _ in range(MOST_PAGES):
            older_url = document.older
            if older_url in asked or host_of(older_url) != host:
                break
            asked.add(older_url)
            page = await self._page(older_url, source, state)
            if page is None:
                break
            identified, memory = await self._remember(page, source, state)
            fed = as_fed(memory, identified) if source.fulltext else memory
            older = recognise_page(page, identified, fed, source=source, now=self.now())
            new = [each for each in older.new if each.item.keys[0] not in made.seen]
            edits = with_pages(older.edits, memory.items) if source.fulltext else older.edits
            told = {edit.item for edit in made.edits}
            made = replace(
                made,
                new=(*made.new, *new),
                edits=(*made.edits, *[edit for edit in edits if edit.item not in told]),
                seen={**older.seen, **made.seen},
            )
            if older.overlaps or not new:
                break
            document = page
        return made

    async def _page(self, url: str, source: Source, state: SourceState) -> Document | None:
        fetched = await self.fetch_page(state, source, url)
        parsed = await self.parse(fetched, b"") if isinstance(fetched, Fetched) else None
        return parsed if isinstance(parsed, Document) else None

    def _tell(
        self, made: Recognised, source: Source, state: SourceState, entries: int
    ) -> tuple[Notice, ...]:
        extra = {"source": source.name}
        if made.happened.gap:
            log.warning(
                "nothing of its document was known; entries may have been missed", extra=extra
            )
        if made.habits.identity != state.habits.identity:
            log.warning(
                "its guids change with each document; its links name its items now", extra=extra
            )
        if not made.happened.rekeyed:
            return ()
        held = sum(sighting.outcome is not None for sighting in made.new)
        told = notice(source, state.habits, held, entries, now=self.now())
        return (told,) if told else ()


def _is_time(state: SourceState, now: datetime) -> bool:
    """Tell whether a document is to be read whole, whatever of it is known."""
    return state.whole_at is None or not state.whole_at <= now < state.whole_at + WHOLE_EVERY


def _window(state: SourceState, fetched: Fetched, document: Document) -> bytes:
    if fetched.is_part:
        return state.window
    return b"" if document.is_broken else document.marks


async def _at_leisure(
    judge: Callable[Concatenate[Document, P], T],
    document: Document,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a judgement on a document; on a large one in a thread, so that the loop goes on."""
    if len(document.entries) > LARGE_DOCUMENT:
        return await asyncio.to_thread(judge, document, *args, **kwargs)
    return judge(document, *args, **kwargs)


def _is_shared(known: Mapping[str, Known], key: str) -> bool:
    found = known.get(key)
    return found is not None and found.item is None
