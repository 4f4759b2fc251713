"""Finds what a rule asks for and rules out at once, so that it never holds. Pure.

Only what is plain to see counts: the same term, entity or wording. That a phrase lies inside
another, or that a stem joins two words, is not looked at.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from monitor.model import Field
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
from monitor.watch.words.text import normalised

Named: TypeAlias = Term | EntityRef


class _Ruled(NamedTuple):
    """What may not stand in some fields."""

    what: tuple[str, str]
    fields: frozenset[Field]


def contradictions(rules: Iterable[Rule], fields: Iterable[Field]) -> Iterator[Named]:
    """Yield a part of each rule that is asked for and ruled out, as it stands in the tree.

    `fields` are those that the watchlist reads. Of rules inside each other the outermost counts.
    """
    where = frozenset(fields)
    for rule in rules:
        denied = _denied(rule, (), where)
        if denied is not None:
            yield denied
        else:
            yield from contradictions(_parts(rule), _within(rule, where))


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case AnyOf(rules=parts) | AllOf(rules=parts) | AtLeast(rules=parts):
            return parts
        case InFields(rule=inner):
            return (inner,)
        case _:
            return ()


def _within(rule: Rule, where: frozenset[Field]) -> frozenset[Field]:
    return frozenset(rule.fields) if isinstance(rule, InFields) else where


def _denied(rule: Rule, ruled: tuple[_Ruled, ...], where: frozenset[Field]) -> Named | None:
    """Return what keeps a rule from ever holding; None if nothing does."""
    match rule:
        case Term() | EntityRef():
            wanted = _wordings(rule)
            hit = any(each.what in wanted and each.fields >= where for each in ruled)
            return rule if hit else None
        case AllOf(rules=parts):
            more = (*ruled, *(each for part in parts for each in _ruled_out(part, where)))
            return next(_all_denied(parts, more, where), None)
        case Near(groups=groups):
            alone = (
                next(_all_denied(group, ruled, where), None) for group in groups if len(group) == 1
            )
            return next((part for part in alone if part is not None), None)
        case AnyOf(rules=parts) | AtLeast(rules=parts):
            found = list(_all_denied(parts, ruled, where))
            enough = rule.count if isinstance(rule, AtLeast) else 1
            return found[0] if len(parts) - len(found) < enough and found else None
        case InFields(rule=inner):
            return _denied(inner, ruled, _within(rule, where))
        case _:
            return None


def _all_denied(
    parts: Iterable[Rule], ruled: tuple[_Ruled, ...], where: frozenset[Field]
) -> Iterator[Named]:
    return filter(None, (_denied(part, ruled, where) for part in parts))


def _ruled_out(rule: Rule, where: frozenset[Field]) -> Iterator[_Ruled]:
    """Yield what a NoneOf does not let stand."""
    for part in rule.rules if isinstance(rule, NoneOf) else ():
        yield from _named(part, where)


def _named(rule: Rule, where: frozenset[Field]) -> Iterator[_Ruled]:
    """Yield what is enough, by itself, for a rule to hold."""
    match rule:
        case Term() | EntityRef():
            yield _Ruled(_wordings(rule)[0], where)
        case AnyOf(rules=parts):
            for part in parts:
                yield from _named(part, where)
        case InFields(rule=inner):
            yield from _named(inner, _within(rule, where))
        case _:
            return


def _wordings(named: Named) -> tuple[tuple[str, str], ...]:
    """Return what a name is, then what else finds everything that it finds."""
    if isinstance(named, EntityRef):
        return (("entity", named.key),)
    exact = named.kind in {TermKind.EXACT_CASE, TermKind.PATTERN}
    own = (str(named.kind), named.text if exact else normalised(named.text))
    if named.kind in {TermKind.PREFIX, TermKind.PATTERN, TermKind.WORDS}:
        return (own,)
    return own, (str(TermKind.WORDS), normalised(named.text))
