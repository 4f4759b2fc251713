"""A wall clock that is set must neither stop the schedule nor bunch it nor delete by it."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.daemon.clocks import TOLERANCE, Reading, boottime, step
from monitor.daemon.jobs import Job, Jobs
from monitor.daemon.watchdog import SETTLED_AFTER, Watchdog

NOON = datetime(2025, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPANS = st.timedeltas(timedelta(0), timedelta(days=400))
STEPS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def a_reading(wall=NOON, steady=1000.0):
    return Reading(wall=wall, steady=steady)


# --- the decision -----------------------------------------------------------------------------


@given(passed=SPANS, set_by=STEPS)
def test_a_step_is_what_the_wall_clock_moved_beyond_the_time_that_passed(passed, set_by):
    later = a_reading(NOON + passed + set_by, 1000.0 + passed.total_seconds())
    found = step(a_reading(), later)
    if abs(set_by) <= TOLERANCE - timedelta(milliseconds=1):
        assert found is None
    elif abs(set_by) > TOLERANCE + timedelta(milliseconds=1):
        assert abs(found - set_by) < timedelta(milliseconds=1)


@given(passed=SPANS, set_by=STEPS)
def test_a_step_there_and_back_leaves_nothing(passed, set_by):
    first = a_reading()
    second = a_reading(NOON + passed + set_by, 1000.0 + passed.total_seconds())
    third = a_reading(NOON + 2 * passed, 1000.0 + 2 * passed.total_seconds())
    there, back = step(first, second), step(second, third)
    assert (there is None) == (back is None) or abs(abs(set_by) - TOLERANCE) < timedelta(seconds=1)
    if there and back:
        assert abs(there + back) < timedelta(milliseconds=1)


@pytest.mark.parametrize("seconds", [-2, -1.5, 0, 1.5, 2])
def test_two_seconds_either_way_are_no_step(seconds):
    assert step(a_reading(), a_reading(NOON + timedelta(seconds=seconds))) is None


def test_a_machine_that_slept_was_not_set():
    asleep = 8 * HOUR
    assert step(a_reading(), a_reading(NOON + asleep, 1000.0 + asleep.total_seconds())) is None


def test_the_steady_clock_goes_forward():
    first = boottime()
    assert boottime() >= first


# --- what follows from it ---------------------------------------------------------------------


class Scene:
    """Clocks that move when told, and a record of what the watchdog asked for."""

    def __init__(self):
        self.wall, self.steady = NOON, 1000.0
        self.shifts, self.rearmed = [], 0
        self.store_fails = False
        self.busy = None  # an event the store waits for
        self.watchdog = Watchdog(
            now=lambda: self.wall, steady=lambda: self.steady, shift=self.shift, rearm=self.rearm
        )

    async def shift(self, delta):
        if self.store_fails:
            raise OSError("disk full")
        if self.busy:
            await self.busy.wait()
        self.shifts.append(delta)

    def rearm(self):
        self.rearmed += 1

    def pass_time(self, span):
        self.wall += span
        self.steady += span.total_seconds()


@pytest.mark.parametrize("delta", [-HOUR, HOUR, timedelta(days=1), timedelta(seconds=-3)])
async def test_a_step_shifts_the_store_and_arms_the_jobs_once(delta, caplog):
    scene = Scene()
    scene.wall += delta
    with caplog.at_level(logging.WARNING):
        await scene.watchdog.notice()
        scene.pass_time(timedelta(seconds=1))
        await scene.watchdog.notice()
    assert (scene.shifts, scene.rearmed) == ([delta], 1)
    assert len(caplog.records) == 1
    assert ("back" if delta < timedelta(0) else "forward") in caplog.text


async def test_time_that_only_passes_asks_for_nothing():
    scene = Scene()
    for _ in range(5):
        scene.pass_time(HOUR)
        await scene.watchdog.notice()
    assert (scene.shifts, scene.rearmed) == ([], 0)


async def test_a_shift_the_store_refused_is_made_good_later():
    scene = Scene()
    scene.wall -= HOUR
    scene.store_fails = True
    for _ in range(3):
        with pytest.raises(OSError, match="disk full"):
            await scene.watchdog.notice()
    scene.wall += timedelta(minutes=10)
    with pytest.raises(OSError, match="disk full"):
        await scene.watchdog.notice()
    scene.store_fails = False
    await scene.watchdog.notice()
    await scene.watchdog.notice()
    assert (scene.shifts, scene.rearmed) == ([timedelta(minutes=-50)], 2)


async def test_who_looks_while_another_shifts_waits_for_the_end_of_it():
    scene = Scene()
    scene.wall += HOUR
    scene.busy = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        looks = [group.create_task(scene.watchdog.notice()) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert not any(look.done() for look in looks)
        scene.busy.set()
    assert scene.shifts == [HOUR]


async def test_the_clock_counts_as_settled_ten_minutes_after_the_start_and_after_a_step():
    scene = Scene()
    assert not scene.watchdog.settled()
    scene.pass_time(SETTLED_AFTER)
    await scene.watchdog.notice()
    assert scene.watchdog.settled()
    scene.wall += timedelta(days=1)
    await scene.watchdog.notice()
    assert not scene.watchdog.settled()
    scene.pass_time(SETTLED_AFTER)
    assert scene.watchdog.settled()


# --- the jobs ---------------------------------------------------------------------------------


class Counter:
    def __init__(self):
        self.runs = 0
        self.ran = asyncio.Event()

    async def __call__(self):
        self.runs += 1
        self.ran.set()

    async def again(self):
        self.ran.clear()
        await self.ran.wait()


async def test_jobs_left_in_the_future_by_a_clock_set_back_run_again():
    tick, house = Counter(), Counter()
    jobs = Jobs(
        [
            Job(name="tick", run=tick, every=timedelta(seconds=0.05)),
            Job(name="house", run=house, every=HOUR, first_after=HOUR),
        ],
        steady=boottime,
    )
    jobs.start()
    try:
        await tick.ran.wait()
        # What a clock set back by a day looks like to APScheduler: its next times are far off.
        far = datetime.now(UTC) + timedelta(days=1)
        for job in jobs.scheduler.get_jobs():
            job.modify(next_run_time=far)
        await asyncio.sleep(0.2)
        stalled = tick.runs
        await asyncio.sleep(0.2)
        assert tick.runs == stalled
        jobs.rearm(at_most=timedelta(minutes=11))
        await tick.again()
        await tick.again()
        due = jobs.scheduler.get_job("house").next_run_time - datetime.now(UTC)
        assert timedelta(minutes=10) < due <= timedelta(minutes=11)
        assert house.runs == 0
    finally:
        jobs.stop()


async def test_a_clock_set_forward_by_decades_costs_one_run_and_not_all_that_were_missed():
    tick = Counter()
    jobs = Jobs([Job(name="tick", run=tick, every=HOUR / 3600)], steady=boottime)
    jobs.start()
    try:
        await tick.ran.wait()
        tick.ran.clear()
        jobs.scheduler.get_job("tick").modify(next_run_time=datetime(1985, 1, 1, tzinfo=UTC))
        await tick.ran.wait()
        await asyncio.sleep(0.05)
        assert tick.runs == 2
        assert jobs.scheduler.get_job("tick").next_run_time > datetime.now(UTC)
    finally:
        jobs.stop()


async def test_a_job_that_fails_says_so_in_its_pulse_and_runs_again(caplog):
    faults = [OSError("disk full"), OSError("disk full")]
    done = asyncio.Event()

    async def flaky():
        if faults:
            raise faults.pop()
        done.set()

    jobs = Jobs([Job(name="flaky", run=flaky, every=timedelta(seconds=0.05))], steady=boottime)
    jobs.start()
    try:
        errors = set()
        while not done.is_set():
            errors.add(jobs.pulses["flaky"].error)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        assert errors == {"", "OSError: disk full"}
        assert jobs.pulses["flaky"].error == ""
        assert {record.message for record in caplog.records} == {"a job failed: disk full"}
    finally:
        jobs.stop()
