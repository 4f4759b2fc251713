"""Decides whether an ambiguous name means the entity.

Pure. A name inside something excluded ("Ricardo Maduro") never does. Otherwise it does where a full
name or a context term stands anywhere in the item, in any case; where none does, only in its
exact case and if nothing excluded stands in the item.
"""

from bisect import bisect_right
from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from monitor.model import Field
from monitor.watch.reading import Place, Reading


class Cover:
    """Places, ready to be asked which of them reaches around another."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Sort the places, and note for each the one that reaches farthest up to there."""
        self.places = sorted(places)
        self._starts: dict[Field, list[int]] = {}
        self._farthest: dict[Field, list[Place]] = {}
        for place in self.places:
            farthest = self._farthest.setdefault(place.field, [place])[-1]
            self._farthest[place.field].append(place if place.end > farthest.end else farthest)
            self._starts.setdefault(place.field, []).append(place.start)

    def around(self, place: Place) -> Place | None:
        """Return one of the places that holds all of this one, or None."""
        before = bisect_right(self._starts.get(place.field, []), place.start)
        if before == 0:
            return None
        farthest = self._farthest[place.field][before]
        return farthest if farthest.end >= place.end else None


class Weight(Enum):
    """What an ambiguous name is worth."""

    NONE = auto()
    POSSIBLE = auto()  # nothing speaks against it, and nothing for it
    CERTAIN = auto()


class Company(NamedTuple):
    """What stands in the item together with an ambiguous name."""

    reading: Reading
    full: Cover  # the entity's full names
    context: Cover
    excluded: Cover


def weigh(place: Place, company: Company, *, exact: bool, alone: bool) -> tuple[Weight, str]:
    """Say what an ambiguous name at a place is worth, and why, for people.

    `alone` lets a name in its exact case count that nothing explains.
    """
    name = f"ambiguous {company.reading.quoted(place)}"
    if within := company.excluded.around(place):
        return Weight.NONE, f"{name} is part of {company.reading.quoted(within)}, which is excluded"
    if near := (company.full.places or company.context.places):
        return Weight.CERTAIN, f"{name} stands with {company.reading.quoted(near[0])}"
    if not exact:
        return Weight.NONE, f"{name} stands without context and is not in its exact case"
    if others := company.excluded.places:
        return Weight.NONE, (
            f"{name} stands without context and {company.reading.quoted(others[0])} excludes it"
        )
    if not alone:
        return Weight.NONE, f"{name} stands without context"
    return Weight.POSSIBLE, f"{name} is in its exact case and nothing excludes it"


def of_another(place: Place, full: Place, reading: Reading) -> str:
    """Say for people that a name alone is a namesake's, whose full name stands in the item."""
    name = reading.quoted(place)
    return f"ambiguous {name} stands without context and {reading.quoted(full)} is somebody else"
