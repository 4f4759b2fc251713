"""Whose turn it is to ask a host, and when it was last asked: one book for feeds and pages alike.

Hosts stand in it under the name of their group, under which requests are spaced out. Times are
seconds of the loop's clock.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

MOST_GROUPS = 16_384  # remembered at once; beyond that those that nobody asked for an hour go
SHORTEST_ABSENCE, SHORTEST_STEP = 30.0, 1.0  # seconds, of those who are sent away
_LONG_AGO = 3_600.0


@dataclass(slots=True)
class _Group:
    turns: asyncio.Semaphore
    asked: float = float("-inf")  # when its last request ended
    users: int = 0  # who have a turn, or wait for one
    booked: float = float("-inf")  # when the last of those who were sent away may come back


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Every group is asked `at_once` things at the same time."""

    at_once: int = 1
    _groups: dict[str, _Group] = field(default_factory=dict)

    def left(self, name: str, gap: timedelta) -> float:
        """Return the seconds for which a group is to be left alone."""
        group = self._groups.get(name)
        if group is None:
            return 0.0
        since = asyncio.get_running_loop().time() - group.asked
        return max(0.0, gap.total_seconds() - since)

    def expected(self, name: str, gap: timedelta) -> float:
        """Return the seconds before one's turn, if the requests before it took no time."""
        group = self._groups.get(name)
        before = group.users // self.at_once if group else 0
        return self.left(name, gap) + before * gap.total_seconds()

    def book(self, name: str, gap: timedelta) -> float:
        """Return in how many seconds to come back: each who asks is given a time of its own."""
        group, now = self._of(name), asyncio.get_running_loop().time()
        first = now + max(self.expected(name, gap), SHORTEST_ABSENCE)
        step = max(gap.total_seconds() * 2, SHORTEST_STEP)
        group.booked = max(group.booked + step, first)
        return group.booked - now

    async def take(self, name: str) -> bool:
        """Wait for one's turn; tell whether a request of somebody else's had to end first."""
        group = self._of(name)
        waited = group.turns.locked()
        group.users += 1
        try:
            await group.turns.acquire()
        except asyncio.CancelledError:
            group.users -= 1
            raise
        return waited

    def give_back(self, name: str, *, asked: bool = True) -> None:
        """End one's turn, and begin the gap if the turn was used."""
        if asked:
            self.note(name)
        group = self._groups[name]
        group.users -= 1
        group.turns.release()

    def note(self, name: str) -> None:
        """Begin a group's gap."""
        self._of(name).asked = asyncio.get_running_loop().time()

    def _of(self, name: str) -> _Group:
        group = self._groups.get(name)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                self._forget()
            group = self._groups[name] = _Group(asyncio.Semaphore(self.at_once))
        return group

    def _forget(self) -> None:
        before = asyncio.get_running_loop().time() - _LONG_AGO
        for name, group in tuple(self._groups.items()):
            if group.asked < before and not group.users:
                del self._groups[name]
