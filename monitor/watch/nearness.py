"""Finds hits of several groups that stand near each other. Pure."""

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from monitor.model import Field
from monitor.watch.reading import Place, Reading
from monitor.watch.rules import Near


class Hit(NamedTuple):
    """A hit of one of the groups; words [first, after) of its field."""

    first: int
    after: int
    sentence: int
    group: int
    place: Place


class Nearness(NamedTuple):
    """What stands together, and where nothing does the nearest that stands apart."""

    together: frozenset[tuple[int, Place]]  # group and place
    nearest: tuple[int, Place, Place] | None = None  # words apart, the one, the other


def nearness(rule: Near, groups: Sequence[Sequence[Place]], reading: Reading) -> Nearness:
    """Return the places of each group that stand together as a rule asks."""
    together: set[tuple[int, Place]] = set()
    apart: list[tuple[int, Place, Place]] = []
    for field in dict.fromkeys(place.field for places in groups for place in places):
        hits = _hits(field, groups, reading, rule)
        together.update((hit.group, hit.place) for hit in _in_rows(hits, rule, len(groups)))
        if not together:
            apart += _apart(hits)
    return Nearness(frozenset(together), min(apart, default=None) if not together else None)


def _hits(
    field: Field, groups: Sequence[Sequence[Place]], reading: Reading, rule: Near
) -> list[Hit]:
    """Return the hits in one field in the order of the text."""
    starts = [start for start, _ in reading.tokens[field].spans(len(reading.texts[field]))]
    sentences = reading.sentences(field) if rule.same_sentence else [0]
    found = {
        Hit(
            first=max(0, bisect_right(starts, place.start) - 1),
            after=bisect_right(starts, place.end - 1),
            sentence=bisect_right(sentences, place.start),
            group=group,
            place=place,
        )
        for group, places in enumerate(groups)
        for place in places
        if place.field == field
    }
    return sorted(found)


def _in_rows(hits: list[Hit], rule: Near, groups: int) -> list[Hit]:
    """Return the hits that are part of a row in which each group stands once.

    Rows are built from the left and from the right; a hit belongs to one where two halves meet.
    """
    order = list(range(groups))
    mirrored = [hit._replace(first=-hit.after, after=-hit.first) for hit in hits]
    before = _halves(hits, rule, order)
    behind = _halves(sorted(mirrored), rule, order[::-1])
    every = (1 << groups) - 1
    return [
        hit
        for hit, mirror in zip(hits, mirrored, strict=True)
        if any(
            one | other == every and one & other == 1 << hit.group
            for one, other in itertools.product(before[hit], behind[mirror])
        )
    ]


def _halves(hits: list[Hit], rule: Near, order: list[int]) -> dict[Hit, set[int]]:
    """Return for each hit the sets of groups (as bits) of the rows that end with it.

    Of the rows of the same groups only the one that ends last can be near what follows, so no hit
    is compared with all the others, however many there are.
    """
    rows: dict[Hit, set[int]] = {}
    ends: defaultdict[int, dict[int, int]] = defaultdict(dict)  # by sentence and groups: after
    begun: list[tuple[int, Hit]] = []  # hits whose end is still to come, the nearest first
    for hit in hits:
        while begun and begun[0][0] <= hit.first:
            after, ended = heappop(begun)
            ends[ended.sentence].update((row, after) for row in rows[ended])
        own = 1 << hit.group
        rows[hit] = {
            row | own
            for row, after in [(0, hit.first), *ends[hit.sentence].items()]
            if hit.first - after < rule.within and _may_follow(hit.group, row, rule, order)
        }
        heappush(begun, (hit.after, hit))
    return rows


def _may_follow(group: int, row: int, rule: Near, order: list[int]) -> bool:
    """Say whether a hit of a group may stand behind a row of other groups."""
    if not rule.ordered:
        return not row & 1 << group
    return row == sum(1 << earlier for earlier in order[: order.index(group)])


def _apart(hits: list[Hit]) -> list[tuple[int, Place, Place]]:
    """Return how far neighbours of different groups stand apart."""
    return [
        (other.first - one.after + 1, one.place, other.place)
        for one, other in itertools.pairwise(hits)
        if one.group != other.group and other.first >= one.after
    ]
