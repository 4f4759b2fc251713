"""Finds a part of a value on the lines it was written on, through quotes, escapes and folds. Pure.

YAML joins lines and drops indentation, but keeps every other sign in its order. So the place of a
sign is found by counting those that are not blank.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# How a sign is written in double quotes, in single quotes, elsewhere. Escaped blanks are blanks.
_SIGNS = {
    '"': re.compile(r'\\[ nt]|\\(?P<meant>["\\/])|(?P<plain>[^\s\\])|(?P<hidden>\\.)'),
    "'": re.compile(r"'(?P<meant>')|(?P<plain>\S)"),
    "": re.compile(r"(?P<plain>\S)"),
}
_BLOCK = re.compile(r"[|>][-+1-9]{0,2}(?:\s+#.*)?")


class Line(NamedTuple):
    """A line a value stands on, as far as it does: from a column, which counts from 0."""

    number: int
    column: int
    text: str


class Place(NamedTuple):
    """Columns [start, end) of a line; all count from 0."""

    line: int
    start: int
    end: int


def place_within(lines: list[Line], value: str, span: tuple[int, int]) -> Place | None:
    """Return where [start, end) of a value stands, as far as that is one line.

    None where the value was written so that its places can't be told.
    """
    signs = list(_signs(lines))
    if [sign for sign, _ in signs] != list("".join(value.split())):
        return None
    before = len("".join(value[: span[0]].split()))
    inside = len("".join(value[span[0] : span[1]].split()))
    meant = [place for _, place in signs[before : before + max(1, inside)]]
    if not meant:
        return None
    line = meant[0].line
    return Place(line, meant[0].start, max(each.end for each in meant if each.line == line))


def _signs(lines: list[Line]) -> Iterator[tuple[str, Place]]:
    """Yield each sign that is no blank, and where it stands."""
    first = lines[0].text
    mark = first[:1] if first[:1] in _SIGNS else ""
    if _BLOCK.fullmatch(first):
        lines = lines[1:]
    elif mark:
        end = lines[-1].text.rstrip()[:-1]
        lines = [*lines[:-1], lines[-1]._replace(text=end)]
        lines[0] = Line(lines[0].number, lines[0].column + 1, lines[0].text[1:])
    for number, column, text in lines:
        for found in _SIGNS[mark].finditer(text):
            if found.lastgroup:
                sign = "" if found.lastgroup == "hidden" else found[found.lastgroup]
                yield sign, Place(number, column + found.start(), column + found.end())
