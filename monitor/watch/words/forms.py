"""Tells forms of one word from words that only share its stem, language by language. Pure.

Stemmers take for an ending what only looks like one: the German Politikerin would be a form of
Politik. Of what was asked for the text may lack a short ending, or a long one that is known.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from monitor.watch.words.english import are_forms, shared_letters
from monitor.watch.words.german import are_german_forms
from monitor.watch.words.polish import are_polish_forms
from monitor.watch.words.turkish import are_turkish_forms

_LONG: Final = 3  # letters; shorter endings may be missing, whatever they are
_LEAST_STEM: Final = 4  # letters of a word that a long ending may be missing of

# Plurals and cases of nouns, folded. What makes another word of one (-isch) is not among them.
_NORWEGIAN: Final = "ene enes"
_HUNGARIAN: Final = (
    "nak nek ban ben bol val vel hoz hez rol tol nal nel kat ket okat eket akat oknak eknek"
)
_SERBIAN: Final = "ama ima ovi ova ove evi eva eve ovima evima"
_LONG_ENDINGS: Final = {
    language: frozenset(endings.split())
    for language, endings in {
        "be": "амі ямі",
        "bg": "ите ата ята ета ото ове овете",
        "bs": _SERBIAN,
        "cs": "ovi ami emi ich ech ach",
        "da": "ene enes erne ernes",
        "fi": "ssa sta lla lta lle ksi een iin issa ista illa ilta ille ien iden",
        "hr": _SERBIAN,
        "hu": _HUNGARIAN,
        "hy": "ներ ները ների ներին ներով",
        "id": "nya",
        "mk": "ите ата ота ото ови овите",
        "nb": _NORWEGIAN,
        "nn": f"{_NORWEGIAN} ane anes",
        "no": _NORWEGIAN,
        "ro": "lui ului elor ilor ele ile",
        "ru": "ами ями",
        "sr": _SERBIAN,
        "sv": "arna erna orna arnas ernas ornas",
        "uk": "ами ями ові еві єві",
    }.items()
}

_UKRAINIAN_PLURALS: Final = frozenset({"ів", "їв", "ов", "ев", "єв"})
_UKRAINIAN_OTHER: Final = re.compile(r"[оеє]в(?!і\Z).*")  # adjectives, and names of families


def forms_in(language: str) -> Callable[[str, str], bool]:
    """Return what says of a term's word and a text's, folded and of one stem: forms of one word."""
    match language:
        case "de":
            return are_german_forms
        case "en":
            return are_forms
        case "pl":
            return are_polish_forms
        case "tr":
            return are_turkish_forms
        case "uk":
            return _are_ukrainian_forms
        case _:
            return partial(_may_be_forms, _LONG_ENDINGS.get(language, frozenset()))


def _may_be_forms(long_endings: frozenset[str], wanted: str, found: str) -> bool:
    """Say no where the text has only the beginning of what was asked for, but for an ending."""
    missing = len(wanted) - len(found)
    if missing < _LONG or not wanted.startswith(found):
        return True
    return len(found) >= _LEAST_STEM and wanted[len(found) :] in long_endings


def _are_ukrainian_forms(wanted: str, found: str) -> bool:
    """Say no of нафтовий beside нафта, of Іванов beside Іван; names in -ів change so themselves."""
    shared = shared_letters(wanted, found)
    rests = (wanted[shared:], found[shared:])
    if all(rest[:2] in _UKRAINIAN_PLURALS for rest in rests):
        return True
    return not any(map(_UKRAINIAN_OTHER.fullmatch, rests)) and _may_be_forms(
        _LONG_ENDINGS["uk"], wanted, found
    )
