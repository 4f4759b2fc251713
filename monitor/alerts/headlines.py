"""What headlines say beside what they tell: that it is denied or corrected, and how many. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

Mark: TypeAlias = Literal["denied", "corrected"]

# Chosen words of the largest languages of news: a word that is missing makes a follow-up later (it
# then comes with more sources), one that is too common makes one for nothing.
_DENIED: Final = """
    denies deny denial denials denying refutes refuted debunked debunks hoax false untrue
    desmiente desmienten desmentido desmintió niega niegan falso bulo
    dément démentent démenti démentie infox intox
    dementiert dementieren dementi falschmeldung
    smentisce smentiscono smentita smentito nega negano bufala
    desmente desmentem desmentiu negam
    ontkent ontkennen weerlegt nepnieuws
    dementuje zaprzecza zaprzeczają
    dementerar förnekar benekter afviser kiistää
    yalanladı yalanlandı yalanlama
    опровергает опровергают опроверг опровергла опровергли опровержение отрицает отрицают фейк
    спростовує спростовують спростував спростувала спростували заперечує
    ينفي تنفي نفى نفت ينفون تكذب يكذب
    تکذیب
"""
_CORRECTED: Final = """
    correction corrected corrects clarification retracts retracted retraction
    corrección corrige rectifica rectificación
    rectificatif rectification corrigé rectifie
    korrektur korrigiert berichtigung berichtigt richtigstellung
    correzione rettifica rettificato errata
    correção corrigido retifica
    rectificatie gecorrigeerd
    sprostowanie rättelse korrigering rettelse oikaisu
    düzeltme исправлено исправление уточнение виправлено уточнення
    تصحيح تصويب اصلاحیه
"""
# Scripts without spaces between words.
_UNSPACED: Final[dict[Mark, str]] = {
    "denied": "否认|否認|辟谣|闢謠|不实|否定|부인|반박",
    "corrected": "更正|勘误|訂正|정정",
}
# Somebody was denied something: that is no denial.
_REFUSED: Final = re.compile(
    r"\bdenied\s+(?!that\b|it\b|any\b|having\b|being\b|by\b)\w+", re.IGNORECASE
)
_PASSIVE: Final = re.compile(
    r"\b(?:denied|not true|fake news|fausse nouvelle|noticia falsa|notícia falsa)\b", re.IGNORECASE
)
_WORDS: Final = re.compile(r"\w+")
_FIGURES: Final = re.compile(
    r"(?<![\w.,:])\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?![\d:])|(?<![\w:])\d+(?:[.,]\d+)?(?!:?\d)"
)
_THOUSANDS: Final = re.compile(r"[.,\u00a0\u202f](?=\d{3}(?!\d))")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_BY_WORD: Final[dict[str, Mark]] = {
    **dict.fromkeys(_DENIED.split(), "denied"),
    **dict.fromkeys(_CORRECTED.split(), "corrected"),
}
_TOLD_FIGURES: Final = 3


class _Word(NamedTuple):
    text: str
    figure: str  # "" where it is none


def marks(title: str) -> frozenset[Mark]:
    """Return whether a headline says that something was denied or corrected."""
    found = {mark for word in _WORDS.findall(title.casefold()) if (mark := _BY_WORD.get(word))}
    found |= {mark for mark, signs in _UNSPACED.items() if re.search(signs, title)}
    if _PASSIVE.search(_REFUSED.sub("", title)):
        found.add("denied")
    return frozenset(found)


def figures(title: str) -> tuple[str, ...]:
    """Return the numbers in a headline, as written but without the signs between thousands.

    Years and times of day are none: they date what is told.
    """
    return tuple(dict.fromkeys(word.figure for word in _words(title) if word.figure))


def changed(before: str, after: str) -> str:
    """Return which numbers stand in place of others, as in “27 → 28”; "" where none does.

    A number stands in another's place where the words around them are the same, or the word
    behind them is: 27 dead, 28 dead.
    """
    old, new = list(_words(before)), list(_words(after))
    pairs = [*_in_place(old, new), *_of_one_unit(old, new)]
    told = dict.fromkeys(f"{was} → {now}" for was, now in pairs if was != now)
    return ", ".join(list(told)[:_TOLD_FIGURES])


def _in_place(old: list[_Word], new: list[_Word]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(
        None, [word.text for word in old], [word.text for word in new], autojunk=False
    )
    for what, begin, end, start, stop in matcher.get_opcodes():
        if what != "replace" or end - begin != stop - start:
            continue
        for was, now in zip(old[begin:end], new[start:stop], strict=True):
            if was.figure and now.figure:
                yield was.figure, now.figure


def _of_one_unit(old: list[_Word], new: list[_Word]) -> Iterator[tuple[str, str]]:
    units = {unit: was for was, unit in _with_units(old)}
    for now, unit in _with_units(new):
        if was := units.get(unit):
            yield was, now


def _with_units(words: list[_Word]) -> Iterator[tuple[str, str]]:
    for word, behind in pairwise(words):
        if word.figure and not behind.figure:
            yield word.figure, behind.text


def _words(title: str) -> Iterator[_Word]:
    at = 0
    for found in _FIGURES.finditer(title):
        yield from _plain(title[at : found.start()])
        figure = _THOUSANDS.sub("", found[0])
        yield _Word(figure, "" if _YEAR.fullmatch(figure) else figure)
        at = found.end()
    yield from _plain(title[at:])


def _plain(text: str) -> Iterator[_Word]:
    return (_Word(word, "") for word in _WORDS.findall(text.casefold()))
