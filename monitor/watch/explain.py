"""Says why a watchlist is or is not on an item, rule by rule.

Pure. It asks the same plans as the matcher, all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from monitor.model import Evidence, Item
from monitor.watch.closeness import closeness, stands_otherwise
from monitor.watch.counting import wanted
from monitor.watch.evaluate import Answer, Finding, ask
from monitor.watch.filters import refusals
from monitor.watch.matcher import Matcher, Watch, to_evidence, vetoes
from monitor.watch.reading import Reading
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    FromSource,
    InFields,
    InLanguage,
    Near,
    NoneOf,
    Rule,
)
from monitor.watch.terms import Term
from monitor.watch.words.languages import language_said

_SHOWN: Final = 8  # parts of a rule before "and … more"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """One rule of a watchlist on one item: what was found, or why it does not hold."""

    rule: str
    holds: bool
    found: tuple[Evidence, ...] = ()
    why_not: tuple[str, ...] = ()
    partly: tuple[Evidence, ...] = ()  # of a rule that does not hold: the parts that do
    closeness: float = 1.0  # of 1: how much of the rule holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a watchlist makes of an item. With `refusals` it does not read the item at all."""

    watchlist: str
    outcome: Literal["fired", "vetoed", "no_match"]
    possible: bool  # it fires only by ambiguous names that nothing explains
    language: str  # the item was read in; "" where nobody can tell
    detected: bool  # by its text; the item does not say this language
    refusals: tuple[str, ...]
    rules: tuple[RuleReport, ...]  # terms that stand alone and were not found share one report
    vetoed_by: tuple[Evidence, ...]  # what stands there of the watchlist's `none`


def explain(matcher: Matcher, item: Item) -> tuple[Explanation, ...]:
    """Explain every watchlist of a matcher for one item, in their order."""
    reading = matcher.read(item)
    return tuple(explain_one(watch, reading) for watch in matcher.watches)


def lines(explanation: Explanation) -> list[str]:
    """Lay an explanation out as text for people."""
    possible = ", possible" * explanation.possible
    told = [f"{explanation.watchlist}: {explanation.outcome}{possible}"]
    told += [f"  not read: {refusal}" for refusal in explanation.refusals]
    for report in explanation.rules:
        told.append(f"  {'holds' if report.holds else 'does not hold'}: {report.rule}")
        told += [f"    {_shown(evidence)}" for evidence in report.found]
        told += [f"    {reason}" for reason in report.why_not]
    told += [f"  vetoed by {_shown(evidence)}" for evidence in explanation.vetoed_by]
    return told


def near_miss(explanation: Explanation) -> list[str]:
    """Say why a watchlist does not fire, by the rule that comes closest to holding."""
    if explanation.refusals:
        return [f"not read: {refusal}" for refusal in explanation.refusals]
    if explanation.vetoed_by:
        return [f"vetoed by {_shown(evidence)}" for evidence in explanation.vetoed_by]
    nearest = max(explanation.rules, key=lambda report: report.closeness)
    if nearest.closeness == 0:
        rules = "; ".join(report.rule for report in explanation.rules[:_SHOWN])
        return [f"nothing that it looks for stands there: {rules}"]
    language = f", read as {explanation.language}" if explanation.language else ""
    told = [f"nearest{language}: {nearest.rule}"]
    told += [f"  found: {_shown(evidence)}" for evidence in nearest.partly]
    return told + [f"  {reason}" for reason in nearest.why_not]


def explain_one(watch: Watch, reading: Reading) -> Explanation:
    """Explain one watchlist for an item that was read."""
    item, fields = reading.item, watch.watchlist.fields
    refused = tuple(refusals(watch.watchlist, item, reading.language))
    answers = [ask(plan, reading, fields) for plan in watch.plans]
    vetoed_by = vetoes(watch, reading)
    fires = not refused and any(answer.holds for answer in answers)
    return Explanation(
        watchlist=watch.watchlist.name,
        outcome="no_match" if not fires else "vetoed" if vetoed_by else "fired",
        possible=fires and not any(answer.sure for answer in answers),
        language=reading.language,
        detected=bool(reading.language) and not language_said(item.language),
        refusals=refused,
        rules=tuple(_reports(watch, answers, reading)),
        vetoed_by=vetoed_by,
    )


def _reports(watch: Watch, answers: list[Answer], reading: Reading) -> Iterator[RuleReport]:
    absent: list[Term] = []
    otherwise: Mapping[Rule, str] = {}
    if not all(answer.holds for answer in answers):
        sought = (each for plan in watch.plans for each in wanted(plan, watch.watchlist.fields))
        otherwise = stands_otherwise(sought, reading)
    for answer in answers:
        if answer.holds:
            found = to_evidence(answer.evidence(), reading)
            yield RuleReport(rule=describe(answer.rule), holds=True, found=found)
        elif isinstance(answer.rule, Term) and answer.rule not in otherwise:
            absent.append(answer.rule)
        else:
            yield RuleReport(
                rule=describe(answer.rule),
                holds=False,
                why_not=tuple(dict.fromkeys(_why_not(answer, otherwise))),
                partly=to_evidence(list(_partly(answer)), reading),
                closeness=closeness(answer, otherwise),
            )
    if absent:
        rule = describe(absent[0] if len(absent) == 1 else AnyOf(rules=tuple(absent)))
        why_not = (f"missing: {rule}",)
        yield RuleReport(rule=rule, holds=False, why_not=why_not, closeness=0)


def _partly(answer: Answer) -> Iterator[Finding]:
    """Yield what stands there of a rule that does not hold."""
    for part in answer.parts:
        yield from part.evidence() if part.holds else _partly(part)


def describe(rule: Rule) -> str:  # noqa: C901, PLR0911, PLR0912 - a case for each kind of rule
    """Say in words what a rule asks for; long lists are cut."""
    match rule:
        case Term(written=written):
            return written
        case EntityRef(key=key):
            return f"entity {key}"
        case AnyOf(rules=rules):
            return f"one of {_listed(rules)}"
        case AllOf(rules=rules):
            return f"all of {_listed(rules)}"
        case NoneOf(rules=rules):
            return f"none of {_listed(rules)}"
        case AtLeast(count=count, rules=rules):
            return f"at least {count} of {_listed(rules)}"
        case Near(groups=groups, within=within, ordered=ordered, same_sentence=same_sentence):
            asked = " in this order" * ordered + " in one sentence" * same_sentence
            each = " near ".join(_group(group) for group in groups)
            return f"{each} within {within} words{asked}"
        case InFields(fields=fields, rule=inner):
            return f"{describe(inner)} in the {' or '.join(fields)}"
        case InLanguage(language=language):
            return f"language {language}"
        case FromSource(which=which):
            return f"source {which}"


def _group(rules: tuple[Rule, ...]) -> str:
    return describe(rules[0]) if len(rules) == 1 else f"({describe(AnyOf(rules=rules))})"


def _listed(rules: tuple[Rule, ...]) -> str:
    shown = [
        describe(rule) if isinstance(rule, Term | EntityRef) else f"({describe(rule)})"
        for rule in rules[:_SHOWN]
    ]
    more = len(rules) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _why_not(answer: Answer, otherwise: Mapping[Rule, str]) -> Iterator[str]:
    """Yield what an answer that does not hold lacks, or what stands in its way."""
    yield from answer.doubts
    match answer.rule:
        case Term() if answer.rule in otherwise:
            yield otherwise[answer.rule]
        case AtLeast(count=count) if all(part.holds for part in answer.parts):
            yield f"it asks for {count} different terms and has {len(answer.parts)}"
        case AllOf() | AtLeast() | Near() | InFields() if answer.parts:
            for part in answer.parts:
                yield from () if part.holds else _why_not(part, otherwise)
        case NoneOf():
            yield from (f"in the way: {describe(p.rule)}" for p in answer.parts if p.holds)
        case rule:
            if not answer.doubts:
                yield f"missing: {describe(rule)}"
            yield from _of_choice(rule, otherwise)
            for part in answer.parts:
                yield from part.doubts


def _of_choice(rule: Rule, otherwise: Mapping[Rule, str]) -> Iterator[str]:
    if isinstance(rule, AnyOf) and otherwise:
        terms = (each for each in rule.rules if isinstance(each, Term))
        yield from (otherwise[term] for term in terms if term in otherwise)


def _shown(evidence: Evidence) -> str:
    note = f"; {evidence.note}" if evidence.note else ""
    where = f"{evidence.field} {evidence.start}–{evidence.end}"
    return f"“{evidence.text}” in {where} ({evidence.term}{note})"
