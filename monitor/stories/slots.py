"""Finds names by the words around them, so that one in another's place is seen. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

# Signs behind which a capital is no name's, or not one in a sentence.
_PIECE: Final = re.compile(r"\w+|[.!?…:|–—(\"“”/@=]|(?<=\s)-(?=\s)")
# Long, and still small where a headline begins every word with a capital.
_SMALL: Final = frozenset(("from", "with", "over", "into", "amid", "after", "near", "than", "that"))


def between(text: str) -> Iterator[tuple[str, str]]:
    """Yield the last and the first word of each name inside a sentence, by the words around it."""
    words = _PIECE.findall(text)
    place = 1
    while place < len(words):
        begin = place
        while place < len(words) and words[place][0].isupper():
            place += 1
        if begin == place:
            place += 1
        elif place < len(words) and words[begin - 1][0].isalnum():  # or a cut went through it
            around = [*words[max(begin - 2, 0) : begin], words[place]]
            yield from _slots(words[begin:place], around)


def in_headline(title: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield as `between` does; a name that begins the headline too, by the two words behind it.

    What begins has a capital in any case; the text tells whether it is a name.
    """
    words = _PIECE.findall(title)
    if len(words) > 2 and f" {words[0]} " in text and all(w[0].islower() for w in words[1:3]):
        yield from _slots(words[:1], words[1:3])
    yield from between(f"{title} .")


def is_sentence(title: str) -> bool:
    """Tell whether a headline writes only names with a capital."""
    return any(word[0].islower() and _is_telling(word) for word in _PIECE.findall(title))


def _slots(name: Sequence[str], around: Sequence[str]) -> Iterator[tuple[str, str]]:
    # No name of a user, and no abbreviation.
    is_name = all(word.isalpha() and not word.isupper() for word in name)
    if is_name and any(map(_is_telling, around)):
        said = " ".join(around).lower()
        yield said, name[-1]
        yield f"{said} …", name[0]


def _is_telling(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and word not in _SMALL
