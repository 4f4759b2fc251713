"""Notices that the wall clock was set. Pure but for `boottime`, which reads a clock."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

# Below this a difference is the work of a clock being slewed, or of a busy machine.
TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Two clocks read at once: the wall clock, UTC, and one that nobody sets, in seconds."""

    wall: datetime
    steady: float


def step(previous: Reading, current: Reading) -> timedelta | None:
    """Return how far the wall clock was set between two readings; None within two seconds."""
    passed = timedelta(seconds=current.steady - previous.steady)
    delta = current.wall - previous.wall - passed
    return delta if abs(delta) > TOLERANCE else None


def boottime() -> float:
    """Return seconds that also pass while the machine sleeps, where the system counts them.

    With a clock that stands still in sleep, every wake-up would look like a step forward.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
