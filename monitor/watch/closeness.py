"""How close a rule that does not hold comes to holding, and what of it stands there otherwise.

Pure. The figures only order near misses; they decide nothing.
"""

from collections.abc import Collection, Iterable
from typing import Final

from monitor.watch.counting import Wanted
from monitor.watch.evaluate import Answer
from monitor.watch.reading import Place, Reading
from monitor.watch.rules import AllOf, AtLeast, EntityRef, Near, Rule
from monitor.watch.terms import Term, TermKind

_DOUBTED: Final = 0.5  # it stands there and does not count
_APART: Final = 0.9  # everything stands there, too far apart


def closeness(answer: Answer, otherwise: Collection[Rule] = ()) -> float:
    """Return how much of a rule holds: 0 for nothing, 1 for all of it.

    `otherwise` are the terms that stand there in another form or field than was asked for.
    """
    if answer.holds:
        return 1
    parts = [closeness(part, otherwise) for part in answer.parts]
    match answer.rule:
        case Term() | EntityRef():
            return _DOUBTED if answer.doubts or answer.rule in otherwise else 0
        case Near():
            return _APART if answer.doubts else _APART * sum(parts) / max(1, len(parts))
        case AllOf():
            return sum(parts) / max(1, len(parts))
        case AtLeast(count=count):
            return min(_APART, sum(parts) / count)
        case _:
            return max(parts, default=0)


def stands_otherwise(sought: Iterable[Wanted], reading: Reading) -> dict[Rule, str]:
    """Return the terms whose words stand there but do not count, with the reason for people."""
    found: dict[Rule, str] = {}
    for probe, fields, entity in sought:
        spots = reading.hits.get(probe.needle, ())
        if not spots or entity or reading.places(probe, fields):
            continue
        spot = spots[0]
        field = spot.field
        place = Place(field, *reading.tokens[field].span(spot.first, spot.after))
        seen = f"{reading.quoted(place)} in the {field}"
        if not any(spot.field in fields for spot in spots):
            reason = f"{reading.quoted(place)} stands in the {field}, which is not looked at"
        elif probe.bends and spot.bent:
            reason = f"{seen} is a form of it without the capital of the term"
        else:
            asked = "case" if probe.term.kind is TermKind.EXACT_CASE else "form"
            reason = f"{seen} is not the exact {asked} asked for"
        found.setdefault(probe.term, f"{probe.term.written}: {reason}")
    return found
