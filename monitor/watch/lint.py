"""What is probably not meant in rules that are valid: terms that find too much, or nothing.

Pure. Each function answers one question about terms; where they stand in a file is not known here.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from monitor.model import Entry, Field, Item, ItemId, SourceRef
from monitor.watch.commonwords import NAMES, common_words, ordinary_words
from monitor.watch.matcher import Matcher
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Entity,
    EntityRef,
    InFields,
    Near,
    NoneOf,
    Rule,
    Watchlist,
)
from monitor.watch.terms import Term, TermKind
from monitor.watch.words.detection import Tongue
from monitor.watch.words.inflection import primary
from monitor.watch.words.scanner import DictionaryScanner
from monitor.watch.words.text import normalised, tokenise

FAR: Final = 50  # words of a Near from which on it says little more than "all"
_MOST_EXAMPLES: Final = 3
_ACRONYM: Final = re.compile(r"[A-Z]{2,4}")
_FOLDED_KINDS: Final = {TermKind.WORDS, TermKind.EXACT_FORM}
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def known_languages(given: Iterable[str]) -> tuple[str, ...]:
    """Return those of some languages whose common words are known; all for none given."""
    wanted = {primary(language) for language in given if language}
    return tuple(name for name in NAMES if not wanted or name in wanted)


def is_common(term: Term, languages: Iterable[str]) -> str:
    """Return the name of a language in which a term is one very common word; "" for none."""
    if term.kind not in _FOLDED_KINDS or " " in term.text or _ACRONYM.fullmatch(term.text):
        return ""
    word = normalised(term.text)
    return next((NAMES[each] for each in languages if word in common_words(each)), "")


def mistaken_for(term: Term, languages: Iterable[str]) -> str:
    """Return the name of a language in which an acronym, in any case, is a word; "" for none."""
    if term.kind not in _FOLDED_KINDS or not _ACRONYM.fullmatch(term.text):
        return ""
    word = normalised(term.text)
    return next((NAMES[each] for each in languages if word in ordinary_words(each)), "")


def left_of(term: Term) -> str:
    """Return the one letter or digit that is compared of a term with signs; "" for another term."""
    if term.kind in {TermKind.PATTERN, TermKind.PREFIX} or term.text.strip().isalnum():
        return ""
    words = tokenise(term.text, addresses=True).words
    if len(words) != 1 or len(words[0]) != 1:
        return ""
    # Where scripts know no capitals a character may be a whole word.
    return words[0] if words[0].isdigit() or words[0] != words[0].upper() else ""


def common_beginnings(term: Term, languages: Iterable[str]) -> list[str]:
    """Return very common words that a prefix takes in; some of them."""
    words = normalised(term.text).split() if term.kind is TermKind.PREFIX else []
    if len(words) != 1:
        return []
    found = {word for each in languages for word in common_words(each) if word.startswith(words[0])}
    return sorted(found)[:_MOST_EXAMPLES]


def covered(terms: Sequence[Term]) -> Iterator[tuple[Term, Term]]:
    """Yield the terms of one choice that find nothing more, each with the broader one."""
    broad: dict[tuple[str, ...], Term] = {}
    beginnings: dict[str, Term] = {}
    rows = {term: tuple(normalised(term.text).split()) for term in terms if _is_words(term)}
    for term, row in rows.items():
        if term.kind is TermKind.WORDS:
            broad.setdefault(row, term)
        elif term.kind is TermKind.PREFIX and len(row) == 1:
            beginnings.setdefault(row[0], term)
    lengths = {len(row) for row in broad}
    for term, row in rows.items():
        broader = (*_within(row, broad, lengths), *_begun(row, beginnings))
        own = term.kind, row
        other = next((each for each in broader if (each.kind, rows[each]) != own), None)
        if other is not None:
            yield term, other


def _is_words(term: Term) -> bool:
    return term.kind is not TermKind.PATTERN


def _within(
    row: tuple[str, ...], broad: Mapping[tuple[str, ...], Term], lengths: Collection[int]
) -> Iterator[Term]:
    """Yield the phrases inside a row of words, the shortest first."""
    for length in sorted(lengths):
        for first in range(len(row) - length + 1):
            if row[first : first + length] in broad:
                yield broad[row[first : first + length]]


def _begun(row: tuple[str, ...], beginnings: Mapping[str, Term]) -> Iterator[Term]:
    """Yield the prefixes that words of a row begin with."""
    for word in row if beginnings else ():
        for length in range(len(word), 0, -1):
            if word[:length] in beginnings:
                yield beginnings[word[:length]]


class Named(NamedTuple):
    """A name of an entity."""

    entity: str
    term: Term


def shared_names(entities: Iterable[Entity]) -> Iterator[tuple[Named, Named]]:
    """Yield the certain names that two entities have, the later first."""
    owners: dict[str, Named] = {}
    for entity in entities:
        for term in entity.aliases:
            if term.kind in _FOLDED_KINDS:
                named = Named(entity.key, term)
                owner = owners.setdefault(normalised(term.text), named)
                if owner.entity != entity.key:
                    yield named, owner


def entities_used(watchlists: Iterable[Watchlist]) -> set[str]:
    """Return the keys of the entities that any rule asks for."""
    return {key for watchlist in watchlists for key in _keys((*watchlist.match, *watchlist.none))}


def _keys(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        match rule:
            case EntityRef(key=key):
                yield key
            case AnyOf(rules=parts) | AllOf(rules=parts) | NoneOf(rules=parts):
                yield from _keys(parts)
            case AtLeast(rules=parts):
                yield from _keys(parts)
            case InFields(rule=inner):
                yield from _keys((inner,))
            case Near(groups=groups):
                for group in groups:
                    yield from _keys(group)
            case _:
                continue


# --- none -------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A term of a watchlist's `match`, and the field it is looked for in."""

    watchlist: str
    term: Term
    field: Field


def vetoed(
    asked: Iterable[Asked], watchlists: Sequence[Watchlist], entities: Mapping[str, Entity]
) -> Iterator[tuple[Asked, str]]:
    """Yield the terms whose own text their watchlist vetoes, with the term that does.

    Whatever text they stand in is vetoed too, for a veto only ever grows with the text.
    """
    suspects = [each for each in asked if each.term.kind in {*_FOLDED_KINDS, TermKind.EXACT_CASE}]
    by_name = {x.name: x for x in map(_monotone, watchlists) if x.none}
    begins = {name: _beginnings(x) for name, x in by_name.items()}
    suspects = [
        each
        for each in suspects
        if each.watchlist in by_name and not begins[each.watchlist].isdisjoint(_starts(each.term))
    ]
    wanted = {each.watchlist: by_name[each.watchlist] for each in suspects}
    if not wanted:
        return
    vetoing = [Watchlist(name=x.name, match=x.none, fields=x.fields) for x in wanted.values()]
    # Few terms and short texts: an automaton would cost more than it saves.
    matcher = Matcher(vetoing, entities, scanner=DictionaryScanner, detect=lambda _: Tongue("", ""))
    for each in suspects:
        veto = _veto(matcher, each, wanted[each.watchlist].languages)
        if veto:
            yield each, veto


def _veto(matcher: Matcher, asked: Asked, languages: Sequence[str]) -> str:
    """Return the term that vetoes another's text in each of some languages; "" for none."""
    veto = ""
    for language in languages or ("",):
        item = _item(_entry(asked.field, asked.term.text))
        fired = {
            match.watchlist: match for match in matcher.match(item, Tongue(language, language))
        }
        if asked.watchlist not in fired:
            return ""
        veto = fired[asked.watchlist].evidence[0].term
    return veto


def _entry(field: Field, text: str) -> Entry:
    if field == "tags":
        return Entry(tags=(text,))
    named: dict[str, Any] = {"link" if field == "url" else field: text}
    return Entry(**named)


def _item(entry: Entry) -> Item:
    return Item(
        id=ItemId(""), keys=(), source=SourceRef(name="", url=""), entry=entry, first_seen=_LONG_AGO
    )


def _monotone(watchlist: Watchlist) -> Watchlist:
    """Return a watchlist with those of its vetoes that no further text can take back."""
    none = tuple(rule for rule in watchlist.none if not _negates(rule))
    return replace(watchlist, none=none)


def _negates(rule: Rule) -> bool:
    """Say whether more text may end a rule's holding."""
    match rule:
        case Term():
            return False
        case Near(groups=groups):
            return any(_negates(each) for group in groups for each in group)
        case AnyOf(rules=parts) | AllOf(rules=parts) | AtLeast(rules=parts):
            return any(map(_negates, parts))
        case InFields(rule=inner):
            return _negates(inner)
        case _:  # an entity's name may be excluded by what else stands there
            return True


def _beginnings(watchlist: Watchlist) -> set[str]:
    """Return how the words of `none` begin; no term without one of them is vetoed by itself."""
    return {start for term in _terms(watchlist.none) for start in _starts(term)}


def _terms(rules: Iterable[Rule]) -> Iterator[Term]:
    for rule in rules:
        match rule:
            case Term():
                yield rule
            case AnyOf(rules=parts) | AllOf(rules=parts) | AtLeast(rules=parts):
                yield from _terms(parts)
            case InFields(rule=inner):
                yield from _terms((inner,))
            case Near(groups=groups):
                for group in groups:
                    yield from _terms(group)
            case _:
                continue


def _starts(term: Term) -> set[str]:
    """Return the first letters of each word: whatever form it has, they are the same."""
    text = term.text
    plain = text.isascii() and text.replace(" ", "").isalnum()
    words = text.lower().split() if plain else tokenise(text, addresses=True).words
    return {word[:2] for word in words}
