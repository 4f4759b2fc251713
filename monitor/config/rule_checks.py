"""What is probably not meant in valid rules, each with its place. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from monitor.config.entity_checks import entity_doubts
from monitor.config.places import Placed, placed
from monitor.config.problems import MOST, Code, Problem, quote
from monitor.config.term_checks import doubt_at, spoken, term_doubts
from monitor.config.tree import MappingNode, nearest_key, warning_at
from monitor.settings import Settings
from monitor.watch import lint
from monitor.watch.contradictions import Contradictions
from monitor.watch.covering import Named
from monitor.watch.repetition import in_both_groups, out_of_reach, sameness, spelling
from monitor.watch.rules import Entity, EntityRef, Near, Watchlist
from monitor.watch.terms import Term


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
    entities = {entity.key: entity for entity in settings.entities}
    yield from islice((each for own in rules for each in _contradicted(own, entities)), MOST)
    yield from islice(chain.from_iterable(map(_repeated, rules)), MOST)
    yield from islice(chain.from_iterable(map(_wide, rules)), MOST)
    yield from islice(chain.from_iterable(map(_shared_groups, rules)), MOST)
    yield from entity_doubts(settings, root)


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
    general = spoken(settings)
    return [
        _Rules(
            watchlist,
            tuple(placed(root, watchlist, "match")),
            tuple(placed(root, watchlist, "none")) if watchlist.none else (),
            lint.known_languages(watchlist.languages) if watchlist.languages else general,
        )
        for watchlist in settings.watchlists
    ]


# --- terms ------------------------------------------------------------------------------------


def _terms(rules: _Rules) -> Iterator[Problem]:
    for each in rules.terms():
        yield from term_doubts(each, rules.languages)


def _contradicted(rules: _Rules, entities: Mapping[str, Entity]) -> Iterator[Problem]:
    watchlist = rules.watchlist
    known = Contradictions(watchlist, entities)
    for asked, places in ((watchlist.match, rules.match), (watchlist.none, rules.none)):
        for leaf in known.within(asked):
            each = next(place for place in places if place.leaf is leaf)
            message = f"{each.shown} is asked for and ruled out, so this rule never holds"
            advice = "take it out of none: or NOT, or write the two as rules of their own"
            yield doubt_at(each, Code.CONTRADICTION, message, advice)


def _repeated(rules: _Rules) -> Iterator[Problem]:
    watchlist = rules.watchlist
    lacking = {id(each.rule): each for each in out_of_reach((*watchlist.match, *watchlist.none))}
    for (choice, _), places in _choices(rules).items():
        seen: dict[Hashable, Placed] = {}
        alike = sameness if choice in lacking else spelling
        for each in places:
            first = seen.setdefault(alike(each.leaf), each)
            if first is not each:
                same = "" if first.shown == each.shown else f" as {first.shown}"
                message = f"{each.shown} stands in this list already{same}"
                if choice in lacking:
                    rule, different = lacking[choice]
                    message += f", and of {rule.count} that must differ there are {different}"
                yield doubt_at(each, Code.REPEATED_TERM, message, "take one of the two out")


def _choices(rules: _Rules) -> dict[tuple[int, bool], list[Placed]]:
    """Return the terms and entities of each list of which one is enough."""
    choices: defaultdict[tuple[int, bool], list[Placed]] = defaultdict(list)
    for part, every in ((False, rules.match), (True, rules.none)):
        for each in every:
            if not isinstance(each.leaf, Near):
                choices[each.choice, part].append(each)
    return choices


def _wide(rules: _Rules) -> Iterator[Problem]:
    for each in chain(rules.match, rules.none):
        if isinstance(each.leaf, Near) and each.leaf.within > lint.FAR:
            message = f"{each.leaf.within} words are a long paragraph, so nearness says little"
            advice = "10 to 20 words are about a sentence; all: asks for no nearness at all"
            yield doubt_at(each, Code.WIDE_NEAR, message, advice)


def _shared_groups(rules: _Rules) -> Iterator[Problem]:
    every = (*rules.match, *rules.none)
    for near in every:
        for leaf in in_both_groups(near.leaf) if isinstance(near.leaf, Near) else ():
            each = next(place for place in every if place.leaf is leaf)
            message = f"{each.shown} is in two groups of this near, so it alone, twice, is enough"
            yield doubt_at(each, Code.SHARED_GROUP, message, "leave it in one of the groups")


def _vetoed(rules: Iterable[_Rules], settings: Settings) -> Iterator[Problem]:
    entities = {entity.key: entity for entity in settings.entities}
    places: dict[lint.Asked, Placed] = {}
    for watchlist, match, none, _ in rules:
        for each in match if none else ():
            if isinstance(each.leaf, Term):
                field = (each.fields or watchlist.fields)[0]
                places.setdefault(lint.Asked(watchlist.name, each.leaf, field), each)
    vetoed = {
        id(places[asked]): (places[asked], quote(veto))
        for asked, veto in lint.vetoed(places, settings.watchlists, entities)
    }
    for own in rules:
        for each in _vetoed_by_names(own, entities):
            vetoed.setdefault(id(each), (each, "something"))
    for each, veto in vetoed.values():
        message = f"{each.shown} never fires: {veto} of this watchlist's none: vetoes it"
        advice = "narrow the term in none:, or move it into an all: with a none: of its own"
        yield doubt_at(each, Code.SELF_VETO, message, advice)


def _vetoed_by_names(rules: _Rules, entities: Mapping[str, Entity]) -> Iterator[Placed]:
    """Yield the entities whose every name is vetoed, and the terms that vetoed entities name."""
    watchlist, match, none, _ = rules
    by_name = any(isinstance(each.leaf, EntityRef) for each in none)
    asked = [
        each for each in match if isinstance(each.leaf, (Named if by_name else EntityRef)) and none
    ]
    vetoes = Contradictions(watchlist, entities).vetoes() if asked else None
    for each in asked:
        assert isinstance(each.leaf, Named)
        if vetoes and vetoes.holds(each.leaf, frozenset(each.fields or watchlist.fields)):
            yield each


def _covered(rules: _Rules) -> Iterator[Problem]:
    for places in _choices(rules).values():
        terms = {each.leaf: each for each in reversed(places) if isinstance(each.leaf, Term)}
        terms = dict(reversed(terms.items()))
        for term, broader in lint.covered(list(terms)) if len(terms) > 1 else ():
            message = f"{terms[broader].shown} finds all that {terms[term].shown} does"
            yield doubt_at(terms[term], Code.COVERED_TERM, message, "one of the two is enough")


def _untested(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    for watchlist in settings.watchlists:
        if not watchlist.tests:
            node = nearest_key(root, ("watchlists", watchlist.name))
            message = f"{quote(watchlist.name)} has no tests"
            advice = "write tests: with headlines under match: and no_match:"
            yield warning_at(node, Code.NO_TESTS, message, advice)
