"""Cuts words to their stems, language by language.

Pure but for remembering. Snowball knows most languages of the news; for some that it does not know,
and for Polish and Turkish, the endings of nouns and names are cut off by rules of our own.
"""

from collections.abc import Callable
from typing import Final

from Stemmer import Stemmer

from monitor.watch.words.endings import ENDINGS, without_ending
from monitor.watch.words.english import stemmable
from monitor.watch.words.plainer import plainer
from monitor.watch.words.polish import polish_stem
from monitor.watch.words.text import folded
from monitor.watch.words.turkish import turkish_stem

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
    "fa": "persian",
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
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "yi": "yiddish",
}
_OWN: Final = {"pl": polish_stem, "tr": turkish_stem}
LANGUAGES: Final = frozenset({*_SNOWBALL, *ENDINGS, *_OWN})

# What Snowball has cut off a term it may leave on its forms: Лавров, Лаврова; Putin, Putinin. In
# other languages hardly a form is found by that.
_CUT_LESS: Final = frozenset({"es", "fi", "hu", "ro", "ru"})

CACHE_WORDS: Final = 1 << 16  # a stream of hostile words must not fill the memory …
CACHE_LETTERS: Final = 64  # … nor a few endless ones


def may_be_cut_less(language: str) -> bool:
    """Say whether a form of a word may have all of the word for its stem."""
    return language in _CUT_LESS


class Stems(dict[str, str]):
    """The folded stems of words in one language, remembered.

    Threads may share it although they may not share a stemmer's own cache, which is off: one word
    is cut within one call of C that no other thread can interrupt.
    """

    def __init__(self, language: str) -> None:
        """Begin without words. Raises KeyError for a language not in LANGUAGES."""
        self._cut = _cutter(language)

    def cut(self, word: str) -> str:
        """Return the stem of a word that need not be remembered."""
        stem = self._cut(word.lower())
        return (stem if stem.isascii() else folded(stem)) or word

    def __missing__(self, word: str) -> str:
        stem = self.cut(word)
        if len(word) <= CACHE_LETTERS:
            if len(self) >= CACHE_WORDS:
                self.clear()
            self[word] = word if stem == word else stem
        return stem


def _cutter(language: str) -> Callable[[str], str]:
    if language in _OWN:
        own = _OWN[language]
        return lambda word: own(folded(word))
    if language in ENDINGS:
        endings = ENDINGS[language]
        return lambda word: without_ending(word, endings)
    cut: Callable[[str], str] = Stemmer(_SNOWBALL[language], 0).stemWord  # 0: no cache of its own
    if language == "en":
        return lambda word: cut(stemmable(word))
    return plainer(language, cut)
