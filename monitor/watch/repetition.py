"""Finds what is asked for twice where two different things are meant. Pure."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, combinations
from typing import NamedTuple, TypeAlias

from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    InFields,
    Near,
    NoneOf,
    Rule,
)
from monitor.watch.terms import Term, TermKind
from monitor.watch.words.text import normalised, tokenise

Named: TypeAlias = Term | EntityRef


class OutOfReach(NamedTuple):
    """A count that nothing reaches, for the list names too few different things."""

    rule: AtLeast
    different: int


def sameness(rule: Rule) -> Hashable:
    """Return what is equal for rules that find the same: terms that fold to the same words do."""
    if not isinstance(rule, Term):
        return rule
    if rule.kind is TermKind.PATTERN:
        return rule.kind, rule.text
    if rule.kind is TermKind.EXACT_CASE:
        tokens = tokenise(rule.text, addresses=True)
        return rule.kind, tokens.spellings(0, len(tokens.words))
    return rule.kind, normalised(rule.text)


def spelling(rule: Rule) -> Hashable:
    """Return what is equal for rules that are written the same but for case and signs.

    An accent may be another language's word: in a Spanish text invasión has other forms.
    """
    if not isinstance(rule, Term) or rule.kind in {TermKind.PATTERN, TermKind.EXACT_CASE}:
        return sameness(rule)
    return rule.kind, tuple(map(str.casefold, tokenise(rule.text, addresses=True).raw))


def out_of_reach(rules: Iterable[Rule]) -> Iterator[OutOfReach]:
    """Yield each at_least that can't hold, for equal parts count once."""
    for rule in _every(rules):
        if isinstance(rule, AtLeast):
            different = len(set(map(sameness, rule.rules)))
            if different < rule.count:
                yield OutOfReach(rule, different)


def in_both_groups(near: Near) -> Iterator[Named]:
    """Yield what one group of a near has in common with another, of which it holds all and more.

    Two groups that are equal are meant so: two of the same list stand together.
    """
    groups = [{sameness(named): named for named in _flat(group)} for group in near.groups]
    found: dict[Hashable, Named] = {}
    for pair in combinations(groups, 2):
        few, many = sorted(pair, key=len)
        if few.keys() < many.keys():
            found.update((what, many[what]) for what in few)
    return iter(found.values())


def _flat(rules: Iterable[Rule]) -> Iterator[Named]:
    for rule in rules:
        if isinstance(rule, AnyOf):
            yield from _flat(rule.rules)
        elif isinstance(rule, Term | EntityRef):
            yield rule


def _every(rules: Iterable[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        match rule:
            case AnyOf(rules=parts) | AllOf(rules=parts) | NoneOf(rules=parts):
                yield from _every(parts)
            case AtLeast(rules=parts):
                yield from _every(parts)
            case Near(groups=groups):
                yield from _every(chain.from_iterable(groups))
            case InFields(rule=inner):
                yield from _every((inner,))
            case _:
                continue
