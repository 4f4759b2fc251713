"""Makes rules ready to be asked: terms become needles, and each rule learns its anchors.

Pure. A rule's anchors are terms of which at least one must stand in any text the rule holds for, so
a rule none of whose anchors was found need not be looked at. The rarest possible set is chosen: of
"any" every part, of "all" the rarest part, of "none" nothing. The idea is Lucene Monitor's.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from monitor.watch.patterns import Pattern
from monitor.watch.scanner import Needle
from monitor.watch.terms import AllOf, AnyOf, Entity, EntityRef, NoneOf, Rule, Term, TermKind
from monitor.watch.text import tokenise

_IDEOGRAPH_LETTERS: Final = 4  # about as telling as this many letters of an alphabet
_OPEN_END_LETTERS: Final = 2  # a beginning is met as often as a word shorter by this
_PATTERN_COST: Final = 1e6  # an anchor that is a pattern must be run over every item


class Probe(NamedTuple):
    """A term made ready: a needle of the scanner, or a pattern."""

    term: Term
    needle: int = -1
    pattern: Pattern | None = None
    spelling: tuple[str, ...] = ()  # the exact spelling asked for, else empty


class Choice(NamedTuple):
    """Any of these; the probes by needle, since a choice may have thousands."""

    rule: AnyOf
    probes: Mapping[int, tuple[Probe, ...]]
    parts: tuple["Plan", ...]  # patterns, and rules that are not terms


class Every(NamedTuple):
    """All of these."""

    rule: AllOf
    parts: tuple["Plan", ...]


class Neither(NamedTuple):
    """None of these."""

    rule: NoneOf
    parts: tuple["Plan", ...]


class Name(NamedTuple):
    """An ambiguous name: found in any spelling, or only as it was written."""

    any_case: Probe
    exact: Probe


class Mention(NamedTuple):
    """An entity, by any of its names."""

    rule: EntityRef
    aliases: Choice
    names: tuple[Name, ...]
    context: Choice
    exclude: Choice


Plan: TypeAlias = Probe | Choice | Every | Neither | Mention


class Planner:
    """Plans rules over one set of needles; ask for anchors once all rules are planned."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        """Begin without needles."""
        self.needles: list[Needle] = []
        self._entities = entities
        self._mentions: dict[str, Mention] = {}
        self._numbers: dict[Needle, int] = {}
        self._uses: list[int] = []  # by needle: what many rules name, the news names often
        self._patterns: dict[str, Pattern] = {}

    def plan(self, rule: Rule) -> Plan:
        """Make a rule ready. Raises ValueError where it names an entity that isn't there."""
        match rule:
            case Term():
                return self._probe(rule)
            case EntityRef(key=key):
                return self._mentions.get(key) or self._mention(rule)
            case AnyOf():
                return self._choice(rule)
            case AllOf(rules=rules):
                return Every(rule, tuple(map(self.plan, rules)))
            case NoneOf(rules=rules):
                return Neither(rule, tuple(map(self.plan, rules)))

    def anchors(self, plan: Plan) -> list[Probe]:
        """Return probes of which at least one must be found for the plan to hold."""
        match plan:
            case Probe():
                return [plan]
            case Choice(probes=probes, parts=parts):
                found = [probe for same in probes.values() for probe in same[:1]]
                return found + [probe for part in parts for probe in self.anchors(part)]
            case Every(parts=parts):
                return self.anchors(min(parts, key=self._cost))
            case Neither():
                return []
            case Mention(aliases=aliases, names=names):
                return self.anchors(aliases) + [name.any_case for name in names]

    def _probe(self, term: Term, *, exact: bool = False) -> Probe:
        if term.kind is TermKind.PATTERN:
            pattern = self._patterns.get(term.text)
            if pattern is None:
                pattern = self._patterns[term.text] = Pattern(term.text)
            return Probe(term, pattern=pattern)
        tokens = tokenise(term.text, addresses=True)
        needle = tokens.joined[:-1] if term.kind is TermKind.PREFIX else tokens.joined
        number = self._numbers.setdefault(needle, len(self.needles))
        if number == len(self.needles):
            self.needles.append(needle)
            self._uses.append(0)
        self._uses[number] += 1
        if exact or term.kind is TermKind.EXACT_CASE:
            return Probe(term, number, spelling=tokens.spellings(0, len(tokens.words)))
        return Probe(term, number)

    def _choice(self, rule: AnyOf) -> Choice:
        probes: dict[int, tuple[Probe, ...]] = {}
        parts: list[Plan] = []
        for part in map(self.plan, rule.rules):
            if isinstance(part, Probe) and part.pattern is None:
                probes[part.needle] = (*probes.get(part.needle, ()), part)
            else:
                parts.append(part)
        return Choice(rule, probes, tuple(parts))

    def _mention(self, rule: EntityRef) -> Mention:
        entity = self._entities.get(rule.key)
        if entity is None:
            raise ValueError(f"No entity is called {rule.key!r}.")
        mention = self._mentions[rule.key] = Mention(
            rule,
            aliases=self._choice(AnyOf(rules=entity.aliases)),
            names=tuple(map(self._name, entity.ambiguous)),
            context=self._choice(AnyOf(rules=entity.context)),
            exclude=self._choice(AnyOf(rules=entity.exclude)),
        )
        return mention

    def _name(self, term: Term) -> Name:
        exact = self._probe(term, exact=True)
        return Name(exact._replace(spelling=()), exact)

    def _cost(self, plan: Plan) -> float:
        """Estimate how often the plan's anchors are found; patterns count as always."""
        match plan:
            case Probe(pattern=None, needle=needle):
                return self._commonness(needle)
            case Probe():
                return _PATTERN_COST
            case Choice(probes=probes, parts=parts):
                return sum(map(self._commonness, probes)) + sum(map(self._cost, parts))
            case Every(parts=parts):
                return min(map(self._cost, parts), default=math.inf)
            case Neither():
                return math.inf
            case Mention(aliases=aliases, names=names):
                return self._cost(aliases) + sum(self._cost(name.any_case) for name in names)

    def _commonness(self, number: int) -> float:
        return _weight(self.needles[number]) * self._uses[number]


def _weight(needle: Needle) -> float:
    """Guess from its letters how often a needle is met: each one more halves it."""
    letters = sum(
        len(word) if word.isascii() or len(word) > 1 else _IDEOGRAPH_LETTERS
        for word in needle.split()
    )
    if not needle.endswith(" "):
        letters -= _OPEN_END_LETTERS
    return 2.0 ** -min(letters, 1000)
