"""Tells the forms of a Turkish word by its endings, on names without an apostrophe too.

Pure. Turkish adds endings to a word, one behind another, and hardly changes the word itself; so a
form is the word and a row of endings that nouns have. Words are folded: ı is i, ü is u, ğ is g.
"""

import re
from typing import Final

# Plural; whose it is; case; was, is. Maduro-lar-ı-ndan, ambargo-su-na, Maduro-ydu.
_CASES: Final = r"(?:[yn]?[aeiu]|n?[dt][ae]n?|n?[iu]n|y?l[ae])"
_ENDINGS: Final = re.compile(rf"(?:l[ae]r)?(?:s?[iu])?{_CASES}?(?:yd[iu]|[dt][iu]r)?")
# What a term is written with although it has a simpler form: a plural, or "of it" behind a vowel.
_OWN_ENDINGS: Final = re.compile(rf"(?:l[ae]r(?:[iu])?|(?<=[aeiou])s[iu]){_CASES}?")
# Every letter that an ending is made of, so that a word and its forms have one beginning in common;
# which of those that share it are forms is asked afterwards.
_ENDING_LETTERS: Final = re.compile(r"(?<=\w{3})(?:l[ae]r|[aeiundtsyl]|[dt][iu]r)+\Z")

_LEAST_STEM: Final = 4  # letters of a term that is cut
_LONGEST: Final = 64  # letters of a word that is; the time to cut one grows with their square
_VOWELS: Final = frozenset("aeiou")
_SOFTENED: Final = {"k": "g", "p": "b", "t": "d"}  # before a vowel: uçak, uçağı (ç folds to c)
_HARD: Final = {soft: hard for hard, soft in _SOFTENED.items()}


def turkish_stem(word: str) -> str:
    """Return the beginning that a folded word has in common with all its forms, and with others."""
    if len(word) > _LONGEST:
        return word
    stem = _ENDING_LETTERS.sub("", word)
    return stem[:-1] + _HARD.get(stem[-1], stem[-1]) if stem else word


def are_turkish_forms(wanted: str, found: str) -> bool:
    """Say whether a folded word is a term's in some form, or the term that word in the plural."""
    if _has_ending(wanted, found):
        return True
    return any(
        _OWN_ENDINGS.fullmatch(wanted, cut) and _has_ending(wanted[:cut], found)
        for cut in range(_LEAST_STEM, len(wanted) - 1)
    )


def _has_ending(word: str, found: str) -> bool:
    if found.startswith(word):
        return _ENDINGS.fullmatch(found, len(word)) is not None
    last, start = len(word) - 1, word[:-1] + _SOFTENED.get(word[-1], word[-1])
    return (
        found.startswith(start)
        and found[last + 1 : last + 2] in _VOWELS
        and _ENDINGS.fullmatch(found, last + 1) is not None
    )
