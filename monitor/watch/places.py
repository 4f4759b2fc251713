"""Counts what stands in different places of an item. Pure."""

from collections.abc import Sequence
from itertools import islice

from monitor.watch.reading import Place


def apart(parts: Sequence[Sequence[Place]]) -> int:
    """Return how many parts can be given a place of their own; places that overlap are one.

    A part without a place, such as a language, stands by itself.
    """
    heaps = _heaps({place for places in parts for place in places})
    # As many places as there are parts are always enough for one of them.
    choices = [
        list(islice(dict.fromkeys(heaps[place] for place in places), len(parts)))
        for places in parts
    ]
    owners: dict[int, int] = {}
    free = sum(1 for choice in choices if not choice)
    return free + sum(_settle(part, choices, owners, set()) for part in range(len(parts)))


def _heaps(places: set[Place]) -> dict[Place, int]:
    """Return for each place the number of the heap of overlapping places it lies in."""
    heaps: dict[Place, int] = {}
    number, field, reach = -1, "", 0
    for place in sorted(places):
        if place.field != field or place.start >= reach:
            number, field, reach = number + 1, place.field, place.end
        reach = max(reach, place.end)
        heaps[place] = number
    return heaps


def _settle(
    part: int, choices: Sequence[Sequence[int]], owners: dict[int, int], tried: set[int]
) -> bool:
    """Give a part a heap, moving others where that makes room (Kuhn's matching)."""
    for heap in choices[part]:
        if heap not in tried:
            tried.add(heap)
            if heap not in owners or _settle(owners[heap], choices, owners, tried):
                owners[heap] = part
                return True
    return False
