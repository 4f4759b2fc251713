"""Takes names apart: their order, initials, legal forms, prefixes of ships. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What a name is of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    COUNTRY = "country"
    SHIP = "ship"


class Part(NamedTuple):
    """Another way to say a name. One that is not certain may mean somebody else."""

    text: str
    why: str
    certain: bool = True


_TITLES: Final = "dr prof sir dame lord lady mr mrs ms jr sr ii iii iv phd sheikh"
_HONOURS: Final = frozenset(_TITLES.split())
_BEFORE_SURNAMES: Final = (
    "al el de del della di da das do dos du la le van der den von zu zum af bin ben ibn abu ter "
    "بن ابن بنت أبو ابو آل"
)
_PARTICLES: Final = frozenset(_BEFORE_SURNAMES.split())
_SHIP: Final = re.compile(
    r"(?P<prefix>USS|HMS|HMCS|HMAS|INS|RMS|RFA|USNS|USCGC|M/?V|M/?T|M/?S|S/?S|S/?Y|LNG/?C)"
    r"\.? +(?=\S)"
)
_MERCHANT: Final = {"MV": "M/V", "MT": "M/T", "MS": "M/S", "SS": "S/S", "SY": "S/Y"}
_FORM: Final = re.compile(
    r"[\s,]+(?:ltd|llc|llp|inc|corp(?:oration)?|co|company|plc|gmbh|ag|kg|se|s\.?a\.?s?|s\.?r\.?l|"
    r"s\.?p\.?a|n\.?v|b\.?v|a/?s|ab|oyj?|pjsc|ojsc|jsc|cjsc|ooo|oao|pao|zao|ооо|оао|пао|зао|ао|"
    r"sp\.? z o\.?o|c\.?a|de c\.?v|limited|holding|group)\.?$",
    re.IGNORECASE,
)
_LEADING_FORM: Final = re.compile(
    r"(?:the|ооо|оао|пао|зао|ао|ooo|oao|pao|jsc|pjsc)\s+", re.IGNORECASE
)
_JOINT: Final = re.compile(r"\s+(?:&|and|und|et|y|e|и)$", re.IGNORECASE)  # before Co., left over
_SOLID: Final = re.compile(
    r"\b(?:bank|ministry|company|corporation|organi[sz]ation|agency|council|union|party|university|"
    r"institute|association|committee|front|movement|army|guard|brigade|group|holding|petr[oó]leos|"
    r"ministerio|banco|partido|министерство|банк|партия)\b",
    re.IGNORECASE,
)
_BETWEEN: Final = "of the and for de la del le y e und der des van du los las on in"
_SMALL: Final = frozenset(_BETWEEN.split())


def guess_kind(name: str) -> Kind:
    """Return what a name is probably of."""
    if _SHIP.match(name):
        return Kind.SHIP
    if _FORM.search(name) or _LEADING_FORM.match(name) or _SOLID.search(name) or " " not in name:
        return Kind.ORGANISATION
    return Kind.PERSON


def parts_of(name: str, kind: Kind, language: str = "") -> Iterator[Part]:
    """Yield other ways to say a name. `language` tells which of a person's names is the surname."""
    match kind:
        case Kind.PERSON:
            yield from _person(name, language)
        case Kind.ORGANISATION:
            yield from _organisation(name)
        case Kind.SHIP:
            yield from _ship(name)
        case Kind.COUNTRY:
            return


def in_usual_order(name: str) -> str:
    """Return `Maduro, Nicolás` as Nicolás Maduro."""
    surname, comma, given = (part.strip() for part in name.partition(","))
    if not comma or not given or "," in given or _FORM.search(name):
        return name
    return f"{given} {surname}"


def _person(name: str, language: str) -> Iterator[Part]:
    words = [word for word in name.split() if word.strip(".,").lower() not in _HONOURS]
    if len(words) < 2:
        return
    given, surname = _given_and_surname(words, language)
    last = " ".join(surname)
    if words != name.split():
        yield Part(" ".join(words), "without the title")
    if len(given) + len(surname) < len(words) or len(given) > 1:
        yield Part(f"{given[0]} {last}", "middle names dropped")
    yield Part(f"{last}, {' '.join(given)}", "name order")
    if len(given) > 1:
        yield Part(f"{last}, {given[0]}", "name order")
        yield Part(f"{given[0]} {given[1][0]}. {last}", "initials")
        yield Part(f"{' '.join(f'{each[0]}.' for each in given)} {last}", "initials")
    yield Part(f"{given[0][0]}. {last}", "initials")
    yield Part(last, "the surname alone", certain=False)


def _given_and_surname(words: list[str], language: str) -> tuple[list[str], list[str]]:
    """Split a name. A Spanish one may end with two surnames, of which the first is the usual."""
    start = len(words) - 1
    if language == "es" and len(words) > 2 and not _particles(words):
        start = 1 if len(words) == 3 else len(words) - 2
        return words[:start], words[start : start + 1]
    for number, word in enumerate(words[1:-1], 1):
        if word.lower() in _PARTICLES:
            start = number
            break
    return words[:start], words[start:]


def _particles(words: list[str]) -> bool:
    return any(word.lower() in _PARTICLES for word in words)


def _organisation(name: str) -> Iterator[Part]:
    bare = _LEADING_FORM.sub("", name, count=1) if _LEADING_FORM.match(name) else name
    while _FORM.search(bare) and len(_FORM.sub("", bare).split()) > 0:
        bare = _FORM.sub("", bare)
    bare = _JOINT.sub("", bare)
    if bare != name:
        one_word = len(bare.split()) == 1
        yield Part(bare, "without its legal form", certain=not one_word)
    for one, other in ((" & ", " and "), (" and ", " & ")):
        if one in name:
            yield Part(name.replace(one, other), "the sign & written out, or not")
    letters = [word[0] for word in bare.split() if word.lower() not in _SMALL and word[0].isalpha()]
    if len(letters) > 2:
        yield Part("".join(letters).upper(), "its initials", certain=False)


def _ship(name: str) -> Iterator[Part]:
    found = _SHIP.match(name)
    if found is None:
        return
    prefix, bare = found["prefix"].replace("/", ""), name[found.end() :]
    for other in (prefix, _MERCHANT.get(prefix, prefix)):
        yield Part(f"{other} {bare}", "the prefix, spelled otherwise")
    if len(bare.split()) > 1:
        yield Part(f"{prefix} {bare.split()[-1]}", "the last word of its name")
    yield Part(bare, "without the prefix", certain=False)
