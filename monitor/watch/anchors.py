"""Finds the terms a rule waits for, so that most rules are never asked.

Pure. A rule's anchors are terms of which at least one must stand in any text the rule holds for, so
a rule none of whose anchors was found need not be looked at. The rarest possible set is chosen: of
"any" every part, of "all" the rarest part, of "none" nothing. The idea is Lucene Monitor's. Where a
rule has a second such set, its company, one of that must stand too.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from monitor.watch.plan import (
    Choice,
    Condition,
    Mention,
    Neither,
    Plan,
    Probe,
    Proximity,
    Scope,
    Several,
)

_PATTERN_COST: Final = 1e6  # an anchor that is a pattern must be run over every item
_MOST_COMPANY: Final = 32  # needles; of more, one nearly always stands

Rate: TypeAlias = Callable[[int], float]  # how often a needle is met, next to others
_Anchored: TypeAlias = tuple[float, Sequence[Probe]]  # how often one of the probes is found


def anchors(plan: Plan, rate: Rate) -> list[Probe]:
    """Return probes of which at least one must be found for the plan to hold."""
    if isinstance(plan, Probe):
        return [plan]
    different: dict[object, Probe] = {}
    for probe in _anchored(plan, rate)[1]:
        different.setdefault(probe.pattern or probe.needle, probe)
    return list(different.values())


def company(plan: Plan, rate: Rate) -> tuple[int, ...]:
    """Return needles of which one must stand beside the anchors; empty where none must."""
    match plan:
        case Several(least=least, parts=parts) if least == len(parts) > 1:
            second = sorted([_anchored(part, rate) for part in parts], key=_cost)[1]
        case Proximity(groups=groups) if len(groups) > 1:
            second = sorted([_anchored(group, rate) for group in groups], key=_cost)[1]
        case Scope(part=part):
            return company(part, rate)
        case _:
            return ()
    cost, probes = second
    if cost == math.inf or len(probes) > _MOST_COMPANY or any(probe.pattern for probe in probes):
        return ()  # it may hold without any of them, or it says too little
    return tuple({probe.needle: None for probe in probes})


def _anchored(plan: Plan, rate: Rate) -> _Anchored:  # noqa: C901, PLR0911 - a case for each kind of rule
    match plan:
        case Probe(pattern=None, needle=needle):
            return rate(needle), (plan,)
        case Probe():
            return _PATTERN_COST, (plan,)
        case Choice(probes=probes, parts=parts):
            own = tuple(probes)
            cost = sum([rate(probe.needle) for probe in own])
            return _together([(cost, own), *[_anchored(part, rate) for part in parts]])
        case Neither() | Condition():
            return math.inf, ()
        case Several(least=least, parts=parts):
            # So many can't hold unless one of the rarest does: the others are too few.
            cheapest = sorted([_anchored(part, rate) for part in parts], key=_cost)
            return _together(cheapest[: len(parts) - least + 1]) if parts else (math.inf, ())
        case Proximity(groups=groups):
            return min([_anchored(group, rate) for group in groups], key=_cost)
        case Scope(part=part):
            return _anchored(part, rate)
        case Mention(aliases=aliases, names=names):
            ambiguous = [_anchored(name.any_case, rate) for name in names]
            return _together([_anchored(aliases, rate), *ambiguous])


def _cost(anchored: _Anchored) -> float:
    return anchored[0]


def _together(anchored: Sequence[_Anchored]) -> _Anchored:
    if len(anchored) == 1:
        return anchored[0]
    return sum(map(_cost, anchored)), [probe for _, probes in anchored for probe in probes]
