"""Suggests under which other names something is met, for people to review.

Pure but for the country names (countries.py). What the matcher finds anyway, because it folds
accents, writes umlauts out or bends endings, is proved with the matcher itself and left out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from monitor.model import Entry, Item, ItemId, SourceRef
from monitor.watch.matcher import Matcher
from monitor.watch.names import arabic, countries, cyrillic, greek
from monitor.watch.names.parts import Kind, Part, guess_kind, in_usual_order, parts_of
from monitor.watch.names.plain import plain_name
from monitor.watch.names.transcription import LANGUAGES, language_by_spelling, transcribed
from monitor.watch.rules import AnyOf, Watchlist
from monitor.watch.terms import Term, TermError, TermKind, parse_term
from monitor.watch.words.detection import Tongue
from monitor.watch.words.text import normalised, tokenise

MOST: Final = 60  # certain aliases of one name
_LONGEST_KEY: Final = 60
_CORES: Final = frozenset({"middle names dropped", "without its legal form"})  # as news say it
_LATIN: Final = re.compile("[A-Za-z]")
_WRITTEN_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_LANGUAGES: Final = {
    "bg": "Bulgarian",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sr": "Serbian",
    "uk": "Ukrainian",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A term as a list would write it, and where it comes from."""

    written: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An entity to review. `found_anyway` are spellings that need no listing."""

    key: str
    name: str
    kind: Kind
    aliases: tuple[Variant, ...]
    ambiguous: tuple[Variant, ...]
    found_anyway: tuple[str, ...]
    notes: tuple[str, ...]


def suggest(given: str, *, kind: Kind | None = None, language: str = "") -> Suggestion:
    """Return an entity for a name, `Nicolás Maduro` or `Maduro, Nicolás`.

    Without a kind or a language (ISO 639-1) of the name both are guessed. Raises ValueError for a
    name that has no letters.
    """
    name = in_usual_order(plain_name(given))
    if not any(map(str.isalpha, name)):
        raise ValueError("it has no letters")
    code = (
        countries.country_code(name)
        if kind in {None, Kind.COUNTRY} and countries.is_available()
        else ""
    )
    kind = kind or (Kind.COUNTRY if code else guess_kind(name))
    language = language or _language_of(name)
    found = [*_country(code), *_variants(name, kind, language)]
    certain, anyway = _needed(name, [part for part in found if part.certain])
    firm = [name, *(each.written for each in certain)]
    return Suggestion(
        key=key_for(name) or re.sub(r"[\s/${}]+", "-", name)[:_LONGEST_KEY],
        name=name,
        kind=kind,
        aliases=certain,
        ambiguous=_ambiguous(firm, [part for part in found if not part.certain]),
        found_anyway=anyway,
        notes=tuple(_notes(name, kind, language, found)),
    )


def key_for(name: str) -> str:
    """Return a name as a key of plain letters, digits and dashes; "" where it has none."""
    latin = cyrillic.plain_latin(name) if cyrillic.has_cyrillic(name) else name
    latin = greek.plain_latin(latin) if greek.has_greek(latin) else latin
    words = [word for word in tokenise(latin, addresses=True).words if word.isascii()]
    return "-".join(words)[:_LONGEST_KEY].strip("-")


# --- making -----------------------------------------------------------------------------------


def _variants(name: str, kind: Kind, language: str) -> Iterator[Part]:
    parts = list(parts_of(name, kind, language))
    yield from parts
    if _LATIN.search(name):
        yield from _in_plain_letters(name)
    if kind is Kind.COUNTRY:
        return
    core = next((part.text for part in parts if part.why in _CORES), name)
    for text, why in _in_other_letters(core, kind, language):
        yield Part(text, why, certain=" " in text)
        if kind is Kind.PERSON and not arabic.has_arabic(text):
            others = parts_of(text, kind, language)
            yield from (Part(part.text, f"{part.why}, {why}", part.certain) for part in others)


def _in_plain_letters(name: str) -> Iterator[Part]:
    """Yield a Latin name as keyboards without its letters write it."""
    bare = unicodedata.normalize("NFD", name)
    yield Part("".join(char for char in bare if not unicodedata.combining(char)), "without accents")
    yield Part(name.translate(_WRITTEN_OUT), "umlauts written out")


def _in_other_letters(name: str, kind: Kind, language: str) -> Iterator[tuple[str, str]]:
    if cyrillic.has_cyrillic(name):
        yield from cyrillic.to_latin(name, language)
    elif greek.has_greek(name):
        yield from greek.to_latin(name)
    elif arabic.has_arabic(name):
        yield from ((each, "in Latin letters") for each in arabic.to_latin(name))
    elif kind is Kind.PERSON or len(name.split()) == 1:  # others are translated, not spelled
        yield from _from_latin(name, language)


def _from_latin(name: str, language: str) -> Iterator[tuple[str, str]]:
    for each in arabic.spelled_otherwise(name):
        yield each, "spelled otherwise"
    if written := arabic.in_arabic(name):
        yield written, "in Arabic letters"
    for other, written in transcribed(name, language):
        if other == language:
            yield written, f"in {_LANGUAGES[other]}"
            yield from cyrillic.to_latin(written, other)
        else:
            yield written, f"in {_LANGUAGES[other]}, read as {_LANGUAGES[language]}"


def _country(code: str) -> Iterator[Part]:
    if code:
        called: dict[str, list[str]] = {}
        for name, language in countries.names_of(code):
            called.setdefault(name, []).append(language)
        for name, languages in called.items():
            yield Part(name, f"CLDR, {', '.join(languages)}")


def _language_of(name: str) -> str:
    if cyrillic.has_cyrillic(name):
        return cyrillic.language_by_letters(name)
    return "el" if greek.has_greek(name) else language_by_spelling(name)


def _notes(name: str, kind: Kind, language: str, found: list[Part]) -> Iterator[str]:
    if kind is Kind.COUNTRY:
        if not countries.is_available():
            yield "names in other languages need the extra: pip install 'news-feed-monitor[names]'"
        elif not any(part.why.startswith("CLDR") for part in found):
            yield "CLDR knows no country of this name"
        return
    if len(name) == 1:
        yield "one letter stands in many texts; ask for another word beside it, under all: or near:"
    if kind is Kind.PERSON and _LATIN.search(name) and not _spelled_by_ear(found):
        yield f"no Cyrillic and Greek spellings: {_no_ear(language)}"
    yield "Chinese, Japanese and Korean names follow no rule; take them from Wikidata:"
    yield "  monitor entities import --help"


def _spelled_by_ear(found: list[Part]) -> bool:
    return any(cyrillic.has_cyrillic(part.text) for part in found)


def _no_ear(language: str) -> str:
    if not language:
        return f"say the language of the name with --language: {', '.join(LANGUAGES)}"
    return (
        "the spelling does not tell the sound"
        if language in LANGUAGES
        else (f"no rules for “{language}”, but for {', '.join(LANGUAGES)}")
    )


# --- choosing ---------------------------------------------------------------------------------


def _needed(name: str, parts: Iterable[Part]) -> tuple[tuple[Variant, ...], tuple[str, ...]]:
    """Return the parts that nothing before them finds, and the others."""
    kept: list[Variant] = []
    anyway: dict[str, None] = {}
    for part in parts:
        if part.text == name or _term(part.text) is None:
            continue
        if _finds([name, *(each.written for each in kept)], part.text):
            if part.text not in {each.written for each in kept}:
                anyway[part.text] = None
        elif len(kept) < MOST:
            kept.append(Variant(written=part.text, why=part.why))
    return tuple(kept), tuple(anyway)


def _ambiguous(firm: list[str], parts: Iterable[Part]) -> tuple[Variant, ...]:
    """Return exact-case terms, each spelling once, that no certain name finds."""
    kept: dict[str, Variant] = {}
    for part in parts:
        term = f"={part.text}"
        if _term(term) and not _finds(firm, part.text) and normalised(part.text) not in kept:
            kept[normalised(part.text)] = Variant(written=term, why=part.why)
    return tuple(kept.values())


def _finds(terms: Iterable[str], text: str) -> bool:
    """Ask the matcher itself whether terms find a text, in whatever language."""
    rules = tuple(term for term in map(_term, terms) if term)
    matcher = Matcher([Watchlist(name="names", match=(AnyOf(rules=rules),))], {})
    return bool(matcher.match(_titled(text), Tongue("", "")))


def _titled(text: str) -> Item:
    return Item(
        id=ItemId("name"),
        keys=("name",),
        source=SourceRef(name="", url=""),
        entry=Entry(title=text),
        first_seen=datetime.min.replace(tzinfo=UTC),
    )


def _term(written: str) -> Term | None:
    try:
        term = parse_term(written)
    except TermError:
        return None
    return term if term.kind in {TermKind.WORDS, TermKind.EXACT_CASE} else None
