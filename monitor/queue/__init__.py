"""The queue's seam: an exclusive ticket per key. The store is the truth, never the queue.

At most one ticket per (lane, key), queued or held; a ticket that is not extended is offered
again; a lost queue is filled again from the store; tickets carry the key alone.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class Ticket(Protocol):
    """The right to work on one key until the lease ends."""

    lane: str
    key: str
    attempt: int

    def check(self) -> None:
        """Raise LeaseLost when the lease may have passed; call it before requests and commits."""

    async def extend(self) -> None:
        """Hold the key for another lease."""

    async def done(self) -> None:
        """Give the key back; it may be offered again."""

    async def release(self, delay: float) -> None:
        """Give the key back and have it offered again after `delay` seconds."""


class WorkQueue(Protocol):
    """Hands out tickets; five methods are the whole seam."""

    async def start(self) -> None:
        """Begin to hand out tickets."""

    async def close(self) -> None:
        """Stop handing out tickets; iterators end."""

    async def offer(self, lane: str, keys: Sequence[str]) -> list[bool]:
        """Queue each key; False where it is queued or held already."""

    def tickets(self, lane: str, slots: asyncio.Semaphore) -> AsyncIterator[Ticket]:
        """Yield tickets; each takes a slot and gives it back when it ends."""

    async def depth(self, lane: str) -> tuple[int, int]:
        """Return how many keys are queued and how many are held."""


class LeaseLost(Exception):  # noqa: N818 - it reads as what happened
    """The ticket's lease may have passed; another worker may hold the key."""
