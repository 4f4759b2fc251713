"""Show part of a text: whole characters, nothing unprintable, what matched told apart. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby, pairwise
from operator import itemgetter

ELLIPSIS = "…"
# A base letter with more marks than this is no character anybody reads; cutting it harms nobody.
LONGEST_CHARACTER = 64

_ZWJ = "\u200d"
_VIRAMA = 9  # the canonical combining class of signs that join two consonants
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_SPACES = re.compile(r"\s+")
_GAPS = re.compile(r"\n{3,}")
# What a reader can't see and what reorders what stands around it: controls, all that steer the
# direction of writing, lone surrogates, and the ignorable format characters of Unicode. The room
# that cleans feeds has a smaller table, because what is stored keeps what its publisher wrote; here
# texts of configurations and of receivers are shown too, and this room lies below that one.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# Joiners choose the shapes of letters from Arabic to Mongolian, and make one picture of several.
_SHAPED = (
    "\u0620-\u109f\u1700-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
    "\U0001e900-\U0001e95f\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
)
# The flags of Scotland and others are spelt in tags; anywhere else a tag hides words.
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_UNWANTED = re.compile(f"({_FLAG})|[{_UNSEEN}]|(?<![{_SHAPED}])[\u180e\u200c\u200d]")
_GONE = "\0"


def printable(text: str) -> str:
    """Return the text on one line, without what can't be seen or reorders what can."""
    return _on_one_line(_without_unseen(text))


def printable_lines(text: str) -> str:
    """Return the text with each of its lines printable, and one empty line between two at most."""
    lines = "\n".join(printable(line).rstrip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", lines).strip()


def boundary(text: str, at: int) -> int:
    """Return the last place at or before `at` that does not split a character as people see it.

    A conservative form of the grapheme cluster rules of Unicode Annex 29.
    """
    if not 0 < at < len(text):
        return max(0, min(at, len(text)))
    for place in range(at, max(0, at - LONGEST_CHARACTER), -1):
        if not _joined(text, place):
            return place
    return 0 if at <= LONGEST_CHARACTER else at


def cut(text: str, limit: int) -> str:
    """Return at most `limit` code points of the text; an ellipsis stands for the rest."""
    if len(text) <= limit:
        return text
    return text[: boundary(text, max(0, limit - 1))] + ELLIPSIS if limit > 0 else ""


def segments(
    text: str, spans: Iterable[tuple[int, int]], *, limit: int, start: int = 0
) -> list[tuple[str, bool]]:
    """Return printable pieces of `limit` code points from `start`, each with whether it matched.

    `spans` are the matched [start, end) in the text; they may overlap. Pieces are never empty,
    neighbours differ, and an ellipsis stands where the text goes on.
    """
    first = boundary(text, start)
    last = len(text) if len(text) - first <= limit else boundary(text, first + limit)
    inside = [(max(b, first), min(e, last)) for b, e in spans if b < last and e > first]
    edges = {first, last}.union(*inside)
    # What may stay depends on its neighbours, which may lie in another piece.
    seen = _without_unseen(text)
    pieces = [(ELLIPSIS, False)] if first else []
    for begin, end in pairwise(sorted(edges)):
        matched = any(b <= begin and end <= e for b, e in inside)
        pieces.append((_on_one_line(seen[begin:end]), matched))
    if last < len(text):
        pieces.append((ELLIPSIS, False))
    runs = groupby((piece for piece in pieces if piece[0]), key=itemgetter(1))
    return [("".join(words for words, _ in run), matched) for matched, run in runs]


def _without_unseen(text: str) -> str:
    """Return the text with a NUL for every unseen character, so that places stay true."""
    return _UNWANTED.sub(lambda found: found[1] or _GONE, text)


def _on_one_line(text: str) -> str:
    return _SPACES.sub(" ", text).replace(_GONE, "")


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    return (
        _extends(after)
        or before == _ZWJ
        or unicodedata.combining(before) == _VIRAMA
        or (before == "\r" and after == "\n")
        or _one_syllable(before, after)
        or _one_flag(text, at)
    )


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or char in {"\u200c", _ZWJ, "\uff9e", "\uff9f"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags, as in the flag of Scotland
    )


def _one_syllable(before: str, after: str) -> bool:
    if "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb":  # vowels and finals
        return True
    leads = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    return leads and ("\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3")


def _one_flag(text: str, at: int) -> bool:
    if not _REGIONAL[0] <= text[at] <= _REGIONAL[1]:
        return False
    run = at
    while run and _REGIONAL[0] <= text[run - 1] <= _REGIONAL[1]:
        run -= 1
    return (at - run) % 2 == 1
