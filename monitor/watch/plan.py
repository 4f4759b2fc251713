"""Makes rules ready to be asked: their terms become needles of one scanner. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from monitor.watch.patterns import Pattern
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Entity,
    EntityRef,
    FromSource,
    InFields,
    InLanguage,
    Near,
    NoneOf,
    Rule,
)
from monitor.watch.terms import Term, TermKind
from monitor.watch.words.compounds import closed_term, may_be_closed
from monitor.watch.words.scanner import Needle
from monitor.watch.words.text import tokenise

_IDEOGRAPH_LETTERS: Final = 4  # about as telling as this many letters of an alphabet
_OPEN_END_LETTERS: Final = 2  # a beginning is met as often as a word shorter by this
_MANY: Final = 32  # probes of a choice from which on they are looked up by needle


class Probe(NamedTuple):
    """A term made ready: a needle of the scanner, or a pattern."""

    term: Term
    needle: int = -1
    pattern: Pattern | None = None
    spelling: tuple[str, ...] = ()  # the exact spelling asked for, else empty
    bends: bool = False  # whether its inflected forms and other spellings count
    acronyms: tuple[str, ...] = ()  # of an exact form: what counts in capitals or with full stops


class Choice(NamedTuple):
    """Any of these terms and other parts. A choice may have thousands of terms."""

    rule: AnyOf
    few: tuple[Probe, ...]  # its terms, where they are few …
    many: Mapping[int, tuple[Probe, ...]] | None  # … else all of them by needle
    parts: tuple["Plan", ...]  # patterns, and rules that are not terms

    @property
    def probes(self) -> Iterable[Probe]:
        """The terms that are not patterns."""
        return self.few if self.many is None else chain.from_iterable(self.many.values())

    def standing(self, hits: Collection[int]) -> Sequence[Probe]:
        """Return the terms whose needle was hit."""
        if self.many is None:
            return [probe for probe in self.few if probe.needle in hits]
        return [probe for needle in hits for probe in self.many.get(needle, ())]


class Neither(NamedTuple):
    """None of these."""

    rule: NoneOf
    parts: tuple["Plan", ...]


class Several(NamedTuple):
    """All of these, or so many."""

    rule: AllOf | AtLeast
    least: int
    parts: tuple["Plan", ...]


class Proximity(NamedTuple):
    """One of each of these, near each other."""

    rule: Near
    groups: tuple[Choice, ...]


class Scope(NamedTuple):
    """This, in some fields alone."""

    rule: InFields
    part: "Plan"


class Condition(NamedTuple):
    """Something that an item is, whatever stands in it."""

    rule: InLanguage | FromSource


class Name(NamedTuple):
    """An ambiguous name: found in any case, only as it was written, or in any form."""

    any_case: Probe
    exact: Probe
    forms: Probe


class Mention(NamedTuple):
    """An entity, by any of its names."""

    rule: EntityRef
    aliases: Choice
    names: tuple[Name, ...]
    context: Choice
    exclude: Choice
    alone: bool  # a name in its exact case that nothing explains is a possible one, else none


Plan: TypeAlias = Probe | Choice | Several | Neither | Proximity | Scope | Condition | Mention


class Planner:
    """Plans rules over one set of needles."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        """Begin without needles."""
        self.needles: list[Needle] = []
        self.phrases: list[str | None] = []  # by needle: what is met in other forms too, as written
        self._entities = entities
        self._mentions: dict[str, Mention] = {}
        self._probes: dict[Term, Probe] = {}
        self._numbers: dict[Needle, int] = {}
        self._weights: list[float] = []  # by needle
        self._uses: list[int] = []  # by needle: what many rules name, the news names often
        self._patterns: dict[str, Pattern] = {}

    def plan(self, rule: Rule) -> Plan:  # noqa: C901, PLR0911, PLR0912 - a case for each kind of rule
        """Make a rule ready. Raises ValueError where it names an entity that isn't there."""
        match rule:
            case Term():
                return self._probe(rule)
            case EntityRef(key=key):
                return self._mentions.get(key) or self._mention(rule)
            case AnyOf():
                return self._choice(rule)
            case AllOf(rules=rules):
                return Several(rule, len(rules), tuple(map(self.plan, rules)))
            case NoneOf(rules=rules):
                return Neither(rule, tuple(map(self.plan, rules)))
            case AtLeast(count=count, rules=rules):
                return Several(rule, count, tuple(_different(map(self.plan, rules))))
            case Near(groups=groups):
                return Proximity(rule, tuple(self._choice(AnyOf(rules=each)) for each in groups))
            case InFields(rule=inner):
                return Scope(rule, self.plan(inner))
            case InLanguage() | FromSource():
                return Condition(rule)

    def rate(self, needle: int) -> float:
        """Guess how often a needle is met, next to others; ask once all rules are planned."""
        return self._weights[needle] * self._uses[needle]

    def _probe(self, term: Term) -> Probe:
        probe = self._probes.get(term)
        if probe is None:
            probe = self._probes[term] = self._made(term)
        if probe.pattern is None:
            self._uses[probe.needle] += 1
        return probe

    def _made(self, term: Term) -> Probe:
        if term.kind is TermKind.PATTERN:
            pattern = self._patterns.get(term.text)
            if pattern is None:
                pattern = self._patterns[term.text] = Pattern(term.text)
            return Probe(term, pattern=pattern)
        text, acronyms = _as_looked_for(term)
        tokens = tokenise(text, addresses=True)
        needle = tokens.joined[:-1] if term.kind is TermKind.PREFIX else tokens.joined
        number = self._numbers.setdefault(needle, len(self.needles))
        if number == len(self.needles):
            self.needles.append(needle)
            self.phrases.append(None)
            self._weights.append(_weight(needle))
            self._uses.append(0)
        if term.kind is TermKind.WORDS:
            self._bend(number, term.text)
            return Probe(term, number, bends=True)
        if term.kind is TermKind.EXACT_CASE:
            return Probe(term, number, spelling=tokens.spellings(0, len(tokens.words)))
        if term.kind is TermKind.PREFIX:
            return Probe(term, number, bends=True)
        return Probe(term, number, acronyms=acronyms)

    def _bend(self, needle: int, text: str) -> None:
        """Have a needle found in other forms; of two spellings the one with accents tells more."""
        known = self.phrases[needle]
        if known is None or (known.isascii() and not text.isascii()):
            self.phrases[needle] = text

    def _choice(self, rule: AnyOf) -> Choice:
        probes: list[Probe] = []
        parts: list[Plan] = []
        for each in rule.rules:
            part = self._probe(each) if isinstance(each, Term) else self.plan(each)
            if isinstance(part, Probe) and part.pattern is None:
                probes.append(part)
            else:
                parts.append(part)
        if len(probes) < _MANY:
            return Choice(rule, tuple(probes), None, tuple(parts))
        many: dict[int, tuple[Probe, ...]] = {}
        for probe in probes:
            many[probe.needle] = (*many.get(probe.needle, ()), probe)
        return Choice(rule, (), many, tuple(parts))

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
            alone=entity.alone == "lower",
        )
        return mention

    def _name(self, term: Term) -> Name:
        """Make an ambiguous name ready; whether it has a mark for the exact case is the same."""
        probe = self._probe(term)
        if probe.pattern is not None:
            return Name(probe, probe, probe)
        text, acronyms = _as_looked_for(term)
        tokens = tokenise(text, addresses=True)
        any_case = probe._replace(spelling=(), bends=False, acronyms=acronyms)
        exact = any_case._replace(spelling=tokens.spellings(0, len(tokens.words)))
        if term.kind not in {TermKind.WORDS, TermKind.EXACT_CASE}:
            return Name(any_case, exact, any_case)
        self._bend(probe.needle, text)
        return Name(any_case, exact, any_case._replace(bends=True))


def _as_looked_for(term: Term) -> tuple[str, tuple[str, ...]]:
    """Return a term's text and what it must show: an exact one is looked for closed up."""
    if term.kind is TermKind.WORDS or not may_be_closed(term.text):
        return term.text, ()
    return closed_term(term.text)


def _different(plans: Iterable[Plan]) -> Iterable[Plan]:
    """Return plans without those that ask for the same: one thing counts once."""
    found: dict[object, Plan] = {}
    for plan in plans:
        found.setdefault(plan[1:] if isinstance(plan, Probe) else plan.rule, plan)
    return found.values()


def _weight(needle: Needle) -> float:
    """Guess from its letters how often a needle is met: each one more halves it."""
    if needle.isascii():
        letters = len(needle) - needle.count(" ")
    else:
        words = needle.split()
        letters = sum(
            len(word) if word.isascii() or len(word) > 1 else _IDEOGRAPH_LETTERS for word in words
        )
    if not needle.endswith(" "):
        letters -= _OPEN_END_LETTERS
    return 2.0 ** -min(letters, 1000)
