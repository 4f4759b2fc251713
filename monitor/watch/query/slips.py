"""Recognises what people write in other search languages, or nearly write in ours.

Pure. As a plain word a mistyped operator would never be found, and nobody would hear of it; so it
is refused with what was probably meant.
"""

import difflib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_LONGEST_NAME: Final = 20  # letters of what may be a misspelt field
_OPERATORS: Final = ("AND", "OR", "NOT")
_SIGNS: Final = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "!": "NOT"}
_LEADING: Final = re.compile(r"([-!+])[\w\"=]")
_JOINED: Final = re.compile(r"&&|\|")
_NEAR: Final = re.compile(r"NEAR|(?i:o?near/.*|(?:w|within|adj)/[0-9]+|near[:~_-]?[0-9]+\w?)")
_ATLEAST: Final = re.compile(r"ATLEAST|(?i:at[_-]?least(?:[:/~_-].*|[0-9]+))")
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_OTHER_NAMES: Final = {
    "body": "content",
    "by": "author",
    "category": "tag",
    "feed": "source",
    "headline": "title",
    "intitle": "title",
    "inurl": "url",
    "language": "lang",
    "link": "url",
    "site": "source",
    "text": "content",
}


class Slip(NamedTuple):
    """What is wrong with a word, and what to write."""

    message: str
    help: str


def slip(word: str) -> Slip | None:
    """Say what is wrong with a word that was meant as an operator; None where it is a word."""
    if word in _SIGNS:
        return _no_operator(word, _SIGNS[word], "Names are found without their signs.")
    if word.upper() in _OPERATORS and word != word.lower():
        return _no_operator(word, word.upper(), f"The word is “{word.lower()}”.")
    if _NEAR.fullmatch(word):
        return _no_operator(word, f"NEAR/{_number(word, '5')}", "As a word it needs quotes.")
    if _ATLEAST.fullmatch(word):
        meant = f"ATLEAST/{_number(word, '2')}(…, …)"
        return _no_operator(word, meant, "As a word it needs quotes.")
    return _sign_at_a_word(word)


def field_slip(name: str, known: Sequence[str]) -> Slip:
    """Say what is wrong with a field that nobody knows."""
    short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    near = difflib.get_close_matches(name.casefold()[: _LONGEST_NAME * 2], known, n=1)
    meant = _OTHER_NAMES.get(name.casefold()) or next(iter(near), None)
    names = ", ".join(f"{each}:" for each in known)
    advice = f"Did you mean “{meant}:”?" if meant else f"Fields are {names}."
    otherwise = "A term that holds a colon needs quotes."
    return Slip(f"No field is called “{short}”.", f"{advice} {otherwise}")


def _no_operator(word: str, meant: str, otherwise: str) -> Slip:
    shown = word if len(word) <= _LONGEST_NAME else f"{word[:_LONGEST_NAME]}…"
    return Slip(f"“{shown}” is no operator.", f"Did you mean “{meant}”? {otherwise}")


def _number(word: str, default: str) -> str:
    found = _NUMBER.search(word)
    return str(max(1, min(100, int(found[0])))) if found else default


def _sign_at_a_word(word: str) -> Slip | None:
    leading = _LEADING.match(word)
    if leading:
        sign, rest = leading[1], word[1 : _LONGEST_NAME + 1]
        meant = f"AND {rest}" if sign == "+" else f"AND NOT {rest}"
        return Slip(
            f"A “{sign}” before a word means nothing here.",
            f"Did you mean “{meant}”? A term that begins with a sign needs quotes.",
        )
    joined = _JOINED.search(word)
    if joined:
        return _no_operator(joined[0], _SIGNS[joined[0]], "Write it between blanks.")
    return None
