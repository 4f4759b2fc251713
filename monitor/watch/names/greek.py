"""Greek names in Latin letters, as newsrooms and passports (ELOT 743) write them. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from typing import Final, TypeAlias

_LETTER: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_WORD: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")
_VOICELESS: Final = "(?=[θκξπσςτφχψ]|$)"

_SHARED: Final = (
    (f"αυ{_VOICELESS}", "af"),
    (f"ευ{_VOICELESS}", "ef"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("ου", "ou"),
    ("γγ", "ng"),
    ("γξ", "nx"),
    ("γχ", "nch"),
)
_IN_NEWS: Final = ((r"^μπ|μπ(?=[^αεηιουω])", "b"), ("^ντ", "d"), ("^γκ", "g"), ("γκ", "gk"))
_ROW: Final = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_LETTERS: Final = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", _ROW.split(), strict=True))
_Rules: TypeAlias = tuple[tuple[str, str], ...]
_SYSTEMS: Final[tuple[tuple[str, _Rules, dict[str, str]], ...]] = (
    ("in passports", (), {}),
    ("in English news", _IN_NEWS, {}),
    ("in English news", _IN_NEWS, {"χ": "h"}),
    ("with y for γ", _IN_NEWS, {"γ": "y"}),
    ("in German and French", _IN_NEWS, {"φ": "ph"}),
)


def has_greek(text: str) -> bool:
    """Say whether a text holds Greek letters."""
    return _LETTER.search(text) is not None


def to_latin(name: str) -> Iterator[tuple[str, str]]:
    """Yield a Greek name in Latin letters by every system, and the system's name."""
    for system, rules, letters in _SYSTEMS:
        in_latin = partial(_in_latin, rules=rules, letters=_LETTERS | letters)
        yield _WORD.sub(in_latin, name), system


def plain_latin(text: str) -> str:
    """Return a text with its Greek letters as passports write them."""
    return next(to_latin(text))[0]


def _in_latin(found: re.Match[str], rules: _Rules, letters: dict[str, str]) -> str:
    word = found[0]
    latin = _without_accents(word.lower())
    for pattern, new in (*rules, *_SHARED):
        latin = re.sub(pattern, new, latin)
    latin = "".join(letters.get(letter, letter) for letter in latin)
    return latin.capitalize() if word[:1].isupper() else latin


def _without_accents(word: str) -> str:
    """Return a word without accents; a diaeresis keeps two vowels apart, so it goes last."""
    parts = unicodedata.normalize("NFD", word)
    apart = re.sub(
        "([ιυ])\u0301?\u0308\u0301?", lambda found: {"ι": "i", "υ": "y"}[found[1]], parts
    )
    return "".join(char for char in apart if not unicodedata.combining(char))
