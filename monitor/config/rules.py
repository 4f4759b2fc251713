"""The schema of rules: terms, entities, and the ways they combine. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from monitor.config.kinds import ANY_SCALAR, Words
from monitor.config.problems import Code, nearest, quote
from monitor.config.values import read_name, text_of, wrong
from monitor.watch import terms
from monitor.watch.terms import AllOf, AnyOf, EntityRef, NoneOf, Term, TermError

LISTED = 12  # names that an error counts up


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that may be referred to. None: a file is unread, so nobody can tell."""

    entities: frozenset[str] | None = None
    notifiers: frozenset[str] | None = None


class Options(BaseModel):
    """A mapping in which every option is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _read_term(value: object) -> Term:
    text_of(value, "a term")
    try:
        return terms.parse_term(str(value))
    except TermError as error:
        raise _term_error(error) from None


def _term_error(error: TermError) -> PydanticCustomError:
    return wrong(
        Code.BAD_TERM,
        _phrase(str(error)),
        _phrase(error.help),
        discreet="this is not a term",
        span=(error.start, error.end),
    )


def _phrase(sentence: str) -> str:
    """Return a sentence as our messages are written: no capital but a name's, no full stop."""
    first = (
        sentence[:1].lower() if sentence[1:2].islower() or sentence[1:2] == " " else sentence[:1]
    )
    return first + sentence[1:].rstrip(".")


def _those(known: frozenset[str]) -> str:
    if len(known) > LISTED:
        return f"{len(known)} are defined"
    return f"you have: {', '.join(sorted(known))}" if known else "none is defined"


def _known_name(what: str, code: Code) -> Callable[[object, ValidationInfo], str]:
    """Return a reader of names that must be defined somewhere in the files."""
    article, known_as = ("an", "entities") if what == "entity" else ("a", "notifiers")

    def read(value: object, info: ValidationInfo) -> str:
        name = text_of(value, f"the name of {article} {what}")
        known = getattr(info.context, known_as, None)
        if known is None or name in known:
            return name
        raise wrong(
            code,
            f"no {what} is called {quote(name)}",
            _those(known),
            discreet=f"no {what} is called that",
            near=known,
        )

    return read


def _read_title(value: object) -> str:
    _read_term(name := read_name(value))
    return name


TermText: TypeAlias = Annotated[Term, PlainValidator(_read_term), ANY_SCALAR, Words("term")]
EntityTitle: TypeAlias = Annotated[str, PlainValidator(_read_title), ANY_SCALAR, Words("name")]
EntityName: TypeAlias = Annotated[
    str,
    PlainValidator(_known_name("entity", Code.UNKNOWN_ENTITY)),
    ANY_SCALAR,
    Words("key of an entity"),
]
NotifierName: TypeAlias = Annotated[
    str,
    PlainValidator(_known_name("notifier", Code.UNKNOWN_NOTIFIER)),
    ANY_SCALAR,
    Words("name of a notifier"),
]


# --- rules ------------------------------------------------------------------------------------


def _not_empty(rules: list[Any]) -> list[Any]:
    if not rules:
        raise wrong(Code.BAD_RULE, "this list is empty", "write at least one term")
    return rules


class EntityRule(Options):
    """Fires where an entity is mentioned."""

    entity: EntityName = Field(description="The entity's key.", examples=["maduro"])

    def rule(self) -> EntityRef:
        """Return the rule this stands for."""
        return EntityRef(key=self.entity)


class AnyRule(Options):
    """Holds where at least one of its rules holds."""

    any: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules of which one is enough.",
        examples=[["amnesty", "regime change"]],
    )

    def rule(self) -> AnyOf:
        """Return the rule this stands for."""
        return AnyOf(rules=tuple(map(as_rule, self.any)))


class AllRule(Options):
    """Holds where each of its rules holds."""

    all: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules that must all hold, in any order and any field.",
        examples=[["Venezuela", {"any": ["amnesty", "regime change"]}]],
    )

    def rule(self) -> AllOf:
        """Return the rule this stands for."""
        return AllOf(rules=tuple(map(as_rule, self.all)))


class NoneRule(Options):
    """Holds where none of its rules holds; only useful inside `all`."""

    none: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules of which none may hold; only useful inside `all`.",
        examples=[["football", "stadium"]],
    )

    def rule(self) -> NoneOf:
        """Return the rule this stands for."""
        return NoneOf(rules=tuple(map(as_rule, self.none)))


KINDS = ("entity", "any", "all", "none")
LATER_RULES = frozenset({"near", "at_least", "query"})


def _check_shape(value: object) -> object:
    """Refuse what is no rule before its kind is looked at."""
    if isinstance(value, str):
        return value
    if value is None:
        advice = "a text that starts with # needs quotes"
        raise wrong(Code.EMPTY_VALUE, "this item has no value", advice)
    if not isinstance(value, dict):
        raise wrong(Code.BAD_RULE, "a list is no rule", "write {any: […]} or {all: […]}")
    given = [key for key in value if key in KINDS]
    unknown = [key for key in value if key not in KINDS]
    if unknown:
        raise _unknown_rule(unknown[0], value[unknown[0]])
    if len(given) != 1:
        message = f"a rule is one of {', '.join(KINDS)}"
        raise wrong(Code.BAD_RULE, message, "combine rules under all: or any:")
    return value


def _unknown_rule(key: str, value: object) -> PydanticCustomError:
    near = nearest(key, KINDS)
    if key in LATER_RULES:
        advice = f"{quote(key)} is not in this version"
    elif near:
        advice = f"did you mean {quote(near)}?"
    elif isinstance(value, str):
        advice = f'a term that contains “: ” needs quotes: "{key}: …"'
    else:
        advice = f"a rule is a term, or one of {', '.join(KINDS)}"
    return wrong(Code.UNKNOWN_OPTION, f"unknown rule {quote(key)}", advice, at=key)


def _kind_of_rule(value: object) -> str:
    if isinstance(value, dict):
        return f"<{next((kind for kind in KINDS if kind in value), 'term')}>"
    return "<term>" if isinstance(value, str | Term) else f"<{type(value).__name__}>"


Rule: TypeAlias = Annotated[
    Annotated[TermText, Tag("<term>")]
    | Annotated[EntityRule, Tag("<entity>")]
    | Annotated[AnyRule, Tag("<any>")]
    | Annotated[AllRule, Tag("<all>")]
    | Annotated[NoneRule, Tag("<none>")],
    Discriminator(_kind_of_rule),
    BeforeValidator(_check_shape),
    Words("[rule](#rules)"),
]


def as_rule(value: Any) -> terms.Rule:
    """Return what an item of a list of rules stands for."""
    return value if isinstance(value, Term) else value.rule()


def _anchored(value: Any) -> Any:
    """Refuse a rule that would fire on every item in which nothing stands."""
    if terms.requires_nothing(as_rule(value)):
        message = "this rule asks for nothing, so every item would fire it"
        advice = "put it into all: together with a term, or into the watchlist's own none:"
        raise wrong(Code.ONLY_NONE, message, advice)
    return value


def _not_empty_watchlist(rules: list[Any]) -> list[Any]:
    if not rules:
        raise wrong(Code.EMPTY_WATCHLIST, "this watchlist never fires", "write at least one term")
    return rules


MatchRule: TypeAlias = Annotated[Rule, AfterValidator(_anchored), Words("[rule](#rules)")]
MatchRules: TypeAlias = Annotated[list[MatchRule], AfterValidator(_not_empty_watchlist)]
