"""Keeps every schedule's spacing when the wall clock is set.

It runs on the loop's own clock and not as a job, because APScheduler sleeps until the wall clock
reaches a job's time: after a step back of an hour nothing runs for an hour.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from monitor import metrics
from monitor.daemon.clocks import Reading, step

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
NAPS = 10  # in which that time is slept: each tells how late the loop wakes its sleepers
# A clock that was just set may be set again; nothing is deleted by it until it has held so long.
SETTLED_AFTER = timedelta(minutes=10)


class Watchdog:
    """Compares two clocks; on a step it has the store's times shifted and the jobs armed anew."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        steady: Callable[[], float],
        shift: Callable[[timedelta], Awaitable[None]],
        rearm: Callable[[], None],
    ) -> None:
        self._now = now
        self._steady = steady
        self._shift = shift
        self._rearm = rearm
        self._reading = self._read()
        self._set_at = self._reading.steady
        self._owed = timedelta(0)  # noticed, and not yet taken over by the store
        self._noticing = asyncio.Lock()

    async def run(self) -> None:
        """Look every second, for ever; also measures how late the loop wakes its sleepers."""
        while True:
            for _ in range(NAPS):
                await _nap(EVERY_SECONDS / NAPS)
            try:
                await self.notice()
            except Exception:
                log.exception("the schedule could not follow the clock; trying again")

    async def notice(self) -> None:
        """Look now; returns when the store's times fit the clock.

        Whoever is about to act by the clock calls it first. Raises what the shift raised; the
        step is then still owed and made good by the next look.
        """
        async with self._noticing:
            before, self._reading = self._reading, self._read()
            delta = step(before, self._reading)
            if delta is not None:
                self._set_at = self._reading.steady
                self._owed += delta
                self._report(delta)
                self._rearm()
            if self._owed:
                await self._shift(self._owed)
                self._owed = timedelta(0)

    def settled(self) -> bool:
        """Tell whether the clock has held for ten minutes, since a step or since the start."""
        return self._steady() - self._set_at >= SETTLED_AFTER.total_seconds()

    def _read(self) -> Reading:
        return Reading(wall=self._now(), steady=self._steady())

    def _report(self, delta: timedelta) -> None:
        metrics.CLOCK_STEPS.inc()
        way = "back" if delta < timedelta(0) else "forward"
        log.warning("the clock was set %s by %s; the schedule follows", way, abs(delta))


async def _nap(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    await asyncio.sleep(seconds)
    metrics.LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - until))
