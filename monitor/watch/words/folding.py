"""Folds one word to what it is compared by: case, width, accents and ligatures do not count.

Pure but for remembering. Accents are those of Latin, Greek, Hebrew and Arabic; elsewhere a mark is
part of the word.
"""

import re
import unicodedata
from functools import cache
from typing import Final

_CACHE_WORDS: Final = 1 << 16  # a stream of hostile words must not fill the memory …
_CACHE_LETTERS: Final = 64  # … nor a few endless ones

# Invisible characters that may stand inside a word and say nothing about it.
IGNORED: Final = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f"
APOSTROPHES: Final = "'’‘ʼ＇´`"  # all of them are met in feeds

# Han, Kana, Bopomofo, Hangul, Thai, Lao, Khmer and Myanmar, with their compatibility forms.
SOLO: Final = (
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


@cache
def _solo_letter() -> re.Pattern[str]:
    return re.compile(f"[{SOLO}]")


class _Folded(dict[str, str]):
    """Remembers how words fold; words repeat, as Zipf found."""

    def __missing__(self, raw: str) -> str:
        word = raw.lower() if raw.isascii() else _fold(raw)
        if len(raw) <= _CACHE_LETTERS:
            if len(self) >= _CACHE_WORDS:
                self.clear()
            self[raw] = word
        return word


FOLDED: Final = _Folded()


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
            if base and char not in IGNORED and not _is_accented(base):
                kept.append(char)
        elif char.isalnum() and char not in APOSTROPHES:
            base = char
            kept.append(str(unicodedata.decimal(char)) if char.isdecimal() else char.casefold())
    composed = unicodedata.normalize("NFC", "".join(kept).translate(_LETTERS))
    return _STRESS.sub("", composed).translate(_YO)


def _is_accented(base: str) -> bool:
    point = ord(base)
    return any(first <= point <= last for first, last in _ACCENTED)
