"""Tells when an ambiguous surname is plainly another person's: behind another first name. Pure.

A capital says so only where it would not stand anyway: not where a sentence begins, not in a
headline all in capitals or in title case, not in German, whose nouns all have one. Titles, days and
months are no first names.
"""

import re
from collections.abc import Iterable
from typing import Final

from monitor.watch.commonwords import NAMES, common_words
from monitor.watch.reading import Place, Reading
from monitor.watch.terms import Term
from monitor.watch.words.inflection import primary
from monitor.watch.words.text import folded, tokenise

# What stands directly before, with what comes before that: a word of the same sentence, or none.
_BEFORE: Final = re.compile(r"(?P<last>\S?)\s+(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)[ \u00a0]\Z")
_REACH: Final = 100  # characters before a name
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_FEWEST_WORDS: Final = 3  # of four letters or more, to tell a sentence from a title
_TITLE_SHARE: Final = 0.6  # of them have a capital
_ALIKE: Final = 3  # first letters: Nicholas, Nicolás; Venezuelan, Venezuela
_CAPITALISED: Final = frozenset({"de", "lb"})

_TITLES: Final = """
    admiral candidate captain captured caudillo chairman chancellor chief colonel comandante
    commandant commander companero comrade defiant deposed detained dictador dictator ditador doctor
    dyktator emperor ex ex-president fallen former free fugitive general governor indicted jailed
    judge king leader lider lord madam mayor minister miss mister mrs officer oust ousted pastor
    premier president president-elect presidente prezydent prime professor queen senator senhor
    senor sergeant sir strongman toppled tyrant
"""
_DAYS: Final = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december
"""
_OTHERS: Final = "afp associated bbc bloomberg cnn press reuters american british european russian"
_NO_NAMES: Final = frozenset(f"{_TITLES} {_DAYS} {_OTHERS}".split())


def namesake(places: Iterable[Place], reading: Reading, own: Iterable[Term]) -> Place | None:
    """Return where another person's first name and this name stand; None where that is nowhere.

    `places` are those of an ambiguous name of one word; `own` are the names of the entity and what
    stands around them, of which a word before it may be part.
    """
    if primary(reading.language) in _CAPITALISED:
        return None
    for place in places:
        text = reading.texts[place.field]
        if not text[place.start].isupper():
            continue  # a word that is spelled like the name
        found = _BEFORE.search(text, max(0, place.start - _REACH), place.start)
        if found and _is_first_name(found, own) and not _is_in_title_case(text):
            return place._replace(start=found.start("word"))
    return None


def _is_first_name(found: re.Match[str], own: Iterable[Term]) -> bool:
    word, last = found["word"], found["last"]
    if len(word) < _ALIKE or not word.istitle():
        return False
    if not last.isalnum() and last != ",":  # a sentence, a quotation or a headline may begin here
        return False
    plain = folded(word)
    if plain == folded(found.string[found.end() : found.end() + len(word)]):
        return False  # the name twice
    return not _is_ordinary(plain) and not any(
        each.startswith(plain[:_ALIKE]) for term in own for each in tokenise(term.text).words
    )


def _is_ordinary(word: str) -> bool:
    return word in _NO_NAMES or any(word in common_words(language) for language in NAMES)


def _is_in_title_case(text: str) -> bool:
    """Say whether most words of a text begin with a capital, or they are too few to tell."""
    words = _WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    return len(words) < _FEWEST_WORDS or capitals > _TITLE_SHARE * len(words)
