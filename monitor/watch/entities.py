"""Decides whether an ambiguous name means the entity.

Pure. A name inside something excluded ("Ricardo Maduro") never does. Otherwise it does where a full
name or a context term stands anywhere in the fields, in any case; where none does, only in its
exact case and if nothing excluded stands in the fields.
"""

from bisect import bisect_right
from collections.abc import Iterable
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


class Company(NamedTuple):
    """What stands in the fields together with an ambiguous name."""

    reading: Reading
    full: Cover  # the entity's full names
    context: Cover
    excluded: Cover


def weigh(place: Place, company: Company, *, exact: bool) -> tuple[bool, str]:
    """Say whether an ambiguous name at a place counts, and why or why not, for people."""
    name = f"ambiguous {_quoted(company.reading, place)}"
    if within := company.excluded.around(place):
        return False, f"{name} is part of {_quoted(company.reading, within)}, which is excluded"
    if near := (company.full.places or company.context.places):
        return True, f"{name} stands with {_quoted(company.reading, near[0])}"
    if not exact:
        return False, f"{name} stands without context and is not in its exact case"
    if others := company.excluded.places:
        return False, (
            f"{name} stands without context and {_quoted(company.reading, others[0])} excludes it"
        )
    return True, f"{name} is in its exact case and nothing excludes it"


def _quoted(reading: Reading, place: Place) -> str:
    return f"“{reading.texts[place.field][place.start : place.end]}”"
