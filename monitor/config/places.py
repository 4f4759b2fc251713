"""Where each term, entity and near of a rule stands in the files. Pure.

Rules and the nodes they were read from are walked side by side. Inside a query a term is looked for
in the query's text.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from monitor.config.problems import quote
from monitor.config.references import has_references
from monitor.config.tree import AnyNode, MappingNode, ScalarNode, SequenceNode, find
from monitor.model import Field
from monitor.watch.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    InFields,
    Near,
    Rule,
    Watchlist,
)
from monitor.watch.terms import Term

Leaf: TypeAlias = Term | EntityRef | Near


class Placed(NamedTuple):
    """A part of a rule and where it stands; `list` numbers the choice of terms it is one of."""

    leaf: Leaf
    node: AnyNode
    span: tuple[int, int] | None  # of the node's text
    alone: bool  # where it holds its whole rule does
    fields: tuple[Field, ...]  # it is looked for in these alone; empty: in the watchlist's
    choice: int  # what is one of the same list has the same number

    @property
    def shown(self) -> str:
        """Return what stands there, in quotes; what came from outside stays hidden."""
        if isinstance(self.leaf, Term) and not has_references(self.node):
            return quote(self.leaf.written)
        return quote(self.node.text) if isinstance(self.node, ScalarNode) else "this"


class _Walk(NamedTuple):
    """What is known on the way down."""

    alone: bool = True
    fields: tuple[Field, ...] = ()
    choice: int = 0
    query: ScalarNode | None = None


def placed(root: MappingNode, watchlist: Watchlist, part: str) -> Iterator[Placed]:
    """Yield the parts of a watchlist's `match` or `none`, but not what a none inside them holds."""
    node = find(root, ("watchlists", watchlist.name))
    if isinstance(node, MappingNode):
        node = node.value(part) or node
    rules = watchlist.match if part == "match" else watchlist.none
    yield from _each(rules, node, _Walk(choice=id(node)))


def _each(rules: Iterable[Rule], node: AnyNode, walk: _Walk) -> Iterator[Placed]:
    nodes = node.items if isinstance(node, SequenceNode) else None
    for at, rule in enumerate(rules):
        own = node if nodes is None else nodes[at] if at < len(nodes) else node
        yield from _walk(rule, own, walk)


def _walk(rule: Rule, node: AnyNode, walk: _Walk) -> Iterator[Placed]:  # noqa: C901, PLR0912 - a case for each kind of rule
    if walk.query is None and isinstance(node, MappingNode):
        query = node.value("query")
        if isinstance(query, ScalarNode):
            walk, node = walk._replace(query=query, choice=id(query)), query
    match rule:
        case Term(written=written):
            yield _placed(rule, node, walk, written)
        case EntityRef(key=key):
            where = _below(node, "entity", walk)
            yield _placed(rule, where, walk, key)
        case AnyOf(rules=rules):
            choice = walk.choice if walk.alone else id(rule)
            yield from _each(rules, _below(node, "any", walk), walk._replace(choice=choice))
        case AllOf(rules=rules):
            inside = walk._replace(alone=walk.alone and len(rules) == 1, choice=id(rule))
            yield from _apart(rules, _below(node, "all", walk), inside)
        case AtLeast(count=count, rules=rules):
            below = _below(_below(node, "at_least", walk), "of", walk)
            inside = walk._replace(alone=walk.alone and count == 1, choice=id(rule))
            yield from _each(rules, below, inside)
        case Near(groups=groups):
            near = _below(node, "near", walk)
            within = _below(near, "within", walk)
            yield _placed(rule, within, walk, f"NEAR/{rule.within}")
            below, inside = _below(near, "groups", walk), walk._replace(alone=False)
            for at, group in enumerate(groups):
                own = below.items[at] if isinstance(below, SequenceNode) else below
                yield from _each(group, own, inside._replace(choice=id(group)))
        case InFields(fields=fields, rule=inner):
            yield from _walk(inner, node, walk._replace(fields=fields, choice=id(rule)))
        case _:
            return


def _apart(rules: Iterable[Rule], node: AnyNode, walk: _Walk) -> Iterator[Placed]:
    """Walk rules that must all hold: none of them makes another needless."""
    nodes = node.items if isinstance(node, SequenceNode) else None
    for at, rule in enumerate(rules):
        own = node if nodes is None or at >= len(nodes) else nodes[at]
        yield from _walk(rule, own, walk._replace(choice=id(rule)))


def _below(node: AnyNode, key: str, walk: _Walk) -> AnyNode:
    if walk.query is not None or not isinstance(node, MappingNode):
        return node
    return node.value(key) or node


def _placed(leaf: Leaf, node: AnyNode, walk: _Walk, sought: str) -> Placed:
    span = None
    if walk.query is not None and not has_references(walk.query):
        found = re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", walk.query.text, re.IGNORECASE)
        span = found.span() if found else None
    return Placed(leaf, node, span, walk.alone, walk.fields, walk.choice)
