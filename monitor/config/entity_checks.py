"""What is probably not meant in valid entities, each with its place. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from itertools import chain, islice

from monitor.config.places import Placed
from monitor.config.problems import MOST, Code, Problem, quote
from monitor.config.references import has_references
from monitor.config.term_checks import spoken, term_doubts
from monitor.config.tree import MappingNode, ScalarNode, SequenceNode, find, nearest_key, warning_at
from monitor.settings import Settings
from monitor.watch import lint
from monitor.watch.repetition import sameness
from monitor.watch.terms import Term, TermError, parse_term

NAMED = 5  # entities that one warning names


def entity_doubts(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    """Yield warnings about entities."""
    yield from islice(_entity_terms(settings, root), MOST)
    yield from islice(_repeated_names(settings, root), MOST)
    yield from islice(_shared(settings, root), MOST)
    yield from _unused(settings, root)


def _entity_terms(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    languages = spoken(settings)
    for entity in settings.entities:
        for option in ("name", "aliases", "context", "exclude"):
            for node in _texts(root, entity.key, option):
                term = _read(node)
                if term is not None:
                    each = Placed(term, node, None, alone=True, fields=(), choice=0)
                    yield from term_doubts(each, languages)


def _repeated_names(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    for entity in settings.entities:
        certain = ("name", "aliases")
        for options in (certain, ("ambiguous",), ("context",), ("exclude",)):
            seen: dict[Hashable, ScalarNode] = {}
            for node in chain.from_iterable(_texts(root, entity.key, x) for x in options):
                term = _read(node)
                first = seen.setdefault(sameness(term), node) if term is not None else node
                if first is not node:
                    message = f"{quote(node.text)} reads the same as {quote(first.text)} before it"
                    advice = "take one of the two out"
                    yield warning_at(node, Code.REPEATED_TERM, message, advice)


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
