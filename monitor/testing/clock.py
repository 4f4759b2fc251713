"""A clock that moves only when told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Call it for the time; move it with `advance`."""

    now: datetime = datetime(2025, 11, 30, 21, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time it was set to."""
        return self.now

    def advance(self, step: timedelta) -> None:
        """Move the clock on, or back with a negative step."""
        self.now += step
