"""What every queue promises. A new queue joins by a line in KINDS.

Each promise is an async function over an open queue whose lease is LEASE seconds. The memory
queue plays on a loop that moves its own clock, so that leases pass in no time.
"""

import asyncio
import selectors
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor.queue import LeaseLost, WorkQueue
from monitor.queue.memory import MemoryQueue

LEASE = 2.0
PATIENCE = 60.0  # seconds until a promise that doesn't come true fails the test


class SkippingSelector(selectors.DefaultSelector):
    """Where a loop would wait for a timer, moves that loop's clock instead."""

    skipped = 0.0

    def select(self, timeout=None):
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is None:
            raise RuntimeError("the test waits for something that never comes")
        self.skipped += timeout
        return []


class SkippingLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.skips = SkippingSelector()
        super().__init__(self.skips)

    def time(self):
        return self.skips.skipped


@asynccontextmanager
async def memory() -> AsyncIterator[WorkQueue]:
    queue = MemoryQueue(lease=timedelta(seconds=LEASE))
    yield queue
    await queue.close()


@dataclass(frozen=True)
class Kind:
    open: Callable[[], object]
    loop: Callable[[], asyncio.AbstractEventLoop]


KINDS = {"memory": Kind(memory, SkippingLoop)}


def promise(test: Callable[[WorkQueue], Awaitable[None]]) -> Callable[[str], None]:
    """Make a test of an async function: once for each kind of queue."""

    def play(kind):
        async def scene():
            async with asyncio.timeout(PATIENCE), KINDS[kind].open() as queue:
                await test(queue)

        with asyncio.Runner(loop_factory=KINDS[kind].loop) as runner:
            runner.run(scene())

    play.__name__ = test.__name__
    return pytest.mark.parametrize("kind", KINDS)(play)


def slots(count=10):
    return asyncio.Semaphore(count)


async def nothing_comes(tickets, *, within):
    """Tell whether no ticket is handed out for so many seconds; the iterator is spent."""
    try:
        async with asyncio.timeout(within):
            await anext(tickets)
    except TimeoutError:
        return True
    return False


# --- offers -----------------------------------------------------------------------------------


@promise
async def test_keys_are_handed_out_in_the_order_of_their_offers(queue):
    await queue.start()
    assert await queue.offer("poll", ["c", "a", "b"]) == [True, True, True]
    tickets = queue.tickets("poll", slots())
    handed = [await anext(tickets) for _ in range(3)]
    assert [ticket.key for ticket in handed] == ["c", "a", "b"]
    assert {ticket.lane for ticket in handed} == {"poll"}
    assert {ticket.attempt for ticket in handed} == {1}


@promise
async def test_a_key_is_refused_while_it_is_queued_and_while_it_is_held(queue):
    await queue.start()
    assert await queue.offer("poll", ["a", "a"]) == [True, False]
    ticket = await anext(queue.tickets("poll", slots()))
    assert await queue.offer("poll", ["a", "b"]) == [False, True]
    await ticket.done()
    assert await queue.offer("poll", ["a", "b"]) == [True, False]


@promise
async def test_lanes_know_nothing_of_each_other(queue):
    await queue.start()
    assert await queue.offer("poll", ["a"]) == [True]
    assert await queue.offer("deliver", ["a"]) == [True]
    assert (await anext(queue.tickets("deliver", slots()))).lane == "deliver"
    assert await queue.depth("poll") == (1, 0)
    assert await queue.depth("deliver") == (0, 1)


@promise
async def test_nothing_is_handed_out_before_the_start(queue):
    await queue.offer("poll", ["a"])
    assert await nothing_comes(queue.tickets("poll", slots()), within=LEASE)
    await queue.start()
    assert (await anext(queue.tickets("poll", slots()))).key == "a"


@promise
async def test_an_offer_wakes_a_worker_that_waits(queue):
    await queue.start()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(anext(queue.tickets("poll", slots())))
        await asyncio.sleep(LEASE)
        await queue.offer("poll", ["a"])
    assert waiting.result().key == "a"


@promise
async def test_ten_thousand_keys_come_once_each_to_many_workers(queue):
    keys = [f"host{number}.example" for number in range(10_000)]
    seen = Counter()

    async def work(places):
        async for ticket in queue.tickets("poll", places):
            seen[ticket.key] += 1
            await ticket.done()
            if seen.total() == len(keys):
                await queue.close()

    await queue.start()
    assert all(await queue.offer("poll", keys))
    shared = slots(5)
    async with asyncio.TaskGroup() as group:
        for places in (shared, shared, slots(1)):
            group.create_task(work(places))
    assert seen == Counter(keys)


# --- leases -----------------------------------------------------------------------------------


@promise
async def test_a_lease_that_is_not_extended_has_the_key_offered_again(queue):
    await queue.start()
    await queue.offer("poll", ["a"])
    tickets = queue.tickets("poll", slots())
    first = await anext(tickets)
    first.check()
    second = await anext(tickets)
    assert (second.key, second.attempt) == ("a", 2)
    with pytest.raises(LeaseLost):
        first.check()
    second.check()


@promise
async def test_extending_holds_a_key_for_as_long_as_it_goes_on(queue):
    await queue.start()
    await queue.offer("poll", ["a"])
    tickets = queue.tickets("poll", slots())
    ticket = await anext(tickets)
    async with asyncio.TaskGroup() as group:
        quiet = group.create_task(nothing_comes(tickets, within=3 * LEASE))
        for _ in range(9):
            await asyncio.sleep(LEASE / 3)
            await ticket.extend()
            ticket.check()
    assert quiet.result()
    await ticket.done()
    assert await queue.offer("poll", ["a"]) == [True]


@promise
async def test_who_comes_back_too_late_changes_nothing(queue):
    await queue.start()
    await queue.offer("poll", ["a"])
    tickets = queue.tickets("poll", slots())
    late, holder = await anext(tickets), await anext(tickets)
    with pytest.raises(LeaseLost):
        await late.extend()
    await late.done()
    await late.release(0)
    holder.check()
    assert await queue.offer("poll", ["a"]) == [False]
    assert await queue.depth("poll") == (0, 1)


@promise
async def test_a_ticket_that_has_ended_holds_nothing(queue):
    await queue.start()
    await queue.offer("poll", ["a"])
    ticket = await anext(queue.tickets("poll", slots()))
    await ticket.done()
    with pytest.raises(LeaseLost):
        ticket.check()
    with pytest.raises(LeaseLost):
        await ticket.extend()


@promise
async def test_a_released_key_comes_back_after_its_delay_and_not_before(queue):
    await queue.start()
    await queue.offer("poll", ["a"])
    await (await anext(queue.tickets("poll", slots()))).release(LEASE)
    assert await queue.offer("poll", ["a"]) == [False]
    assert await queue.depth("poll") == (0, 1)
    assert await nothing_comes(queue.tickets("poll", slots()), within=LEASE / 2)
    again = await anext(queue.tickets("poll", slots()))
    assert (again.key, again.attempt) == ("a", 2)


@promise
async def test_a_key_released_at_once_lines_up_behind_the_others(queue):
    await queue.start()
    await queue.offer("poll", ["a", "b"])
    tickets = queue.tickets("poll", slots())
    await (await anext(tickets)).release(0)
    assert [(await anext(tickets)).key for _ in range(2)] == ["b", "a"]


# --- slots ------------------------------------------------------------------------------------


@promise
async def test_one_slot_never_lets_two_tickets_out(queue):
    await queue.start()
    await queue.offer("poll", ["a", "b"])
    place = slots(1)
    tickets = queue.tickets("poll", place)
    first = await anext(tickets)
    async with asyncio.TaskGroup() as group:
        second = group.create_task(anext(tickets))
        await asyncio.sleep(3 * LEASE)  # not even when the lease has passed: its worker lives
        assert not second.done()
        await first.done()
    assert second.result().key == "b"


@promise
async def test_a_ticket_gives_its_slot_back_once(queue):
    await queue.start()
    await queue.offer("poll", ["a", "b", "c"])
    place = slots(1)
    tickets = queue.tickets("poll", place)
    first = await anext(tickets)
    await first.done()
    await first.done()
    await first.release(0)
    await anext(tickets)
    assert place.locked()


@promise
async def test_a_worker_that_stops_waiting_leaves_its_slot(queue):
    await queue.start()
    place = slots(1)
    assert await nothing_comes(queue.tickets("poll", place), within=LEASE)
    assert not place.locked()


# --- the end ----------------------------------------------------------------------------------


async def keys_of(tickets):
    async with aclosing(tickets):
        return [ticket.key async for ticket in tickets]


@promise
async def test_closing_ends_workers_that_wait_for_a_key(queue):
    await queue.start()
    place = slots(1)
    async with asyncio.TaskGroup() as group:
        keys = group.create_task(keys_of(queue.tickets("poll", place)))
        await asyncio.sleep(LEASE)
        await queue.close()
    assert keys.result() == []
    assert not place.locked()


@promise
async def test_closing_ends_workers_that_wait_for_a_slot(queue):
    await queue.start()
    await queue.offer("poll", ["a", "b"])
    place = slots(1)
    held = await anext(queue.tickets("poll", place))
    async with asyncio.TaskGroup() as group:
        keys = [group.create_task(keys_of(queue.tickets("poll", place))) for _ in range(2)]
        await asyncio.sleep(0)
        await queue.close()
    assert [task.result() for task in keys] == [[], []]
    assert place.locked()
    await held.done()
    await place.acquire()
    assert place.locked()  # the slots are as many as before


@promise
async def test_a_closed_queue_lets_held_tickets_finish_and_hands_out_no_more(queue):
    await queue.start()
    await queue.offer("poll", ["a", "b"])
    ticket = await anext(queue.tickets("poll", slots()))
    await queue.close()
    ticket.check()
    with pytest.raises(LeaseLost):  # so that work of many steps ends after this one
        await ticket.extend()
    ticket.check()
    await ticket.done()
    assert await keys_of(queue.tickets("poll", slots())) == []
    assert await queue.offer("poll", ["c"]) == [False]


# --- the memory queue against a model, step by step -------------------------------------------


class Keys(RuleBasedStateMachine):
    """Any order of offers, tickets, delays and passing time, beside a model of what must hold."""

    @initialize(places=st.integers(1, 4))
    def begin(self, places):
        self.loop = SkippingLoop()
        self.queue = MemoryQueue(lease=timedelta(seconds=LEASE))
        self.places = places
        self.tickets = self.queue.tickets("poll", asyncio.Semaphore(places))
        self.play(self.queue.start())
        self.line = []  # sets of (key, attempt) in the order they must come; within one, any
        self.delayed = {}  # key → (when it lines up again, attempt)
        self.holder = {}  # key → its ticket and when the lease passes
        self.out = []  # tickets whose work has not ended

    def play(self, step):
        return self.loop.run_until_complete(step)

    def known(self):
        queued = {key for together in self.line for key, _ in together}
        return queued | self.delayed.keys() | self.holder.keys()

    def ready(self):
        return self.line and len(self.out) < self.places

    @rule(key=st.sampled_from("abcdef"))
    def offer(self, key):
        fresh = key not in self.known()
        assert self.play(self.queue.offer("poll", [key])) == [fresh]
        if fresh:
            self.line.append({(key, 1)})

    @precondition(ready)
    @rule()
    def take(self):
        ticket = self.play(anext(self.tickets))
        self.line[0].remove((ticket.key, ticket.attempt))
        self.line = [together for together in self.line if together]
        self.holder[ticket.key] = (ticket, self.loop.time() + LEASE)
        self.out.append(ticket)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), delay=st.none() | st.sampled_from([0, 0.5, 5]))
    def end(self, data, delay):
        ticket = data.draw(st.sampled_from(self.out))
        self.out.remove(ticket)
        stale = self.queue.stale
        self.play(ticket.done() if delay is None else ticket.release(delay))
        holds = self.holder.get(ticket.key, (None,))[0] is ticket
        assert self.queue.stale == stale + (not holds)
        if not holds:
            return
        del self.holder[ticket.key]
        if delay:
            self.delayed[ticket.key] = (self.loop.time() + delay, ticket.attempt + 1)
        elif delay == 0:
            self.line.append({(ticket.key, ticket.attempt + 1)})

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def extend(self, data):
        ticket = data.draw(st.sampled_from(self.out))
        if self.holder.get(ticket.key, (None,))[0] is ticket:
            self.play(ticket.extend())
            self.holder[ticket.key] = (ticket, self.loop.time() + LEASE)
        else:
            with pytest.raises(LeaseLost):
                self.play(ticket.extend())

    @rule(seconds=st.sampled_from([0.3, 1.1, 2.7]))
    def pass_time(self, seconds):
        self.play(asyncio.sleep(seconds))
        now = self.loop.time()
        due = [(at, key, attempt) for key, (at, attempt) in self.delayed.items() if at <= now]
        lost = [(at, key, held.attempt + 1) for key, (held, at) in self.holder.items() if at <= now]
        for _, together in groupby(sorted(due + lost), key=itemgetter(0)):
            self.line.append({(key, attempt) for _, key, attempt in together})
        for _, key, _ in due + lost:
            self.delayed.pop(key, None)
            self.holder.pop(key, None)

    @invariant()
    def nothing_is_lost_or_held_twice(self):
        if not hasattr(self, "loop"):
            return
        depth = (sum(map(len, self.line)), len(self.delayed) + len(self.holder))
        assert self.play(self.queue.depth("poll")) == depth
        live = [ticket.key for ticket in self.out if self.is_live(ticket)]
        assert sorted(live) == sorted(self.holder)

    def is_live(self, ticket):
        async def check():
            ticket.check()

        try:
            self.play(check())
        except LeaseLost:
            return False
        return True

    def teardown(self):
        if hasattr(self, "loop"):
            self.play(self.tickets.aclose())
            self.loop.close()


Keys.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTheMemoryQueueAgainstItsModel = Keys.TestCase
