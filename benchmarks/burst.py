"""500 matches at once for a Slack that takes one message a second: python -m benchmarks.burst

Runs the real daemon twice: with a watchlist that may say everything, and with the defaults, by
which it says 60 an hour alone and the rest in lists. Prints how long the Slack took to hear of
every item, in how many messages, and how often it had to answer 429; exits 1 unless each item
came exactly once, within a minute, with one 429 at most.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.newsdesk import Newsdesk, title

WITHIN = 60.0  # seconds
PATIENCE = 180.0  # seconds
AFTERWARDS = 5.0  # seconds in which what comes twice would


async def main() -> int:
    """Publish, listen, count, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--items", type=int, default=500)
    chosen = options.parse_args()
    throttles = {"everything allowed": {"max_per_hour": 10_000}, "defaults": {}}
    kept = [await _measure(name, each, chosen.items) for name, each in throttles.items()]
    return int(not all(kept))


async def _measure(name: str, throttle: Mapping[str, Any], items: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with Newsdesk(Path(folder), throttle=dict(throttle)) as desk:
            seconds = await _burst(desk, items)
            told = Counter(report for _, reports in desk.at_slack() for report in reports)
    once = sum(1 for count in told.values() if count == 1)
    print(
        f"{name:<18} {once} of {items} items once, {items - len(told)} lost, in "
        f"{len(desk.slack.received)} messages and {seconds:.1f} s; 429s: {desk.slack.limited}"
    )
    return once == items and seconds <= WITHIN and desk.slack.limited <= 1


async def _burst(desk: Newsdesk, items: int) -> float:
    """Return the seconds from publication until Slack had heard of everything."""
    desk.publish(["Quiet day"])
    desk.start()
    await desk.until(lambda: desk.newsroom.count("/wire", 200, 304) >= 2, seconds=60)
    loop = asyncio.get_running_loop()
    began = loop.time()
    desk.publish([*map(title, range(items)), "Quiet day"])
    await desk.until(
        lambda: len({r for _, reports in desk.at_slack() for r in reports}) == items,
        seconds=PATIENCE,
    )
    seconds = loop.time() - began
    await asyncio.sleep(AFTERWARDS)
    return seconds


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
