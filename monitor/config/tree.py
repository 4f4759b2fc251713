"""What a file holds, with the place of everything in it; scalars are text. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from monitor.config.problems import Code, Problem
from monitor.config.spans import Line, Place, place_within

# YAML 1.1 ends lines at these; the parser's line numbers follow.
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, eq=False)  # not slotted: it keeps its lines
class TextFile:
    """A file that was read. `name` is how people know it."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines, without their ends."""
        return LINE_END.split(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Something at a place. Lines and columns count from 0, the end is exclusive."""

    file: TextFile = field(repr=False)
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNode(Node):
    """A text. `plain` means that it has no quotes; `literal` means that `${…}` is only text."""

    text: str
    plain: bool = False
    literal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SequenceNode(Node):
    """A list."""

    items: tuple["AnyNode", ...]


@dataclass(frozen=True, slots=True, eq=False)
class MappingNode(Node):
    """Named values, each with the node of its key."""

    entries: Mapping[str, tuple[ScalarNode, "AnyNode"]]

    def value(self, key: str) -> "AnyNode | None":
        """Return the value of a key, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


AnyNode: TypeAlias = ScalarNode | SequenceNode | MappingNode


def is_empty(node: AnyNode) -> bool:
    """Tell whether a value is missing: a key followed by nothing."""
    return isinstance(node, ScalarNode) and node.plain and not node.text


def children(node: AnyNode) -> Iterator[tuple[Step, AnyNode]]:
    """Yield the parts of a list or mapping with the step that leads to each."""
    if isinstance(node, SequenceNode):
        yield from enumerate(node.items)
    elif isinstance(node, MappingNode):
        yield from ((key, value) for key, (_, value) in node.entries.items())


def find(root: AnyNode, path: Path) -> AnyNode:
    """Return the node a path leads to, or the last one on the way that is there."""
    return _walk(root, path)[1]


def find_key(root: AnyNode, path: Path) -> ScalarNode | None:
    """Return the key that the whole path ends at, or None where there is no such key."""
    return _walk(root, path)[0]


def nearest_key(root: AnyNode, path: Path) -> AnyNode:
    """Return what stands for a path when people are told of it.

    That is the key of the last mapping entry on the way; in a list, the item itself.
    """
    for length in range(len(path), 0, -1):
        key, node = _walk(root, path[:length])
        if key is not None:
            return key
        if isinstance(path[length - 1], int):
            return node
    return root


def _walk(root: AnyNode, path: Path) -> tuple[ScalarNode | None, AnyNode]:
    key: ScalarNode | None = None
    node = root
    for step in path:
        key = None
        if isinstance(node, MappingNode) and step in node.entries:
            key, node = node.entries[str(step)]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None, node
    return key, node


def problem_at(
    node: Node, code: Code, message: str, advice: str = "", *, span: tuple[int, int] | None = None
) -> Problem:
    """Return an error at a node, or at the part [start, end) of its text where that shows."""
    place = None
    if span is not None and isinstance(node, ScalarNode):
        place = place_within(_lines(node), node.text, span)
    source = _line(node.file, place.line if place else node.line)
    if place is None:
        end = node.end_column if node.end_line == node.line else len(source.rstrip())
        place = Place(node.line, node.column, max(end, node.column + 1))
    return Problem(
        file=node.file.name,
        line=place.line + 1,
        column=place.start + 1,
        end_column=place.end + 1,
        code=code,
        message=message,
        help=advice,
        source_line=source,
    )


def _line(file: TextFile, number: int) -> str:
    return file.lines[number] if number < len(file.lines) else ""


def _lines(node: ScalarNode) -> list[Line]:
    """Return what a text stands on, line by line."""
    found = []
    for number in range(node.line, node.end_line + 1):
        start = node.column if number == node.line else 0
        end = node.end_column if number == node.end_line else None
        found.append(Line(number, start, _line(node.file, number)[start:end]))
    return found


def warning_at(
    node: Node, code: Code, message: str, advice: str = "", *, span: tuple[int, int] | None = None
) -> Problem:
    """Return a warning at a node, or at a part of its text."""
    return replace(problem_at(node, code, message, advice, span=span), severity="warning")
