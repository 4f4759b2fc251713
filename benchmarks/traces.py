"""When feeds publish: real arrival times, and synthetic ones with all that makes it hard."""

import gzip
import json
import random
from bisect import insort
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from math import cos, exp, pi
from pathlib import Path

STREAM = Path(__file__).parents[2] / "shared" / "data" / "rss_stream_2026-01-01_10.jsonl.gz"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOSTLY_UNDATED = 0.3

MEDIAN_A_DAY = 4.4
MOST_AN_HOUR = 20.0
ZONES = 8
BATCHES = 0.15  # of the items come with others
BURSTS = 10  # of five times the rate, in a sixth of the feeds
START = datetime(2025, 9, 1, tzinfo=UTC)


def real() -> dict[str, list[datetime]]:
    """Return each real feed's times of publication, sorted; {} where the data is absent.

    A time of publication later than the crawler saw the item is its crawler's. Feeds of which the
    crawler knew no dates are left out: it wrote down when it came by, which shows its own rounds.
    """
    if not STREAM.exists():
        return {}
    times, undated = defaultdict(list), defaultdict(int)
    with gzip.open(STREAM, "rt") as lines:
        for item in map(json.loads, lines):
            published = datetime.fromisoformat(item["published"])
            seen = datetime.fromisoformat(item["seen"])
            times[item["feed"]].append(min(published, seen))
            undated[item["feed"]] += seen - published < timedelta(seconds=2)
    return {
        url: sorted(all_of)
        for url, all_of in sorted(times.items())
        if url and undated[url] <= MOSTLY_UNDATED * len(all_of)
    }


def synthetic(sigma: float, *, feeds: int, days: int, seed: int = 1) -> dict[str, list[datetime]]:
    """Return times of feeds with log-normal rates, day and week profiles, batches and bursts."""
    rng = random.Random(seed)
    bursts = [(rng.uniform(0, 24 * days), rng.uniform(3, 12)) for _ in range(BURSTS)]
    return {
        f"https://feed{number}.example/": _feed(
            min(MEDIAN_A_DAY / 24 * exp(rng.gauss(0, sigma)), MOST_AN_HOUR),
            24 * days,
            zone=rng.randrange(ZONES) * 24 // ZONES,
            bursts=[burst for burst in bursts if rng.random() < 1 / 6],
            rng=rng,
        )
        for number in range(feeds)
    }


def _feed(rate, hours, *, zone, bursts, rng):
    times = []
    for hour in range(hours):
        local = hour + zone
        now = (
            rate * (1 - 0.85 * cos(2 * pi * (local - 3) / 24)) * (0.5 if local // 24 % 7 > 4 else 1)
        )
        now *= 5 if any(begun <= hour < begun + lasts for begun, lasts in bursts) else 1
        at = rng.expovariate(now)
        while at < 1:
            for _ in range(rng.randint(2, 4) if rng.random() < BATCHES else 1):
                insort(times, START + (hour + at) * HOUR)
            at += rng.expovariate(now)
    return times
