"""Tells inflected forms of one German word from words that only share its stem. Pure.

Snowball joins the Ministerin with the Minister, and landete with Land. Words are folded: ä is a.
"""

import re
from typing import Final

from monitor.watch.words.english import shared_letters

# What two forms of one word may end with once the beginning they share is cut off: of nouns and
# adjectives …
_NOMINAL: Final = re.compile(r"(?:en)?s|(?:e|er|es|s[es])?(?:[nmrs]|e[nmrs]?)?|(?:e?st)e[nmrs]?")
# … and of verbs and participles, none of which is bare.
_VERBAL: Final = re.compile(r"e?n?|e?st|e?(?:te?)(?:st|t|[nmrs])?|e?nd(?:e[nmrs]?)?")


def are_german_forms(one: str, other: str) -> bool:
    """Say whether two folded words with one stem are inflected forms of one word."""
    shared = shared_letters(one, other)
    rests = (one[shared:], other[shared:])
    if all(map(_NOMINAL.fullmatch, rests)):
        return True
    return all(rests) and all(map(_VERBAL.fullmatch, rests))
