"""A term: what people write in a list or a query, and how it is read. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from monitor.watch.patterns import Pattern, PatternError
from monitor.watch.words.text import tokenise

# Hebrew acronyms have this sign before their last letter, and most keyboards only the quote.
_HEBREW_QUOTE: Final = re.compile('(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
MIN_PREFIX: Final = 3  # letters or digits before a *


class TermKind(StrEnum):
    """How a term compares with the text; the contract's "Terms" paragraph."""

    WORDS = "words"  # word or several words: any case, any accents, possessives dropped
    EXACT_FORM = "exact_form"  # "in quotes": no inflection
    EXACT_CASE = "exact_case"  # =US
    PREFIX = "prefix"  # prefix*, three letters or more; the last word of a phrase may carry it
    PATTERN = "pattern"  # /re/, RE2 syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term. `written` is what the file says; `text` is it without its marks."""

    written: str
    kind: TermKind
    text: str


class TermError(ValueError):
    """A term nobody can mean; [start, end) is the place inside what was written."""

    def __init__(self, message: str, start: int, end: int, *, help: str) -> None:  # noqa: A002 - the word of our errors
        """Keep what is wrong, where, and what to do."""
        super().__init__(message)
        self.start = start
        self.end = end
        self.help = help


def parse_term(written: str) -> Term:
    """Read one term as people write it; the contract's "Terms" paragraph. Raises TermError.

    `="United States"` asks for the exact case of a phrase, the same as `=United States`.
    """
    shown = written.strip()
    if not shown:
        raise TermError("The term is empty.", 0, len(written), help="Remove it, or write a word.")
    start = written.index(shown)
    shown = _HEBREW_QUOTE.sub("\u05f4", shown)
    if shown.startswith("/"):
        kind, text = TermKind.PATTERN, _pattern(shown, start)
    elif shown.startswith("="):
        kind, text = TermKind.EXACT_CASE, _unquoted(shown[1:], start + 1)
    elif '"' in shown:
        kind, text = TermKind.EXACT_FORM, _unquoted(shown, start)
    elif "*" in shown:
        kind, text = TermKind.PREFIX, _prefix(shown, start)
    else:
        kind, text = TermKind.WORDS, shown
    if kind is not TermKind.PATTERN and not tokenise(text, addresses=True).words:
        raise TermError(
            "The term has no letters and no digits.",
            start,
            start + len(shown),
            help="Signs are not compared; for a sign write a pattern between slashes.",
        )
    return Term(written=written.strip(), kind=kind, text=text)


def _pattern(shown: str, start: int) -> str:
    if len(shown) < 3 or not shown.endswith("/"):
        raise TermError(
            "A term that begins with a slash is a pattern, and this one is not closed or is empty.",
            start,
            start + len(shown),
            help="Write /pattern/, or leave the first slash out: signs are not compared.",
        )
    try:
        Pattern(shown[1:-1])
    except PatternError as error:
        place = start + 1
        raise TermError(
            str(error), place + error.start, place + error.end, help=error.help
        ) from None
    return shown[1:-1]


def _unquoted(shown: str, start: int) -> str:
    """Take the quotes off an exact term. It may have none, or one pair around all of it."""
    text = shown
    if len(shown) > 1 and shown[0] == shown[-1] == '"':
        start += 1
        text = shown[1:-1]
    for sign, message, help_ in (
        (
            '"',
            "The quotes do not enclose the whole term.",
            'Write "the whole phrase", or no quotes.',
        ),
        ("*", "An exact term can't carry *.", "Leave out the quotes, the = or the *."),
    ):
        if sign in text:
            place = start + text.index(sign)
            raise TermError(message, place, place + 1, help=help_)
    if text.startswith("="):
        raise TermError(
            "The = stands inside the quotes.",
            start,
            start + 1,
            help='Write ="…" for an exact case.',
        )
    return text


def _prefix(shown: str, start: int) -> str:
    text = shown[:-1]
    star = shown.index("*")
    tokens = tokenise(text, addresses=True)
    if star < len(text) or not tokens.words or tokens.span(0, len(tokens.words))[1] < len(text):
        raise TermError(
            "The * may stand only at the end of the last word.",
            start + star,
            start + star + 1,
            help="Write the beginning of a word and one *, or a pattern between slashes.",
        )
    if sum(map(str.isalnum, text.split()[-1])) < MIN_PREFIX:
        raise TermError(
            f"A word with * needs {MIN_PREFIX} letters or more.",
            start + len(text) - len(text.split()[-1]),
            start + len(shown),
            help="Short beginnings match too much; list the words instead.",
        )
    return text
