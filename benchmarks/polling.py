"""How late items are found at an equal number of polls: our pacing, fixed intervals, Miniflux's.

Feeds publish at the times of a trace; each policy polls them, and is given as many polls a feed and
a day as the others. Ours is the code the daemon runs: `advance` after every poll, and the price
found anew every six hours. `python -m benchmarks.polling` prints all figures of every policy.
"""

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil, sqrt

from benchmarks.table import Row
from benchmarks.traces import DAY, HOUR, START, real, synthetic
from monitor.feeds.pacing import advance
from monitor.feeds.pacing.price import demand, price
from monitor.model import Document, Entry, Fetched, NotModified, Source, SourceId, SourceState
from monitor.settings import PollSettings

ENTRIES = 20  # of a document
SHORTEST, LONGEST = timedelta(minutes=5), DAY  # as Miniflux bounds its intervals
WEEK = timedelta(days=7)
PRICED_EVERY = timedelta(hours=6)
CLOSE = 0.01  # of the polls that all shall have
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What feeds publish, when polling begins, and from when on it is measured."""

    name: str
    feeds: list[list[datetime]]
    begin: datetime
    measured: datetime
    end: datetime

    def polls_a_day(self, polls: int) -> float:
        """Return polls a feed and a day."""
        return polls / len(self.feeds) / ((self.end - self.measured) / DAY)


@dataclass(slots=True)
class Tally:
    """What a policy found, and at what cost."""

    polls: float = 0.0  # a feed and a day
    lost: int = 0  # items that had left the document before a poll came
    delays: list[float] = field(default_factory=list)  # minutes

    def visit(self, trace: Trace, times: list[datetime], seen: int, there: int, at: datetime):
        """Count a poll at which the items from `seen` up to `there` are new."""
        if at < trace.measured:
            return
        self.polls += 1
        for number in range(seen, there):
            if times[number] < trace.measured:
                continue
            if number < there - ENTRIES:
                self.lost += 1
            else:
                self.delays.append((at - times[number]) / timedelta(minutes=1))

    def close(self, trace: Trace):
        """Turn counts into rates."""
        self.polls = trace.polls_a_day(self.polls)
        self.delays.sort()
        return self

    @property
    def mean(self) -> float:
        """Return the mean delay in minutes."""
        return sum(self.delays) / len(self.delays)

    def at(self, share: float) -> float:
        """Return a quantile of the delays in minutes."""
        return self.delays[int(share * len(self.delays))]


# --- the policies -----------------------------------------------------------------------------

Wait = Callable[[list[datetime], int, datetime], timedelta]  # times, how many are known, now


def walk(trace: Trace, wait: Wait) -> Tally:
    """Poll every feed at intervals that depend on what is known of it."""
    tally, rng = Tally(), random.Random(1)
    for times in trace.feeds:
        at, seen = trace.begin + HOUR * rng.random(), 0
        while at < trace.end:
            there = bisect_right(times, at, seen)
            tally.visit(trace, times, seen, there, at)
            seen = there
            at += wait(times, there, at)
    return tally.close(trace)


def fixed(polls: float) -> Wait:
    """Return the policy of one interval for all."""
    return lambda _times, _there, _at: DAY / polls


def entry_frequency(factor: float) -> Wait:
    """Return Miniflux's: a week over what a week brings, times a factor, bounded."""

    def wait(times, there, at):
        first = bisect_right(times, at - WEEK, 0, there)
        weekly = there - first
        if weekly > 1 and times[there - 1] > times[first]:
            weekly = ceil(WEEK / ((times[there - 1] - times[first]) / (weekly - 1)))
        return min(max(WEEK / (weekly * factor), SHORTEST), LONGEST) if weekly else LONGEST

    return wait


def ours(trace: Trace, poll: PollSettings) -> Tally:
    """Return what the monitor makes of it, priced as the daemon prices."""
    tally, rng, now, cost = Tally(), random.Random(1), trace.begin, 0.5
    feeds = [_Feed(number, times, trace.begin, rng) for number, times in enumerate(trace.feeds)]
    while now < trace.end:
        now = min(now + PRICED_EVERY, trace.end)
        for feed in feeds:
            feed.run(trace, now, tally, poll=poll, price=cost, rng=rng)
        wanted = [demand(feed.state, feed.source, poll, now=now) for feed in feeds]
        cost = price(filter(None, wanted), poll)
    return tally.close(trace)


class _Feed:
    """One source, with the documents it would serve."""

    def __init__(self, number, times, begin, rng):
        self.times, self.seen = times, 0
        self.entries = [Entry(published=time) for time in times]
        self.source = Source(url=f"https://{number}.example/feed", name=str(number))
        self.state = SourceState(
            id=SourceId(number),
            url=self.source.url,
            host=f"{number}.example",
            next_poll_at=begin + HOUR * rng.random(),
        )

    def run(self, trace, until, tally, **pacing):
        while (at := self.state.next_poll_at) < until:
            there = bisect_right(self.times, at, self.seen)
            tally.visit(trace, self.times, self.seen, there, at)
            new = self.entries[max(self.seen, there - ENTRIES) : there]
            document = Document(entries=tuple(reversed(new)), marks=bytes(8 * min(there, ENTRIES)))
            found = new or self.state.first_success_at is None
            self.state = advance(
                self.state,
                Fetched(url="", status=200, body=b"", digest="0") if found else NotModified(),
                new=len(new),
                document=document if found else None,
                source=self.source,
                now=at,
                **pacing,
            )
            self.seen = there


# --- equal budgets ----------------------------------------------------------------------------


def tuned(run: Callable[[float], Tally], polls: float) -> Tally:
    """Return what a policy makes of so many polls; `run` takes what more polls grow with."""
    knob, low, high = polls, 0.0, float("inf")
    for _ in range(12):
        tally = run(knob)
        if abs(tally.polls / polls - 1) <= CLOSE:
            break
        low, high = (knob, high) if tally.polls < polls else (low, knob)
        guess = knob * polls / tally.polls
        knob = guess if low < guess < high else sqrt(max(low, 1e-3) * min(high, 1e6))
    return tally


def compared(trace: Trace, polls: float, **bounds: timedelta) -> dict[str, Tally]:
    """Return each policy's tally at so many polls a feed and a day."""
    bounds = {"min": SHORTEST, "max": LONGEST} | bounds
    return {
        "fixed": walk(trace, fixed(polls)),
        "entry_frequency": tuned(lambda knob: walk(trace, entry_frequency(knob / 8)), polls),
        "ours": tuned(lambda knob: ours(trace, PollSettings(budget=knob / 24, **bounds)), polls),
    }


def traces() -> list[tuple[Trace, float, dict[str, timedelta]]]:
    """Return what is replayed: a trace, polls a feed and a day, and bounds that differ."""
    found = []
    known = list(real().values())
    if known:
        shipped = PollSettings()
        found = [
            (_january("real times, as shipped", known), 24, {"max": shipped.max}),
            (_january("real times", known), 24, {}),
            (_january("real times", known[::2]), 8, {}),
            (_january("real times", known[::4]), 72, {}),
        ]
    for sigma in (1.3, 1.8, 2.2):
        feeds = list(synthetic(sigma, feeds=120, days=21).values())
        trace = Trace(
            name=f"synthetic, σ {sigma}",
            feeds=feeds,
            begin=START + DAY,
            measured=START + 11 * DAY,
            end=START + 21 * DAY,
        )
        found.append((trace, 24, {}))
    return found


def _january(name: str, feeds: list[list[datetime]]) -> Trace:
    return Trace(
        name=name,
        feeds=feeds,
        begin=JANUARY + DAY,
        measured=JANUARY + 4 * DAY,
        end=JANUARY + 10 * DAY,
    )


def rows() -> list[Row]:
    """Compare the delays on every trace."""
    found = []
    for trace, polls, bounds in traces():
        made = compared(trace, polls, **bounds)
        goal = ("<= 0.5", "<= 0.65", "<= 1.5") if trace.name.startswith("real") else ("", "", "")
        label = f"{trace.name}, {polls:g} polls a feed and day"
        for beside, limit in (("fixed", goal[0]), ("entry_frequency", goal[1])):
            found.append(_row(label, "mean", made["ours"].mean, beside, made[beside].mean, limit))
        late, latest = made["ours"].at(0.99), made["fixed"].at(0.99)
        found.append(_row(label, "p99", late, "fixed", latest, goal[2]))
    return found


def _row(label, what, value, beside, reference, goal):
    return Row(
        stage=f"{label}: {what} delay",
        ours=value,
        unit="minutes",
        beside=beside,
        reference=reference,
        goal=goal,
    )


def _show() -> None:
    for trace, polls, bounds in traces():
        items = sum(map(len, trace.feeds))
        print(f"{trace.name}: {len(trace.feeds)} feeds, {items} items, {polls:g} polls a day")
        for name, tally in compared(trace, polls, **bounds).items():
            late = "  ".join(f"p{share} {tally.at(share / 100):6.1f}" for share in (50, 90, 99))
            print(
                f"  {name:<16} mean {tally.mean:6.1f}  {late}  polls {tally.polls:6.2f}"
                f"  lost {tally.lost}",
                flush=True,
            )


if __name__ == "__main__":
    _show()
