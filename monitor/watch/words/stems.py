"""Cuts words to their stems, language by language.

Pure but for remembering. Snowball knows most languages of the news; for some that it does not know
the endings of nouns and names are cut off here.
"""

import re
from collections.abc import Callable
from typing import Final

from Stemmer import Stemmer

from monitor.watch.words.endings import ENDINGS, without_ending
from monitor.watch.words.english import stemmable
from monitor.watch.words.text import folded

# By ISO 639-1. Snowball has more; these are read well enough in the news.
_SNOWBALL: Final = {
    "ar": "arabic",
    "bs": "serbian",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hr": "serbian",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
LANGUAGES: Final = frozenset({*_SNOWBALL, *ENDINGS})

# Endings that Snowball does not know, each with one of the same word that it does.
_UNKNOWN: Final = {
    "de": (re.compile(r"(?<=\w{3}[ao])s\Z"), ""),  # Maduros, Venezuelas
    "pl": (re.compile(r"(?<=\w{3})i[ię]\Z"), "ia"),  # Grenlandii, Grenlandię
    "pt": (re.compile(r"[õã]es\Z"), "ão"),  # sanções
}
# A last vowel grows long before an ending: Maduro, Madurónak.
_HUNGARIAN_VOWEL: Final = re.compile(r"(?<=\w{3})[aáeéoóöő]\Z")

_CACHE_WORDS: Final = 1 << 16  # a stream of hostile words must not fill the memory …
_CACHE_LETTERS: Final = 64  # … nor a few endless ones


class Stems(dict[str, str]):
    """The folded stems of words in one language, remembered.

    Threads may share it although they may not share a stemmer's own cache, which is off: one word
    is cut within one call of C that no other thread can interrupt.
    """

    def __init__(self, language: str) -> None:
        """Begin without words. Raises KeyError for a language not in LANGUAGES."""
        self._cut = _cutter(language)

    def __missing__(self, word: str) -> str:
        stem = self._cut(word.lower())
        stem = (stem if stem.isascii() else folded(stem)) or word
        if len(word) <= _CACHE_LETTERS:
            if len(self) >= _CACHE_WORDS:
                self.clear()
            self[word] = word if stem == word else stem
        return stem


def _cutter(language: str) -> Callable[[str], str]:
    if language in ENDINGS:
        endings = ENDINGS[language]
        return lambda word: without_ending(word, endings)
    cut: Callable[[str], str] = Stemmer(_SNOWBALL[language], 0).stemWord  # 0: no cache of its own
    if language in _UNKNOWN:
        ending, known = _UNKNOWN[language]
        return lambda word: cut(ending.sub(known, word))
    match language:
        case "en":
            return lambda word: cut(stemmable(word))
        case "hu":
            return lambda word: _HUNGARIAN_VOWEL.sub("", cut(word))
        case "tr":  # what it takes for an ending may stand before another: yaptırım, yaptırımlar
            return lambda word: cut(cut(word))
        case _:
            return cut
