"""What a poll costs, in item hours: one price for all sources, such that they keep to the budget.

Pure: never touches network, clock or disk.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt
from statistics import NormalDist

from monitor.feeds.pacing.interval import bounds, fixed, outran
from monitor.feeds.pacing.rhythm import HOUR, UNKNOWN_RATE, pull, weight
from monitor.model import Source, SourceState
from monitor.settings import HostSettings, PollSettings

# A desk of fewer sources is filled up with typical ones, so that it pays what a large one pays:
# ten busy sources need not share ten polls an hour because they are all there is.
TYPICAL_DESK = 100
LEAST = 1e-9  # item hours: where all sources are silent no price can be found
TYPICAL_RATE, SIGMA = 4.4 / 24, 1.8  # items an hour: the median of news feeds, log-normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one adaptive source asks of the budget."""

    pull: float  # weighted items an hour of the steady source that takes as many polls
    shortest: timedelta
    longest: timedelta


def demand(
    state: SourceState,
    source: Source,
    poll: PollSettings,
    *,
    preset: HostSettings | None = None,
    now: datetime,
) -> Demand | None:
    """Return what a source asks of the budget; None where its interval is fixed."""
    if fixed(source, poll, preset):
        return None
    rate = state.rate if state.last_success_at else UNKNOWN_RATE
    # A burst counts as it was when the source was last seen: what came since is not known yet.
    wanted = weight(source, state.rhythm) * pull(rate, state.rhythm, state.last_success_at or now)
    if outran(state, now):
        wanted *= 4  # half the interval
    shortest, longest = bounds(rate, state.rhythm, poll, preset)
    return Demand(pull=wanted, shortest=shortest, longest=longest)


def common_price(
    states: Iterable[SourceState],
    sources: Mapping[str, Source],
    poll: PollSettings,
    *,
    preset: Callable[[str], HostSettings | None] = lambda _url: None,
    now: datetime,
) -> float:
    """Return the price for the sources of these states; all by url."""
    asked = (
        demand(state, source, poll, preset=preset(state.url), now=now)
        for state in states
        if (source := sources.get(state.url))
    )
    return price(filter(None, asked), poll)


def price(demands: Iterable[Demand], poll: PollSettings) -> float:
    """Return the price at which the sources make `poll.budget` polls an hour each, in the mean.

    Where their bounds do not allow that, the nearest price that does. A source of pull p comes
    every √(2 · price / p) hours, within its bounds.
    """
    known = list(demands)
    known += _typical(TYPICAL_DESK - len(known), poll)
    # With r = √(2 · price), a source comes to its shortest interval at r = shortest · √pull and
    # to its longest at r = longest · √pull. Between two such points the polls an hour of all
    # sources are `bound + free / r`, so one walk along them finds the root exactly.
    bound, turns = 0.0, []
    for each in known:
        root, shortest, longest = sqrt(each.pull), each.shortest / HOUR, each.longest / HOUR
        bound += 1 / shortest
        turns.append((shortest * root, -1 / shortest, root))
        turns.append((longest * root, 1 / longest, -root))
    turns.sort()
    return max(_root(turns, bound, poll.budget * len(known)) ** 2 / 2, LEAST)


def _root(turns: Sequence[tuple[float, float, float]], bound: float, polls: float) -> float:
    free, last = 0.0, 0.0
    for at, bound_by, free_by in turns:
        if at > 0 and bound + free / at <= polls:
            return free / (polls - bound) if polls > bound and free > 0 else at
        bound += bound_by
        free += free_by
        last = at
    return last


def _typical(count: int, poll: PollSettings) -> list[Demand]:
    rates = NormalDist(sigma=SIGMA)
    return [
        Demand(
            pull=TYPICAL_RATE * exp(rates.inv_cdf((place + 0.5) / count)),
            shortest=poll.min,
            longest=poll.max,
        )
        for place in range(count)
    ]
