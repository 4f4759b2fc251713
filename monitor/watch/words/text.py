"""Turns text into the words it is compared by, each with its place in the original.

Pure: the same text always gives the same words, and words read again give themselves. Case,
width, accents (of Latin, Greek, Hebrew and Arabic), possessives, ligatures and invisible characters
are folded away. In scripts written without spaces each character is a word of its own, so that a
name is found inside running text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final

_CACHE_WORDS: Final = 1 << 16  # a stream of hostile words must not fill the memory …
_CACHE_LETTERS: Final = 64  # … nor a few endless ones

# Invisible characters that may stand inside a word and say nothing about it.
_IGNORED: Final = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f"
# Halfwidth voice marks and the later parts of a Hangul syllable complete the character before.
_HALVES: Final = "\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb"
# Letters of Unicode that people use as an apostrophe, and fractions, whose plain forms hold signs.
_SEPARATING: Final = "\u02bb\u02bc¼-¾⅐-⅟↉"
_APOSTROPHES: Final = "'’‘ʼ＇´`"  # all of them are met in feeds
# Signs that alone keep half of the world's English from being ASCII, each as one plain character.
_TYPOGRAPHY: Final = (*((sign, "'") for sign in "’‘"), *((sign, " ") for sign in "“”–—…\u00a0"))

# Han, Kana, Bopomofo, Hangul, Thai, Lao, Khmer and Myanmar, with their compatibility forms.
_SOLO: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\ua9e0-\ua9ff"
    "\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00016fe0-\U00018dff"
    "\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)

# What decomposition leaves as it is although readers take it for a plain letter.
_LETTERS: Final = str.maketrans(
    {
        **dict(zip("łøđðħŧŋıĸɓɗƙƴ", "loddhtnikbdky", strict=True)),
        **dict(zip("æœþ", ("ae", "oe", "th"), strict=True)),
        **dict(zip("ىیکڪةہھەٱ", "ييككهههها", strict=True)),
        "ـ": "",
    }
)
_YO: Final = str.maketrans({"ё": "е"})  # only once composed: every other Cyrillic mark counts
_STRESS: Final = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]+")

# Where a mark is an accent or a vowel sign that people leave out. Elsewhere it is part of the word.
_ACCENTED: Final = (
    (0x0000, 0x03FF),
    (0x0590, 0x077F),
    (0x0870, 0x08FF),
    (0x1D00, 0x1FFF),
    (0x2C60, 0x2C7F),
    (0xA720, 0xA7FF),
    (0xAB30, 0xAB6F),
)


def _marks(*blocks: range) -> str:
    """Return the combining marks of some blocks as a character class, by this Python's tables."""
    points = [p for block in blocks for p in block if unicodedata.category(chr(p))[0] == "M"]
    starts = [p for p, before in zip(points, [-1, *points], strict=False) if p - 1 != before]
    ends = [p for p, after in zip(points, [*points[1:], -1], strict=True) if p + 1 != after]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_PLAIN: Final = re.compile(r"[^\W_]+")
_PLAIN_POSSESSIVE: Final = re.compile(r"['`](?<=[\w.]['`])[sS](?!\w)", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_ASCII: Final = {point: chr(point).lower() if chr(point).isalnum() else " " for point in range(128)}


# The patterns for what is not ASCII take as long to make as reading a configuration does; each is
# made for the first text that needs it.


@cache
def _joining() -> str:
    return (
        _IGNORED
        + _HALVES
        + _marks(range(0x300, 0x3100), range(0xA000, 0xAC00), range(0xFB00, 0xFE30))
    )


@cache
def _solo_letter() -> re.Pattern[str]:
    return re.compile(f"[{_SOLO}]")


@cache
def _possessive() -> re.Pattern[str]:
    return re.compile(
        rf"[{_APOSTROPHES}](?<=[\w.{_joining()}][{_APOSTROPHES}])[sS](?![\w{_joining()}])"
    )


@cache
def _complex() -> re.Pattern[str]:
    """Find where _PLAIN may be wrong; emoji and letters of mathematics are not."""
    rare = "\U00010000-\U0001d24f\U0001da00-\U0001efff\U000e0100-\U000e01ef"
    return re.compile(f"[{_SOLO}{_joining()}{_SEPARATING}{rare}]")


@cache
def _word() -> re.Pattern[str]:
    """Find the words of any script."""
    rare = _marks(range(0x10000, 0x12000), range(0x16000, 0x1F000), range(0xE0100, 0xE01F0))
    # Beyond the first plane a class is searched range by range; the look-behind spares most text
    # that.
    extending = rf"(?:[{_joining()}]|[\U00010000-\U000effff](?<=[{rare}]))"
    return re.compile(
        rf"(?=[{_SOLO}])[^\W_]{extending}*"
        rf"|[^\W_{_SOLO}{_SEPARATING}](?:[^\W_{_SOLO}{_SEPARATING}]|{extending})*"
    )


class Tokens:
    """The words of a text. `words` are folded; spans count code points of the text given.

    `raw` are the same words as they are spelled, where folding may change more than their case.
    """

    __slots__ = ("_pattern", "_places", "_shown", "_spans", "raw", "text", "words")

    def __init__(
        self,
        text: str,
        shown: str,
        words: list[str],
        pattern: re.Pattern[str],
        raw: list[str] | None = None,
    ) -> None:
        """Keep what `tokenise` found; `shown` is the text with hidden parts blanked out."""
        self.text = text
        self.words = words
        self.raw = words if raw is None else raw
        self._shown = shown
        self._pattern = pattern
        self._spans: list[tuple[int, int]] = []
        self._places: Iterator[tuple[int, int]] | None = None

    @property
    def joined(self) -> str:
        """Return the words with one space before, between and after them."""
        return f" {' '.join(self.words)} "

    def spans(self, after: int) -> list[tuple[int, int]]:
        """Return [start, end) of the first `after` words or more.

        They are looked for again, and only as far as asked: most texts never need them.
        """
        if self._places is None:
            found = self._pattern.finditer(self._shown)
            if self._shown.isascii():
                self._places = map(re.Match.span, found)
            else:
                self._places = (_visible(match) for match in found if _FOLDED[match[0]])
        self._spans.extend(islice(self._places, max(0, after - len(self._spans))))
        return self._spans

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Return [start, end) of the words from `first` up to, not including, `after`."""
        spans = self.spans(after)
        return spans[first][0], spans[after - 1][1]

    def spellings(self, first: int, after: int) -> tuple[str, ...]:
        """Return the words from `first` up to `after` as they are spelled, in their case (NFC)."""
        spans = self.spans(after)[first:after]
        return tuple(_spelling(self.text[start:end]) for start, end in spans)


def tokenise(text: str, *, addresses: bool = False) -> Tokens:
    """Split a text into folded words.

    Web addresses inside running text are passed over unless `addresses` asks for their words.
    """
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
    words = list(map(_FOLDED.__getitem__, raw))
    if "" in words:
        raw = [each for each, word in zip(raw, words, strict=True) if word]
        words = [word for word in words if word]
    return Tokens(text, shown, words, pattern, raw)


def normalised(text: str) -> str:
    """Return the words of a text with single spaces: equal for texts that read the same."""
    return " ".join(tokenise(text).words)


def folded(word: str) -> str:
    """Return one word as it is compared."""
    return _FOLDED[word]


def _blank(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


def _visible(word: re.Match[str]) -> tuple[int, int]:
    return word.start(), word.start() + len(word[0].rstrip(_IGNORED))


def _spelling(raw: str) -> str:
    if raw.isascii():
        return raw
    return unicodedata.normalize("NFC", "".join(c for c in raw if c not in _IGNORED))


class _Folded(dict[str, str]):
    """Remembers how words fold; words repeat, as Zipf found."""

    def __missing__(self, raw: str) -> str:
        word = raw.lower() if raw.isascii() else _fold(raw)
        if len(raw) <= _CACHE_LETTERS:
            if len(self) >= _CACHE_WORDS:
                self.clear()
            self[raw] = word
        return word


_FOLDED: Final = _Folded()


def _fold(raw: str) -> str:
    """Fold one word until it stays the same: folding may compose what folds again."""
    if _solo_letter().match(raw) and len(unicodedata.normalize("NFKC", raw[0])) > 1:
        return raw[0]  # such as Thai AM: its compatibility form would be two words
    word = raw
    while (folded := _fold_once(word)) != word:
        word = folded
    return word


def _fold_once(word: str) -> str:
    kept: list[str] = []
    base = ""
    for char in unicodedata.normalize("NFKD", word):
        if unicodedata.category(char)[0] == "M":
            if base and char not in _IGNORED and not _is_accented(base):
                kept.append(char)
        elif char.isalnum() and char not in _APOSTROPHES:
            base = char
            kept.append(str(unicodedata.decimal(char)) if char.isdecimal() else char.casefold())
    composed = unicodedata.normalize("NFC", "".join(kept).translate(_LETTERS))
    return _STRESS.sub("", composed).translate(_YO)


def _is_accented(base: str) -> bool:
    point = ord(base)
    return any(first <= point <= last for first, last in _ACCENTED)
