"""A monitor without its daemon: the real pipeline and store, loopback servers, a clock of ours.

Tests of numbered behaviours use it: a server does something, time passes, the log of requests and
the store show what the monitor made of it.
"""

import io
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.cli.program import open_pipeline
from monitor.model import DeliveryState, Item, Source, SourceState
from monitor.pipeline import Pipeline, Visit
from monitor.settings import NotifierSettings, PollSettings, Settings
from monitor.store import Store
from monitor.testing.clock import Clock
from monitor.testing.server import Answer, LoopbackServer, Request
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

LOOPBACK = (ip_network("127.0.0.0/8"),)
Play = Answer | Callable[[Request], Answer | Awaitable[Answer]]


@dataclass(slots=True)
class Poller:
    """Use it as an async context manager; `/feed` on 127.0.0.1 is its first source.

    The watchlist `crisis` fires on "Maduro". `poll` overrides poll settings, `more` other ones.
    """

    folder: Path
    poll_settings: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    seed: int = 1
    sources: list[Source] = field(default_factory=list)
    plays: dict[str, Play] = field(default_factory=dict)  # host:path or path → what it answers
    servers: dict[str, LoopbackServer] = field(default_factory=dict)
    store: Store = field(init=False)
    pipeline: Pipeline = field(init=False)
    hinted: list[str] = field(default_factory=list)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self):
        await self.serve("127.0.0.1")
        if not self.sources:
            self.sources = [Source(url=self.url("/feed"), name="feed")]
        await self._start()
        return self

    async def __aexit__(self, *_):
        await self._open.aclose()
        await self._serving.aclose()

    # --- the world outside ----------------------------------------------------------------

    async def serve(self, host: str) -> LoopbackServer:
        """Serve on one more loopback address, such as 127.0.0.2."""
        if host not in self.servers:
            server = LoopbackServer(lambda request: self._answer(host, request), host=host)
            self.servers[host] = await self._serving.enter_async_context(server)
        return self.servers[host]

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        """Return an address on one of the servers."""
        return self.servers[host].url(path)

    def play(self, answer: Play, path: str = "/feed", host: str = "") -> None:
        """Have a path answer so from now on, on one host or on all."""
        self.plays[f"{host}{path}"] = answer

    def publish(self, body: bytes, path: str = "/feed", host: str = "", **headers: str) -> None:
        """Have a path answer 200 with `body`; headers are named with underscores."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.play(Answer(body=body, headers=named), path, host)

    def requests(self, path: str = "/feed", host: str = "127.0.0.1") -> list[Request]:
        """Return what was asked, in order."""
        return [each for each in self.servers[host].requests if each.target == path]

    async def _answer(self, host: str, request: Request) -> Answer:
        play = self.plays.get(f"{host}{request.target}", self.plays.get(request.target))
        if play is None:
            return Answer(status=404)
        answer = play if isinstance(play, Answer) else play(request)
        return answer if isinstance(answer, Answer) else await answer

    # --- the monitor ----------------------------------------------------------------------

    async def configure(self, *sources: Source) -> None:
        """Restart with these sources."""
        self.sources = list(sources)
        await self.restart()

    async def restart(self) -> None:
        """End the process, as it were, and start another on the same store."""
        await self._open.aclose()
        await self._start()

    async def poll(self, path: str = "/feed", *, after: timedelta | None = None) -> Visit:
        """Move the clock to when the source is due (or by `after`), and poll it."""
        state = self.state(path)
        due = self.clock() + after if after is not None else state.next_poll_at
        self.clock.now = max(self.clock(), due)
        return await self.pipeline.visit(state, self.pipeline.sources[state.url])

    async def polls(self, times: int, path: str = "/feed", **options: Any) -> list[Visit]:
        """Poll so many times in a row."""
        return [await self.poll(path, **options) for _ in range(times)]

    async def run(self, until: datetime | timedelta) -> list[tuple[datetime, Visit]]:
        """Poll whatever is due in the order it is, until the clock shows `until`."""
        end = until if isinstance(until, datetime) else self.clock() + until
        made = []
        while True:
            due = min(self.states(), key=lambda state: state.next_poll_at)
            if due.next_poll_at > end:
                self.clock.now = max(self.clock(), end)
                return made
            self.clock.now = max(self.clock(), due.next_poll_at)
            visit = await self.pipeline.visit(due, self.pipeline.sources[due.url])
            made.append((self.clock(), visit))

    def states(self) -> list[SourceState]:
        """Return the states of all sources."""
        return self.store.source_states()

    def state(self, path: str = "/feed") -> SourceState:
        """Return the state of the source with this path; an address names it exactly."""
        return next(s for s in self.states() if path in (s.url, urlsplit(s.url).path))

    def items(self) -> list[Item]:
        """Return the stored items, the oldest first."""
        return list(self.store.items())[::-1]

    def titles(self) -> list[str]:
        """Return the stored items' titles, sorted."""
        return sorted(item.entry.title for item in self.items())

    def alerts(self) -> list[str]:
        """Return the titles of the items that alerted, in the order of the outbox."""
        rows = sorted(self.store.deliveries(), key=lambda row: row.id)
        return [
            row.message.data["item"]["title"]
            for row in rows
            if row.message.type == "alert.created" and row.state is not DeliveryState.CANCELLED
        ]

    def notices(self) -> list[str]:
        """Return the types of the system messages in the outbox, in order."""
        rows = sorted(self.store.deliveries(), key=lambda row: row.id)
        return [row.message.type for row in rows if row.message.type.startswith("system.")]

    async def _start(self) -> None:
        self.store = self._open.enter_context(Store.open(f"sqlite:///{self.folder}/monitor.db"))
        self.pipeline = await self._open.enter_async_context(
            open_pipeline(
                self._settings(),
                self.store,
                out=io.StringIO(),
                spread=timedelta(0),
                now=self.clock,
                rng=random.Random(self.seed),
            )
        )
        self.pipeline.hint = self._hint

    async def _hint(self, destinations: Sequence[str]) -> None:
        self.hinted += destinations

    def _settings(self) -> Settings:
        poll = {"allow_networks": LOOPBACK, "host_gap": timedelta(0)} | self.poll_settings
        watchlist = Watchlist(name="crisis", match=(parse_term("Maduro"),), notify=("desk",))
        settings = Settings(
            sources=tuple(self.sources),
            watchlists=(watchlist,),
            notifiers={"desk": NotifierSettings(name="desk", kind="console")},
            poll=PollSettings(**poll),
        )
        return replace(settings, **self.more)
