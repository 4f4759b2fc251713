"""Other spellings under which a word is met.

Pure. Umlauts are written out, Arabic and Hebrew words carry a conjunction, a preposition or the
article in front, acronyms have full stops or none. They are made once for each term, and for the
few words of a text that need them, so that "Đoković" finds Djokovic, "Muenchen" finds München,
"ومادورو" finds مادورو, and "UN" finds U.N.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from monitor.watch.words.text import folded

# Letters that folding turns into one plain letter and that others write as two.
_WRITTEN_OUT: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "đ": "dj"}
_LETTERS: Final = str.maketrans(_WRITTEN_OUT | {k.upper(): v for k, v in _WRITTEN_OUT.items()})
_HAS_LETTER: Final = re.compile(f"[{''.join(_WRITTEN_OUT)}]", re.IGNORECASE)

# And, so, with, like, to, the: conjunctions and prepositions are written onto the next word, the
# article after them; "to the" contracts.
_ARABIC_CLITICS: Final = tuple(
    f"{conjunction}{rest}"
    for conjunction in ("", "و", "ف")
    for rest in ("", "ب", "ك", "ل", "ال", "بال", "كال", "لل")
    if conjunction or rest
)
_ARTICLE: Final = "ال"
_ARABIC_WORD: Final = re.compile("[\u0620-\u064a\u066e-\u06d3]{3,}")

# And; that; in, to, from, as; the. Hebrew's article melts into "in", "to" and "as".
_HEBREW_CLITICS: Final = tuple(
    f"{conjunction}{rest}"
    for conjunction in ("", "ו", "ש", "וש")
    for rest in ("", "ה", "ב", "ל", "מ", "כ", "מה")
    if conjunction or rest
)
_HEBREW_WORD: Final = re.compile("[\u05d0-\u05ea]{3,}")
_HEBREW_ACRONYM: Final = re.compile('[\u05d0-\u05ea]+["״][\u05d0-\u05ea]')

# Capitals with a full stop after each, or without any; longer ones are words in capitals.
_ACRONYM: Final = re.compile(r"[A-Z](?:\.[A-Z]){1,4}\.?|[A-Z]{2,5}")


def needs_writing_out(text: str) -> bool:
    """Say whether a text may hold letters that others write as two."""
    return _HAS_LETTER.search(text) is not None


def written_out(raw: Sequence[str]) -> list[str]:
    """Return words folded after their umlauts have been written out."""
    return [folded(word.translate(_LETTERS)) for word in raw]


def spellings(phrase: str, raw: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the other spellings of a phrase; its words come as spelled and folded."""
    longer = tuple(written_out(raw))
    if longer != tuple(words):
        yield longer
    if _HEBREW_WORD.fullmatch(words[0]) or _HEBREW_ACRONYM.match(phrase):
        for clitic in _HEBREW_CLITICS:
            yield (clitic + words[0], *words[1:])
    if _ARABIC_WORD.fullmatch(words[0]):
        # An adjective takes the article with its noun, a name does not.
        later = [(word, _ARTICLE + word) for word in words[1:] if _ARABIC_WORD.fullmatch(word)]
        rest = itertools.product(*later) if len(later) == len(words) - 1 < 4 else [tuple(words[1:])]
        for others, clitic in itertools.product(list(rest), ("", *_ARABIC_CLITICS)):
            spelled = (clitic + words[0], *others)
            if spelled != tuple(words):
                yield spelled


def is_acronym(phrase: str) -> bool:
    """Say whether a phrase is letters in capitals, with full stops between them or without."""
    return phrase.isupper() and _ACRONYM.fullmatch(phrase) is not None


def acronym_spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """Yield how an acronym is written the other way: US for U.S., U.S. for US.

    Without its full stops it counts in capitals alone: a pronoun is no country.
    """
    if is_acronym(phrase):
        letters = phrase.replace(".", "").lower()
        yield (letters,) if "." in phrase else tuple(letters)


def are_capitals(spelled: Sequence[str]) -> bool:
    """Say whether words are written in capitals."""
    return all(map(str.isupper, spelled))
