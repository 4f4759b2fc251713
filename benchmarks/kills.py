"""A daemon that is killed again and again during a burst: python -m benchmarks.kills --kills 40

A feed publishes all the while, a Slack that takes one message a second and a signed webhook
listen, both with answers that take up to a tenth of a second. Prints what was lost, what came
twice at each destination, and what came under two ids; exits 1 unless nothing was lost, no kill
made a destination hear two messages again, and every message that came again had its id.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.newsdesk import Newsdesk, title
from monitor.testing.server import Answer, LoopbackServer, Request

LONGEST_LIFE = 4.0  # seconds from a start to a kill; a start takes one or two of them
LONGEST_ANSWER = 0.1  # seconds
BUFFERED = 0.05  # seconds in which a receiver reads what a killed daemon had sent
PATIENCE = 120.0  # seconds for everything that waits at the end


@dataclass(slots=True)
class Ear:
    """What one destination heard: message ids in order, each with the kills before it."""

    name: str
    heard: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def told(self) -> set[str]:
        """Return what was told."""
        return {report for _, _, reports in self.heard for report in reports}

    def repeats(self) -> Counter[int]:
        """Return how many messages came again, by the kill after which they did."""
        last: dict[str, int] = {}
        found: Counter[int] = Counter()
        for kills, identity, _ in self.heard:
            if identity in last:
                found[last[identity]] += 1
            last[identity] = kills
        return found

    def twice_named(self) -> set[str]:
        """Return what was told under more than one id."""
        ids: dict[str, set[str]] = {}
        for _, identity, reports in self.heard:
            for report in reports:
                ids.setdefault(report, set()).add(identity)
        return {report for report, named in ids.items() if len(named) > 1}


async def main() -> int:
    """Kill, listen, count, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--store", default="sqlite:///monitor.db", help="the store's url")
    chosen = options.parse_args()
    rng = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        desk = Newsdesk(Path(folder), throttle={"max_per_hour": 10_000}, store=chosen.store)
        for server in (desk.slack.server, desk.hook.server):
            _slow_down(server, rng)
        async with desk:
            published, ears = await _burst(desk, chosen.kills, rng)
    return _show(published, ears, chosen.kills)


async def _burst(
    desk: Newsdesk, kills: int, rng: random.Random
) -> tuple[list[str], tuple[Ear, Ear]]:
    ears = Ear("Slack"), Ear("webhook")
    titles = ["Quiet day"]
    desk.publish(titles)
    desk.start()
    await desk.until(lambda: desk.newsroom.count("/wire", 200, 304) >= 2, seconds=60)
    for done in range(kills):
        end = asyncio.get_running_loop().time() + rng.uniform(0, LONGEST_LIFE)
        while asyncio.get_running_loop().time() < end:
            titles.insert(0, title(len(titles)))
            desk.publish(titles)
            await asyncio.sleep(rng.uniform(0.02, 0.3))
        await desk.kill()
        await asyncio.sleep(BUFFERED)
        _listen(desk, ears, done)
        desk.start()
    published = [each.split()[2] for each in titles[:-1]]
    await desk.until(
        lambda: all(
            set(published) <= {report for _, reports in heard for report in reports}
            for heard in (desk.at_slack(), desk.at_hook())
        ),
        seconds=PATIENCE,
    )
    # What would come again comes within a moment.
    await asyncio.sleep(LONGEST_LIFE)
    _listen(desk, ears, kills)
    return published, ears


def _listen(desk: Newsdesk, ears: tuple[Ear, Ear], kills: int) -> None:
    for ear, heard in zip(ears, (desk.at_slack(), desk.at_hook()), strict=True):
        ear.heard += [(kills, *each) for each in heard[len(ear.heard) :]]


def _slow_down(server: LoopbackServer, rng: random.Random) -> None:
    answer = server.handler

    async def slowly(request: Request) -> Answer:
        said = answer(request)
        await asyncio.sleep(rng.uniform(0, LONGEST_ANSWER))
        return said if isinstance(said, Answer) else await said

    server.handler = slowly


def _show(published: Sequence[str], ears: tuple[Ear, Ear], kills: int) -> int:
    print(f"{kills} kills, {len(published)} items published")
    broken = False
    for ear in ears:
        lost, repeats = set(published) - ear.told(), ear.repeats()
        most, twice = max(repeats.values(), default=0), ear.twice_named()
        print(
            f"{ear.name:<8} messages {len(ear.heard)}  lost {len(lost)}  duplicates "
            f"{repeats.total()}, at most {most} after one kill  under another id {len(twice)}"
        )
        broken |= bool(lost or twice) or most > 1
    print("a promise is broken" if broken else "every promise was kept")
    return int(broken)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
