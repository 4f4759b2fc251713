"""Puts items into a list of a YAML file and takes them out; all the rest stays byte for byte.

Pure. It cuts and inserts at the places that the parser names, and never writes the file anew. The
text has been loaded before, so it is not nested too deep.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from monitor.config.writing import Entry, in_brackets, in_lines, written
from monitor.config.yaml_read import LOADER

_DASH = re.compile(r"^( *)-(?=[ \t\r\n]|$)", re.MULTILINE)
_COMMENT = re.compile(r"( *)#[^\n]*(?:\n|$)")


class EditError(ValueError):
    """The list is written in a way that only a person can change; says which."""


def append_items(text: str, section: str, entries: Sequence[Entry]) -> str:
    """Return the text with entries at the end of a section's list.

    The section is begun where it is missing or empty; one text becomes the first of a list.
    Raises EditError.
    """
    layout = _Layout(text, section)
    value = layout.value
    if value is None:
        return _begin_section(layout, entries)
    if isinstance(value.event, yaml.AliasEvent):
        raise EditError(f"“{section}” refers to an anchor elsewhere in the file")
    if isinstance(value.event, yaml.ScalarEvent):
        return _begin_list(layout, value, entries)
    if value.event.flow_style:
        return _append_in_brackets(layout, value, entries)
    return _append_lines(layout, value, entries)


def remove_item(text: str, section: str, at: int) -> str:
    """Return the text without the item of a section's list that stands `at`, from 0.

    Comments below the item and deeper than its dash go with it. Raises EditError.
    """
    layout = _Layout(text, section)
    value = layout.value
    if value is None or not isinstance(value.event, yaml.SequenceStartEvent):
        raise EditError(f"“{section}” is not written as a list here")
    if value.event.flow_style:
        return _remove_in_brackets(layout, value, at)
    start = layout.dash(value, at)
    return text[:start] + text[layout.after(value, at) :]


# --- where things stand -----------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """A value in the text: [start, end) is what is written, without what follows it."""

    event: Any
    start: int
    end: int
    parts: list["_Node"]


class _Layout:
    """Where a section of a text stands, and how the text is written."""

    def __init__(self, text: str, section: str) -> None:
        self.text = text
        self.section = section
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        try:
            self.root, self.end = _document(text, yaml.parse(text, Loader=LOADER))
        except yaml.YAMLError:
            raise EditError("it is not YAML any more") from None
        parts = self.root.parts if self.root else []
        self.key: _Node | None = None
        self.value: _Node | None = None
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            if getattr(key.event, "value", None) == section:
                self.key, self.value = key, value

    @property
    def in_braces(self) -> bool:
        """Tell whether the whole file is written as { … }."""
        return self.root is not None and bool(self.root.event.flow_style)

    def column(self, place: int) -> int:
        return place - self.line_start(place)

    def line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def next_line(self, place: int) -> int:
        """Return where the next line begins, or the end of the text."""
        return self.text.find("\n", place) + 1 or len(self.text)

    def below(self, place: int, column: int) -> int:
        """Return where the lines end that comment on what stands above: deeper than `column`."""
        while (found := _COMMENT.match(self.text, place)) and len(found[1]) > column:
            place = found.end()
        return place

    def margin(self, items: _Node) -> int:
        """Return the column in which the dashes of a list stand."""
        found = _DASH.search(self.text, self.line_start(items.start), items.parts[0].start)
        if not found:
            raise EditError(f"the items of “{self.section}” do not begin lines")
        return len(found[1])

    def dash(self, items: _Node, at: int) -> int:
        """Return where the line of an item's dash begins."""
        column = self.margin(items)
        since = items.parts[at - 1].end if at else self.line_start(items.start)
        until = items.parts[at].start
        dashes = _DASH.finditer(self.text, since, until)
        found = [match.start() for match in dashes if len(match[1]) == column]
        if not found:
            raise EditError(f"item {at + 1} of “{self.section}” does not begin a line")
        return found[-1]

    def after(self, items: _Node, at: int) -> int:
        """Return where the lines of an item end, comments on it included."""
        return self.below(self.next_line(items.parts[at].end), self.margin(items))


def _document(text: str, events: Iterator[Any]) -> tuple[_Node | None, int]:
    """Return the mapping that the text is, None where it is empty; and where it ends."""
    root, end = None, len(text)
    for event in events:
        kind = type(event)
        if kind is yaml.MappingStartEvent:
            root = _node(text, event, events)
        elif kind is yaml.DocumentEndEvent and event.explicit:
            end = event.start_mark.index
    return root, end


_ENDS = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def _node(text: str, event: Any, events: Iterator[Any]) -> _Node:
    node = _Node(event, event.start_mark.index, event.end_mark.index, [])
    kind = type(event)
    if kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
        while type(inner := next(events)) not in _ENDS:
            node.parts.append(_node(text, inner, events))
        # The parser sees the end of a block only where the next thing begins.
        last = node.parts[-1].end if node.parts else node.end
        node.end = inner.end_mark.index if event.flow_style else last
    elif kind is yaml.ScalarEvent and event.style in {"|", ">"}:
        node.end = node.start + len(text[node.start : node.end].rstrip())
    return node


# --- adding -----------------------------------------------------------------------------------


def _begin_section(layout: _Layout, entries: Sequence[Entry]) -> str:
    text, section = layout.text, layout.section
    if layout.in_braces and layout.root is not None:
        inside = layout.root.start + 1
        rest = ", " if layout.root.parts else ""
        added = f"{json.dumps(section)}: [{in_brackets(entries)}]"
        return f"{text[:inside]}{added}{rest}{text[inside:]}"
    before, after = text[: layout.end], text[layout.end :]
    if before and not before.endswith("\n"):
        before += layout.line_end
    gap = layout.line_end if before.strip() else ""
    lines = in_lines(entries, "  ", " ", layout.line_end)
    return f"{before}{gap}{section}:{layout.line_end}{lines}{after}"


def _begin_list(layout: _Layout, value: _Node, entries: Sequence[Entry]) -> str:
    text = layout.text
    if value.event.value or value.event.style:
        first = text[value.start : value.end]
        if re.search(r"[\n,\[\]{}&*!]", first):
            first = json.dumps(value.event.value, ensure_ascii=False)
        return f"{text[: value.start]}[{first}, {in_brackets(entries)}]{text[value.end :]}"
    if layout.in_braces or value.event.anchor:
        raise EditError(f"“{layout.section}” has no value here")
    assert layout.key is not None
    column = layout.column(layout.key.start)
    place = layout.below(layout.next_line(value.end), column)
    lines = in_lines(entries, " " * (column + 2), " ", layout.line_end)
    return _inserted(layout, place, lines)


def _append_lines(layout: _Layout, items: _Node, entries: Sequence[Entry]) -> str:
    last = len(items.parts) - 1
    column, dash = layout.margin(items), layout.dash(items, last)
    between = layout.text[dash + column + 1 : items.parts[last].start]
    gap = between if between and not between.strip(" ") else " "
    lines = in_lines(entries, " " * column, gap, layout.line_end)
    return _inserted(layout, layout.after(items, last), lines)


def _inserted(layout: _Layout, place: int, lines: str) -> str:
    before = layout.text[:place]
    if before and not before.endswith("\n"):
        before += layout.line_end
    return before + lines + layout.text[place:]


def _append_in_brackets(layout: _Layout, items: _Node, entries: Sequence[Entry]) -> str:
    text, added = layout.text, in_brackets(entries)
    if not items.parts:
        inside = text.index("[", items.start) + 1
        return text[:inside] + added + text[inside:]
    last = items.parts[-1]
    start = layout.line_start(last.start)
    line_end = layout.next_line(last.end)
    if text[start : last.start].strip() or line_end >= items.end:
        return f"{text[: last.end]}, {added}{text[last.end :]}"
    # One item a line: what is said behind the last one stays with it.
    comma = "" if text[last.end : line_end].lstrip().startswith(",") else ","
    margin = text[start : last.start]
    lines = "".join(f"{margin}{written(each, flow=True)},{layout.line_end}" for each in entries)
    return f"{text[: last.end]}{comma}{text[last.end : line_end]}{lines}{text[line_end:]}"


# --- removing ---------------------------------------------------------------------------------


def _remove_in_brackets(layout: _Layout, items: _Node, at: int) -> str:
    text, parts, item = layout.text, items.parts, items.parts[at]
    comma = re.compile(r"\s*,").match(text, item.end, items.end)
    start, end = item.start, comma.end() if comma else item.end
    if at + 1 < len(parts):
        end = parts[at + 1].start
    elif at and "\n" not in text[parts[at - 1].end : start]:
        # Not the comma behind it, if there is one: YAML lets a list end with one.
        start, end = parts[at - 1].end, item.end
    first, after = layout.line_start(start), layout.next_line(end)
    if at + 1 == len(parts) and not (text[first:start] + text[end:after]).strip():
        start, end = first, after
    return text[:start] + text[end:]
