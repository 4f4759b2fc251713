"""One poll's way to the hosts it asks: each in its turn and with its gap, or not at all.

Redirects lead a poll from host to host. Its turn at one ends before it waits for the next, so that
polls whose ways cross can't keep each other waiting for ever; and it waits for a moment only, since
meanwhile it keeps its own host's other sources waiting. Who must wait for longer comes back later.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from monitor.feeds.fetch.turns import Turns
from monitor.feeds.servers.answers import LONGEST_FOR_HOST, host_until
from monitor.feeds.servers.groups import gap_of, group_of, settings_for
from monitor.model import ErrorKind, Failed, HostWish, SourceId, SourceState
from monitor.pipeline.gaps import LONG_GAP_SECONDS
from monitor.settings import Settings

_NO_SOURCE: Final = SourceId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What all polls know of hosts: whose turn it is, and which want to be left alone."""

    settings: Settings
    turns: Turns
    now: Callable[[], datetime]
    patience: float = LONG_GAP_SECONDS  # for a turn at a host that a redirect leads to
    forced: bool = False  # wishes are not heeded
    _wishes: dict[str, tuple[HostWish, SourceId | None]] = field(default_factory=dict)

    def learn(self, wishes: Mapping[str, HostWish]) -> None:
        """Heed the wishes that servers put into words to other processes, or before this one."""
        for host, wish in wishes.items():
            known = self._wishes.get(host)
            if wish.said and (known is None or known[0].until < wish.until):
                self._wishes[host] = wish, None

    def note(self, failed: Failed, state: SourceState) -> None:
        """Remember the wish of a host, if the answer to a source is one."""
        now = self.now()
        until = host_until(failed, now)
        if until is None:
            return
        for over in [host for host, (wish, _) in self._wishes.items() if wish.until <= now]:
            del self._wishes[over]
        host = failed.host or state.host
        known = self._wishes.get(host)
        if known is None or known[0].until < until:
            said = failed.retry_after is not None
            self._wishes[host] = HostWish(until=until, said=said), state.id

    def wish(self, host: str, source: SourceId) -> HostWish | None:
        """Return the standing wish of a host; a source's own is not told to itself."""
        if not self._wishes or self.forced:
            return None
        wish, of = self._wishes.get(host, (None, None))
        if wish is None or of == source:
            return None
        # One that reaches further was made by a clock that was wrong.
        stands = timedelta() < wish.until - self.now() <= LONGEST_FOR_HOST
        return wish if stands else None

    def left(self, host: str) -> timedelta:
        """Return how long a host wants to be left alone by whoever is no source of it."""
        wish = self.wish(host, _NO_SOURCE)
        return wish.until - self.now() if wish else timedelta()

    def gap(self, host: str) -> timedelta:
        """Return the gap of a host, by its name or by an address there."""
        return gap_of(settings_for(host, self.settings.hosts), self.settings.poll.host_gap)


@dataclass(slots=True, kw_only=True)
class Passage:
    """Where one poll of a source is; `held` is the host whose turn it has, "" for none."""

    gate: Gate
    state: SourceState
    gap: timedelta  # of the source's own host
    held: str = ""
    _asked: bool = True

    async def begin(self, url: str) -> Failed | None:
        """Wait for the turn at the first address; a failure says why there will be none."""
        home = self.state.host
        if url != self.state.url and group_of(url, self.gate.settings.hosts) != home:
            return await self.enter(url)
        turns = self.gate.turns
        await turns.take(home)
        self.held = home
        left = turns.left(home, self.gap)
        if left > self.gate.patience:
            return self._sent_away(home, self.gap)
        if left:
            await asyncio.sleep(left)
        return self._unwanted(home)

    async def enter(self, url: str) -> Failed | None:
        """Leave for the host of an address; a failure says why it can't be asked now."""
        host = group_of(url, self.gate.settings.hosts)
        if host == self.held:
            return None
        self.leave()
        gate, gap = self.gate, self.gate.gap(url)
        if refused := self._unwanted(host):
            return refused
        if gate.turns.expected(host, gap) > gate.patience:
            return self._sent_away(host, gap)
        try:
            async with asyncio.timeout(gate.patience):
                await gate.turns.take(host)
                self.held, self._asked = host, False
                await asyncio.sleep(gate.turns.left(host, gap))
        except TimeoutError:
            return self._sent_away(host, gap)
        self._asked = True
        return self._unwanted(host)

    def leave(self) -> None:
        """Give the turn back."""
        if self.held:
            self.gate.turns.give_back(self.held, asked=self._asked)
            self.held = ""

    def _unwanted(self, host: str) -> Failed | None:
        wish = self.gate.wish(host, self.state.id)
        if wish is None:
            return None
        self._asked = False
        wait = wish.until - self.gate.now()
        message = f"{host} wants to be left alone until {_written(wish.until)}"
        return self._deferred(host, message, wait, retry_after=wait if wish.said else None)

    def _sent_away(self, host: str, gap: timedelta) -> Failed:
        self._asked = False
        message = f"{host} has others to answer first"
        return self._deferred(host, message, timedelta(seconds=self.gate.turns.book(host, gap)))

    def _deferred(
        self, host: str, message: str, wait: timedelta, *, retry_after: timedelta | None = None
    ) -> Failed:
        return Failed(
            kind=ErrorKind.RATE_LIMITED,
            message=message,
            retry_after=retry_after,
            host="" if host == self.state.host else host,
            deferred=wait,
        )


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
