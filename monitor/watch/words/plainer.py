"""Endings that Snowball does not know, each turned into one of the same word that it does. Pure.

Some are turned before a word is cut (mísseis, as if it were míssel), some after (ohjuks, of
ohjukset, as if it were of ohjus). Both forms of a word go the same way, so that a rule that is
wrong about a word is wrong about all its forms alike.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

_BEFORE: Final = {
    "ar": ((r"(?<=\w{3})ات\Z", "ة"),),
    "cs": ((r"skyj\Z", "ský"),),  # Zelenskyj
    "de": (
        (r"(?:(?<=\w{3}[aojpw])|(?<!hau)(?<=\w{3}u)|(?<!ni)(?<=\w{3}i)|(?<=\A\wi))s\Z", ""),
    ),  # Maduros, Trumps, Xis; not Rathaus, Ergebnis
    "es": ((r"(?<=\we)as\Z", "a"), (r"(?<=\w[aeiou])res\Z", "r")),  # líneas, dólares
    "fi": ((r"(?<=\w{3})ina\Z", "inaa"),),  # Ukraina is no essive
    "it": (
        (r"gh(?=[ie]\Z)", "g"),  # laghi
        (r"(?<=\w{3})ier[aei]\Z", "iero"),
        (r"((?:[oiu]l|cle|milit)ar)[ei]\Z", r"\1o"),  # militare is no infinitive
    ),
    "pt": (
        (r"[õã]es\Z", "ão"),  # sanções
        (r"(?<=\w\w)ais\Z", "al"),
        (r"(?<=\w\w)[eé]is\Z", "el"),  # papéis, and mísseis …
        (r"([áéíóú]\w{1,3})il\Z", r"\1el"),  # … of míssil
        (r"(?<=\w[^\Waeoáéóãõ])is\Z", "il"),  # fuzis
        (r"(?<=\w[aeiouéó])ns\Z", "m"),
    ),
}
_AFTER: Final = {
    "el": ((r"(?<=\w{3})ι\Z", ""),),  # Ρωσίας
    "fi": ((r"(?<=\w\w)ks\Z", "s"),),  # ohjukset
    "hu": ((r"(?<=\w{3})[aáeéoóöő]\Z", ""),),  # grows long before an ending: Madurónak
    "ro": ((r"(?<=\w{3})(?:iul|[eiu]+)\Z", ""),),  # războiul, Moscovei
}
_NUKTA: Final = "\u093c"


def plainer(language: str, cut: Callable[[str], str]) -> Callable[[str], str]:
    """Return what cuts a word in lower case to its stem as `cut` does, and knows more endings."""
    if language == "hi":  # the dot that makes z of j is often left out
        return lambda word: cut(unicodedata.normalize("NFD", word).replace(_NUKTA, ""))
    before, after = _compiled(_BEFORE, language), _compiled(_AFTER, language)
    if not before and not after:
        return cut

    def cut_more(word: str) -> str:
        for ending, known in before:
            word = ending.sub(known, word)
        word = cut(word)
        for ending, known in after:
            word = ending.sub(known, word)
        return word

    return cut_more


def _compiled(
    rules: Mapping[str, tuple[tuple[str, str], ...]], language: str
) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(ending), known) for ending, known in rules.get(language, ())]
