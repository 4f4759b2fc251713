"""Cyrillic names in the Latin spellings that newsrooms, passports and other languages use.

Pure. Each system is one row of letters, with what it does differently at the beginning of a word,
after a vowel and at the end.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

_LETTER: Final = re.compile("[\u0400-\u04ff]")
_WORD: Final = re.compile("[\u0400-\u04ff'’ʼ]+")
_VOWELS: Final = "аеёиоуыэюяіїєѣ"
_ONLY_UKRAINIAN: Final = re.compile("[іїєґ]|[сцз]ьк|володимир", re.IGNORECASE)
_ONLY_SERBIAN: Final = re.compile("[јљњћђџ]", re.IGNORECASE)

_RUSSIAN: Final = (
    "а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh "
    "ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya"
)
_UKRAINIAN: Final = f"{_RUSSIAN} г h ґ g є ie и y і i ї i й i ю iu я ia"
_SERBIAN: Final = (
    "а a б b в v г g д d ђ đ е e ж ž з z и i ј j к k л l љ lj м m н n њ nj о o п p р r с s т t ћ ć "
    "у u ф f х h ц c ч č џ dž ш š"
)
_GERMAN: Final = "в w ж sch з s й i х ch ц z ч tsch ш sch щ schtsch ю ju я ja"
_FRENCH: Final = "ж j й ï у ou х kh ц ts ч tch ш ch щ chtch ю iou я ia"
_POLISH: Final = "в w ж ż й j х ch ц c ч cz ш sz щ szcz ё jo ю ju я ja"


_ENGLISH_ENDINGS: Final = (("ий", "y"), ("ый", "y"), ("андр", "ander"))


class System(NamedTuple):
    """One way to write a language in Latin letters."""

    name: str
    letters: dict[str, str]
    endings: tuple[tuple[str, str], ...] = ()  # of words, before the letters
    soft: dict[str, str] = {}  # noqa: RUF012 - never changed; at the beginning, after a vowel
    xs: bool = False  # writes x for ks, as in Alexei


def _table(*rows: str) -> dict[str, str]:
    """Return letters and what stands for them; later ones win, - is nothing."""
    parts = " ".join(rows).split()
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {letter: "" if latin == "-" else latin for letter, latin in pairs}


_BY_LANGUAGE: Final = {
    "ru": (
        System("in English news", _table(_RUSSIAN, "й i"), _ENGLISH_ENDINGS, xs=True),
        System("in English news", _table(_RUSSIAN), (("ий", "y"), ("ый", "y")), {"е": "ye"}),
        System("in English news", _table(_RUSSIAN), (("ий", "y"), ("ый", "y"))),
        System("by BGN/PCGN", _table(_RUSSIAN), (("ий", "iy"),)),
        System("in passports", _table(_RUSSIAN, "й i ю iu я ia")),
        System("in German", _table(_RUSSIAN, _GERMAN), (("ий", "i"), ("ый", "y")), {"е": "je"}),
        System("in German", _table(_RUSSIAN, _GERMAN), (("ий", "ij"),)),
        System("in French", _table(_RUSSIAN, _FRENCH), (("ий", "i"), ("ин", "ine"))),
        System("in Spanish", _table(_RUSSIAN, "х j"), (("ий", "i"), ("ый", "i"))),
        System("in Polish", _table(_RUSSIAN, _POLISH), (("ий", "i"), ("ый", "y")), {"е": "je"}),
    ),
    "uk": (
        System("in English news", _table(_UKRAINIAN, "й y ю yu я ya є ye ї yi"), (("ий", "y"),)),
        System("as Ukraine writes it", _table(_UKRAINIAN)),
        System("with -yy", _table(_UKRAINIAN, "й y"), (("ий", "yy"),)),
        System("with -iy", _table(_UKRAINIAN, "й y"), (("ий", "iy"),)),
        System("in German", _table(_UKRAINIAN, _GERMAN, "й j є je ї ji"), (("ий", "yj"),)),
        System("in French", _table(_UKRAINIAN, _FRENCH, "є ie ї ï"), (("ий", "y"),)),
        System("in Spanish", _table(_UKRAINIAN, "х j"), (("ий", "i"),)),
        System("in Polish", _table(_UKRAINIAN, _POLISH, "є je ї ji"), (("ий", "y"),)),
    ),
    "bg": (
        System("as Bulgaria writes it", _table(_RUSSIAN, "х h щ sht ъ a"), (("ия", "ia"),)),
        System("in English news", _table(_RUSSIAN, "х h щ sht ъ u"), (("ия", "ia"),)),
        System("in German", _table(_RUSSIAN, _GERMAN, "щ scht ъ a")),
    ),
    "sr": (
        System("as Serbia writes it", _table(_SERBIAN)),
        System("in German", _table(_SERBIAN, "ж sch ц z ч tsch ш sch ћ tsch ђ dsch џ dsch")),
    ),
}


def has_cyrillic(text: str) -> bool:
    """Say whether a text holds Cyrillic letters."""
    return _LETTER.search(text) is not None


def language_by_letters(text: str) -> str:
    """Return the language that a Cyrillic name's letters belong to; `ru` where they do not tell."""
    if _ONLY_SERBIAN.search(text):
        return "sr"
    return "uk" if _ONLY_UKRAINIAN.search(text) else "ru"


def to_latin(name: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield a Cyrillic name in Latin letters by every system, and the system's name."""
    for system in _BY_LANGUAGE.get(language, _BY_LANGUAGE["ru"]):
        yield _WORD.sub(partial(_in_latin, system=system), name), system.name


def plain_latin(text: str) -> str:
    """Return a text with its Cyrillic letters as English news write them."""
    return next(to_latin(text, language_by_letters(text)))[0]


def _in_latin(found: re.Match[str], system: System) -> str:
    word = found[0]
    lower, ending = word.lower(), ""
    for cyrillic, latin in system.endings:
        if lower.endswith(cyrillic) and len(lower) > len(cyrillic) + 1:
            lower, ending = lower[: -len(cyrillic)], latin
            break
    written = [
        system.soft[letter]
        if letter in system.soft and (not before or before in _VOWELS)
        else system.letters.get(letter, "")
        for before, letter in zip(("", *lower), lower, strict=False)
    ]
    latin_word = "".join(written) + ending
    latin_word = latin_word.replace("ks", "x") if system.xs else latin_word
    return latin_word.capitalize() if word[:1].isupper() else latin_word
