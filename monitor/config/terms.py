"""What rules are written with: terms, queries, and the names of what is defined elsewhere. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from monitor.config.kinds import ANY_SCALAR, Words
from monitor.config.problems import Code, quote
from monitor.config.values import read_name, text_of, wrong
from monitor.watch.query import QueryError, UnknownEntityError, parse_query
from monitor.watch.rules import Rule
from monitor.watch.terms import Term, TermError, parse_term

LISTED = 12  # names that an error counts up


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that may be referred to. None: a file is unread, so nobody can tell."""

    entities: frozenset[str] | None = None
    notifiers: frozenset[str] | None = None


def _read_term(value: object) -> Term:
    text_of(value, "a term")
    try:
        return parse_term(str(value))
    except TermError as error:
        raise _at_its_place(error, Code.BAD_TERM, "this is not a term") from None


def _read_query(value: object, info: ValidationInfo) -> Rule:
    text_of(value, "a query")
    known = getattr(info.context, "entities", None)
    try:
        return parse_query(str(value), entities=known)
    except UnknownEntityError as error:
        place = (error.start, error.end)
        raise _nobody_called(error.key, "entity", known or frozenset(), place) from None
    except QueryError as error:
        raise _at_its_place(error, Code.BAD_QUERY, "this is not a query") from None


def _at_its_place(error: TermError | QueryError, code: Code, discreet: str) -> PydanticCustomError:
    return wrong(
        code,
        _phrase(str(error)),
        _phrase(error.help),
        discreet=discreet,
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


def _known_name(what: str) -> Callable[[object, ValidationInfo], str]:
    """Return a reader of names that must be defined somewhere in the files."""
    article, known_as = ("an", "entities") if what == "entity" else ("a", "notifiers")

    def read(value: object, info: ValidationInfo) -> str:
        name = text_of(value, f"the name of {article} {what}")
        known = getattr(info.context, known_as, None)
        if known is None or name in known:
            return name
        raise _nobody_called(name, what, known)

    return read


def _nobody_called(
    name: str, what: str, known: frozenset[str], span: tuple[int, int] | None = None
) -> PydanticCustomError:
    return wrong(
        Code.UNKNOWN_ENTITY if what == "entity" else Code.UNKNOWN_NOTIFIER,
        f"no {what} is called {quote(name)}",
        _those(known),
        discreet=f"no {what} is called that",
        near=known,
        span=span,
    )


def _read_title(value: object) -> str:
    _read_term(name := read_name(value))
    return name


TermText: TypeAlias = Annotated[Term, PlainValidator(_read_term), ANY_SCALAR, Words("term")]
EntityTitle: TypeAlias = Annotated[str, PlainValidator(_read_title), ANY_SCALAR, Words("name")]
EntityName: TypeAlias = Annotated[
    str,
    PlainValidator(_known_name("entity")),
    ANY_SCALAR,
    Words("key of an entity"),
]
NotifierName: TypeAlias = Annotated[
    str,
    PlainValidator(_known_name("notifier")),
    ANY_SCALAR,
    Words("name of a notifier"),
]
QueryText: TypeAlias = Annotated[
    Rule,
    PlainValidator(_read_query),
    ANY_SCALAR,
    Words("[query](watchlists.md#queries)"),
]
