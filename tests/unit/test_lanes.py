"""What becomes of a ticket whose worker ends well, fails, loses its lease or is cancelled."""

import asyncio
import logging

import pytest

from monitor.daemon.lanes import FIRST_DELAY, LONGEST_DELAY, delay_after, work
from monitor.queue import LeaseLost


class Slip:
    """A ticket that remembers how it ended."""

    lane = "poll"

    def __init__(self, key, attempt=1):
        self.key, self.attempt, self.end = key, attempt, None

    async def done(self):
        self.end = "done"

    async def release(self, delay):
        self.end = delay


class Tray:
    """A queue that hands out what was put in and then closes."""

    def __init__(self, *slips):
        self.slips = slips

    async def tickets(self, lane, slots):
        for slip in self.slips:
            yield slip


async def test_a_worker_that_fails_costs_its_own_key_a_delay_and_nothing_else(caplog):
    slips = [Slip("a.example"), Slip("bad.example", attempt=3), Slip("b.example")]

    async def worker(key, ticket):
        assert ticket.key == key
        if key == "bad.example":
            raise LookupError("no such thing")

    await work(Tray(*slips), "poll", worker, slots=asyncio.Semaphore(2))
    assert [slip.end for slip in slips] == ["done", 4.0, "done"]
    (record,) = caplog.records
    assert record.key == "bad.example"
    assert record.exc_info[0] is LookupError


async def test_a_lost_lease_ends_the_work_without_an_error(caplog):
    slip = Slip("a.example")

    async def worker(key, ticket):
        raise LeaseLost("the lease on poll a.example has passed")

    with caplog.at_level(logging.INFO):
        await work(Tray(slip), "poll", worker, slots=asyncio.Semaphore(1))
    assert slip.end == "done"
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_worker_that_is_cancelled_gives_its_key_back_at_once():
    slip, begun = Slip("a.example"), asyncio.Event()

    async def worker(key, ticket):
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        lane = group.create_task(work(Tray(slip), "poll", worker, slots=asyncio.Semaphore(1)))
        await begun.wait()
        lane.cancel()
    assert slip.end == 0


@pytest.mark.parametrize(("attempt", "delay"), [(1, FIRST_DELAY), (2, 2.0), (5, 16.0)])
def test_delays_double(attempt, delay):
    assert delay_after(attempt) == delay


@pytest.mark.parametrize("attempt", [10, 1000, 10**9])
def test_delays_end_at_five_minutes(attempt):
    assert delay_after(attempt) == LONGEST_DELAY
