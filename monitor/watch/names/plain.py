"""A name from outside becomes plain words: no term of ours is written with its signs. Pure."""

import re
from typing import Final

from monitor.watch.terms import TermError, TermKind, parse_term
from monitor.watch.words.text import tokenise

# Letters, digits and signs that mean nothing in a term; a first sign may mean something.
_PLAIN: Final = re.compile(r"[^\W_](?:[\w .,()'’&+–-]*[\w.)])?")
_INSIDE_WORDS: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f]")
_SIGNS: Final = re.compile(r'["*]')
_FIRST: Final = " /="


def plain_name(text: str) -> str:
    """Return a name that is a term of plain words, printable, and reads as the text does.

    "" where the text has neither letters nor digits.
    """
    name = " ".join(text.split())
    if _PLAIN.fullmatch(name):
        return name
    name = _SIGNS.sub(" ", _INSIDE_WORDS.sub("", name))
    name = "".join(char if char.isprintable() else " " for char in name)
    name = " ".join(name.split()).lstrip(_FIRST)
    words = tokenise(text, addresses=True).words
    if _is_term(name) and tokenise(name, addresses=True).words == words:
        return name
    # What signs did to the words is kept by writing the words themselves.
    return " ".join(words)


def _is_term(name: str) -> bool:
    try:
        return parse_term(name).kind is TermKind.WORDS
    except TermError:
        return False
