"""YAML text becomes a tree with places. Pure.

Only what a configuration needs of YAML is let in: no tags, one document, bounded depth, aliases
counted with all they bring. It works on the parser's events, because the C composer recurses and
crashes on deep nesting before anyone can say no.
"""

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import yaml

from monitor.config.masking import hide
from monitor.config.problems import MOST, Code, Problem, did_you_mean, quote
from monitor.config.tree import (
    AnyNode,
    MappingNode,
    ScalarNode,
    SequenceNode,
    TextFile,
    children,
    problem_at,
    warning_at,
)
from monitor.config.yaml_errors import explain

MAX_DEPTH = 32
MAX_ALIASES = 1_000
MAX_FROM_ALIASES = 100_000  # nodes that aliases may bring in all

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a file holds. `root` is empty where the text is not YAML."""

    root: MappingNode
    problems: tuple[Problem, ...] = ()


def read_yaml(file: TextFile, loader: Any = LOADER) -> Tree:
    """Read a file's text; an empty file is an empty mapping. Never raises for what is in it."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(file.text, Loader=loader):
            builder.take(event)
            if len(builder.problems) > MOST:
                break
        tree = builder.finish()
    except yaml.YAMLError as error:
        tree = builder.stopped(explain(error, file))
    except _Refused as refused:
        tree = builder.stopped(refused.problem)
    # What was refused is not in the tree, so the tree can't tell whether it was a secret.
    hidden = {line: hide(line) for line in {each.source_line for each in tree.problems}}
    discreet = (replace(each, source_line=hidden[each.source_line]) for each in tree.problems)
    return Tree(root=tree.root, problems=tuple(discreet))


class _Refused(Exception):  # noqa: N818 - it never leaves this file
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read."""

    start: Any
    key: ScalarNode | None = None
    has_key: bool = False
    items: list[AnyNode] = field(default_factory=list)
    entries: dict[str, tuple[ScalarNode, AnyNode]] = field(default_factory=dict)
    merges: list[tuple[ScalarNode, AnyNode]] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    file: TextFile
    root: AnyNode | None = None
    problems: list[Problem] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, AnyNode] = field(default_factory=dict)
    unused: dict[str, ScalarNode] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)  # anchors where a term was meant
    containing: set[str] = field(default_factory=set)  # anchors that refer to themselves
    documents: int = 0
    aliases: int = 0
    from_aliases: int = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end(event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._document(event)

    def stopped(self, problem: Problem) -> Tree:
        """Return the problem that ended the reading, and those found before elsewhere."""
        place = (problem.line, problem.column)
        before = [each for each in self.problems if (each.line, each.column) != place]
        return Tree(root=self._nothing(), problems=(*before, problem))

    def finish(self) -> Tree:
        unused = islice((name for name in self.unused if name not in self.containing), MOST)
        return Tree(root=self._root(), problems=(*self.problems, *map(self._unused, unused)))

    def _unused(self, name: str) -> Problem:
        held, message = self.anchors[name], f"nothing refers to the anchor {quote(name)}"
        text = held.text if isinstance(held, ScalarNode) else "…"
        advice = f'a text that starts with & needs quotes: "{f"&{name} {text}".strip()}"'
        at = problem_at if isinstance(held, ScalarNode) and name in self.listed else warning_at
        return at(self.unused[name], Code.UNUSED_ANCHOR, message, advice)

    def _root(self) -> MappingNode:
        if isinstance(self.root, MappingNode):
            return self.root
        if self.root is not None and not (isinstance(self.root, ScalarNode) and not self.root.text):
            self.problems.append(
                problem_at(
                    self.root,
                    Code.WRONG_TYPE,
                    "a configuration is a mapping of sections, such as sources and watchlists",
                    "write sources: and the addresses below it, each after “- ”",
                )
            )
        return self._nothing()

    def _nothing(self) -> MappingNode:
        return MappingNode(self.file, 0, 0, 0, 0, {})

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            advice = "put it into a file of its own and include that file"
            message = "a second document starts here, and only the first would be read"
            raise _Refused(self._problem(event, Code.SEVERAL_DOCUMENTS, message, advice))

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        node = ScalarNode(
            self.file,
            start.line,
            start.column,
            end.line,
            end.column,
            event.value,
            plain=not event.style,
        )
        if event.tag is not None:
            self._refuse_tag(event)
        self._anchor(event, node)
        self._add(node)

    def _begin(self, event: Any) -> None:
        self._check_depth(event, 1)
        if event.tag is not None:
            self._refuse_tag(event)
        self.open.append(_Open(event))

    def _end(self, event: Any) -> None:
        done = self.open.pop()
        start, end = done.start.start_mark, event.end_mark
        place = (self.file, start.line, start.column, end.line, end.column)
        node: AnyNode
        if type(event) is yaml.SequenceEndEvent:
            node = SequenceNode(*place, tuple(done.items))
        else:
            node = MappingNode(*place, self._merged(done))
        self._anchor(done.start, node)
        self._add(node)

    def _add(self, node: AnyNode) -> None:
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        if type(top.start) is yaml.SequenceStartEvent:
            top.items.append(node)
        elif top.has_key:
            self._put(top, node)
            top.key, top.has_key = None, False
        else:
            top.key, top.has_key = self._as_key(node), True

    def _as_key(self, node: AnyNode) -> ScalarNode | None:
        if isinstance(node, ScalarNode):
            return node
        what = "a list" if isinstance(node, SequenceNode) else "a mapping"
        advice = 'inside [ ] and { } a reference needs quotes: "${NAME}"'
        message = f"{what} stands where a name belongs"
        self.problems.append(problem_at(node, Code.BAD_KEY, message, advice))
        return None

    def _put(self, top: _Open, node: AnyNode) -> None:
        key = top.key
        if key is None:
            return
        if key.plain and key.text == "<<":
            top.merges.append((key, node))
        elif key.text in top.entries:
            first = top.entries[key.text][0].line + 1
            message = f"{quote(key.text)} is given twice here"
            advice = f"first given on line {first}; YAML would silently keep the last one"
            self.problems.append(problem_at(key, Code.DUPLICATE_KEY, message, advice))
        else:
            top.entries[key.text] = (key, node)

    def _merged(self, done: _Open) -> dict[str, tuple[ScalarNode, AnyNode]]:
        """Return a mapping's entries with those that `<<` brings and that it lacks."""
        for key, value in done.merges:
            parts = value.items if isinstance(value, SequenceNode) else (value,)
            for part in parts:
                if isinstance(part, MappingNode):
                    self._count(len(part.entries), key)
                    done.entries = {**part.entries, **done.entries}
                else:
                    message = "<< takes an alias of a mapping, or a list of them"
                    advice = "for example <<: *defaults"
                    self.problems.append(problem_at(key, Code.BAD_MERGE, message, advice))
        return done.entries

    def _anchor(self, event: Any, node: AnyNode) -> None:
        if event.anchor is None:
            return
        start = event.start_mark
        end = start.column + 1 + len(event.anchor)
        self.anchors[event.anchor] = node
        if self.open and type(self.open[-1].start) is yaml.SequenceStartEvent:
            self.listed.add(event.anchor)
        self.unused[event.anchor] = ScalarNode(
            self.file, start.line, start.column, start.line, end, event.anchor
        )

    def _alias(self, event: Any) -> None:
        self.aliases += 1
        node = self.anchors.get(event.anchor)
        if self.aliases > MAX_ALIASES:
            message = f"there are more than {MAX_ALIASES} aliases"
            raise _Refused(self._problem(event, Code.TOO_LARGE, message, "write some of it out"))
        if node is None:
            self.problems.append(self._lost_alias(event))
            node = self._stand_in(event)
        else:
            self.unused.pop(event.anchor, None)
            size, depth = _measure(node)
            self._count(size, self._stand_in(event))
            self._check_depth(event, depth)
        self._add(node)

    def _count(self, brought: int, place: ScalarNode) -> None:
        self.from_aliases += brought
        if self.from_aliases > MAX_FROM_ALIASES:
            message = f"aliases expand to more than {MAX_FROM_ALIASES} values"
            raise _Refused(problem_at(place, Code.TOO_LARGE, message, "use fewer aliases"))

    def _check_depth(self, event: Any, more: int) -> None:
        if len(self.open) + more > MAX_DEPTH:
            message = f"lists and mappings are nested deeper than {MAX_DEPTH} levels"
            advice = "split it: an entity or a second watchlist can hold a part"
            raise _Refused(self._problem(event, Code.TOO_DEEP, message, advice))

    def _lost_alias(self, event: Any) -> Problem:
        name = event.anchor
        if any(opened.start.anchor == name for opened in self.open):
            self.containing.add(name)
            message = f"{quote(name)} contains itself"
            return self._problem(event, Code.BAD_ALIAS, message, "write the values out instead")
        near = did_you_mean(name, self.anchors)
        advice = near or f'a text that starts with * needs quotes: "*{name}"'
        message = f"no anchor {quote(name)} stands above this line"
        return self._problem(event, Code.BAD_ALIAS, message, advice)

    def _refuse_tag(self, event: Any) -> None:
        tag = event.tag.removeprefix("tag:yaml.org,2002:")
        message = f"the tag {quote(tag)} means nothing here"
        advice = 'a text that starts with ! needs quotes: "!important"'
        self.problems.append(self._problem(event, Code.TAG, message, advice))

    def _stand_in(self, event: Any) -> ScalarNode:
        start, end = event.start_mark, event.end_mark
        return ScalarNode(self.file, start.line, start.column, end.line, end.column, "?")

    def _problem(self, event: Any, code: Code, message: str, advice: str = "") -> Problem:
        return problem_at(self._stand_in(event), code, message, advice)


def _measure(node: AnyNode) -> tuple[int, int]:
    """Return how many nodes a part of the tree has, aliases written out, and how deep it is."""
    below = [_measure(child) for _, child in children(node)]
    size = 1 + sum(size for size, _ in below)
    return size, 1 + max((depth for _, depth in below), default=0)
