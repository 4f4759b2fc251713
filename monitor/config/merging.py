"""The sections of several files become one tree; what is given twice is an error. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.config.problems import Code, Problem, quote
from monitor.config.tree import (
    AnyNode,
    MappingNode,
    ScalarNode,
    SequenceNode,
    is_empty,
    problem_at,
)

LISTS = frozenset({"sources"})
NAMED = {"entities": "entity", "watchlists": "watchlist", "notifiers": "notifier", "hosts": "host"}
SETTINGS = frozenset({"alerts", "poll", "health", "store", "web", "log"})


def merge(trees: Iterable[MappingNode], first: MappingNode) -> tuple[MappingNode, list[Problem]]:
    """Return one tree of all sections, at the place of the first file's, and what clashes."""
    merger = _Merger()
    for tree in trees:
        for name, (key, value) in tree.entries.items():
            # `x-…` sections only hold anchors; an `include` has been followed already.
            if name != "include" and not name.startswith("x-") and not is_empty(value):
                merger.add(name, key, value)
    place = (first.file, first.line, first.column, first.end_line, first.end_column)
    return MappingNode(*place, merger.sections), merger.problems


@dataclass(slots=True)
class _Merger:
    sections: dict[str, tuple[ScalarNode, AnyNode]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, key: ScalarNode, value: AnyNode) -> None:
        before = self.sections.get(name)
        if name in LISTS and not isinstance(value, SequenceNode):
            self._wrong_kind(value, name, "a list", "write each item on a line after “- ”")
        elif (name in NAMED or name in SETTINGS) and not isinstance(value, MappingNode):
            self._wrong_kind(value, name, "a mapping", "write “name: value” on lines below it")
        elif before is None:
            self.sections[name] = (key, value)
        else:
            self._join(name, before, key, value)

    def _join(
        self, name: str, before: tuple[ScalarNode, AnyNode], key: ScalarNode, value: AnyNode
    ) -> None:
        first_key, first = before
        if isinstance(first, SequenceNode) and isinstance(value, SequenceNode) and name != "notify":
            place = (first.file, first.line, first.column, first.end_line, first.end_column)
            self.sections[name] = (first_key, SequenceNode(*place, first.items + value.items))
        elif isinstance(first, MappingNode) and isinstance(value, MappingNode):
            joined = self._joined(name, first, value)
            self.sections[name] = (first_key, joined)
        else:
            self._twice(Code.DUPLICATE_OPTION, f"{quote(name)} is given twice", key, first_key)

    def _joined(self, section: str, first: MappingNode, second: MappingNode) -> MappingNode:
        entries = dict(first.entries)
        for name, (key, value) in second.entries.items():
            if name not in entries:
                entries[name] = (key, value)
            elif section in NAMED:
                message = f"the {NAMED[section]} {quote(name)} is defined twice"
                self._twice(Code.DUPLICATE_NAME, message, key, entries[name][0])
            else:
                message = f"{quote(f'{section}.{name}')} is given twice"
                self._twice(Code.DUPLICATE_OPTION, message, key, entries[name][0])
        place = (first.file, first.line, first.column, first.end_line, first.end_column)
        return MappingNode(*place, entries)

    def _twice(self, code: Code, message: str, second: ScalarNode, first: ScalarNode) -> None:
        advice = f"first at {first.file.name}:{first.line + 1}:{first.column + 1}"
        self.problems.append(problem_at(second, code, message, advice))

    def _wrong_kind(self, node: AnyNode, name: str, kind: str, advice: str) -> None:
        message = f"{quote(name)} is {kind}"
        self.problems.append(problem_at(node, Code.WRONG_TYPE, message, advice))
