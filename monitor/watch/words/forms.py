"""Tells forms of one word from words that only share its stem, language by language. Pure.

Stemmers take for an ending what only looks like one: in Turkish, Madurodam would be "in my Maduro".
"""

from collections.abc import Callable
from typing import Final

from monitor.watch.words.english import are_forms, shared_letters

_LONG: Final = 3  # letters that are no plain ending of a term as people write it
_PLURALS: Final = ("lar", "ler")  # the one long ending that Turkish terms have


def forms_in(language: str) -> Callable[[str, str], bool]:
    """Return what says of a term's word and a text's, folded and of one stem: forms of one word."""
    match language:
        case "en":
            return are_forms
        case "tr":
            return _are_turkish_forms
        case _:
            return _may_be_forms


def _may_be_forms(wanted: str, found: str) -> bool:
    """Say no where the text has only the beginning of what was asked for."""
    return len(wanted) - len(found) < _LONG or not wanted.startswith(found)


def _are_turkish_forms(wanted: str, found: str) -> bool:
    """Say no where more than a short ending of what was asked for is missing.

    Endings are added, not exchanged: a term is the beginning of its forms, but for a letter or two.
    """
    rest = wanted[shared_letters(wanted, found) :]
    return len(rest) < _LONG or rest.startswith(_PLURALS)
