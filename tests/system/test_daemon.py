"""The daemon over a real queue and scheduler; the pipeline and the store are fakes that record."""

import asyncio
import os
import signal
import socket
import sys
import textwrap
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor import metrics
from monitor.daemon import HOSTS_AHEAD, Daemon
from monitor.daemon.clocks import boottime
from monitor.errors import StoreError
from monitor.feeds.servers.outage import Outage
from monitor.model import DeliveryState
from monitor.queue import LeaseLost
from monitor.queue.memory import MemoryQueue
from monitor.settings import PollSettings, Settings, StoreSettings
from monitor.store import Counts
from monitor.store.engine import UnavailableError

PATIENCE = 30.0  # seconds until what never happens fails the test


class Ledger:
    """A store that holds what is due in two sets, and remembers what it was asked."""

    def __init__(self, hosts=(), destinations=()):
        self.hosts, self.destinations = list(hosts), list(destinations)
        self.recovered, self.shifts, self.pruned = [], [], []
        self.broken = False
        self.next_due = None

    def due_hosts(self, now, limit):
        if self.broken:
            raise StoreError("the disk is full")
        return self.hosts[:limit]

    def due_destinations(self, now):
        return list(self.destinations)

    def counts(self, now):
        return Counts(
            sources_ok=5,
            sources_failing=2,
            sources_never_polled=1,
            items=0,
            alerts=0,
            deliveries=dict.fromkeys(DeliveryState, 0) | {DeliveryState.RETRYING: 4},
            died=0,
            oldest_pending=timedelta(seconds=90),
            next_due=self.next_due,
        )

    def all_parked(self, notifiers):
        return False

    def last_notice(self, types):
        return None

    def recover(self, now):
        self.recovered.append(now)

    def shift(self, delta):
        self.shifts.append(delta)

    def prune(self, before):
        self.pruned.append(before)


class Pen:
    """A writer that writes at once."""

    async def do(self, function, *args, **kwargs):
        return function(*args, **kwargs)


class Works:
    """A pipeline that notes what it was given and does what a test tells it for a key."""

    def __init__(self, ledger, acts=()):
        self.ledger, self.acts = ledger, dict(acts)
        self.begun, self.ended, self.busy, self.most = Counter(), Counter(), Counter(), Counter()
        self.changed = asyncio.Condition()
        self.outage = Outage()

    async def tell_due(self):
        pass

    async def ping(self, heartbeat):
        return ""

    async def poll(self, host, ticket):
        await self._do(host, ticket, self.ledger.hosts)

    async def deliver(self, destination, ticket):
        await self._do(destination, ticket, self.ledger.destinations)

    async def sync(self):
        await self._note(self.begun, "sync")

    async def give_back(self):
        self.given_back = True

    async def reprice(self):
        pass

    async def _do(self, key, ticket, due):
        assert ticket.key == key
        ticket.check()
        self.busy[key] += 1
        self.most[key] = max(self.most[key], self.busy[key])
        await self._note(self.begun, key)
        try:
            if key in self.acts:
                await self.acts[key](ticket)
            if key in due:
                due.remove(key)
        finally:
            self.busy[key] -= 1
        await self._note(self.ended, key)

    async def _note(self, tally, key):
        async with self.changed:
            tally[key] += 1
            self.changed.notify_all()

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(condition)


class Clocks:
    """The real clocks, moved by what a test adds."""

    def __init__(self):
        self.wall, self.steady = timedelta(0), 0.0

    def now(self):
        return datetime.now(UTC) + self.wall

    def monotonic(self):
        return boottime() + self.steady

    def pass_time(self, span):
        self.wall += span
        self.steady += span.total_seconds()


@asynccontextmanager
async def running(works, *, clocks=None, settings=None, grace=0.3):
    """Run a daemon over the fakes until the block ends; it must then return by itself."""
    clocks = clocks or Clocks()
    daemon = Daemon(
        works,
        works.ledger,
        Pen(),
        MemoryQueue(),
        settings or Settings(poll=PollSettings(at_once=4)),
        now=clocks.now,
        monotonic=clocks.monotonic,
        grace=timedelta(seconds=grace),
        tick=timedelta(seconds=0.1),
    )
    stop = asyncio.Event()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        task = group.create_task(daemon.run(stop))
        try:
            yield daemon, stop, task
        finally:
            stop.set()


async def seen(condition):
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


# --- what is due gets done --------------------------------------------------------------------


async def test_what_is_due_is_polled_and_delivered_after_the_store_has_recovered():
    works = Works(Ledger(["a.example", "b.example"], ["desk"]))
    async with running(works) as (daemon, _, _):
        await works.until(lambda: works.ended.keys() == {"a.example", "b.example", "desk"})
        assert len(works.ledger.recovered) == 1
        assert daemon.health().ready
    assert set(works.begun.values()) == {1}


async def test_a_host_that_takes_long_is_never_visited_twice_at_once_and_holds_up_nobody():
    go_on = asyncio.Event()

    async def slow(ticket):
        await go_on.wait()

    works = Works(Ledger(["slow.example"]), {"slow.example": slow})
    async with running(works):
        await works.until(lambda: works.begun["slow.example"])
        works.ledger.hosts.append("late.example")  # found by the next tick
        await works.until(lambda: works.ended["late.example"])
        assert works.begun["slow.example"] == 1
        go_on.set()
        await works.until(lambda: works.ended["slow.example"])
    assert works.most["slow.example"] == 1


async def test_more_hosts_than_fit_the_queue_are_all_polled():
    hosts = [f"host{number}.example" for number in range(3 * HOSTS_AHEAD)]
    works = Works(Ledger(hosts))
    async with running(works, settings=Settings(poll=PollSettings(at_once=1))):
        await works.until(lambda: len(works.ended) == len(hosts))
    assert set(works.begun.values()) == {1}


async def test_hosts_that_fail_again_and_again_do_not_keep_others_from_being_found():
    async def fail(ticket):
        raise LookupError("no such thing")

    bad = [f"bad{number}.example" for number in range(2 * HOSTS_AHEAD)]
    works = Works(Ledger([*bad, "good.example"]), dict.fromkeys(bad, fail))
    async with running(works, settings=Settings(poll=PollSettings(at_once=1))):
        await works.until(lambda: works.ended["good.example"])


async def test_a_worker_that_raises_is_given_its_key_again_and_stops_nothing():
    faults = [LookupError("no such thing")]

    async def flaky(ticket):
        if faults:
            raise faults.pop()

    before = metrics.TICKETS.labels(lane="poll", ended="failed")._value.get()
    works = Works(Ledger(["flaky.example", "a.example"]), {"flaky.example": flaky})
    async with running(works) as (_, _, task):
        await works.until(lambda: works.ended.keys() == {"a.example", "flaky.example"})
        assert not task.done()
    assert works.begun["flaky.example"] == 2
    assert metrics.TICKETS.labels(lane="poll", ended="failed")._value.get() == before + 1


async def test_a_hint_is_followed_without_waiting_for_a_tick():
    works = Works(Ledger())  # the store never names a destination
    async with running(works) as (daemon, _, _):
        await daemon.hint({"desk"})
        await works.until(lambda: works.ended["desk"])


async def test_a_hint_for_a_destination_being_served_has_it_looked_into_once_more():
    go_on = asyncio.Event()

    async def leaving(ticket):
        await go_on.wait()

    works = Works(Ledger(), {"desk": leaving})
    async with running(works) as (daemon, _, _):
        await daemon.hint(["desk"])
        await works.until(lambda: works.begun["desk"])
        await daemon.hint(["desk"])
        go_on.set()
        await works.until(lambda: works.ended["desk"] == 2)
    assert works.most["desk"] == 1


# --- when the store or the clock fails --------------------------------------------------------


async def test_a_store_that_cannot_be_read_is_told_and_waited_for():
    works = Works(Ledger(["a.example"]))
    works.ledger.broken = True
    async with running(works) as (daemon, _, task):
        await seen(lambda: not daemon.health().ready and daemon.jobs.pulses)
        await seen(lambda: "due hosts: StoreError: the disk is full" in daemon.health().reasons)
        assert daemon.health().live
        works.ledger.broken = False
        await works.until(lambda: works.ended["a.example"])
        await seen(lambda: daemon.health().ready)
        assert not task.done()


async def test_while_nothing_can_be_stored_publishers_are_left_alone():
    clocks = Clocks()

    async def refuse(ticket):
        if works.ledger.broken:
            raise UnavailableError("the disk is full")

    hosts = [f"host{number}.example" for number in range(30)]
    works = Works(Ledger(hosts), dict.fromkeys(hosts, refuse))
    works.ledger.broken = True
    works.ledger.due_hosts = lambda now, limit: works.ledger.hosts[:limit]  # it can be read
    settings = Settings(poll=PollSettings(at_once=3))
    async with running(works, clocks=clocks, settings=settings) as (daemon, _, task):
        await seen(lambda: "the store refuses: the disk is full" in daemon.health().reasons)
        await asyncio.sleep(0.5)
        assert works.begun.total() <= 3  # those that were under way
        works.ledger.broken = False
        works.ledger.hosts.append("new.example")
        clocks.pass_time(timedelta(seconds=30))
        await works.until(lambda: works.ended["new.example"])
        await seen(lambda: daemon.health().ready)
        assert not task.done()


async def test_after_a_sleep_what_is_overdue_is_spread():
    clocks, works = Clocks(), Works(Ledger())
    async with running(works, clocks=clocks) as (daemon, _, _):
        await seen(lambda: daemon.health().ready)
        assert not works.begun["sync"]
        clocks.pass_time(timedelta(hours=12))
        await works.until(lambda: works.begun["sync"])
    assert works.begun["sync"] == 1


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=1)])
async def test_a_clock_that_is_set_moves_the_schedule_and_polling_goes_on(step):
    clocks, works = Clocks(), Works(Ledger(["a.example"]))
    async with running(works, clocks=clocks) as (daemon, _, _):
        await works.until(lambda: works.ended["a.example"])
        clocks.wall += step
        for job in daemon.jobs.scheduler.get_jobs():  # what APScheduler makes of it
            job.modify(next_run_time=job.next_run_time - step)
        works.ledger.hosts.append("b.example")
        await works.until(lambda: works.ended["b.example"])
        assert [round(delta / step, 3) for delta in works.ledger.shifts] == [1.0]


async def test_the_shift_comes_before_the_question_of_what_is_due():
    clocks, works = Clocks(), Works(Ledger())
    asked = []
    works.ledger.due_hosts = lambda now, limit: asked.append((now, len(works.ledger.shifts))) or []
    async with running(works, clocks=clocks) as (daemon, _, _):
        await seen(lambda: asked)
        daemon.jobs.scheduler.pause_job("due destinations")  # it looks at the clock as well
        clocks.wall += timedelta(days=1)
        tomorrow = clocks.now()
        await seen(lambda: asked[-1][0] >= tomorrow)
    assert {shifts for now, shifts in asked if now >= tomorrow} == {1}


async def test_nothing_is_deleted_until_the_clock_has_held_for_ten_minutes():
    clocks, works = Clocks(), Works(Ledger())
    settings = Settings(store=StoreSettings(keep=timedelta(days=30)))

    async def keep_house(daemon):
        began = daemon.jobs.pulses["housekeeping"].began
        daemon.jobs.scheduler.get_job("housekeeping").modify(next_run_time=datetime.now(UTC))
        await seen(lambda: daemon.jobs.pulses["housekeeping"].began != began)
        await asyncio.sleep(0.05)

    async with running(works, clocks=clocks, settings=settings) as (daemon, _, _):
        await seen(lambda: daemon.health().ready)
        clocks.wall += timedelta(days=400)
        await keep_house(daemon)
        assert works.ledger.pruned == []
        clocks.pass_time(timedelta(minutes=10))
        await keep_house(daemon)
        (before,) = works.ledger.pruned
        assert abs(clocks.now() - timedelta(days=30) - before) < timedelta(minutes=1)


# --- what it says of itself -------------------------------------------------------------------


async def test_health_follows_its_life():
    works = Works(Ledger())
    daemon = Daemon(works, works.ledger, Pen(), MemoryQueue(), Settings(), now=Clocks().now)
    assert daemon.health().reasons == ("the daemon is starting",)
    async with running(works) as (daemon, stop, task):
        await seen(lambda: daemon.health().ready)
        stop.set()
        await task
        assert (daemon.health().live, daemon.health().ready) == (True, False)


async def test_a_scheduler_that_stands_still_is_told():
    clocks, works = Clocks(), Works(Ledger())
    async with running(works, clocks=clocks) as (daemon, _, _):
        await seen(lambda: daemon.health().ready)
        daemon.jobs.scheduler.pause()
        clocks.pass_time(timedelta(seconds=30))
        assert (daemon.health().live, daemon.health().ready) == (True, False)
        clocks.pass_time(timedelta(seconds=60))
        assert not daemon.health().live
        daemon.jobs.scheduler.resume()
        await seen(lambda: daemon.health().ready)


async def test_sources_that_wait_for_two_intervals_make_it_unready():
    works = Works(Ledger())
    works.ledger.next_due = datetime.now(UTC) - timedelta(minutes=21)
    settings = Settings(poll=PollSettings(every=timedelta(minutes=10)))
    async with running(works, settings=settings) as (daemon, _, _):
        late = "sources wait for more than two intervals"
        await seen(lambda: daemon.health().reasons == (late,))


async def test_the_gauges_show_what_the_store_counts():
    works = Works(Ledger())
    metrics.OUTBOX_OLDEST_SECONDS.set(0)
    async with running(works):
        await seen(lambda: b"monitor_outbox_oldest_seconds 90.0" in metrics.exposition())
        text = metrics.exposition().decode()
    assert 'monitor_sources{state="failing"} 2.0' in text
    assert 'monitor_outbox{state="retrying"} 4.0' in text


async def test_nothing_is_counted_or_sent_by_a_clock_that_the_store_does_not_follow_yet():
    clocks, works = Clocks(), Works(Ledger())
    seen_by, counts = [], works.ledger.counts

    def counted(now):
        seen_by.append(("counted", now, len(works.ledger.shifts)))
        return counts(now)

    async def sent(ticket):
        seen_by.append(("sent", clocks.now(), len(works.ledger.shifts)))
        works.ledger.destinations.clear()

    works.ledger.counts = counted
    works.acts["desk"] = sent
    async with running(works, clocks=clocks) as (daemon, _, _):
        await seen(lambda: daemon.health().ready)
        for job in ("due hosts", "due alerts", "due destinations"):  # they look at the clock too
            daemon.jobs.scheduler.pause_job(job)
        clocks.wall += timedelta(days=1)
        tomorrow = clocks.now()
        await daemon.hint(["desk"])
        await daemon._count()
        await works.until(lambda: works.ended["desk"])
    later = {(what, shifts) for what, now, shifts in seen_by if now >= tomorrow}
    assert later == {("counted", 1), ("sent", 1)}


# --- the end ----------------------------------------------------------------------------------


async def test_what_is_in_flight_ends_and_nothing_new_begins():
    go_on = asyncio.Event()

    async def slow(ticket):
        await go_on.wait()
        ticket.check()  # the lease holds to the end

    works = Works(Ledger(["slow.example"]), {"slow.example": slow})
    async with running(works, grace=PATIENCE) as (daemon, stop, task):
        await works.until(lambda: works.begun["slow.example"])
        stop.set()
        await asyncio.sleep(0)
        works.ledger.hosts.append("late.example")
        await daemon.hint(["desk"])
        await asyncio.sleep(0.05)
        assert not task.done()
        go_on.set()
        await task
    assert works.ended == {"slow.example": 1}


async def test_work_of_many_steps_ends_after_the_step_it_is_at():
    step, steps = asyncio.Event(), []

    async def endless(ticket):
        while True:
            await step.wait()
            steps.append("done")
            await ticket.extend()

    works = Works(Ledger(["big.example"]), {"big.example": endless})
    async with running(works, grace=PATIENCE) as (_, stop, task):
        await works.until(lambda: works.begun["big.example"])
        stop.set()
        await asyncio.sleep(0.01)
        step.set()
        await task
    assert steps == ["done"]


async def test_a_worker_that_hangs_for_ever_is_cancelled():
    hung = []

    async def hang(ticket):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            with pytest.raises(LeaseLost):
                await ticket.extend()
            hung.append("cancelled")
            raise

    works = Works(Ledger(["hung.example"]), {"hung.example": hang})
    async with running(works) as (_, stop, task):
        await works.until(lambda: works.begun["hung.example"])
        stop.set()
        await task
    assert hung == ["cancelled"]


# --- in a process of its own ------------------------------------------------------------------

RUNNER = """
import asyncio, signal, sys
from datetime import UTC, datetime, timedelta

from monitor.daemon import HOSTS_AHEAD, Daemon
from monitor.queue.memory import MemoryQueue
from monitor.settings import Settings


class Store:
    hosts = ["a.example"]
    def due_hosts(self, now, limit): return self.hosts
    def due_destinations(self, now): return []
    def recover(self, now): print("recovered", flush=True)


class Writer:
    async def do(self, function, *args): return function(*args)


class Pipeline:
    async def reprice(self): pass
    async def tell_due(self): pass
    async def give_back(self): pass
    async def ping(self, heartbeat): return ""
    async def poll(self, host, ticket):
        print("begun", flush=True)
        await {work}
        Store.hosts = []
        print("ended", flush=True)


async def main():
    global stop
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    daemon = Daemon(
        Pipeline(), Store(), Writer(), MemoryQueue(), Settings(),
        now=lambda: datetime.now(UTC), grace=timedelta(seconds={grace}),
    )
    await daemon.run(stop)
    print("returned", flush=True)

asyncio.run(main())
"""


@asynccontextmanager
async def process(tmp_path, *, work, grace, **environ):
    """Run the daemon in a child; yield it and a function that waits for a line of its output."""
    script = tmp_path / "runner.py"
    script.write_text(textwrap.dedent(RUNNER.format(work=work, grace=grace)))
    child = await asyncio.create_subprocess_exec(
        sys.executable, script, stdout=asyncio.subprocess.PIPE, env=os.environ | environ
    )
    said = []

    async def until(word):
        while word not in said:
            line = await child.stdout.readline()
            assert line, f"the child ended, having said {said}"
            said.append(line.decode().strip())

    try:
        async with asyncio.timeout(PATIENCE):
            yield child, until
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_cleanly_with_its_work_done(tmp_path, name):
    async with process(tmp_path, work="stop.wait()", grace=PATIENCE) as (child, until):
        await until("begun")
        child.send_signal(name)
        await until("ended")
        await until("returned")
        assert await child.wait() == 0


async def test_a_signal_ends_the_process_cleanly_even_when_a_worker_hangs(tmp_path):
    async with process(tmp_path, work="asyncio.Event().wait()", grace=0.2) as (child, until):
        await until("begun")
        child.send_signal(signal.SIGTERM)
        await until("returned")
        assert await child.wait() == 0


@pytest.mark.parametrize("abstract", [False, True])
async def test_the_service_manager_hears_of_start_life_and_end(tmp_path, abstract):
    if abstract and sys.platform != "linux":
        pytest.skip("only Linux has abstract addresses")
    path = f"monitor-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + path if abstract else path)
        manager.setblocking(False)

        async def hear():
            return (await asyncio.get_running_loop().sock_recv(manager, 100)).decode()

        address = f"@{path}" if abstract else path
        async with process(tmp_path, work="asyncio.sleep(0)", grace=5, NOTIFY_SOCKET=address) as (
            child,
            _,
        ):
            heard = [await hear() for _ in range(3)]
            child.send_signal(signal.SIGTERM)
            while heard[-1] != "STOPPING=1":
                heard.append(await hear())
            assert await child.wait() == 0
    assert heard[0] == "READY=1"
    assert set(heard[1:-1]) == {"WATCHDOG=1"}


async def test_a_deaf_service_manager_stops_nothing(tmp_path):
    async with process(
        tmp_path, work="asyncio.sleep(0)", grace=5, NOTIFY_SOCKET=str(tmp_path / "nobody")
    ) as (child, until):
        await until("ended")
        child.send_signal(signal.SIGTERM)
        await until("returned")
        assert await child.wait() == 0
