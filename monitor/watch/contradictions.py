"""Finds what a rule asks for and rules out at once, so that it never holds. Pure.

Only what is plain to see counts: the same term, entity or wording, a phrase inside a longer one,
the beginning of a word.
"""

from collections.abc import Iterable, Iterator, Mapping

from monitor.watch.covering import Cover, Fields, Named
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Entity,
    EntityRef,
    InFields,
    Near,
    NoneOf,
    Rule,
    Watchlist,
)
from monitor.watch.terms import Term


class Contradictions:
    """What is asked for and ruled out in one watchlist, its entities known."""

    def __init__(self, watchlist: Watchlist, entities: Mapping[str, Entity]) -> None:
        """Keep the fields and languages that the watchlist reads."""
        self._watchlist = watchlist
        self._entities = entities
        self._fields: Fields = frozenset(watchlist.fields)

    def within(self, rules: Iterable[Rule]) -> Iterator[Named]:
        """Yield a part of each rule that contradicts itself, as it stands in the tree.

        Of rules inside each other the outermost counts.
        """
        return self._within(rules, self._fields)

    def vetoes(self) -> Cover:
        """Return what the watchlist's `none` does not let stand."""
        return self._ruled_out((NoneOf(rules=self._watchlist.none),), self._fields)

    def _within(self, rules: Iterable[Rule], where: Fields) -> Iterator[Named]:
        for rule in rules:
            denied = self._denied(rule, (), where)
            if denied is not None:
                yield denied
            else:
                yield from self._within(_parts(rule), _fields_in(rule, where))

    def _denied(self, rule: Rule, ruled: tuple[Cover, ...], where: Fields) -> Named | None:
        """Return what keeps a rule from ever holding; None if nothing does."""
        match rule:
            case Term() | EntityRef():
                return rule if any(cover.holds(rule, where) for cover in ruled) else None
            case AllOf(rules=parts):
                if any(isinstance(part, NoneOf) for part in parts):
                    ruled = (*ruled, self._ruled_out(parts, where))
                return next(self._all_denied(parts, ruled, where), None)
            case Near(groups=groups):
                choices = (self._denied(AnyOf(rules=group), ruled, where) for group in groups)
                return next((part for part in choices if part is not None), None)
            case AnyOf(rules=parts) | AtLeast(rules=parts):
                found = list(self._all_denied(parts, ruled, where))
                enough = rule.count if isinstance(rule, AtLeast) else 1
                return found[0] if len(parts) - len(found) < enough and found else None
            case InFields(rule=inner):
                return self._denied(inner, ruled, _fields_in(rule, where))
            case _:
                return None

    def _all_denied(
        self, parts: Iterable[Rule], ruled: tuple[Cover, ...], where: Fields
    ) -> Iterator[Named]:
        return filter(None, (self._denied(part, ruled, where) for part in parts))

    def _ruled_out(self, parts: Iterable[Rule], where: Fields) -> Cover:
        """Return what each NoneOf among some rules does not let stand."""
        cover = Cover(self._entities, self._watchlist.languages)
        for part in parts:
            for each in part.rules if isinstance(part, NoneOf) else ():
                for named, fields in _enough(each, where):
                    cover.add(named, fields)
        return cover


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case AnyOf(rules=parts) | AllOf(rules=parts) | AtLeast(rules=parts):
            return parts
        case InFields(rule=inner):
            return (inner,)
        case _:
            return ()


def _fields_in(rule: Rule, where: Fields) -> Fields:
    return frozenset(rule.fields) if isinstance(rule, InFields) else where


def _enough(rule: Rule, where: Fields) -> Iterator[tuple[Named, Fields]]:
    """Yield what is enough, by itself, for a rule to hold."""
    match rule:
        case Term() | EntityRef():
            yield rule, where
        case AnyOf(rules=parts):
            for part in parts:
                yield from _enough(part, where)
        case InFields(rule=inner):
            yield from _enough(inner, _fields_in(rule, where))
        case _:
            return
