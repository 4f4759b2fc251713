"""An OPML document becomes a tree of sources, as if they stood in a file of their own. Pure."""

from collections import Counter

from monitor.config.problems import Code, Problem
from monitor.config.tree import (
    AnyNode,
    MappingNode,
    ScalarNode,
    SequenceNode,
    TextFile,
    problem_at,
)
from monitor.feeds.opml import OpmlError, Outline, read_opml
from monitor.feeds.opml.decoding import decode


def read_opml_tree(name: str, data: bytes) -> MappingNode | Problem:
    """Return the sources a document lists, at their places in it, or why it can't be read."""
    file = TextFile(name, decode(data))
    try:
        listing = read_opml(data)
    except OpmlError as error:
        node = _text(file, error.line, error.column, "")
        return problem_at(node, Code.BAD_OPML, str(error), "export it again where it came from")
    if listing.cut_at:
        # Sources that stood behind the cut must not be dropped for that.
        message = "the document seems cut off here"
        advice = "wait until the program that writes it is done, or export it again"
        return problem_at(_text(file, listing.cut_at, 1, ""), Code.BAD_OPML, message, advice)
    outlines = listing.feeds
    titles = Counter(outline.title for outline in outlines)
    sources = tuple(
        _source(file, outline, named=titles[outline.title] == 1) for outline in outlines
    )
    listed = SequenceNode(file, 0, 0, 0, 1, sources)
    return MappingNode(file, 0, 0, 0, 1, {"sources": (_text(file, 1, 1, "sources"), listed)})


def _source(file: TextFile, outline: Outline, *, named: bool) -> MappingNode:
    """Return one source. A title that several feeds share is no name for any of them."""

    def text(value: str) -> ScalarNode:
        return _text(file, outline.line, outline.column, value)

    parts: dict[str, AnyNode] = {"url": text(outline.url)}
    if outline.title and named:
        parts["name"] = text(outline.title)
    if outline.language:
        parts["language"] = text(outline.language)
    at = text("")
    place = (file, at.line, at.column, at.end_line, at.end_column)
    if outline.tags:
        parts["tags"] = SequenceNode(*place, tuple(text(tag) for tag in outline.tags))
    return MappingNode(*place, {key: (text(key), value) for key, value in parts.items()})


def _text(file: TextFile, line: int, column: int, value: str) -> ScalarNode:
    return ScalarNode(file, line - 1, column - 1, line - 1, column, value, literal=True)
