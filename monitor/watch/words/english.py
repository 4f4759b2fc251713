"""Tells inflected forms of one English word from words that only share its stem. Pure.

Snowball's stemmer joins derivations too: organ and organized, univers and university.
"""

import re
from typing import Final

# What two inflected forms of one word may end with once the beginning they share is cut off:
_ENDINGS: Final = re.compile(
    r"(?:e|y|es|s|ed|d|ing|ies|ied|ying|(?P<double>[bdfglmnprstvz])(?:ed|ing))?"
)
_GREEK: Final = {"is", "es"}  # crisis, crises


def are_forms(one: str, other: str) -> bool:
    """Say whether two folded words with one stem are inflected forms of one word."""
    if one == other:
        return True
    shared = shared_letters(one, other)
    before, rests = one[:shared], {one[shared:], other[shared:]}
    return rests == _GREEK or all(_is_ending(rest, before) for rest in rests)


def shared_letters(one: str, other: str) -> int:
    """Return how many letters two words begin with in common."""
    shared = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        shared += 1
    return shared


def stemmable(word: str) -> str:
    """Return a word as the stemmer should see it: it misses the plurals of crisis and of B-52."""
    if not word.endswith("s"):
        return word
    if word[:-1].isdecimal():
        return word[:-1]
    return f"{word[:-2]}es" if len(word) > 5 and word.endswith("sis") else word


def _is_ending(rest: str, before: str) -> bool:
    found = _ENDINGS.fullmatch(rest)
    return found is not None and (not found["double"] or before.endswith(found["double"]))
