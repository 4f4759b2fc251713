"""The rule tree: terms, entities and the ways they combine into watchlists. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Literal, TypeAlias

from monitor.model import Field, Severity
from monitor.settings import Escalation, QuietHours, Throttle
from monitor.watch.terms import Term

MAX_DISTANCE: Final = 100  # words of a Near
# Where what speaks for or against an entity's names is looked for, whatever a watchlist looks at.
NEARBY: Final[tuple[Field, ...]] = ("title", "summary", "content")
MAX_GROUPS: Final = 6  # of a Near; the time to find one doubles with each


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRef:
    """A rule that holds where the named entity is mentioned."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """Holds where at least one of its rules holds."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Holds where each of its rules holds."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf:
    """Holds where none of its rules holds; it never anchors a rule."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """Holds where `count` of its rules hold."""

    count: int
    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Holds where one rule of each group is found, in one field, within so many words.

    Of hits in the order of the text, each must begin at most `within` words after the last word of
    the one before: neighbours are one word apart. Groups hold terms, entities and choices of them.
    """

    groups: tuple[tuple["Rule", ...], ...]
    within: int
    ordered: bool = False  # in the order of the groups
    same_sentence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InFields:
    """Holds where its rule holds in these fields alone, whatever fields the watchlist reads."""

    fields: tuple[Field, ...]
    rule: "Rule"
    whole: bool = False  # a term that is all of a tag


@dataclass(frozen=True, slots=True, kw_only=True)
class InLanguage:
    """Holds for items in this language; `en` takes en-GB."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSource:
    """Holds for items of these sources: `tag:NAME`, a source's name, or a glob over its host."""

    which: str


Rule: TypeAlias = (
    Term | EntityRef | AnyOf | AllOf | NoneOf | AtLeast | Near | InFields | InLanguage | FromSource
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A name with aliases. `ambiguous` names count only with context near, or in their exact
    case and without any exclude.

    `alone` says what a name in its exact case is worth to which nothing gives context: an alert
    one severity lower, or nothing.
    """

    key: str
    name: str
    aliases: tuple[Term, ...]  # the name itself is the first
    ambiguous: tuple[Term, ...] = ()
    context: tuple[Term, ...] = ()
    exclude: tuple[Term, ...] = ()
    alone: Literal["lower", "no"] = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFilter:
    """Which sources a watchlist reads: `tag:NAME`, a source's name, or a glob over its host."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text in a watchlist's own tests."""

    title: str
    summary: str = ""
    content: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    link: str = ""
    source: str = ""  # a name or an address
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One test written in a watchlist."""

    sample: Sample
    expect: Literal["match", "no_match"]
    line: int = 0  # where it stands, for the report
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """Named rules over items; any of `match` fires it, any of `none` vetoes it."""

    name: str
    match: tuple[Rule, ...]
    none: tuple[Rule, ...] = ()
    description: str = ""
    severity: Severity = Severity.MEDIUM
    fields: tuple[Field, ...] = ("title", "summary", "content")
    languages: tuple[str, ...] = ()
    sources: SourceFilter = SourceFilter()
    notify: tuple[str, ...] = ()
    on_update: Literal["never", "numbers", "always"] = "numbers"
    throttle: Throttle = field(default_factory=Throttle)
    quiet_hours: QuietHours | None = None
    escalate: Escalation | None = None
    tests: tuple[Expectation, ...] = ()


def requires_nothing(rule: Rule) -> bool:  # noqa: PLR0911 - a case for each kind of rule
    """Say whether a rule could hold for a text in which none of its terms stands."""
    match rule:
        case Term() | EntityRef():
            return False
        case AnyOf(rules=rules):
            return any(map(requires_nothing, rules))
        case AllOf(rules=rules):
            return all(map(requires_nothing, rules))
        case AtLeast(count=count, rules=rules):
            return sum(map(requires_nothing, rules)) >= count
        case Near(groups=groups):
            return all(any(map(requires_nothing, group)) for group in groups)
        case InFields(rule=inner):
            return requires_nothing(inner)
        case NoneOf() | InLanguage() | FromSource():
            return True


def fields_of(watchlist: Watchlist) -> set[Field]:
    """Return every field that a watchlist's rules look at, in an entity's company too."""
    return {*watchlist.fields, *_fields_named((*watchlist.match, *watchlist.none))}


def _fields_named(rules: Iterable[Rule]) -> Iterator[Field]:
    for rule in rules:
        match rule:
            case EntityRef():
                yield from NEARBY
            case InFields(fields=fields, rule=inner):
                yield from fields
                yield from _fields_named((inner,))
            case AnyOf(rules=parts) | AllOf(rules=parts) | NoneOf(rules=parts):
                yield from _fields_named(parts)
            case AtLeast(rules=parts):
                yield from _fields_named(parts)
            case Near(groups=groups):
                yield from _fields_named(chain.from_iterable(groups))
            case _:
                continue
