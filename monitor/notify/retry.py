"""When a delivery that failed is tried again, and when it is too old to try. Pure."""

import random
from datetime import datetime, timedelta

from monitor.model import Retry

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2


def next_attempt(
    verdict: Retry,
    *,
    attempts: int,
    created: datetime,
    now: datetime,
    rng: random.Random,
    ttl: timedelta,
) -> datetime | None:
    """Return when to try again; None when the delivery has expired, which only its age decides.

    `attempts` are those that counted so far, the failed one included. `ttl` is how long the
    message is worth a try. A wait the receiver asked for is kept to the second, even beyond the
    expiry: the try at its end is then the last. Who wants less of us without saying for how long
    is never asked early. The schedule's own last try is made when the delivery expires.
    """
    expiry = created + ttl
    if now >= expiry:
        return None
    if verdict.after is not None:
        return now + verdict.after
    step = SCHEDULE[min(max(attempts - 1, 0), len(SCHEDULE) - 1)]
    early = 0.0 if verdict.scope == "destination" else JITTER
    return min(now + step * rng.uniform(1 - early, 1 + JITTER), expiry)
