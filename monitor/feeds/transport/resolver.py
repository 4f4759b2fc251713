"""Turn names into addresses off the event loop, remembering answers and failures for a while.

Its threads are its own: asyncio's few are starved by a handful of dead names, and both asyncio's
and the executor's are waited for at exit, where a look-up can hang for half a minute.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from queue import SimpleQueue
from typing import TypeAlias

from monitor.feeds.transport.addresses import Address

Lookup: TypeAlias = Callable[[str], Sequence[str]]

# What getaddrinfo says of a name server's trouble rather than of the name.
_PASSING = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM})


class Unresolved(Exception):  # noqa: N818 - it reads as what happened
    """The name has no address now; the text says why, without the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a name; no addresses means `failure` says why. Times are the loop's."""

    addresses: tuple[Address, ...] = ()
    failure: str = ""
    learned: float
    until: float


def system_lookup(name: str) -> list[str]:
    """Ask the system for the addresses of an ASCII name, best first; blocks, raises OSError."""
    found = socket.getaddrinfo(name.encode("ascii"), None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Resolver:
    """Resolve names with a deadline each.

    Addresses are used for `fresh`, failures for `failed`; while the name servers are in trouble,
    addresses up to `stale` old are better than none. At most `names` names are remembered.
    """

    def __init__(
        self,
        lookup: Lookup = system_lookup,
        *,
        deadline: timedelta = timedelta(seconds=5),
        fresh: timedelta = timedelta(minutes=1),
        failed: timedelta = timedelta(seconds=30),
        stale: timedelta = timedelta(hours=1),
        names: int = 10_000,
        threads: int = 64,
    ) -> None:
        """Take a blocking `lookup`; threads start when they are first needed."""
        self._deadline = deadline.total_seconds()
        self._fresh = fresh.total_seconds()
        self._failed = failed.total_seconds()
        self._stale = stale.total_seconds()
        self._names = names
        self._known: dict[str, _Known] = {}
        self._threads = _Threads(lookup, threads)

    async def resolve(self, name: str) -> tuple[Address, ...]:
        """Return the name's addresses, best first; raise Unresolved."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(name)
        if known is None or known.until <= now:
            known = await self._learn(name, known, now)
            self._remember(name, known)
        if not known.addresses:
            raise Unresolved(known.failure)
        return known.addresses

    def close(self) -> None:
        """Let the threads end; those inside a look-up end with it."""
        self._threads.close()

    async def _learn(self, name: str, before: _Known | None, now: float) -> _Known:
        try:
            async with asyncio.timeout(self._deadline):
                found = await self._threads.look_up(name)
            addresses = tuple(dict.fromkeys(ip_address(text) for text in found))
        except TimeoutError:
            failure, passing = f"no name server answered within {self._deadline:g} s", True
        except OSError as error:
            failure, passing = _words(error), error.errno in _PASSING
        except ValueError:
            failure, passing = "the name servers gave something that is no address", False
        else:
            failure, passing = "it has no address", False
            if addresses:
                return _Known(addresses=addresses, learned=now, until=now + self._fresh)
        if passing and before is not None and now - before.learned < self._stale:
            return _Known(
                addresses=before.addresses,
                failure=failure,
                learned=before.learned,
                until=now + self._failed,
            )
        return _Known(failure=failure, learned=now, until=now + self._failed)

    def _remember(self, name: str, known: _Known) -> None:
        self._known.pop(name, None)
        if len(self._known) >= self._names:
            del self._known[next(iter(self._known))]
        self._known[name] = known


def _words(error: OSError) -> str:
    if error.errno == socket.EAI_NONAME:
        return "no such name"
    if error.errno == socket.EAI_AGAIN:
        return "the name servers can't be reached"
    return error.strerror or type(error).__name__


class _Threads:
    """Daemon threads that look names up, so that a look-up that hangs never holds up the exit."""

    def __init__(self, lookup: Lookup, limit: int) -> None:
        self._lookup = lookup
        self._limit = limit
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._started = 0
        self._busy = 0  # queued or running; changed in the loop's thread only

    async def look_up(self, name: str) -> Sequence[str]:
        """Run the look-up in a thread; what it raises is raised here."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str]] = loop.create_future()

        def job() -> None:
            found: Sequence[str] | Exception
            try:
                found = () if answer.cancelled() else self._lookup(name)
            except Exception as error:  # noqa: BLE001 - raised again where it is awaited
                found = error
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._settle, answer, found)

        self._busy += 1
        if self._busy > self._started and self._started < self._limit:
            self._started += 1
            threading.Thread(target=self._work, name="resolver", daemon=True).start()
        self._jobs.put(job)
        return await answer

    def close(self) -> None:
        for _ in range(self._started):
            self._jobs.put(None)
        self._started = 0

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _settle(
        self, answer: "asyncio.Future[Sequence[str]]", found: Sequence[str] | Exception
    ) -> None:
        self._busy -= 1
        if answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)
