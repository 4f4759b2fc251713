"""Reads a query, as in `title:"cartel of the suns" OR (airspace NEAR/5 closed AND lang:es)`.

Pure. NOT binds most tightly, then NEAR/n, AND, OR. Words in a row are one term, read as in lists.
What it returns is the rule tree that the YAML forms build too.
"""

from collections.abc import Callable, Collection
from typing import Final, NamedTuple, TypeAlias, TypeVar

from monitor.model import Field
from monitor.watch.query.names import UnknownEntityError, read_name
from monitor.watch.query.tokens import Kind, QueryError, Token, refusal, tokens_of
from monitor.watch.rules import (
    MAX_DISTANCE,
    MAX_GROUPS,
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
from monitor.watch.terms import Term, TermError, parse_term

__all__ = ["MAX_DEPTH", "QueryError", "UnknownEntityError", "parse_query"]

MAX_DEPTH: Final = 64  # of parentheses, fields and NOT inside each other

_FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    "title": ("title",),
    "summary": ("summary",),
    "content": ("content",),
    "author": ("author",),
    "url": ("url",),
}
_LOWER_CASE: Final = ("and", "or", "not")  # words, until they stand where an operator should
_OF_THE_ITEM: Final = ("entity", "lang", "source")  # may stand within title:(…)


class _Scope(NamedTuple):
    """What is open around a part of a query."""

    depth: int = 0
    text: str = ""  # the field that terms are looked for in
    name: str = ""  # the field whose names are listed, as in lang:(es OR pt)


T = TypeVar("T")

_Reader: TypeAlias = Callable[[_Scope], T]


def parse_query(query: str, *, entities: Collection[str] | None = None) -> Rule:
    """Read a query. Raises QueryError, with its place.

    `entities` are the keys that may be named; None: any.
    """
    return _Parser(query, entities).parse()


class _Parser:
    """Reads one query from the left to the right."""

    def __init__(self, query: str, entities: Collection[str] | None) -> None:
        self._query = query
        self._entities = entities
        self._tokens = list(tokens_of(query))
        self._at = 0

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _is_next(self, kind: Kind) -> bool:
        return self._peek().kind is kind

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def parse(self) -> Rule:
        if self._is_next(Kind.END):
            raise QueryError(
                "The query is empty.", 0, len(self._query), help="Write at least one term."
            )
        rule = self._either(_Scope())
        if self._is_next(Kind.CLOSE):
            raise refusal(self._peek(), "No parenthesis is open here.", "Remove this one.")
        self._expect(Kind.END)
        return rule

    # --- operators, the loosest first ---------------------------------------------------------

    def _either(self, scope: _Scope) -> Rule:
        parts = self._joined(Kind.OR, self._all, scope)
        return parts[0] if len(parts) == 1 else AnyOf(rules=tuple(parts))

    def _all(self, scope: _Scope) -> Rule:
        parts = self._joined(Kind.AND, self._row, scope)
        return parts[0] if len(parts) == 1 else AllOf(rules=tuple(parts))

    def _joined(self, operator: Kind, read: _Reader[Rule], scope: _Scope) -> list[Rule]:
        parts = [read(scope)]
        while self._is_next(operator):
            self._take()
            parts.append(read(scope))
        return parts

    def _row(self, scope: _Scope) -> Rule:
        first = self._at
        rule = self._negated(scope)
        if not self._is_next(Kind.NEAR):
            return rule
        groups = [self._group(rule, first)]
        distance = self._peek()
        while self._is_next(Kind.NEAR):
            self._check_distance(self._take(), distance, len(groups))
            first = self._at
            groups.append(self._group(self._negated(scope), first))
        return Near(groups=tuple(groups), within=int(distance.text))

    def _check_distance(self, token: Token, first: Token, groups: int) -> None:
        if not _lies(token.text, 1, MAX_DISTANCE):
            advice = f"NEAR takes 1 to {MAX_DISTANCE} words: NEAR/5."
            raise refusal(token, "This distance is out of range.", advice)
        if int(token.text) != int(first.text):
            advice = f"Write NEAR/{int(first.text)} here too, or two rows: one AND the other."
            raise refusal(token, "A row has one distance.", advice)
        if groups == MAX_GROUPS:
            advice = "Join several shorter rows with AND."
            raise refusal(token, f"A row has at most {MAX_GROUPS} groups.", advice)

    def _group(self, rule: Rule, first: int) -> tuple[Rule, ...]:
        """Return what a side of NEAR offers, or refuse what can't stand at a place in a text."""
        advice = _not_in_a_row(rule)
        if advice:
            place = (self._tokens[first].start, self._tokens[self._at - 1].end)
            message = "NEAR takes terms, entities and choices of them."
            raise QueryError(message, *place, help=advice)
        return rule.rules if isinstance(rule, AnyOf) else (rule,)

    def _negated(self, scope: _Scope) -> Rule:
        if not self._is_next(Kind.NOT):
            return self._operand(scope)
        inner = self._deeper(scope, self._take())
        return NoneOf(rules=(self._negated(inner),))

    # --- operands -----------------------------------------------------------------------------

    def _operand(self, scope: _Scope) -> Rule:
        token = self._take()
        match token.kind:
            case Kind.OPEN:
                return self._parenthesised(token, self._deeper(scope, token), self._either)
            case Kind.ATLEAST:
                return self._counted(token, scope)
            case Kind.FIELD:
                return self._field(token, self._deeper(scope, token))
            case Kind.WORD | Kind.QUOTED | Kind.PATTERN:
                if scope.name:
                    return read_name(token, scope.name, self._entities)
                return self._term(token)
            case _:
                raise self._missing(token)

    def _parenthesised(self, opened: Token, scope: _Scope, read: _Reader[T]) -> T:
        if self._is_next(Kind.CLOSE):
            place = (opened.start, self._peek().end)
            message = "Nothing stands between these parentheses."
            raise QueryError(message, *place, help="Write a term inside, or remove them.")
        found = read(scope)
        if self._is_next(Kind.END):
            raise refusal(opened, "This parenthesis is never closed.", "Write ) where it ends.")
        self._expect(Kind.CLOSE)
        return found

    def _counted(self, token: Token, scope: _Scope) -> Rule:
        if not self._is_next(Kind.OPEN):
            number = token.text[:3]
            advice = f"Write ATLEAST/{number}(one, other, third)."
            raise refusal(token, "ATLEAST needs a list in parentheses.", advice)
        opened = self._take()
        parts = self._parenthesised(opened, self._deeper(scope, opened), self._listed)
        if not _lies(token.text, 1, len(parts)):
            message = f"The list has {len(parts)} parts, so ATLEAST takes 1 to {len(parts)}."
            raise refusal(token, message, "Parts stand between commas, or all between ORs.")
        return AtLeast(count=int(token.text), rules=tuple(parts))

    def _listed(self, scope: _Scope) -> list[Rule]:
        """Return the parts of a list: between commas, or where there is none between ORs."""
        parts = self._joined(Kind.OR, self._all, scope)
        if not self._is_next(Kind.COMMA):
            return parts
        listed = [parts[0] if len(parts) == 1 else AnyOf(rules=tuple(parts))]
        while self._is_next(Kind.COMMA):
            self._take()
            listed.append(self._either(scope))
        return listed

    def _field(self, token: Token, scope: _Scope) -> Rule:
        if scope.name or (scope.text and token.text not in _OF_THE_ITEM):
            around = scope.name or scope.text
            message = f"{token.text}: can't stand within {around}:."
            raise refusal(token, message, "Close the one before, and join the two with AND.")
        fields = _FIELDS.get(token.text)
        if fields is None:
            return self._operand(scope._replace(name=token.text))
        return InFields(fields=fields, rule=self._operand(scope._replace(text=token.text)))

    def _term(self, token: Token) -> Term:
        last = token
        while token.kind is Kind.WORD and self._is_next(Kind.WORD) and self._peek().text[0] != "=":
            last = self._take()
        return self._read_term(token.start, last.end)

    def _read_term(self, start: int, end: int) -> Term:
        try:
            return parse_term(self._query[start:end])
        except TermError as error:
            place = (start + error.start, start + error.end)
            raise QueryError(str(error), *place, help=error.help) from None

    # --- refusals -----------------------------------------------------------------------------

    def _deeper(self, scope: _Scope, token: Token) -> _Scope:
        if scope.depth == MAX_DEPTH:
            message = f"Parentheses, fields and NOT nest deeper than {MAX_DEPTH} levels."
            raise refusal(token, message, "Write several rules.")
        return scope._replace(depth=scope.depth + 1)

    def _expect(self, wanted: Kind) -> None:
        """Pass the end of a part, or say what is missing before what stands there."""
        token = self._peek()
        if token.kind is wanted:
            self._at += 1
            return
        message = "An operator is missing here."
        for word in (token, self._tokens[self._at - 1]):
            if word.kind is Kind.WORD and word.text in _LOWER_CASE:
                meant = word.text.upper()
                advice = f"Did you mean “{meant}”? Operators are written in capitals."
                raise refusal(word, message, advice)
        if token.kind is Kind.NOT:
            raise refusal(token, message, "Write AND NOT, or OR NOT.")
        if token.kind is Kind.COMMA:
            advice = "Commas part the list of ATLEAST/n(…) alone; write OR, or put it in quotes."
            raise refusal(token, "This comma stands in no list.", advice)
        advice = "Write AND, OR or NEAR/5 between the two; a name of several words needs quotes."
        raise refusal(token, message, advice)

    def _missing(self, token: Token) -> QueryError:
        """Return the error for a token that stands where a term should."""
        before = self._tokens[self._at - 2] if self._at > 1 else None
        if before is None or (before.kind is Kind.OPEN and token.kind is not Kind.END):
            place, where = token, "before"
        else:
            place, where = before, "after"
        shown = self._query[place.start : place.end]
        return refusal(place, f"A term is missing {where} {shown}", "Write one, or remove it.")


def _lies(digits: str, least: int, most: int) -> bool:
    return len(digits) <= 4 and least <= int(digits) <= most


def _not_in_a_row(rule: Rule) -> str:
    """Say what to write where a rule can't be a side of NEAR; "" where it can."""
    match rule:
        case Term() | EntityRef():
            return ""
        case AnyOf(rules=rules):
            return next(filter(None, map(_not_in_a_row, rules)), "")
        case NoneOf():
            return "NOT binds more tightly than NEAR: write NOT (one NEAR/5 other)."
        case InFields(fields=("tags",)) | InLanguage() | FromSource():
            return "Join it with AND: (one NEAR/5 other) AND lang:es."
        case InFields():
            return "Write the field before all of it: title:(one NEAR/5 other)."
        case _:
            return "Write two rows: (one NEAR/5 other) AND (one NEAR/5 third)."
