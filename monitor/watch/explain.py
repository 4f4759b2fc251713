"""Says why a watchlist is or is not on an item, rule by rule.

Pure. It asks the same plans as the matcher, all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from monitor.model import Evidence, Item
from monitor.watch.evaluate import Answer, ask
from monitor.watch.filters import refusals
from monitor.watch.matcher import Matcher, Watch, to_evidence, vetoes
from monitor.watch.reading import Reading
from monitor.watch.terms import AllOf, AnyOf, EntityRef, NoneOf, Rule, Term

_SHOWN: Final = 8  # parts of a rule before "and … more"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """One rule of a watchlist on one item: what was found, or why it does not hold."""

    rule: str
    holds: bool
    found: tuple[Evidence, ...] = ()
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a watchlist makes of an item. With `refusals` it does not read the item at all."""

    watchlist: str
    outcome: Literal["fired", "vetoed", "no_match"]
    refusals: tuple[str, ...]
    rules: tuple[RuleReport, ...]  # terms that stand alone and were not found share one report
    vetoed_by: tuple[Evidence, ...]  # what stands there of the watchlist's `none`


def explain(matcher: Matcher, item: Item) -> tuple[Explanation, ...]:
    """Explain every watchlist of a matcher for one item, in their order."""
    reading = matcher.read(item)
    return tuple(_explain(watch, item, reading) for watch in matcher.watches)


def lines(explanation: Explanation) -> list[str]:
    """Lay an explanation out as text for people."""
    told = [f"{explanation.watchlist}: {explanation.outcome}"]
    told += [f"  not read: {refusal}" for refusal in explanation.refusals]
    for report in explanation.rules:
        told.append(f"  {'holds' if report.holds else 'does not hold'}: {report.rule}")
        told += [f"    {_shown(evidence)}" for evidence in report.found]
        told += [f"    {reason}" for reason in report.why_not]
    told += [f"  vetoed by {_shown(evidence)}" for evidence in explanation.vetoed_by]
    return told


def _explain(watch: Watch, item: Item, reading: Reading) -> Explanation:
    fields = watch.watchlist.fields
    refused = tuple(refusals(watch.watchlist, item))
    answers = [ask(plan, reading, fields) for plan in watch.plans]
    vetoed_by = vetoes(watch, reading)
    fires = not refused and any(answer.holds for answer in answers)
    return Explanation(
        watchlist=watch.watchlist.name,
        outcome="no_match" if not fires else "vetoed" if vetoed_by else "fired",
        refusals=refused,
        rules=tuple(_reports(answers, reading)),
        vetoed_by=vetoed_by,
    )


def _reports(answers: list[Answer], reading: Reading) -> Iterator[RuleReport]:
    absent = []
    for answer in answers:
        if answer.holds:
            found = to_evidence(answer.evidence(), reading)
            yield RuleReport(rule=describe(answer.rule), holds=True, found=found)
        elif isinstance(answer.rule, Term):
            absent.append(answer.rule)
        else:
            why_not = tuple(dict.fromkeys(_why_not(answer)))
            yield RuleReport(rule=describe(answer.rule), holds=False, why_not=why_not)
    if absent:
        rule = describe(absent[0] if len(absent) == 1 else AnyOf(rules=tuple(absent)))
        yield RuleReport(rule=rule, holds=False, why_not=(f"missing: {rule}",))


def describe(rule: Rule) -> str:
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


def _listed(rules: tuple[Rule, ...]) -> str:
    shown = [
        describe(rule) if isinstance(rule, Term | EntityRef) else f"({describe(rule)})"
        for rule in rules[:_SHOWN]
    ]
    more = len(rules) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _why_not(answer: Answer) -> Iterator[str]:
    """Yield what an answer that does not hold lacks, or what stands in its way."""
    yield from answer.doubts
    match answer.rule:
        case AllOf():
            for part in answer.parts:
                yield from () if part.holds else _why_not(part)
        case NoneOf():
            yield from (f"in the way: {describe(p.rule)}" for p in answer.parts if p.holds)
        case rule:
            if not answer.doubts:
                yield f"missing: {describe(rule)}"
            for part in answer.parts:
                yield from part.doubts


def _shown(evidence: Evidence) -> str:
    note = f"; {evidence.note}" if evidence.note else ""
    where = f"{evidence.field} {evidence.start}–{evidence.end}"
    return f"“{evidence.text}” in {where} ({evidence.term}{note})"
