"""Cuts a query into tokens: operators, parentheses, fields, and the parts of terms.

Pure, and in time linear in the text.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from monitor.watch.query.slips import Slip, field_slip, slip

MAX_QUERY: Final = 10_000  # characters
NAME_FIELDS: Final = ("tag", "source", "lang", "entity")  # a name follows, not a term
TEXT_FIELDS: Final = ("title", "summary", "content", "author", "url")

_FIELD: Final = re.compile(r"([^\W\d_]+):(?!//)")
_QUOTED: Final = re.compile(r'=?"[^"]*"')
_PATTERN: Final = re.compile(r"/(?:[^/\\]|\\.)*/", re.DOTALL)
_WORD: Final = re.compile(r"[^\s()]+")
_WORD_OF_LIST: Final = re.compile(r"[^\s(),]+")
_COUNTED: Final = re.compile(r"(NEAR|ATLEAST)/([0-9]+)")
_SPLIT: Final = re.compile(r"(?:(?i:near|atleast)(?:\s+/\s*|/\s+)|(?:NEAR|ATLEAST)\s+)[0-9]{1,3}")
_NOT_BLANK: Final = re.compile(r"\S")
_DISTANCE: Final = re.compile(r"~([0-9]{1,3})(?![0-9])")


class QueryError(ValueError):
    """A query nobody can mean; [start, end) is the place inside it."""

    def __init__(self, message: str, start: int, end: int, *, help: str) -> None:  # noqa: A002 - the word of our errors
        """Keep what is wrong, where, and what to do."""
        super().__init__(message)
        self.start = start
        self.end = end
        self.help = help


class Kind(Enum):
    """What a token is."""

    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    ATLEAST = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()  # only within ATLEAST/n(…)
    FIELD = auto()
    WORD = auto()
    QUOTED = auto()
    PATTERN = auto()
    END = auto()


_SIGNS: Final = {"(": Kind.OPEN, ")": Kind.CLOSE, ",": Kind.COMMA}
_OPERATORS: Final = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


class Token(NamedTuple):
    """A piece [start, end) of a query. `text` is what counts of it: of a field its name, of NEAR
    and ATLEAST the digits.
    """

    kind: Kind
    text: str
    start: int
    end: int


def refusal(token: Token, message: str, advice: str) -> QueryError:
    """Return the error for a token."""
    return QueryError(message, token.start, token.end, help=advice)


def tokens_of(query: str) -> Iterator[Token]:
    """Yield the tokens of a query; the last stands for its end. Raises QueryError."""
    if len(query) > MAX_QUERY:
        message = f"The query is longer than {MAX_QUERY:,} characters."
        raise QueryError(message, MAX_QUERY, len(query), help="Write several rules.")
    lists = [False]  # for each open parenthesis: does it stand within ATLEAST/n(…)?
    before = Token(Kind.END, "", 0, 0)
    while found := _NOT_BLANK.search(query, before.end):
        before, previous = _token(query, found.start(), before, in_list=lists[-1]), before
        if before.kind is Kind.OPEN:
            lists.append(lists[-1] or previous.kind is Kind.ATLEAST)
        elif before.kind is Kind.CLOSE and len(lists) > 1:
            lists.pop()
        yield before
    yield Token(Kind.END, "", len(query), len(query))


def _token(query: str, start: int, before: Token, *, in_list: bool) -> Token:
    sign = _SIGNS.get(query[start])
    if sign and (in_list or sign is not Kind.COMMA):
        return Token(sign, query[start], start, start + 1)
    is_name = before.kind is Kind.FIELD and before.text in NAME_FIELDS
    field = None if is_name else _FIELD.match(query, start)
    if field:
        return _field(field[1], start)
    if query.startswith(('"', '="'), start):
        return _enclosed(query, start, Kind.QUOTED, in_list=in_list)
    if query[start] == "/":
        return _enclosed(query, start, Kind.PATTERN, in_list=in_list)
    found = (_WORD_OF_LIST if in_list else _WORD).match(query, start)
    assert found  # it is no blank and no sign
    word = Token(Kind.WORD, found[0], start, found.end())
    if is_name:
        return word
    _refuse_split(query, start)
    return _word_or_operator(word)


def _field(name: str, start: int) -> Token:
    known = (*TEXT_FIELDS, *NAME_FIELDS)
    if name not in known:
        raise _slipped(field_slip(name, known), start, start + len(name))
    return Token(Kind.FIELD, name, start, start + len(name) + 1)


def _word_or_operator(word: Token) -> Token:
    if word.text in _OPERATORS:
        return word._replace(kind=_OPERATORS[word.text])
    counted = _COUNTED.fullmatch(word.text)
    if counted:
        return word._replace(kind=Kind[counted[1]], text=counted[2])
    slipped = slip(word.text)
    if slipped:
        raise _slipped(slipped, word.start, word.end)
    return word


def _refuse_split(query: str, start: int) -> None:
    """Refuse an operator that blanks keep apart from its number."""
    split = _SPLIT.match(query, start)
    slipped = slip("".join(split[0].split())) if split else None
    if split and slipped:
        raise _slipped(slipped, start, split.end())


def _slipped(said: Slip, start: int, end: int) -> QueryError:
    return QueryError(said.message, start, end, help=said.help)


def _enclosed(query: str, start: int, kind: Kind, *, in_list: bool) -> Token:
    """Return the token from a quote or a slash to the next, which must end the term."""
    closing = "/" if kind is Kind.PATTERN else '"'
    found = (_PATTERN if kind is Kind.PATTERN else _QUOTED).match(query, start)
    if found is None:
        name = "slash" if closing == "/" else "quote"
        raise QueryError(
            f"This {name} is never closed.",
            start,
            start + 1,
            help="A slash begins a pattern, as in /flight (ban|ceiling)/; signs are not compared."
            if closing == "/"
            else 'Write "the whole phrase", or no quotes.',
        )
    _refuse_tail(query, found.end(), closing, in_list=in_list)
    return Token(kind, found[0], start, found.end())


def _refuse_tail(query: str, start: int, closing: str, *, in_list: bool) -> None:
    tail = (_WORD_OF_LIST if in_list else _WORD).match(query, start)
    if tail is None:
        return
    distance = _DISTANCE.fullmatch(tail[0])
    if distance and closing == '"':
        advice = f"For words near each other write: one NEAR/{distance[1]} other."
    elif closing == '"':
        advice = "Write a blank and an operator after the quote."
    else:
        advice = r"Write a slash inside a pattern as \/, and a blank and an operator after it."
    name = "slash" if closing == "/" else "quote"
    raise QueryError(f"Text follows the closing {name}.", start, tail.end(), help=advice)
