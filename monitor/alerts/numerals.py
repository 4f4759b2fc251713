"""Numbers in words: as figures, as rough amounts, and as what comes after a first. Pure.

Words that mean something else in another language count only beside words of their own.
"""

import re
from typing import Final, NamedTuple

_SMALL: Final = {
    "en": "two three four five six seven eight nine . eleven twelve",
    "es": ". . cuatro cinco . siete ocho nueve diez . doce",
    "pt": "dois três quatro . seis sete oito nove dez onze .",
    "fr": "deux trois quatre cinq . . huit . . . douze",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn . zwölf",
    "it": ". tre quattro cinque . sette . . dieci undici dodici",
}
_TEENS: Final = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "fr": "vingt trente quarante cinquante soixante",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
}
_ITALIAN: Final = (
    r"\b(?:il|nel|nella|del|della|gli|morti|feriti|dispersi|uccisi|dopo|sono|almeno)\b"
)
_SPANISH: Final = r"\b(?:el|los|las|en|y|al|del|muertos|muertas|heridos|tras)\b"
_FRENCH: Final = r"\b(?:le|la|les|dans|à|et|des|morts|blessés|au|en)\b"
# Of another language too: the number it is, and what shows that it is one.
_BESIDE: Final = {
    "ten": (10, r"^(?!.*(?:[ąęłńśźż]|\b(?:jest|nie|się|na|w|z|do)\b))"),
    "dos": (2, _SPANISH),
    "tres": (3, _SPANISH),
    "seis": (6, _SPANISH),
    "once": (11, r"\b(?:muertos|muertas|heridos|los|las|tras)\b"),
    "due": (2, _ITALIAN),
    "sei": (6, _ITALIAN),
    "otto": (8, _ITALIAN),
    "nove": (9, _ITALIAN),
    "sept": (7, _FRENCH),
    "dix": (10, _FRENCH),
    "onze": (11, _FRENCH),
    "elf": (11, r"\b(?:der|das|und|bei|nach|mit|von|tote|menschen)\b"),
}
_UNITS: Final = ("one", *_SMALL["en"].split()[:8])
_SCALE: Final = (
    r"hundred|thousand|million|billion|trillion|dozen|mil|mill\w+|mille|million\w*|milliard\w*|cents?|"
    r"hundert|tausend|cento|mila|miliard\w*|bilh\w+"
)

# Rough amounts, each with the least that it means, under one name in every language.
_ROUGH: Final = {
    "dozens": (24, "dozens scores docenas decenas dezenas dizaines dutzende dutzenden decine"),
    "hundreds": (
        200,
        "hundreds cientos centenares centenas centaines hunderte hunderten centinaia",
    ),
    "thousands": (2_000, "thousands miles milhares milliers tausende tausenden migliaia"),
}
ROUGH: Final = {form: name for name, (_, forms) in _ROUGH.items() for form in forms.split()}
# What comes after a first: another is a second.
_NTH: Final = {
    "second": """another second 2nd otro otra segundo segunda outro outra deuxième seconde
        zweite zweiter zweites zweiten weitere weiterer weiteres weiteren altro altra secondo""",
    "third": """third 3rd tercer tercero tercera terceiro terceira troisième dritte dritter drittes
        dritten terzo terza""",
    "fourth": "fourth 4th cuarto cuarta quarto quarta quatrième vierte vierter viertes vierten",
    "fifth": "fifth 5th quinto quinta cinquième fünfte fünfter fünftes fünften",
    "sixth": "sixth 6th sexto sexta sixième sechste sechster sechstes sechsten sesto sesta",
}
PLACES: Final = tuple(_NTH)
_PLACE: Final = {form: name for name, forms in _NTH.items() for form in forms.split()}
_BEHIND: Final = """
    that of in on at off by to for from with as after and or day days time times week year term
    person man woman wave round look blow half quarter phase night de del des du en dans à au le la
    el di nel della von der im am bei season birthday anniversary lowest highest largest biggest
    straight consecutive
"""
_NO_NOUN: Final = frozenset(_BEHIND.split())


class Further(NamedTuple):
    """Another of something: which, and the words that may name it."""

    place: str
    nouns: tuple[str, ...]


def _numerals() -> dict[str, str]:
    found = {
        word: str(number)
        for words in _SMALL.values()
        for number, word in enumerate(words.split(), start=2)
        if word != "."
    }
    found |= {word: str(number) for number, word in enumerate(_TEENS.split(), start=13)}
    return found | {
        word: str(10 * number)
        for words in _TENS.values()
        for number, word in enumerate(words.split(), start=2)
    }


_NUMBERS: Final = _numerals()
_SPELLED: Final = re.compile(
    rf"(?<![\w-])(?P<number>{'|'.join((*_NUMBERS, *_BESIDE))})(?:[- ](?P<unit>{'|'.join(_UNITS)}))?"
    rf"(?![\w’'-])(?!\s+(?:{_SCALE})\b)",
    re.IGNORECASE,
)
_SHOWN: Final = {word: re.compile(shown, re.IGNORECASE) for word, (_, shown) in _BESIDE.items()}
_WORD: Final = re.compile(r"\w+")


def in_digits(title: str) -> str:
    """Return a headline with its numbers in words as digits: “killing four” as “killing 4”."""

    def digits(found: re.Match[str]) -> str:
        word, unit = found["number"].casefold(), found["unit"]
        if word in _BESIDE and not _SHOWN[word].search(title):
            return found[0]
        number = _NUMBERS.get(word) or str(_BESIDE[word][0])
        if unit is None:
            return number
        if int(number) % 10 == 0 and int(number) > 10:
            return str(int(number) + 1 + _UNITS.index(unit.casefold()))
        return f"{number} {unit}"

    return _SPELLED.sub(digits, title)


def amount(figure: str) -> int:
    """Return how much a number is, or a rough amount at least."""
    return _ROUGH[figure][0] if figure in _ROUGH else int(figure)


def is_rough(figure: str) -> bool:
    """Tell whether a figure is a rough amount: dozens, hundreds, thousands."""
    return figure in _ROUGH


def further(title: str) -> list[Further]:
    """Return of what a headline tells another: a second tanker, a third."""
    row = _WORD.findall(title.casefold())
    return [
        Further(_PLACE[word], tuple(_nouns(row[at + 1 : at + 4])))
        for at, word in enumerate(row)
        if word in _PLACE
    ]


def _nouns(behind: list[str]) -> list[str]:
    end = next((at for at, word in enumerate(behind) if word in _NO_NOUN), len(behind))
    return [word for word in behind[:end] if len(word) > 3]
