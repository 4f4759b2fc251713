"""Asks a plan of a reading: does it hold, by what, and if not, why not.

Pure. Matching and explaining ask the same questions here, so they can't disagree.
"""

import itertools
from collections.abc import Collection, Sequence
from typing import NamedTuple

from monitor.model import Field
from monitor.watch.entities import Company, Cover, Weight, of_another, weigh
from monitor.watch.filters import is_from, speaks
from monitor.watch.namesakes import namesake
from monitor.watch.nearness import nearness
from monitor.watch.places import apart
from monitor.watch.plan import (
    Choice,
    Condition,
    Mention,
    Name,
    Neither,
    Plan,
    Probe,
    Proximity,
    Scope,
    Several,
)
from monitor.watch.reading import Place, Reading, around_in_tag
from monitor.watch.rules import NEARBY, AtLeast, FromSource, InLanguage, Near, Rule
from monitor.watch.terms import Term, TermKind


class Finding(NamedTuple):
    """A term that counts, at its place."""

    term: str  # as written
    place: Place
    entity: str | None = None
    note: str = ""  # why an ambiguous name counted
    possible: bool = False  # an ambiguous name that nothing explains


class Answer(NamedTuple):
    """Whether a rule holds. `doubts` say why what stands there does not count."""

    rule: Rule
    holds: bool
    sure: bool  # it holds without any ambiguous name that nothing explains
    findings: Sequence[Finding] = ()
    parts: Sequence["Answer"] = ()  # of a choice between terms, those that were found
    doubts: Sequence[str] = ()

    def evidence(self) -> list[Finding]:
        """Return what made the rule hold; the absence of something is no evidence."""
        if not self.holds:
            return []
        return [*self.findings, *(finding for part in self.parts for finding in part.evidence())]


def ask(plan: Plan, reading: Reading, fields: Collection[Field]) -> Answer:  # noqa: C901, PLR0911, PLR0912 - a case for each kind of rule
    """Ask one plan of some fields."""
    match plan:
        case Probe(term=term):
            places = reading.places(plan, fields)
            found = [Finding(term.written, place) for place in places]
            return Answer(term, bool(found), bool(found), found)
        case Choice(rule=rule, parts=parts):
            answers = [ask(part, reading, fields) for part in plan.standing(reading.hits)]
            answers += [ask(part, reading, fields) for part in parts]
            return _answer(rule, answers, at_least=1)
        case Several(rule=rule, least=least, parts=parts):
            answers = [ask(part, reading, fields) for part in parts]
            if isinstance(rule, AtLeast):
                return _ask_count(rule, answers)
            return _answer(rule, answers, at_least=least)
        case Neither(rule=rule, parts=parts):
            answers = [ask(part, reading, fields) for part in parts]
            holds = not any(answer.holds for answer in answers)
            return Answer(rule, holds, holds, parts=answers)
        case Proximity():
            return _ask_proximity(plan, reading, fields)
        case Scope(rule=rule, part=part):
            answer = ask(part, reading, rule.fields)
            if rule.whole:
                answer = _of_whole_tags(answer, reading)
            return _answer(rule, [answer], at_least=1)
        case Condition(rule=rule):
            holds = _is_met(rule, reading)
            return Answer(rule, holds, holds)
        case Mention():
            return _ask_mention(plan, reading, fields)


def is_possible(plan: Plan, hits: Collection[int]) -> bool:
    """Say no where a plan can't hold, at a glance: some of the needles it needs were not hit."""
    match plan:
        case Probe(pattern=None, needle=needle):
            return needle in hits
        case Choice(parts=parts):
            return _may_stand(plan, hits) or any(is_possible(part, hits) for part in parts)
        case Several(least=least, parts=parts):
            return sum(is_possible(part, hits) for part in parts) >= least
        case Proximity(groups=groups):
            return all(is_possible(group, hits) for group in groups)
        case Scope(part=part):
            return is_possible(part, hits)
        case _:
            return True


def _may_stand(choice: Choice, needles: Collection[int]) -> bool:
    if choice.many is not None:
        return not choice.many.keys().isdisjoint(needles)
    return any(probe.needle in needles for probe in choice.few)


def _answer(rule: Rule, answers: list[Answer], *, at_least: int) -> Answer:
    holds = sum(answer.holds for answer in answers) >= at_least
    sure = holds and sum(answer.sure for answer in answers) >= at_least
    return Answer(rule, holds, sure, parts=answers)


def _ask_count(rule: AtLeast, answers: list[Answer]) -> Answer:
    """Count parts that stand in different places: one word is one, whatever names it has."""
    holding = [answer for answer in answers if answer.holds]
    counted = apart([_places(answer) for answer in holding])
    sure = apart([_places(answer) for answer in holding if answer.sure])
    doubts = []
    if counted < rule.count <= len(holding):
        doubts.append(f"what it counts stands in {counted} different places, not {rule.count}")
    return Answer(rule, counted >= rule.count, sure >= rule.count, parts=answers, doubts=doubts)


def _places(answer: Answer) -> list[Place]:
    return [finding.place for finding in answer.evidence()]


def _of_whole_tags(answer: Answer, reading: Reading) -> Answer:
    """Keep what is all of a tag, or with * the beginning of one."""
    findings = [each for each in answer.findings if _is_whole_tag(answer.rule, each, reading)]
    return answer._replace(holds=bool(findings), sure=bool(findings), findings=findings)


def _is_whole_tag(rule: Rule, finding: Finding, reading: Reading) -> bool:
    before, behind = around_in_tag(reading.item, finding.place)
    is_open = isinstance(rule, Term) and rule.kind is TermKind.PREFIX
    return not any(map(str.isalnum, before if is_open else before + behind))


def _is_met(rule: InLanguage | FromSource, reading: Reading) -> bool:
    match rule:
        case InLanguage(language=language):
            return speaks((language,), reading.language)
        case FromSource(which=which):
            return is_from(reading.item.source, which)


def _ask_proximity(plan: Proximity, reading: Reading, fields: Collection[Field]) -> Answer:
    answers = [ask(group, reading, fields) for group in plan.groups]
    found = [answer.evidence() for answer in answers]
    if not all(found):
        return Answer(plan.rule, holds=False, sure=False, parts=answers)
    together, nearest = nearness(
        plan.rule, [[finding.place for finding in each] for each in found], reading
    )
    findings = [
        finding
        for group, each in enumerate(found)
        for finding in each
        if (group, finding.place) in together
    ]
    sure = bool(findings) and _stand_surely(plan.rule, found, reading)
    doubts = [_how_far(nearest, reading, plan.rule)] if not findings else []
    return Answer(plan.rule, bool(findings), sure, findings, doubts=doubts)


def _stand_surely(rule: Near, groups: Sequence[list[Finding]], reading: Reading) -> bool:
    """Say whether findings stand together even without those that are only possible."""
    if not any(finding.possible for each in groups for finding in each):
        return True
    sure = [[finding.place for finding in each if not finding.possible] for each in groups]
    return bool(nearness(rule, sure, reading).together)


def _how_far(nearest: tuple[int, Place, Place] | None, reading: Reading, rule: Near) -> str:
    if nearest is None:
        return "what it asks for stands nowhere in one field, one after another"
    words, one, other = nearest
    if words <= rule.within:
        asked = " in one sentence" * rule.same_sentence + " in this order" * rule.ordered
        return f"{reading.quoted(one)} and {reading.quoted(other)} do not stand together{asked}"
    return (
        f"{reading.quoted(one)} and {reading.quoted(other)} stand {words} words apart in the "
        f"{one.field}; at most {rule.within} were asked for"
    )


def _ask_mention(plan: Mention, reading: Reading, fields: Collection[Field]) -> Answer:
    def nearby(choice: Choice) -> Cover:
        return _cover(ask(choice, reading, {*fields, *NEARBY}).evidence())

    full = ask(plan.aliases, reading, fields).evidence()
    counted = [finding._replace(entity=plan.rule.key) for finding in full]
    doubts: dict[str, None] = {}
    standing = [
        (name, places) for name in plan.names if (places := _standing(name, reading, fields))
    ]
    if standing:
        company = Company(
            reading,
            full=nearby(plan.aliases),
            context=nearby(plan.context),
            excluded=nearby(plan.exclude),
        )
        for name, places in standing:
            exact = set(reading.places(name.exact, fields))
            for place in itertools.filterfalse(company.full.around, places):
                weight, reason = weigh(place, company, exact=place in exact, alone=plan.alone)
                if weight is Weight.POSSIBLE and (other := _namesake(plan, name, reading, fields)):
                    weight, reason = Weight.NONE, of_another(place, other, reading)
                if weight is Weight.NONE:
                    doubts[reason] = None
                else:
                    term, possible = name.exact.term.written, weight is Weight.POSSIBLE
                    counted.append(Finding(term, place, plan.rule.key, reason, possible))
    sure = any(not finding.possible for finding in counted)
    return Answer(plan.rule, bool(counted), sure, counted, doubts=list(doubts))


def _namesake(
    plan: Mention, name: Name, reading: Reading, fields: Collection[Field]
) -> Place | None:
    """Return where somebody else is named in full, whose surname a name alone then is."""
    if len(name.exact.spelling) != 1:
        return None
    own = itertools.chain(plan.aliases.rule.rules, plan.context.rule.rules)
    places = reading.places(name.any_case, {*fields, *NEARBY})
    return namesake(places, reading, [term for term in own if isinstance(term, Term)])


def _standing(name: Name, reading: Reading, fields: Collection[Field]) -> list[Place]:
    """Return where an ambiguous name stands, in any case; in another form only with its capital."""
    has_capital = bool(name.exact.spelling) and name.exact.spelling[0][0].isupper()
    forms = [
        place
        for place in reading.places(name.forms, fields)
        if not has_capital or reading.texts[place.field][place.start].isupper()
    ]
    return list(dict.fromkeys([*reading.places(name.any_case, fields), *forms]))


def _cover(findings: list[Finding]) -> Cover:
    return Cover(finding.place for finding in findings)
