r"""Finds what a person's /pattern/ describes: RE2 syntax, linear time on any text.

Pure. RE2 knows only ASCII where it says word, border or space; news is written in every script. So
`\w` and `\s` mean Unicode's here, and `\b` at either end of a pattern means that no letter, mark or
digit stands beyond it. What can't be said that way is refused with its place.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

MAX_PATTERN: Final = 1000  # characters
_MAX_PROGRAM: Final = 100_000  # RE2 instructions, of 16 bytes each

_WORD: Final = r"\pL\pM\pN_"
_SPACE: Final = r"\s\pZ"
_OUTSIDE: Final = {
    r"\w": f"[{_WORD}]",
    r"\W": f"[^{_WORD}]",
    r"\s": f"[{_SPACE}]",
    r"\S": f"[^{_SPACE}]",
}
_INSIDE: Final = {r"\w": _WORD, r"\s": _SPACE}
_FLAGS: Final = re.compile(r"\(\?[A-Za-z-]+\)")
_ELEMENT: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?|.", re.DOTALL)
_ELEMENT_OF_CLASS: Final = re.compile(r"\\.|\[:\^?\w+:\]|.", re.DOTALL)


class PatternError(ValueError):
    """A pattern RE2 can't run; [start, end) is the place inside the pattern."""

    def __init__(self, message: str, start: int, end: int, *, help: str) -> None:  # noqa: A002 - the word of our errors
        """Keep what is wrong, where, and what to do."""
        super().__init__(message)
        self.start = start
        self.end = end
        self.help = help


class Pattern:
    """A compiled pattern."""

    def __init__(self, source: str) -> None:
        """Compile the text between the slashes. Raises PatternError."""
        if len(source) > MAX_PATTERN:
            raise PatternError(
                f"The pattern is longer than {MAX_PATTERN:,} characters.",
                MAX_PATTERN,
                len(source),
                help="Write several patterns, or plain terms.",
            )
        self._compiled, self._group = _compile(source)

    def find(self, text: str, *, limit: int) -> list[tuple[int, int]]:
        """Return up to `limit` places [start, end), from the left, none inside another."""
        try:
            text.encode()
        except UnicodeEncodeError:  # lone surrogates; each becomes one other character
            text = text.encode("utf-8", "replace").decode()
        places: list[tuple[int, int]] = []
        end = 0
        while len(places) < limit and (found := self._compiled.search(text, end)):
            start, end = found.span(self._group)
            places.append((start, end))
        return places


class _Element(NamedTuple):
    text: str
    start: int
    in_class: bool


def _compile(source: str) -> tuple[Any, int]:
    """Return RE2's program and the number of the group that holds what was found."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    flags = _FLAGS.match(source)
    body = flags.end() if flags else 0
    program, group = _translated(source, body)
    try:
        compiled = re2.compile(source[:body] + program, options)
        empty = compiled.search("")
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(
            f"RE2 can't read the pattern: {_reason(error)}.",
            0,
            len(source),
            help="RE2 has no look-around and no back-references; see its syntax page.",
        ) from None
    if empty:
        raise PatternError(
            "The pattern matches an empty text, so it would match every item.",
            0,
            len(source),
            help="Ask for at least one character, for example with + instead of *.",
        )
    if compiled.programsize > _MAX_PROGRAM:
        raise PatternError(
            "The pattern is too large once its repetitions are written out.",
            0,
            len(source),
            help="Repeat less: {1,1000} stands for a thousand copies.",
        )
    return compiled, group


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "it holds half a character"
    said = error.args[0]
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _translated(source: str, body: int) -> tuple[str, int]:
    """Return the pattern from `body` on with Unicode's words and borders, and its group."""
    elements = list(_elements(source, body))
    front = bool(elements) and elements[0].text == r"\b"
    back = len(elements) > 1 and elements[-1].text == r"\b" and not elements[-1].in_class
    inner = elements[int(front) : len(elements) - int(back)]
    program = "".join(map(_translate, inner))
    if not front and not back:
        return program, 0
    bar = _bar(inner)
    if bar is not None:
        raise PatternError(
            r"It is unclear which alternatives \b is for.",
            bar,
            bar + 1,
            help=r"Put the alternatives in a group: \b(?:one|other)\b",
        )
    before = rf"(?:\A|[^{_WORD}])" if front else ""
    after = rf"(?:\z|[^{_WORD}])" if back else ""
    return f"{before}({program}){after}", 1


def _elements(source: str, start: int) -> Iterator[_Element]:
    """Yield escapes, class brackets and single characters, with their places."""
    in_class = False
    while found := (_ELEMENT_OF_CLASS if in_class else _ELEMENT).match(source, start):
        text = found[0]
        yield _Element(text, start, in_class)
        in_class = text != "]" if in_class else text.startswith("[")
        start = found.end()


def _translate(element: _Element) -> str:
    text = element.text
    if element.in_class:
        if text in {r"\W", r"\S"}:
            raise PatternError(
                f"{text} inside brackets would see ASCII only.",
                element.start,
                element.start + 2,
                help=r"Name what is meant: \pL letters, \pN digits, \pZ spaces, [^\w] the rest.",
            )
        return _INSIDE.get(text, text)
    if text in {r"\b", r"\B"}:
        raise PatternError(
            f"{text} inside a pattern would see ASCII words only.",
            element.start,
            element.start + 2,
            help=r"Use \b only as the first or last thing in the pattern.",
        )
    return _OUTSIDE.get(text, text)


def _bar(elements: list[_Element]) -> int | None:
    """Return the place of a | that stands in no group."""
    depth = 0
    for element in elements:
        if not element.in_class:
            depth += (element.text == "(") - (element.text == ")")
            if element.text == "|" and depth == 0:
                return element.start
    return None
