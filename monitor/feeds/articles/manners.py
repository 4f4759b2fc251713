"""How strangers' pages are visited: robots.txt first, one request at a time to a host, with a gap.

Turns and gaps are kept by the book that feeds share, so that a page and a feed don't meet either.

Pages that feeds link to are chosen by strangers, so that private networks open only to sources
that stand there themselves.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from monitor.feeds.articles import robots
from monitor.feeds.fetch import fetch
from monitor.feeds.fetch.turns import Turns
from monitor.feeds.servers.groups import gap_of
from monitor.feeds.urls import host_of
from monitor.model import Fetched, Network, Source, SourceId, SourceState
from monitor.settings import HostSettings, PollSettings

MOST_HOSTS = 4_096  # remembered at once
MOST_RULES = 4_000_000  # characters of robots.txt; read, they take some twenty times as much
LONG_RULES = 50_000  # bytes; reading more would hold up the loop

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_PAGES = ("text/html", "application/xhtml+xml", "")  # "": a server that does not say

Preset: TypeAlias = Callable[[str], HostSettings | None]  # of a host, by its name
Wish: TypeAlias = Callable[[str], timedelta]  # of a host, by its group: how long none may ask it
Group: TypeAlias = Callable[[str], str]  # under which a host is asked, by its name


class NotAskedError(httpx.RemoteProtocolError):
    """The monitor does not want what is at an address; says why."""


@dataclass(slots=True)
class _Host:
    """What is known of one host; times are seconds of the loop's clock."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # by its own wish; the usual gap stands in the book of turns
    rules: dict[str, tuple[robots.Rules, float]] = field(default_factory=dict)  # by origin, until


class Hosts:
    """The hosts whose pages were read lately, and the transport that leads there."""

    def __init__(
        self,
        poll: PollSettings,
        transport: httpx.AsyncBaseTransport,
        *,
        now: Callable[[], datetime],
        preset: Preset = lambda _: None,
        group: Group = lambda name: name,
        turns: Turns | None = None,
        wish: Wish = lambda _: timedelta(),
    ) -> None:
        """Know the settings of hosts by `preset`; without it all have the usual gap.

        `turns` is the book of whatever else asks hosts, by `group`; None: nothing else does. `wish`
        is what hosts told that.
        """
        self.poll = poll
        self.transport = transport
        self.group = group
        self.turns = turns or Turns()
        self._wish = wish
        self._preset = preset
        self._now = now
        self._known: dict[str, _Host] = {}
        self._room = MOST_RULES

    def of(self, name: str) -> _Host:
        """Return what is known of a host; when that is too much, most is forgotten."""
        if self._room < 0 or len(self._known) >= MOST_HOSTS:
            self._known = {n: host for n, host in self._known.items() if host.turn.locked()}
            self._room = MOST_RULES
        return self._known.setdefault(name, _Host())

    def leave_alone(self, name: str, wait: timedelta = timedelta(0)) -> None:
        """Ask a host nothing for so long from now on, nor its group for the usual gap."""
        self.turns.note(self.group(name))
        if wait:
            host, seconds = self.of(name), wait.total_seconds()
            host.free_at = max(host.free_at, asyncio.get_running_loop().time() + seconds)

    async def wait(self, name: str, until: float) -> None:
        """Wait until a host may be asked; raise NotAskedError where that is later than `until`."""
        now, gap = asyncio.get_running_loop().time(), gap_of(self._preset(name), self.poll.host_gap)
        group = self.group(name)
        wished = self._wish(group).total_seconds()
        seconds = max(self.of(name).free_at - now, self.turns.left(group, gap), wished)
        if now + seconds >= until:
            raise NotAskedError(f"{name} is to be left alone for longer than this can wait")
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def rules(self, source: Source, url: httpx.URL, until: float) -> robots.Rules:
        """Return what the origin of `url` lets be read; it is asked again when that is stale."""
        name = host_of(str(url))
        origin, known = f"{url.scheme}://{url.netloc.decode('ascii')}", self.of(name).rules
        loop = asyncio.get_running_loop()
        if origin not in known or known[origin][1] <= loop.time():
            await self.wait(name, until)
            found, good_for = await self._ask(source, f"{origin}/robots.txt", name)
            known[origin] = found, loop.time() + good_for.total_seconds()
            self._room -= found.size
            self.leave_alone(name)
        return known[origin][0]

    async def _ask(self, source: Source, url: str, name: str) -> tuple[robots.Rules, timedelta]:
        poll = replace(
            self.poll,
            timeout=self.poll.timeout / 2,
            max_bytes=robots.MAX_BYTES,
            allow_networks=networks(source, name, self.poll.allow_networks),
        )
        state, file = stranger(source, url, now=self._now())
        answer = await fetch(state, file, poll, self.transport, now=self._now)
        if isinstance(answer, Fetched) and len(answer.body) > LONG_RULES:
            return await asyncio.to_thread(robots.read, answer)
        return robots.read(answer)


class Visitor(httpx.AsyncBaseTransport):
    """A transport to one page, hop by hop: each when it is its turn, if it may be read at all."""

    def __init__(self, hosts: Hosts, source: Source, *, until: float) -> None:
        """Visit on behalf of a source, before `until` on the loop's clock."""
        self._hosts = hosts
        self._source = source
        self._until = until
        self._last = ""
        self.declined = False  # it was the monitor that did not want to

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises NotAskedError where it should not be sent."""
        self._last = name = host_of(str(request.url))
        hosts, group = self._hosts, self._hosts.group(name)
        try:
            async with AsyncExitStack() as turn:
                await turn.enter_async_context(hosts.of(name).turn)
                await hosts.wait(name, self._until)  # before others of the group wait for this
                await hosts.turns.take(group)
                turn.callback(hosts.turns.give_back, group)
                response = await self._ask(request, name)
                assert isinstance(response.stream, httpx.AsyncByteStream)
                response.stream = _Turn(response.stream, turn.pop_all())
        except NotAskedError:
            self.declined = True
            raise
        return response

    def leave_alone(self, wait: timedelta) -> None:
        """Ask the host asked last nothing for so long."""
        self._hosts.leave_alone(self._last, wait)

    async def _ask(self, request: httpx.Request, name: str) -> httpx.Response:
        agent, hosts = request.headers["user-agent"], self._hosts
        rules = await hosts.rules(self._source, request.url, self._until)
        if not rules.allow(agent, str(request.url)):
            raise NotAskedError(f"robots.txt of {name} keeps it from readers like us")
        await hosts.wait(name, self._until)
        allowed = networks(self._source, name, hosts.poll.allow_networks)
        request.extensions["allow_networks"] = allowed
        request.headers["Accept"] = _ACCEPT
        try:
            response = await hosts.transport.handle_async_request(request)
        finally:
            hosts.leave_alone(name, rules.gap(agent))
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.is_success and kind not in _PAGES:
            await response.aclose()
            raise NotAskedError(f"{name} has no page there, but {kind}")
        return response


class _Turn(httpx.AsyncByteStream):
    """A body; when it is closed, it is the next one's turn."""

    def __init__(self, body: httpx.AsyncByteStream, turn: AsyncExitStack) -> None:
        self._body = body
        self._turn = turn

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._body:
            yield data

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        finally:
            await self._turn.aclose()


def stranger(source: Source, url: str, *, now: datetime) -> tuple[SourceState, Source]:
    """Return what `fetch` needs for a page that is not the source's, without its secrets."""
    at_home = host_of(url) == host_of(source.url)
    page = replace(
        source, url=url, auth=None, headers=(), verify_tls=source.verify_tls or not at_home
    )
    return SourceState(id=SourceId(0), url=url, host=host_of(url), next_poll_at=now), page


def networks(source: Source, name: str, allowed: Sequence[Network]) -> tuple[Network, ...]:
    """Return the private networks that a host may be in that a source's feed leads to."""
    home = host_of(source.url)
    if name == home:
        return tuple(allowed)
    try:
        address = ip_address(home)
    except ValueError:
        return ()
    return tuple(allowed) if any(address in network for network in allowed) else ()
