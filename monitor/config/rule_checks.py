"""What is probably not meant in valid rules and entities, each with its place. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from monitor.config.places import Placed, placed
from monitor.config.problems import MOST, Code, Problem, quote
from monitor.config.references import has_references
from monitor.config.tree import MappingNode, ScalarNode, SequenceNode, find, nearest_key, warning_at
from monitor.settings import Settings
from monitor.watch import lint
from monitor.watch.contradictions import contradictions
from monitor.watch.rules import Near, Watchlist
from monitor.watch.terms import Term, TermError, parse_term

NAMED = 5  # entities that one warning names


class _Rules(NamedTuple):
    """The parts of one watchlist's rules, and the languages it may read."""

    watchlist: Watchlist
    match: tuple[Placed, ...]
    none: tuple[Placed, ...]
    languages: tuple[str, ...]

    def terms(self) -> Iterator[Placed]:
        """Yield the terms that fire or veto the watchlist by themselves."""
        for each in chain(self.match, self.none):
            if each.alone and isinstance(each.leaf, Term):
                yield each


def rule_doubts(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    """Yield warnings about watchlists and entities."""
    rules = _all_rules(settings, root)
    yield from islice(chain.from_iterable(map(_terms, rules)), MOST)
    yield from islice(_vetoed(rules, settings), MOST)
    yield from islice(chain.from_iterable(map(_contradicted, rules)), MOST)
    yield from islice(chain.from_iterable(map(_repeated, rules)), MOST)
    yield from islice(chain.from_iterable(map(_wide, rules)), MOST)
    yield from islice(_entity_terms(settings, root), MOST)
    yield from islice(_shared(settings, root), MOST)
    yield from _unused(settings, root)


def hints(settings: Settings, root: MappingNode) -> list[Problem]:
    """Return what could be shorter or better; nothing of it is wrong."""
    rules = _all_rules(settings, root)
    found = chain(chain.from_iterable(map(_covered, rules)), _untested(settings, root))
    return [replace(each, severity="hint") for each in islice(found, MOST)]


def lonely_terms(settings: Settings, root: MappingNode) -> Iterator[tuple[Watchlist, Placed]]:
    """Yield the terms of each `match` that fire their watchlist by themselves."""
    for watchlist in settings.watchlists:
        for each in placed(root, watchlist, "match"):
            if each.alone and isinstance(each.leaf, Term):
                yield watchlist, each


def _all_rules(settings: Settings, root: MappingNode) -> list[_Rules]:
    spoken = _spoken(settings)
    return [
        _Rules(
            watchlist,
            tuple(placed(root, watchlist, "match")),
            tuple(placed(root, watchlist, "none")) if watchlist.none else (),
            lint.known_languages(watchlist.languages) if watchlist.languages else spoken,
        )
        for watchlist in settings.watchlists
    ]


def _spoken(settings: Settings) -> tuple[str, ...]:
    """Return the languages of the sources; all that are known where one does not say its own."""
    given = [source.language for source in settings.sources]
    return lint.known_languages(given if all(given) else ())


# --- terms ------------------------------------------------------------------------------------


def _terms(rules: _Rules) -> Iterator[Problem]:
    for each in rules.terms():
        yield from _doubtful(each, rules.languages)


def _doubtful(each: Placed, languages: tuple[str, ...]) -> Iterator[Problem]:
    term = each.leaf
    assert isinstance(term, Term)
    if left := lint.left_of(term):
        message = f"{each.shown} is compared as {quote(left)}, for signs are not compared"
        advice = f"write a pattern, as in '/{re.escape(term.text.strip())}/'"
        yield _at(each, Code.LOST_SIGNS, message, advice)
        return
    if language := lint.is_common(term, languages):
        message = f"{each.shown} is a very common {language} word, so nearly everything has it"
        advice = "leave it out, or combine it with others under all: or near:"
        yield _at(each, Code.COMMON_WORD, message, advice)
    if language := lint.mistaken_for(term, languages):
        word = quote(term.text.lower())
        message = f"{each.shown} finds {word} too, an ordinary {language} word"
        yield _at(each, Code.ACRONYM_WORD, message, f"write ={term.text} for capitals alone")
    if words := lint.common_beginnings(term, languages):
        listed = ", ".join(map(quote, words))
        which = "a word that stands" if len(words) == 1 else "words that stand"
        message = f"{each.shown} takes in {listed}, {which} nearly everywhere"
        yield _at(each, Code.COMMON_PREFIX, message, "write more letters, or the words themselves")


def _contradicted(rules: _Rules) -> Iterator[Problem]:
    watchlist = rules.watchlist
    for asked, places in ((watchlist.match, rules.match), (watchlist.none, rules.none)):
        for leaf in contradictions(asked, watchlist.fields):
            each = next(place for place in places if place.leaf is leaf)
            message = f"{each.shown} is asked for and ruled out, so this rule never holds"
            advice = "take it out of none: or NOT, or write the two as rules of their own"
            yield _at(each, Code.CONTRADICTION, message, advice)


def _repeated(rules: _Rules) -> Iterator[Problem]:
    for places in _choices(rules).values():
        seen: set[Term] = set()
        for each in places:
            assert isinstance(each.leaf, Term)
            if each.leaf in seen:
                message = f"{each.shown} stands in this list already"
                yield _at(each, Code.REPEATED_TERM, message, "take one of the two out")
            seen.add(each.leaf)


def _choices(rules: _Rules) -> dict[tuple[int, bool], list[Placed]]:
    """Return the terms of each list of which one is enough."""
    choices: defaultdict[tuple[int, bool], list[Placed]] = defaultdict(list)
    for part, every in ((False, rules.match), (True, rules.none)):
        for each in every:
            if isinstance(each.leaf, Term):
                choices[each.choice, part].append(each)
    return choices


def _wide(rules: _Rules) -> Iterator[Problem]:
    for each in chain(rules.match, rules.none):
        if isinstance(each.leaf, Near) and each.leaf.within > lint.FAR:
            message = f"{each.leaf.within} words are a long paragraph, so nearness says little"
            advice = "10 to 20 words are about a sentence; all: asks for no nearness at all"
            yield _at(each, Code.WIDE_NEAR, message, advice)


def _vetoed(rules: Iterable[_Rules], settings: Settings) -> Iterator[Problem]:
    places: dict[lint.Asked, Placed] = {}
    for watchlist, match, none, _ in rules:
        for each in match if none else ():
            if isinstance(each.leaf, Term):
                field = (each.fields or watchlist.fields)[0]
                places.setdefault(lint.Asked(watchlist.name, each.leaf, field), each)
    entities = {entity.key: entity for entity in settings.entities}
    for asked, veto in lint.vetoed(places, settings.watchlists, entities):
        each = places[asked]
        message = f"{each.shown} never fires: {quote(veto)} of this watchlist's none: vetoes it"
        advice = "narrow the term in none:, or move it into an all: with a none: of its own"
        yield _at(each, Code.SELF_VETO, message, advice)


def _covered(rules: _Rules) -> Iterator[Problem]:
    for places in _choices(rules).values():
        terms = {each.leaf: each for each in reversed(places) if isinstance(each.leaf, Term)}
        terms = dict(reversed(terms.items()))
        for term, broader in lint.covered(list(terms)) if len(terms) > 1 else ():
            message = f"{terms[broader].shown} finds all that {terms[term].shown} does"
            yield _at(terms[term], Code.COVERED_TERM, message, "one of the two is enough")


def _untested(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    for watchlist in settings.watchlists:
        if not watchlist.tests:
            node = nearest_key(root, ("watchlists", watchlist.name))
            message = f"{quote(watchlist.name)} has no tests"
            advice = "write tests: with headlines under match: and no_match:"
            yield warning_at(node, Code.NO_TESTS, message, advice)


def _at(each: Placed, code: Code, message: str, advice: str) -> Problem:
    return warning_at(each.node, code, message, advice, span=each.span)


# --- entities ---------------------------------------------------------------------------------


def _entity_terms(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    languages = _spoken(settings)
    for entity in settings.entities:
        for option in ("name", "aliases", "context", "exclude"):
            for node in _texts(root, entity.key, option):
                term = _read(node)
                if term is not None:
                    each = Placed(term, node, None, alone=True, fields=(), choice=0)
                    yield from _doubtful(each, languages)


def _texts(root: MappingNode, key: str, option: str) -> Iterator[ScalarNode]:
    entity = find(root, ("entities", key))
    given = entity.value(option) if isinstance(entity, MappingNode) else None
    nodes = given.items if isinstance(given, SequenceNode) else (given,)
    for node in nodes:
        if isinstance(node, ScalarNode) and not has_references(node):
            yield node


def _read(node: ScalarNode) -> Term | None:
    try:
        return parse_term(node.text)
    except TermError:
        return None


def _shared(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    def node_of(named: lint.Named) -> ScalarNode | None:
        every = chain.from_iterable(_texts(root, named.entity, x) for x in ("name", "aliases"))
        return next((node for node in every if _read(node) == named.term), None)

    for later, first in lint.shared_names(settings.entities):
        node, other = node_of(later), node_of(first)
        if node is not None and other is not None:
            place = f"{other.file.name}:{other.line + 1}:{other.column + 1}"
            message = f"{quote(node.text)} is a certain name of entity {first.entity} too ({place})"
            advice = "make it ambiguous in both, with context: that tells them apart"
            yield warning_at(node, Code.SHARED_ALIAS, message, advice)


def _unused(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    """Yield one warning for each file with entities that no rule asks for."""
    used = lint.entities_used(settings.watchlists) if settings.entities else set()
    by_file: defaultdict[str, list[str]] = defaultdict(list)
    for entity in settings.entities:
        if entity.key not in used:
            by_file[nearest_key(root, ("entities", entity.key)).file.name].append(entity.key)
    for keys in by_file.values():
        listed = ", ".join(map(quote, keys[:NAMED]))
        more = f" and {len(keys) - NAMED:,} more here" if len(keys) > NAMED else ""
        message = f"no rule asks for {listed}{more}"
        advice = f"ask for one by {{entity: {keys[0]}}}, or take it out"
        node = nearest_key(root, ("entities", keys[0]))
        yield warning_at(node, Code.UNUSED_ENTITY, message, advice)
