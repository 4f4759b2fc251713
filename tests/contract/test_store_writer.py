"""The writing thread: groups, failures, shutdown; on every database."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest
from store_builders import PARTS, a_poll, again, configure, decide_for, key, naming

from monitor.errors import StoreError
from monitor.store import Store, Writer


class Gate:
    """A policy that waits, so that more polls gather behind the first one."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self.poison = ""

    def __call__(self, record, new, book):
        if not self.reached.is_set():
            self.reached.set()
            assert self.open.wait(30)
        if self.poison and self.poison in record.source.url:
            raise ZeroDivisionError
        return decide_for("desk")(record, new, book)


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
async def writer(store, gate):
    async with Writer(store, gate, **PARTS) as writer:
        yield writer
        gate.open.set()


def sources(store, count):
    return configure(store, *[f"https://host-{n}.example/feed" for n in range(count)])


async def gather_behind(gate, writer, first, jobs):
    """Start one commit, let the others queue up behind it, then let all of them go."""
    async with asyncio.TaskGroup() as group:
        leading = group.create_task(writer.commit(first))
        await asyncio.to_thread(gate.reached.wait, 30)
        waiting = [group.create_task(job) for job in jobs]
        await asyncio.sleep(0)
        gate.open.set()
    return [leading.result(), *(task.result() for task in waiting)]


async def ending(job):
    """Return what a commit came to, in one word."""
    [result] = await asyncio.gather(job, return_exceptions=True)
    return "accepted" if getattr(result, "accepted", False) else type(result).__name__


async def test_a_commit_returns_when_it_can_be_read(store, writer, gate):
    gate.open.set()
    [state] = configure(store)
    committed = await writer.commit(a_poll(state, "1"))
    assert (committed.accepted, committed.new) == (True, 1)
    assert [item.entry.guid for item in store.items()] == ["1"]


async def test_every_caller_gets_the_result_of_its_own_record(store, writer, gate):
    states = sources(store, 120)
    polls = [a_poll(state, *[str(n) for n in range(i % 3)]) for i, state in enumerate(states)]
    first, *others = [*polls[1:], polls[0]]
    results = await gather_behind(gate, writer, first, [writer.commit(each) for each in others])
    assert [each.new for each in results] == [len(p.sightings) for p in (first, *others)]


async def test_one_record_the_policy_fails_on_fails_alone(store, writer, gate):
    gate.poison = "host-3."
    states = sources(store, 6)
    first, *others = [a_poll(state, "1") for state in states]
    jobs = [ending(writer.commit(each)) for each in others]
    _, *endings = await gather_behind(gate, writer, first, jobs)
    assert endings == ["accepted", "accepted", "ZeroDivisionError", "accepted", "accepted"]
    assert len(list(store.items())) == 5
    assert again(store, states[3]) == states[3]


async def test_one_record_that_cannot_be_stored_fails_alone(store, writer, gate):
    first, second, third = sources(store, 3)
    spoiled = a_poll(second, "1", seen=naming("not a key"))
    jobs = [ending(writer.commit(each)) for each in (spoiled, a_poll(third, "1"))]
    _, *endings = await gather_behind(gate, writer, a_poll(first, "1"), jobs)
    assert endings == ["ValueError", "accepted"]
    assert len(list(store.items())) == 2


async def test_other_writes_run_in_the_same_thread_and_return_their_results(store, writer, gate):
    gate.open.set()
    [state] = configure(store)
    await writer.commit(a_poll(state, "1"))
    threads = {await writer.do(threading.get_ident), await writer.do(threading.get_ident)}
    assert len(threads - {threading.get_ident()}) == 1
    assert await writer.do(store.known, state.id, wanted=[key("x")]) == {}
    with pytest.raises(ZeroDivisionError):
        await writer.do(lambda: 1 / 0)
    assert await writer.do(store.park, "desk", "away") == 1


async def test_leaving_writes_what_is_waiting(store, gate):
    gate.open.set()
    states = sources(store, 30)
    async with asyncio.TaskGroup() as group, Writer(store, gate, **PARTS) as writer:
        tasks = [group.create_task(writer.commit(a_poll(state, "1"))) for state in states]
        await asyncio.sleep(0)
    assert all(task.result().accepted for task in tasks)
    with pytest.raises(StoreError, match="closed"):
        await writer.commit(a_poll(states[0], "2"))


async def test_a_caller_that_gave_up_holds_up_nobody(store, writer, gate):
    first, second, third = sources(store, 3)
    leading = asyncio.ensure_future(writer.commit(a_poll(first, "1")))
    await asyncio.to_thread(gate.reached.wait, 30)
    gone = asyncio.ensure_future(writer.commit(a_poll(second, "1")))
    await asyncio.sleep(0)
    gone.cancel()
    gate.open.set()
    assert (await leading).accepted
    assert (await writer.commit(a_poll(third, "1"))).accepted
    assert gone.cancelled()


async def test_a_locked_database_fails_the_caller_and_the_writer_lives_on(tmp_path, gate):
    gate.open.set()
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}?timeout=0.05") as store:
        [state] = configure(store)
        async with Writer(store, gate, **PARTS) as writer:
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreError, match="locked"):
                    await writer.commit(a_poll(state, "1"))
            assert (await writer.commit(a_poll(state, "1"))).accepted


async def test_a_full_disk_fails_the_caller_and_the_writer_lives_on(tmp_path, gate):
    gate.open.set()
    file = tmp_path / "monitor.db"
    with Store.open(f"sqlite:///{file}") as store:
        [state] = configure(store)
        async with Writer(store, gate, **PARTS) as writer:

            def limit(pages: int) -> None:
                with store._database.write() as connection:
                    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

            await writer.do(limit, 1)  # SQLite takes this as: no page more than there are
            many = [str(n) for n in range(2000)]
            with pytest.raises(StoreError, match="disk is full; make room"):
                await writer.commit(a_poll(state, *many))
            await writer.do(limit, 1_000_000)
            assert (await writer.commit(a_poll(state, *many))).new == 2000
