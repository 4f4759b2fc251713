"""Tells the forms of a Polish noun or adjective: its endings, and the letters that change before.

Pure. A word is read in every way that it can be a form, and each way leads to a base, the letters
that stand before its plainest endings: mieście may be of "miast" or "miest". Two words with one
base are forms of one word. Words are folded: ó is o, ą is a, ę is e, ł is l, ś is s.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

_NOUN: Final = re.compile(r"[aeouyi]|[eou]m|ow(?:ie?)?|ami|[ae]ch")
_ADJECTIVE: Final = re.compile(r"[aeouyi]|ego|emu|ej|[yi](?:m|ch|mi)")
_NOUNS_LIKE_ADJECTIVES: Final = frozenset({"polska"})  # the country is in more news than the rest
_LONGEST_ENDING: Final = 4
_LEAST_BASE: Final = 2  # letters: Unia
_LEAST_WANTED: Final = 4  # letters of a term before an ending of more than one: poziom is no form
_LEAST_CHANGED: Final = 3  # letters of a base whose consonants change
_HARDENING: Final = frozenset({"e", "y", "ech"})
_VOWELS: Final = frozenset("aeiouy")

# What a consonant turns into before a soft ending, and what it was: policjanci, policjant …
_SOFTENED: Final = (("zdz", "zd"), ("sc", "st"), ("dz", "d"), ("c", "t"), ("s", "ch"), ("", ""))
# … and before e or y: Ameryce, Ameryka.
_HARDENED: Final = (
    *(("rz", "r"), ("dz", "g"), ("cz", "k"), ("cz", "c"), ("sz", "ch"), ("c", "k")),
    *(("z", "g"), ("z", "h"), ("l", "l")),
)
_BEFORE_SOFT_E: Final = ("k", "g")  # no hard e follows them: Markiem, drogiego
_FLEETING: Final = re.compile(r"(?<=[^aeiouy])i?e(?=(?:[bcdfgklmnprstwz]|[csrd]z|ch)\Z)")
_NASAL: Final = re.compile(r"a(?=(?:[bcdgkst]|[cd]?z)\Z)")  # rząd, rzędu; folded
_CHANGED_VOWEL: Final = re.compile(r"ie(?=[^aeiouy]+\Z)")  # mieście, miasto; kościele, kościół
_SINGULAR: Final = re.compile(r"(?<=an)in(?=(?:[aey]|owi|em|ie)?\Z)")  # Rosjanin, Rosjanie

_LONGEST: Final = 64  # letters of a word that is cut; the time for one grows with their square
# With "am" and "eg", of which a plain ending makes "ami" and "ego": kolega, kolego.
_ENDING: Final = re.compile(
    r"(?<=\w\w)(?:i?(?:owie|owi|ami|ach|ech|ego|emu|ymi|ych|imi|ich|ow|om|um|em|ej|ym|im|am|eg|[aeou])"
    r"|[iy])\Z"
)
_LAST_VOWEL: Final = re.compile(r"(?<=\w)i?[aeo](?=(?:[bcdfghjklmnprstwz]|[csrd]z|ch)\Z)")
_VOWEL: Final = re.compile(r"(?<=\w)i?[aeo]")
_CHANGING: Final = re.compile(r"sz|ch|[dcr]z|[tk]\Z|g\Z|h\Z")
_CHANGES: Final = {"sz": "s", "ch": "s", "dz": "d", "cz": "c", "rz": "r", "t": "c", "k": "c"} | {
    "g": "d",
    "h": "z",
}


def polish_stem(word: str) -> str:
    """Return letters that a folded word has in common with all its forms, and with others."""
    if len(word) > _LONGEST:
        return word
    stem, cut = word, _ENDING.sub("", word)
    while cut != stem:
        stem, cut = cut, _ENDING.sub("", cut)
    stem = _LAST_VOWEL.sub("", _SINGULAR.sub("", stem)).rstrip("i")
    return _VOWEL.sub("e", _CHANGING.sub(lambda found: _CHANGES[found[0]], stem)) or word


def are_polish_forms(wanted: str, found: str) -> bool:
    """Say whether a folded word can be a form of a term's."""
    return not _bases(wanted, _LEAST_WANTED).isdisjoint(_bases(found, _LEAST_BASE))


@lru_cache(maxsize=4096)
def _bases(word: str, least: int) -> frozenset[tuple[str, str]]:
    """Return what a word may be a form of; letters stand at `least` before a long ending."""
    if len(word) > _LONGEST:
        return frozenset({("", word)})
    words = {word, _SINGULAR.sub("", word)}
    nouns = {base for each in words for base in (*_closed(each), *_bases_with(each, _NOUN, least))}
    adjectives = set(_bases_with(word, _ADJECTIVE, least))
    if word in _NOUNS_LIKE_ADJECTIVES:
        adjectives.clear()
    adjectives |= {base.removesuffix("i") for base in adjectives if base[-2:] in {"ki", "gi"}}
    return frozenset({("", word), *product(["noun"], nouns), *product(["adjective"], adjectives)})


def _bases_with(word: str, endings: re.Pattern[str], least: int) -> Iterator[str]:
    for cut in range(max(_LEAST_BASE, len(word) - _LONGEST_ENDING), len(word)):
        stem, ending = word[:cut], word[cut:]
        is_long_enough = len(stem.rstrip("i")) >= least or len(ending) == 1
        if is_long_enough and endings.fullmatch(ending) and not _VOWELS.issuperset(stem):
            yield from _open(stem, ending)


def _closed(stem: str) -> Iterator[str]:
    """Yield the bases of a word without an ending: Marek, rząd, koń."""
    if stem[-1] not in _VOWELS and len(stem) > _LEAST_BASE:
        yield from (stem, f"{stem}i", _NASAL.sub("e", stem))
        opened = _FLEETING.sub("", stem)
        yield from (opened, f"{opened}i")
        if opened.endswith(("dzn", "cn")):  # grudzień, kwiecień
            hard = opened[:-3] + "dn" if opened.endswith("dzn") else opened[:-2] + "tn"
            yield f"{hard}i"


def _open(stem: str, ending: str) -> Iterator[str]:
    """Yield the bases of a word with an ending."""
    yield stem
    is_soft = stem[-1] == "i" and ending[0] not in "iy"
    hard = stem[:-1] if is_soft else stem
    if ending == "i":
        yield f"{stem}i"
        if stem[-1] in _VOWELS:  # kolei
            yield f"{stem}j"
    elif is_soft and hard.endswith(_BEFORE_SOFT_E):
        if ending == "em":
            yield hard
        return
    if len(hard) >= _LEAST_CHANGED:
        if ending == "i" or (is_soft and ending == "e"):
            yield from _before_change(hard, _SOFTENED)
        elif not is_soft and ending in _HARDENING:
            yield from _before_change(hard, _HARDENED)


def _before_change(stem: str, changes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for after, before in changes:
        if stem.endswith(after):
            base = stem.removesuffix(after) + before
            yield from (base, *(_CHANGED_VOWEL.sub(vowel, base) for vowel in ("ia", "io")))
