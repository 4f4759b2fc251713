"""What is left of an item to compare it with others by. Pure.

Words count by their stems; those of the title twice, those far down in the text only tell whether
it is the same text.
"""

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from zlib import crc32

from monitor.model import Gist
from monitor.stories.calendar import CALENDAR

NEAR = 300  # code points of the text behind the title that tell what it is about
FAR = 1000  # code points by which a text is known again
TITLE_COUNTS = 2
TERM_BITS = 32  # of what a slot holds: the term, and above it how it is spelled
TERM_MASK = (1 << TERM_BITS) - 1

_LANGUAGE = re.compile("[a-z]{2,3}")
_MOST_TERMS = 160
_MOST_FIGURES = 16
_MOST_SLOTS = 16
_MOST = 255


def make_gist(
    title: Sequence[str],
    near: Sequence[str],
    far: Sequence[str] = (),
    *,
    language: str,
    figures: Sequence[str] = (),
    dated: bool = False,
    names: Sequence[str] = (),
    slots: Mapping[str, tuple[str, str]] | None = None,
) -> Gist:
    """Return the gist of an item of which these are the words' stems.

    `near` are those of the first NEAR code points of its text, `far` those up to FAR; `figures`
    are the numbers and the names of days and months in its title. `language` is as `language_code`
    returns it. `names` are words that the text writes as names, `slots` are words of names,
    each with its stem, by the words around them.
    """
    seen: dict[str, int] = {}
    for word in title:
        seen[word] = seen.get(word, 0) + TITLE_COUNTS
    titled = len(seen)
    for word in near:
        seen[word] = seen.get(word, 0) + 1
    for word in far:
        seen.setdefault(word, 0)
    prefix = crc32(f"{language} ".encode())
    return Gist(
        language=language,
        terms=tuple(
            [crc32(word.encode("utf-8", "replace"), prefix) for word in seen][:_MOST_TERMS]
        ),
        counts=bytes([min(count, _MOST) for count in seen.values()][:_MOST_TERMS]),
        titled=min(titled, _MOST_TERMS),
        figures=frozenset(term("", figure) for figure in figures[:_MOST_FIGURES]),
        dated=dated,
        names=frozenset(
            crc32(word.encode("utf-8", "replace"), prefix) for word in {*names}.intersection(title)
        ),
        slots={
            term(language, around): _drawn(word) << TERM_BITS | term(language, stem)
            for around, (word, stem) in islice((slots or {}).items(), _MOST_SLOTS)
        },
    )


def _drawn(word: str) -> int:
    """Return a number of which words that are spelled much alike share most bits, 0 for days."""
    if word in CALENDAR:
        return 0
    pairs = zip(f" {word}", f"{word} ", strict=True)
    return reduce(
        or_, (1 << crc32("".join(pair).encode("utf-8", "replace")) % 64 for pair in pairs)
    )


def language_code(language: str) -> str:
    """Return the language that a tag names, by its code of two or three letters, "" where none.

    Sources write anything there.
    """
    first = language.replace("_", "-").partition("-")[0].lower()
    return first if _LANGUAGE.fullmatch(first) else ""


def term(language: str, stem: str) -> int:
    """Return the number that stands for a stem in a language."""
    return crc32(f"{language} {stem}".encode("utf-8", "replace"))
