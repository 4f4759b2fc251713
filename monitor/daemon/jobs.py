"""The few short jobs that run by the clock: APScheduler's part of the daemon."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.daemon.health import Pulse
from monitor.daemon.lanes import unknown
from monitor.logs import redact

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something short and idempotent; it may run late, and twice."""

    name: str
    run: Callable[[], Awaitable[None]]
    every: timedelta
    first_after: timedelta = timedelta(0)


class Jobs:
    """Runs each job at its interval and keeps its pulse. A job that fails runs again."""

    def __init__(self, jobs: Sequence[Job], *, steady: Callable[[], float]) -> None:
        self._jobs = jobs
        self._steady = steady
        self.pulses: dict[str, Pulse] = {}
        # Late is better than never (a grace time of one second is the default), once is enough,
        # and a slow job must not overtake itself.
        self.scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin; needs a running loop."""
        now, steady = _clock(), self._steady()
        for job in self._jobs:
            self.pulses[job.name] = Pulse(began=steady, ended_well=steady)
            self.scheduler.add_job(
                self._run,
                _Every(seconds=job.every.total_seconds(), timezone=UTC),
                args=[job],
                id=job.name,
                name=job.name,
                next_run_time=now + job.first_after,
            )
        self.scheduler.start()

    def stop(self) -> None:
        """End the scheduler and cancel what still runs."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    def rearm(self, *, at_most: timedelta) -> None:
        """Have every job run after its interval from now, or after `at_most` if that is sooner.

        APScheduler keeps the times it computed before the clock was set.
        """
        now = _clock()
        for job in self.scheduler.get_jobs():
            job.modify(next_run_time=now + min(job.trigger.interval, at_most))

    async def _run(self, job: Job) -> None:
        began, error = self._steady(), ""
        before = self.pulses[job.name]
        self.pulses[job.name] = Pulse(began=began, ended_well=before.ended_well, error=before.error)
        try:
            await job.run()
        except asyncio.CancelledError:
            return  # APScheduler cancels only as it shuts down, and would log that as an error
        except Exception as fault:
            log.warning("a job failed: %s", fault, exc_info=unknown(fault), extra={"key": job.name})
            error = redact(f"{type(fault).__name__}: {fault}")
        ended_well = before.ended_well if error else self._steady()
        self.pulses[job.name] = Pulse(began=began, ended_well=ended_well, error=error)


class _Every(IntervalTrigger):  # type: ignore[misc]  # APScheduler 3 has no annotations
    """Counts on from now once it is behind.

    APScheduler 3.11's own walks through every time that was missed: a second's job on a machine
    whose clock is set from 2000 to today would take a minute and all memory.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        upcoming: datetime = (previous or now) + self.interval
        return upcoming if upcoming > now else now + self.interval


def _clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock APScheduler reads, whatever ours says
