"""Turns text into the words it is compared by, each with its place in the original.

Pure: the same text always gives the same words, and words read again give themselves. Case,
width, accents (of Latin, Greek, Hebrew and Arabic), possessives, ligatures and invisible characters
are folded away. In scripts written without spaces each character is a word of its own, so that a
name is found inside running text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, pairwise
from typing import Final

from monitor.watch.words.folding import APOSTROPHES, FOLDED, IGNORED, SOLO

# Halfwidth voice marks and the later parts of a Hangul syllable complete the character before.
_HALVES: Final = "\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb"
# Letters of Unicode that people use as an apostrophe, and fractions, whose plain forms hold signs.
_SEPARATING: Final = "\u02bb\u02bc¼-¾⅐-⅟↉"
# Signs that alone keep half of the world's English from being ASCII, each as one plain character.
_TYPOGRAPHY: Final = (
    *((sign, "'") for sign in "’‘"),
    *((sign, "-") for sign in "‐‑"),
    *((sign, " ") for sign in "“”–—…\u00a0"),
)


def _marks(*blocks: range) -> str:
    """Return the combining marks of some blocks as a character class, by this Python's tables."""
    points = [p for block in blocks for p in block if unicodedata.category(chr(p))[0] == "M"]
    starts = [p for p, before in zip(points, [-1, *points], strict=False) if p - 1 != before]
    ends = [p for p, after in zip(points, [*points[1:], -1], strict=True) if p + 1 != after]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_PLAIN: Final = re.compile(r"[^\W_]+")
_PLAIN_POSSESSIVE: Final = re.compile(r"['`](?<=[\w.]['`])[sS](?!\w)", re.ASCII)
_TAG: Final = re.compile(r"(?<!\w)[#＃@＠][^\W_]{3,100}")
_ADDRESS: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_ASCII: Final = {point: chr(point).lower() if chr(point).isalnum() else " " for point in range(128)}


# The patterns for what is not ASCII take as long to make as reading a configuration does; each is
# made for the first text that needs it.


@cache
def _joining() -> str:
    return (
        IGNORED
        + _HALVES
        + _marks(range(0x300, 0x3100), range(0xA000, 0xAC00), range(0xFB00, 0xFE30))
    )


@cache
def _possessive() -> re.Pattern[str]:
    return re.compile(
        rf"[{APOSTROPHES}](?<=[\w.{_joining()}][{APOSTROPHES}])[sS](?![\w{_joining()}])"
    )


@cache
def _complex() -> re.Pattern[str]:
    """Find where _PLAIN may be wrong; emoji and letters of mathematics are not."""
    rare = "\U00010000-\U0001d24f\U0001da00-\U0001efff\U000e0100-\U000e01ef"
    return re.compile(f"[{SOLO}{_joining()}{_SEPARATING}{rare}]")


@cache
def _word() -> re.Pattern[str]:
    """Find the words of any script."""
    rare = _marks(range(0x10000, 0x12000), range(0x16000, 0x1F000), range(0xE0100, 0xE01F0))
    # Arabic's stretching sign is folded away, so no word begins with it.
    # Beyond the first plane a class is searched range by range; the look-behind spares most text
    # that.
    extending = rf"(?:[{_joining()}]|[\U00010000-\U000effff](?<=[{rare}]))"
    return re.compile(
        rf"(?=[{SOLO}])[^\W_]{extending}*"
        rf"|[^\W_{SOLO}{_SEPARATING}\u0640](?:[^\W_{SOLO}{_SEPARATING}]|{extending})*"
    )


class Tokens:
    """The words of a text. `words` are folded; spans count code points of the text given.

    `raw` are the same words as they are spelled, where folding may change more than their case.
    `shown` is the text with hidden parts blanked out, `rows` are [first, after) of words that the
    text writes as one.
    """

    __slots__ = (
        "_pattern",
        "_places",
        "_spans",
        "_spelled",
        "raw",
        "rows",
        "shown",
        "text",
        "words",
    )

    def __init__(
        self,
        text: str,
        shown: str,
        words: list[str],
        pattern: re.Pattern[str],
        raw: list[str] | None = None,
    ) -> None:
        """Keep what `tokenise` found."""
        self.text = text
        self.words = words
        self.raw = words if raw is None else raw
        self.rows: Sequence[tuple[int, int]] = ()
        self.shown = shown
        self._pattern = pattern
        self._spans: list[tuple[int, int]] = []
        self._places: Iterator[tuple[int, int]] | None = None
        self._spelled: Sequence[str] | None = None

    @classmethod
    def placed(
        cls,
        text: str,
        raw: Sequence[str],
        places: Sequence[tuple[int, int]],
        *,
        encoded: bool = False,
    ) -> "Tokens":
        """Return words whose places are known; `encoded`: the text spells them otherwise."""
        tokens = cls(text, text, [FOLDED[word] for word in raw], _PLAIN, list(raw))
        tokens._places = iter(places)
        tokens._spelled = raw if encoded else None
        return tokens

    @property
    def joined(self) -> str:
        """Return the words with one space before, between and after them."""
        return f" {' '.join(self.words)} "

    def spans(self, after: int) -> list[tuple[int, int]]:
        """Return [start, end) of the first `after` words or more.

        They are looked for again, and only as far as asked: most texts never need them.
        """
        if self._places is None:
            found = self._pattern.finditer(self.shown)
            if self.shown.isascii():
                self._places = map(re.Match.span, found)
            else:
                self._places = (_visible(match) for match in found if FOLDED[match[0]])
        self._spans.extend(islice(self._places, max(0, after - len(self._spans))))
        return self._spans

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Return [start, end) of the words from `first` up to, not including, `after`.

        The last full stop of an acronym (U.S.) belongs to it.
        """
        spans = self.spans(after)
        start, end = spans[first][0], spans[after - 1][1]
        is_initial = end - spans[after - 1][0] == 1 and self.text[end - 2 : end - 1] == "."
        return start, end + (is_initial and self.text[end : end + 1] == ".")

    def spellings(self, first: int, after: int) -> tuple[str, ...]:
        """Return the words from `first` up to `after` as they are spelled, in their case (NFC)."""
        if self._spelled is not None:
            return tuple(map(_spelling, self._spelled[first:after]))
        spans = self.spans(after)[first:after]
        return tuple(_spelling(self.text[start:end]) for start, end in spans)


def tokenise(text: str, *, addresses: bool = False) -> Tokens:
    """Split a text into folded words, hashtags and handles at their capitals.

    Web addresses inside running text are passed over unless `addresses` asks for their words;
    tags then are one word.
    """
    tokens = _split(text, addresses=addresses)
    if not addresses and ("#" in text or "@" in text):
        return _with_tags_split(tokens)
    return tokens


def _split(text: str, *, addresses: bool) -> Tokens:
    shown = text
    if not addresses and "://" in text:
        shown = _ADDRESS.sub(_blank, shown)
    if not shown.isascii():
        for sign, plain in _TYPOGRAPHY:
            shown = shown.replace(sign, plain)
    if shown.isascii():
        if "'" in shown or "`" in shown:
            shown = _PLAIN_POSSESSIVE.sub("  ", shown)
        return Tokens(text, shown, shown.translate(_ASCII).split(), _PLAIN)
    shown = _possessive().sub("  ", shown)
    pattern = _word() if _complex().search(shown) else _PLAIN
    raw = pattern.findall(shown)
    words = list(map(FOLDED.__getitem__, raw))
    if "" in words:
        raw = [each for each, word in zip(raw, words, strict=True) if word]
        words = [word for word in words if word]
    return Tokens(text, shown, words, pattern, raw)


def _with_tags_split(tokens: Tokens) -> Tokens:
    cuts = {cut for tag in _TAG.finditer(tokens.shown) for cut in _cuts(tag)}
    if not cuts:
        return tokens
    places: list[tuple[int, int]] = []
    rows: list[tuple[int, int]] = []
    for start, end in tokens.spans(len(tokens.words)):
        borders = [start, *(cut for cut in range(start + 1, end) if cut in cuts), end]
        if len(borders) > 2:
            rows.append((len(places), len(places) + len(borders) - 1))
        places += pairwise(borders)
    text = tokens.text
    split = Tokens.placed(text, [text[start:end] for start, end in places], places)
    split.rows, split.shown = rows, tokens.shown
    return split


def _cuts(tag: re.Match[str]) -> Iterator[int]:
    """Yield where a capital begins a word in a tag: Free|Venezuela, US|Navy, G7|Summit."""
    letters = tag[0]
    for place in range(2, len(letters)):
        if letters[place].isupper() and (
            not letters[place - 1].isupper() or letters[place + 1 : place + 2].islower()
        ):
            yield tag.start() + place


def normalised(text: str) -> str:
    """Return the words of a text with single spaces: equal for texts that read the same."""
    return " ".join(tokenise(text).words)


def folded(word: str) -> str:
    """Return one word as it is compared."""
    return FOLDED[word]


def _blank(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


def _visible(word: re.Match[str]) -> tuple[int, int]:
    return word.start(), word.start() + len(word[0].rstrip(IGNORED))


def _spelling(raw: str) -> str:
    if raw.isascii():
        return raw
    return unicodedata.normalize("NFC", "".join(c for c in raw if c not in IGNORED))
