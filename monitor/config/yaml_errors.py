"""What YAML's parser says becomes what a person can act on. Pure.

The two parsers word their errors apart, so the line that is wrong decides, not their words.
"""

import re
from dataclasses import dataclass

import yaml

from monitor.config.masking import hide
from monitor.config.problems import Code, Problem, quote
from monitor.config.tree import LINE_END, ScalarNode, TextFile, problem_at

_LEAD = re.compile(r"\s*(?:- +)*(?:[^\s:]+: +)?")  # what stands before a value
# YAML 1.1, section 5.1
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAPPING_LINE = "each line of a mapping reads “name: value”"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """Where the parser stopped, and the words and the place of what it was in."""

    said: str
    within: str
    line: int
    column: int
    source: str  # the line it stopped on
    outer_line: int
    outer_column: int
    outer: str  # the line where that began
    above: str
    at_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    message: str
    advice: str
    at: tuple[int, int] | None = None  # None: where the parser stopped
    width: int = 1


def explain(error: yaml.YAMLError, file: TextFile) -> Problem:
    """Return a parser's error as a problem, with the likely mistake and its cure."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable(file)
    failure = _failure(error, file)
    found = next(filter(None, (look(failure) for look in _LOOKS)), None)
    if found is None:
        found = _Finding(message=f"not valid YAML: {failure.said}", advice=_MAPPING_LINE)
    line, column = found.at or (failure.line, failure.column)
    node = ScalarNode(file, line, column, line, column + found.width, "")
    return problem_at(node, Code.NOT_YAML, found.message, found.advice)


def _unreadable(file: TextFile) -> Problem:
    """Return where the first character stands that YAML does not let in."""
    found = _FORBIDDEN.search(file.text)
    before = LINE_END.split(file.text[: found.start() if found else 0])
    line, column = len(before) - 1, len(before[-1])
    node = ScalarNode(file, line, column, line, column + 1, "")
    return problem_at(node, Code.CONTROL_CHARACTER, "a control character stands here", "remove it")


def _failure(error: yaml.YAMLError, file: TextFile) -> _Failure:
    stopped = getattr(error, "problem_mark", None)
    outer = getattr(error, "context_mark", None) or stopped
    line, column = (stopped.line, stopped.column) if stopped else (0, 0)
    at_end = line >= len(file.lines)
    if at_end:  # one parser counts a line after the last
        line, column = len(file.lines) - 1, len(file.lines[-1])
    outer_line, outer_column = (outer.line, outer.column) if outer else (0, 0)
    return _Failure(
        said=str(getattr(error, "problem", None) or getattr(error, "reason", error)),
        within=str(getattr(error, "context", "") or ""),
        line=line,
        column=column,
        source=_line(file, line),
        outer_line=outer_line,
        outer_column=outer_column,
        outer=_line(file, outer_line),
        above=_line(file, line - 1),
        at_end=at_end,
    )


def _line(file: TextFile, line: int) -> str:
    return hide(file.lines[line]) if 0 <= line < len(file.lines) else ""


def _end(failure: _Failure) -> _Finding | None:
    if not failure.at_end or "flow" not in failure.within:
        return None
    return _Finding(message="the file ends too early", advice="a bracket or a brace is still open")


def _tab(failure: _Failure) -> _Finding | None:
    indent = failure.source[: len(failure.source) - len(failure.source.lstrip())]
    if "\t" not in indent:
        return None
    at = (failure.line, indent.index("\t"))
    return _Finding(message="a tab indents this line", advice="indent with spaces, not tabs", at=at)


def _sign_first(failure: _Failure) -> _Finding | None:
    """Find a value that begins with a sign that YAML keeps for itself."""
    for line, source in ((failure.line, failure.source), (failure.outer_line, failure.outer)):
        value = re.match(r"\s*(?:- +)*(?:[^\s:]+: +)?([*&!@%`|>][^#]*)", source)
        if value is None or (line == failure.line and failure.column < value.start(1)):
            continue
        text = value[1].rstrip()
        return _Finding(
            message=f"a text that starts with {text[0]} needs quotes",
            advice=f"write {_quoted(text)}",
            at=(line, value.start(1)),
            width=len(text),
        )
    return None


def _sign_in_flow(failure: _Failure) -> _Finding | None:
    """Find an item of a one-line list that begins with such a sign."""
    if not any(word in failure.within for word in ("alias", "anchor", "tag")):
        return None
    item = re.compile(r"[*&!][^,\]}]*").match(failure.outer, failure.outer_column)
    if item is None:
        return None
    return _Finding(
        message=f"a text that starts with {item[0][0]} needs quotes",
        advice=f"write {_quoted(item[0].rstrip())}",
        at=(failure.outer_line, failure.outer_column),
        width=len(item[0].rstrip()),
    )


def _sign_of_nothing(failure: _Failure) -> _Finding | None:
    """Find an item of a one-line list that begins with a sign that nothing in YAML begins with."""
    item = re.compile(r"[@%`][^,\]}]*").match(failure.source, failure.column)
    if item is None or "cannot start any token" not in failure.said:
        return None
    return _Finding(
        message=f"a text that starts with {item[0][0]} needs quotes",
        advice=f"write {_quoted(item[0].rstrip())}",
        width=len(item[0].rstrip()),
    )


def _open_quote(failure: _Failure) -> _Finding | None:
    if "quoted scalar" not in failure.within or "end of stream" not in failure.said:
        return None
    return _Finding(
        message="this quote is never closed",
        advice="close it, or put the text into the other kind of quotes",
        at=(failure.outer_line, failure.outer_column),
    )


def _escape(failure: _Failure) -> _Finding | None:
    if "escape" not in failure.said:
        return None
    return _Finding(
        message="inside double quotes \\ begins an escape, and this one is unknown",
        advice="use single quotes, in which \\ is only a \\",
    )


def _reference_in_flow(failure: _Failure) -> _Finding | None:
    reference = re.search(r"\$\{[^}\s]*\}?", failure.source)
    if "flow" not in failure.within or reference is None or reference.end() < failure.column:
        return None
    return _Finding(
        message="inside [ ] and { } a reference needs quotes",
        advice=f"write {_quoted(reference[0])}",
        at=(failure.line, reference.start()),
        width=len(reference[0]),
    )


def _open_flow(failure: _Failure) -> _Finding | None:
    if "flow sequence" not in failure.within and "flow mapping" not in failure.within:
        return None
    bracket, closing = ("[", "]") if "sequence" in failure.within else ("{", "}")
    if failure.line != failure.outer_line:
        rest = failure.outer[failure.outer_column :]
        comment = re.match(rf"[^\"']*?\s(#[^\n]*{re.escape(closing)}.*)", rest)
        if comment:
            return _Finding(
                message=f"a comment begins here, so the {bracket} before it is never closed",
                advice=f"put a text that contains “ #” into quotes, or write {closing} before it",
                at=(failure.outer_line, failure.outer_column + comment.start(1)),
                width=len(comment[1].rstrip()),
            )
        return _Finding(
            message=f"this {bracket} is never closed",
            advice=f"write {closing} at its end",
            at=(failure.outer_line, failure.outer_column),
        )
    advice = f"put a text that contains one of , [ ] {{ }} into quotes, or close with {closing}"
    return _Finding(message=f"“,” or “{closing}” is expected here", advice=advice)


def _colon_in_value(failure: _Failure) -> _Finding | None:
    if "mapping values are not allowed" not in failure.said:
        return None
    start = _LEAD.match(failure.source[: failure.column])
    if start is None or start.end() == 0 or not start[0].strip():
        return _colon_above(failure)
    text = failure.source[start.end() :].rstrip()
    return _Finding(
        message=f"not valid YAML: {quote(': ')} stands inside a value",
        advice=f"a value that contains “: ” needs quotes, as in {_quoted(text)}",
    )


def _colon_above(failure: _Failure) -> _Finding:
    """Find the cause in the line above, which YAML has read as one text with this line."""
    text = failure.above.strip()
    if not text or ": " in text:
        return _misplaced()
    name, colon, value = text.partition(":")
    at = (failure.line - 1, len(failure.above) - len(failure.above.lstrip()))
    if colon and value:
        message = f"{quote(text)} needs a space after the colon"
        return _Finding(message=message, advice=f"write {name}: {value}", at=at, width=len(text))
    message = f"{quote(text)} has no colon"
    return _Finding(message=message, advice=_MAPPING_LINE, at=at, width=len(text))


def _after_quotes(failure: _Failure) -> _Finding | None:
    start = _LEAD.match(failure.source)
    value = failure.source[start.end() :] if start else ""
    if not start or value[:1] not in {'"', "'"} or failure.column <= start.end():
        return None
    if value[0] == "'" and "'" in value[1:].rstrip("' "):
        advice = "an apostrophe inside single quotes is written twice; or use double quotes"
    else:
        advice = f"put all of it into other quotes: '{value.rstrip()}'"
    return _Finding(message="text follows a closing quote", advice=advice)


def _no_colon(failure: _Failure) -> _Finding | None:
    if "could not find expected ':'" not in failure.said:
        return None
    return _Finding(
        message=f"{quote(failure.outer.strip())} has no colon",
        advice=_MAPPING_LINE,
        at=(failure.outer_line, failure.outer_column),
        width=max(1, len(failure.outer.strip())),
    )


def _indentation(failure: _Failure) -> _Finding | None:
    if "block" not in failure.within:
        return None
    return _misplaced()


def _misplaced() -> _Finding:
    return _Finding(
        message="this line does not fit the ones above it",
        advice="names of one mapping, and the “-” of one list, stand below each other",
    )


# The first that finds something speaks.
_LOOKS = (
    _tab,
    _open_quote,
    _escape,
    _reference_in_flow,
    _sign_in_flow,
    _sign_first,
    _sign_of_nothing,
    _open_flow,
    _colon_in_value,
    _after_quotes,
    _no_colon,
    _indentation,
    _end,
)


def _quoted(text: str) -> str:
    """Return a text as YAML in quotes, as a person would write it."""
    return f"'{text}'" if '"' in text else f'"{text}"'
