"""An object of FollowTheMoney or Wikidata becomes a record: what it is, and its names.

Pure. Anything may stand anywhere in an object from outside; what is not text where text belongs
is passed over. FollowTheMoney: followthemoney.tech, "Schema explorer"; Wikidata: "JSON data model".
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

MAX_NAMES: Final = 300  # of one record

# What a wanted schema takes in; FollowTheMoney's own tree, as far as it has names.
_KINDS: Final = {
    "legalentity": {"person", "organization", "company", "publicbody"},
    "organization": {"company", "publicbody"},
    "asset": {"company", "vessel", "airplane", "vehicle"},
    "vehicle": {"vessel", "airplane"},
}
_NAMED: Final = {"legalentity", "vehicle", "country"} | _KINDS["legalentity"] | _KINDS["vehicle"]
_NUMBERED: Final = _KINDS["vehicle"]  # whose registration numbers are painted on them
_IMO: Final = re.compile(r"(?:IMO)?\D{0,3}(\d{7})", re.IGNORECASE)

# instance of → schema; the classes that most entities of the news have.
_CLASSES: Final = {
    "Q5": "Person",
    "Q6256": "Country",
    "Q3624078": "Country",
    "Q43229": "Organization",
    "Q4830453": "Company",
    "Q783794": "Company",
    "Q6881511": "Company",
    "Q891723": "Company",
    "Q163740": "Organization",
    "Q484652": "Organization",
    "Q7278": "Organization",
    "Q327333": "PublicBody",
    "Q192350": "PublicBody",
    "Q11446": "Vessel",
    "Q17205": "Vessel",
    "Q3114762": "Vessel",
    "Q14928": "Vessel",
    "Q12859788": "Vessel",
    "Q17210": "Vessel",
}
_FULL_NAMES: Final = ("P2561", "P1448", "P1559")  # name, official name, name in native language
_SHORT_NAMES: Final = ("P1813",)
_EVERY_LANGUAGE: Final = "mul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing with names; the first is its own. `weak` ones may mean others too."""

    id: str
    schema: str
    topics: frozenset[str]
    names: tuple[str, ...]
    weak: tuple[str, ...] = ()
    cut: bool = False  # it had more names


def read_record(value: Mapping[str, Any], languages: Collection[str] = ()) -> Record | None:
    """Return the record an object is, or None where it is of neither kind.

    `languages` are those wanted of Wikidata's names; none means all.
    """
    if isinstance(value.get("schema"), str):
        return _from_money(value, value["schema"])
    if isinstance(value.get("labels"), dict) or isinstance(value.get("aliases"), dict):
        return _from_wikidata(value, languages)
    return None


def is_wanted(record: Record, schemas: Collection[str], topics: Collection[str]) -> bool:
    """Say whether a record is of a wanted schema, or of one below it, and has a wanted topic.

    Without schemas it must be of one that has names of its own: an address is no entity.
    """
    schema = record.schema.lower()
    wanted = {each.lower() for each in schemas}
    below = wanted.union(*(_KINDS.get(each, set()) for each in wanted)) if wanted else _NAMED
    known = schema in below or (not wanted and not schema)
    return known and (not topics or not record.topics.isdisjoint(topics))


def _from_money(value: Mapping[str, Any], schema: str) -> Record:
    given = value.get("properties")
    properties = given if isinstance(given, dict) else {}

    def texts(name: str) -> list[str]:
        return list(_texts(properties.get(name)))

    names = [*_texts([value.get("caption")]), *texts("name"), *texts("alias")]
    if not texts("name"):
        names += map(" ".join, zip(texts("firstName"), texts("lastName"), strict=False))
    if schema.lower() in _NUMBERED:
        numbers = map(_IMO.fullmatch, map(str.strip, texts("imoNumber")))
        names += [f"IMO {found[1]}" for found in numbers if found]
        names += texts("registrationNumber")
    return _record(value, schema, names, texts("weakAlias"), topics=texts("topics"))


def _from_wikidata(value: Mapping[str, Any], languages: Collection[str]) -> Record:
    wanted = {*languages, _EVERY_LANGUAGE} if languages else set()
    labels = dict(_in_languages(value.get("labels"), wanted))
    first = next((labels[each] for each in ("en", _EVERY_LANGUAGE, *labels) if each in labels), ())
    names = [*first, *(text for each in labels.values() for text in each)]
    names += [text for _, texts in _in_languages(value.get("aliases"), wanted) for text in texts]
    claims = value.get("claims")
    names += [text for each in _FULL_NAMES for text in _stated(claims, each, wanted)]
    weak = [text for each in _SHORT_NAMES for text in _stated(claims, each, wanted)]
    classes = (_CLASSES.get(each, "") for each in _identities(claims))
    return _record(value, next(filter(None, classes), ""), names, weak)


def _record(
    value: Mapping[str, Any],
    schema: str,
    names: Iterable[str],
    weak: Iterable[str],
    topics: Iterable[str] = (),
) -> Record:
    identity = value.get("id")
    strong = list(dict.fromkeys(names))
    return Record(
        id=identity if isinstance(identity, str) else "",
        schema=schema,
        topics=frozenset(topics),
        names=tuple(strong[:MAX_NAMES]),
        weak=tuple(islice(dict.fromkeys(weak), MAX_NAMES)),
        cut=len(strong) > MAX_NAMES,
    )


def _texts(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    return (each for each in values if isinstance(each, str))


def _in_languages(value: object, wanted: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the texts of labels or aliases, each language with its own."""
    for language, given in value.items() if isinstance(value, dict) else ():
        if not wanted or language in wanted:
            each = given if isinstance(given, list) else [given]
            yield (
                language,
                list(_texts([part.get("value") for part in each if isinstance(part, dict)])),
            )


def _values(claims: object, claim: str) -> Iterator[dict[str, Any]]:
    """Yield the values stated of a claim, as far as they are objects."""
    statements = claims.get(claim) if isinstance(claims, dict) else None
    for statement in statements if isinstance(statements, list) else ():
        value: object = statement
        for step in ("mainsnak", "datavalue", "value"):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, dict):
            yield value


def _stated(claims: object, claim: str, wanted: Collection[str]) -> Iterator[str]:
    for value in _values(claims, claim):
        if not wanted or value.get("language") in wanted:
            yield from _texts([value.get("text")])


def _identities(claims: object) -> Iterator[str]:
    for value in _values(claims, "P31"):
        yield from _texts([value.get("id")])
