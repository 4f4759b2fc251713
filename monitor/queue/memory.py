"""The queue of one machine: exclusive tickets in memory, leases by the loop's clock.

Nothing here outlives the process and nothing has to: the store says what is due.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.queue import LeaseLost

LEASE = timedelta(minutes=2)


@dataclass(slots=True, eq=False, kw_only=True)
class MemoryTicket:
    """A held key. `deadline` is in seconds of the loop's clock."""

    lane: str
    key: str
    attempt: int  # 1 when first handed out, one more after each release or passed lease
    queue: "MemoryQueue"
    slot: asyncio.Semaphore
    deadline: float
    timer: asyncio.TimerHandle | None = None
    ended: bool = False

    def check(self) -> None:
        """Raise LeaseLost when the lease may have passed, or the ticket has ended."""
        if self.ended or asyncio.get_running_loop().time() >= self.deadline:
            raise LeaseLost(f"the lease on {self.lane} {self.key} has passed")

    async def extend(self) -> None:
        """Hold the key for another lease.

        A closed queue grants none: LeaseLost then ends the work between two of its steps.
        """
        self.check()
        if self.queue.closed.is_set():
            raise LeaseLost(
                f"the queue closes; {self.lane} {self.key} goes on after the next start"
            )
        self.deadline = asyncio.get_running_loop().time() + self.queue.lease

    async def done(self) -> None:
        """Give the key and the slot back."""
        self.queue.end(self)

    async def release(self, delay: float) -> None:
        """Give the key and the slot back and have the key offered again after `delay` seconds."""
        self.queue.end(self, again_in=delay)


@dataclass(slots=True)
class _Lane:
    """The keys of one lane; each stands in `queued` or in `held`, never in both."""

    line: deque[tuple[str, int]] = field(default_factory=deque)  # (key, attempt), the next first
    queued: set[str] = field(default_factory=set)
    held: dict[str, MemoryTicket | None] = field(default_factory=dict)  # None: waits for its delay
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, key: str, attempt: int) -> None:
        self.held.pop(key, None)
        self.queued.add(key)
        self.line.append((key, attempt))
        self.changed.set()


class MemoryQueue:
    """Keeps each lane in the order of its offers; a WorkQueue for a single process."""

    def __init__(self, *, lease: timedelta = LEASE) -> None:
        self.lease = lease.total_seconds()
        self.closed = asyncio.Event()
        self.stale = 0  # tickets that ended after their key had moved on
        self.expired = 0  # leases that passed while their ticket was held
        self._started = False
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._waiting: list[asyncio.Semaphore] = []  # of iterators that wait for a slot

    async def start(self) -> None:
        """Begin to hand out tickets."""
        self._started = True
        self._wake()

    async def close(self) -> None:
        """Stop handing out tickets and refuse offers; iterators end, held tickets stay good."""
        if self.closed.is_set():
            return
        self.closed.set()
        self._wake()
        # An iterator that waits for a slot can't see the queue close; it is lent one to wake it.
        for slots in self._waiting:
            slots.release()

    async def offer(self, lane: str, keys: Sequence[str]) -> list[bool]:
        """Queue each key; False where it is queued or held already, or the queue is closed."""
        return [self._offer(self._lanes[lane], key) for key in keys]

    async def tickets(self, lane: str, slots: asyncio.Semaphore) -> AsyncIterator[MemoryTicket]:
        """Yield tickets; each takes a slot and gives it back when it ends."""
        shelf = self._lanes[lane]
        while not self.closed.is_set():
            self._waiting.append(slots)
            try:
                await slots.acquire()
            finally:
                self._waiting.remove(slots)
            if self.closed.is_set():
                return  # the slot was the one lent by close()
            try:
                await self._filled(shelf)
            except asyncio.CancelledError:
                slots.release()
                raise
            if self.closed.is_set():
                slots.release()
                return
            yield self._hand_out(lane, shelf, slots)

    async def depth(self, lane: str) -> tuple[int, int]:
        """Return how many keys are queued and how many are held, a release's delay included."""
        shelf = self._lanes[lane]
        return len(shelf.queued), len(shelf.held)

    def end(self, ticket: MemoryTicket, *, again_in: float | None = None) -> None:
        """Take a ticket back; with `again_in` its key is queued again after so many seconds.

        A ticket ends once. One whose key has moved on is counted and changes nothing.
        """
        if ticket.ended:
            return
        ticket.ended = True
        ticket.slot.release()
        if ticket.timer is not None:
            ticket.timer.cancel()
        shelf = self._lanes[ticket.lane]
        if shelf.held.get(ticket.key) is not ticket:
            self.stale += 1
        elif again_in is None:
            del shelf.held[ticket.key]
        elif again_in <= 0:
            shelf.put(ticket.key, ticket.attempt + 1)
        else:
            shelf.held[ticket.key] = None
            loop = asyncio.get_running_loop()
            loop.call_later(again_in, shelf.put, ticket.key, ticket.attempt + 1)

    def _offer(self, shelf: _Lane, key: str) -> bool:
        if self.closed.is_set() or key in shelf.queued or key in shelf.held:
            return False
        shelf.put(key, 1)
        return True

    async def _filled(self, shelf: _Lane) -> None:
        while not self.closed.is_set() and not (self._started and shelf.line):
            shelf.changed.clear()
            await shelf.changed.wait()

    def _hand_out(self, lane: str, shelf: _Lane, slot: asyncio.Semaphore) -> MemoryTicket:
        key, attempt = shelf.line.popleft()
        shelf.queued.discard(key)
        loop = asyncio.get_running_loop()
        ticket = MemoryTicket(
            lane=lane,
            key=key,
            attempt=attempt,
            queue=self,
            slot=slot,
            deadline=loop.time() + self.lease,
        )
        ticket.timer = loop.call_at(ticket.deadline, self._expire, ticket)
        shelf.held[key] = ticket
        return ticket

    def _expire(self, ticket: MemoryTicket) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < ticket.deadline:  # it was extended meanwhile
            ticket.timer = loop.call_at(ticket.deadline, self._expire, ticket)
            return
        self.expired += 1
        self._lanes[ticket.lane].put(ticket.key, ticket.attempt + 1)

    def _wake(self) -> None:
        for shelf in self._lanes.values():
            shelf.changed.set()
