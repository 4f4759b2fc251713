"""Asks a plan of a reading: does it hold, by what, and if not, why not.

Pure. Matching and explaining ask the same questions here, so they can't disagree.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from monitor.model import Field
from monitor.watch.entities import Company, Cover, weigh
from monitor.watch.plan import Choice, Every, Mention, Neither, Plan, Probe
from monitor.watch.reading import Place, Reading
from monitor.watch.terms import Rule


class Finding(NamedTuple):
    """A term that counts, at its place."""

    term: str  # as written
    place: Place
    entity: str | None = None
    note: str = ""  # why an ambiguous name counted


class Answer(NamedTuple):
    """Whether a rule holds. `doubts` say why names of an entity that stand there do not count."""

    rule: Rule
    holds: bool
    findings: Sequence[Finding] = ()
    parts: Sequence["Answer"] = ()  # of a choice between terms, those that were found
    doubts: Sequence[str] = ()

    def evidence(self) -> list[Finding]:
        """Return what made the rule hold; the absence of something is no evidence."""
        if not self.holds:
            return []
        return [*self.findings, *(finding for part in self.parts for finding in part.evidence())]


def ask(plan: Plan, reading: Reading, fields: Collection[Field]) -> Answer:
    """Ask one plan of some fields."""
    match plan:
        case Probe(term=term):
            places = reading.places(plan, fields)
            return Answer(term, bool(places), [Finding(term.written, place) for place in places])
        case Choice(rule=rule, probes=probes, parts=parts):
            answers = [ask(part, reading, fields) for part in _standing(probes, reading.hits)]
            answers += [ask(part, reading, fields) for part in parts]
            return Answer(rule, any(answer.holds for answer in answers), parts=answers)
        case Every(rule=rule, parts=parts):
            answers = [ask(part, reading, fields) for part in parts]
            return Answer(rule, all(answer.holds for answer in answers), parts=answers)
        case Neither(rule=rule, parts=parts):
            answers = [ask(part, reading, fields) for part in parts]
            return Answer(rule, not any(answer.holds for answer in answers), parts=answers)
        case Mention():
            return _ask_mention(plan, reading, fields)


def is_possible(plan: Plan, hits: Mapping[int, object]) -> bool:
    """Say no where a plan can't hold, at a glance: some of the needles it needs were not hit."""
    match plan:
        case Choice(probes=probes, parts=parts):
            found = not probes.keys().isdisjoint(hits.keys())
            return found or any(is_possible(part, hits) for part in parts)
        case Every(parts=parts):
            return all(is_possible(part, hits) for part in parts)
        case Probe(pattern=None, needle=needle):
            return needle in hits
        case _:
            return True


def _standing(
    probes: Mapping[int, tuple[Probe, ...]], hits: Mapping[int, object]
) -> Iterator[Probe]:
    """Yield the probes whose needle was hit, at the cost of the shorter of the two."""
    for needle in probes if len(probes) < len(hits) else hits:
        if needle in hits:
            yield from probes.get(needle, ())


def _ask_mention(plan: Mention, reading: Reading, fields: Collection[Field]) -> Answer:
    def findings(choice: Choice) -> list[Finding]:
        return ask(choice, reading, fields).evidence()

    full = findings(plan.aliases)
    counted = [finding._replace(entity=plan.rule.key) for finding in full]
    doubts: dict[str, None] = {}
    standing = [
        (name, places) for name in plan.names if (places := reading.places(name.any_case, fields))
    ]
    if standing:
        company = Company(
            reading,
            full=_cover(full),
            context=_cover(findings(plan.context)),
            excluded=_cover(findings(plan.exclude)),
        )
        for name, places in standing:
            exact = set(reading.places(name.exact, fields))
            for place in itertools.filterfalse(company.full.around, places):
                counts, reason = weigh(place, company, exact=place in exact)
                if counts:
                    term = name.exact.term.written
                    counted.append(Finding(term, place, plan.rule.key, reason))
                else:
                    doubts[reason] = None
    return Answer(plan.rule, bool(counted), counted, doubts=list(doubts))


def _cover(findings: list[Finding]) -> Cover:
    return Cover(finding.place for finding in findings)
