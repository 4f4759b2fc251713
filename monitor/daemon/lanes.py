"""Works off one lane of the queue; a worker that fails costs its own key a delay, nothing else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from logging import ERROR

from monitor import metrics
from monitor.errors import MonitorError
from monitor.queue import LeaseLost, Ticket, WorkQueue

log = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0  # seconds

Worker = Callable[[str, Ticket], Awaitable[None]]


async def work(queue: WorkQueue, lane: str, worker: Worker, *, slots: asyncio.Semaphore) -> None:
    """Give each ticket of the lane to the worker, `slots` at once, until the queue closes.

    Returns when the last worker has ended.
    """
    async with asyncio.TaskGroup() as group:
        async for ticket in queue.tickets(lane, slots):
            group.create_task(_attend(ticket, worker), name=f"{lane} {ticket.key}")


def delay_after(attempt: int) -> float:
    """Return the seconds before a failed key's next attempt: 1, 2, 4 … up to five minutes."""
    return min(FIRST_DELAY * 2.0 ** min(attempt - 1, 20), LONGEST_DELAY)


def unknown(fault: Exception) -> Exception | None:
    """Return a fault whose trace somebody must read; MonitorError says all in its words."""
    return None if isinstance(fault, MonitorError) else fault


async def _attend(ticket: Ticket, worker: Worker) -> None:
    about = {"lane": ticket.lane, "key": ticket.key}
    try:
        await worker(ticket.key, ticket)
    except LeaseLost as lost:
        log.info("work given up: %s", lost, extra=about)
        ended = "lost"
        await ticket.done()
    except asyncio.CancelledError:
        await ticket.release(0)
        raise
    except Exception as fault:
        # The supervisor's net: whatever went wrong, the other keys go on and this one comes back.
        delay = delay_after(ticket.attempt)
        extra = about | {"again_in_seconds": delay}
        log.log(ERROR, "a worker failed: %s", fault, exc_info=unknown(fault), extra=extra)
        ended = "failed"
        await ticket.release(delay)
    else:
        ended = "done"
        await ticket.done()
    metrics.TICKETS.labels(lane=ticket.lane, ended=ended).inc()
