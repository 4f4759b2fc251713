"""Is it the sources that fail, or this machine that is offline?

Pure: in memory, the time is an argument.

This machine seems offline when, in polls that began after a host was last reached, within ten
minutes as many distinct hosts could not be reached as is more than chance: half of the hosts met
within a day, three at least, twenty at most. Any answer of any host, an error page too, ends it.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import ErrorKind, Failed, Outcome

LEAST, MOST = 3, 20
SHARE = 2
AT_ONCE = timedelta(minutes=10)
LATELY = timedelta(days=1)
SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=10)  # doubled by the spread
OF_ITS_LENGTH = 10

_NETWORK = frozenset(
    {ErrorKind.DNS, ErrorKind.CONNECT, ErrorKind.TLS, ErrorKind.TIMEOUT, ErrorKind.RESET}
)


@dataclass(slots=True)
class Outage:
    """What polls of all hosts say together; `since` is None while this machine is online."""

    since: datetime | None = None
    _reached_at: datetime | None = None
    # Both in the order of their times, the oldest first.
    _seen: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[str, datetime] = field(default_factory=dict)

    @property
    def offline(self) -> bool:
        """Tell whether this machine seems to be without a network."""
        return self.since is not None

    def note(self, host: str, outcome: Outcome, now: datetime, *, began: datetime) -> None:
        """Take the outcome of a poll into account that began at `began` and ended now."""
        self._seen.pop(host, None)
        self._seen[host] = now
        reached = _reached(outcome)
        if reached:
            self._failed.clear()
            self._reached_at, self.since = now, None
        # Of hosts asked together the slow ones fail when the others have long answered.
        elif reached is False and not (self._reached_at and began <= self._reached_at <= now):
            self._failed.pop(host, None)
            self._failed[host] = now
            _forget(self._failed, now - AT_ONCE)
            _forget(self._seen, now - LATELY)
            enough = min(max(LEAST, len(self._seen) / SHARE), MOST)
            if self.since is None and len(self._failed) >= enough:
                self.since = now

    def wait(self, now: datetime, rng: random.Random) -> timedelta:
        """Return when to try again: in a minute or two, later when it has lasted for long."""
        lasted = now - (self.since or now)
        return min(max(lasted / OF_ITS_LENGTH, SHORTEST_WAIT), LONGEST_WAIT) * rng.uniform(1, 2)


def is_unreached(outcome: Outcome) -> bool:
    """Tell whether the host gave no answer at all."""
    return _reached(outcome) is False


def _reached(outcome: Outcome) -> bool | None:
    """Tell whether the host answered; None where it was not tried."""
    if not isinstance(outcome, Failed) or outcome.status is not None:
        return True
    if outcome.kind is ErrorKind.BLOCKED_ADDRESS:
        return None
    return outcome.kind not in _NETWORK


def _forget(times: dict[str, datetime], before: datetime) -> None:
    while times and (oldest := next(iter(times))) and times[oldest] < before:
        del times[oldest]
