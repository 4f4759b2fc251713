"""Checks plain values against the schema; every mistake becomes a problem at its place. Pure."""

import re
import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.problems import MOST, Code, Problem, did_you_mean, nearest, quote
from monitor.config.references import has_references
from monitor.config.rules import NearGroup, Rule
from monitor.config.schema import Configuration
from monitor.config.terms import Known
from monitor.config.tree import (
    AnyNode,
    MappingNode,
    Path,
    ScalarNode,
    SequenceNode,
    Step,
    find,
    find_key,
    nearest_key,
    problem_at,
)
from monitor.config.values import either

# Options that people may know from elsewhere in the documentation.
LATER = {"public_url"}

_NEEDED = {
    "url": "url: https://example.org/feed.xml",
    "topic": "topic: and a name nobody guesses, as in newsdesk-7f3a91c2",
    "routing_key": "routing_key: ${PAGERDUTY_ROUTING_KEY}",
    "server": "server: smtp.example.org",
    "from": "from: monitor@example.org",
    "to": "to: desk@example.org",
    "name": "name: and the name people know it by",
    "match": "match: [airspace, NOTAM]",
    "title": "title: and a headline",
    "within": "within: 6",
    "groups": "groups: [airspace, [closed, closure]]",
    "count": "count: 2",
    "of": "of: [OPEC, Brent, crude]",
    "after": "after: 15m",
}
_CHATS = ("discord", "mattermost", "teams")
# The same word elsewhere means another thing.
_NEEDED_BELOW = {
    ("quiet_hours", "from"): 'from: "22:00"',
    ("quiet_hours", "to"): 'to: "06:00"',
    ("escalate", "to"): "to: [desk]",
    ("<webhook>", "url"): "url: https://siem.example.org/hook",
    ("<apprise>", "url"): "url: ${APPRISE_URL}",
    **{(f"<{kind}>", "url"): f"url: ${{{kind.upper()}_WEBHOOK_URL}}" for kind in _CHATS},
}
_FROM_OUTSIDE = "the value comes from outside: look at the variable or the file that is named here"

SUGGESTED = 100  # problems for which a name that may be meant is looked for


def validate(
    values: Mapping[str, Any], root: MappingNode, known: Known, broken: Collection[AnyNode]
) -> tuple[Configuration | None, list[Problem]]:
    """Return the configuration, or None and what is wrong.

    Texts in `broken` have a problem already, and get no second one.
    """
    try:
        return Configuration.model_validate(values, context=known), []
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST]
    misspelt = _misspelt(details)
    places = [_place(each, root) for each in details if not _is_echo(each, misspelt)]
    return None, [
        _problem(place, suggest=number < SUGGESTED)
        for number, place in enumerate(places)
        if place.node not in broken and not _follows(place, root, broken)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An error of pydantic and where it belongs."""

    detail: ErrorDetails
    loc: tuple[Step, ...]  # with the tags of unions
    node: AnyNode  # what is underlined


def _follows(place: _Place, root: MappingNode, broken: Collection[AnyNode]) -> bool:
    """Tell whether an error may be there only because a text it depends on is broken."""
    if place.detail["type"] != "problem" or not broken:
        return False
    context = place.detail["ctx"]
    node = find(root, _path(root, place.loc))
    if context["beside"]:
        return node in broken
    if not isinstance(node, MappingNode) or context["at"] is not None:
        return False
    return any(each in broken for _, each in node.entries.values())


def _place(detail: ErrorDetails, root: MappingNode) -> _Place:
    path = _path(root, detail["loc"])
    return _Place(detail=detail, loc=detail["loc"], node=_meant(detail, root, path))


def _meant(detail: ErrorDetails, root: MappingNode, path: Path) -> AnyNode:
    """Return what is underlined: a key, a value, or the key of what lacks something."""
    kind, context = detail["type"], detail.get("ctx", {})
    at, beside = context.get("at"), context.get("beside")
    if beside:
        path = (*path[:-1], beside)
    if at is not None:
        path = (*path, at)
    if kind == "missing":
        return nearest_key(root, path[:-1])
    key, node = find_key(root, path), find(root, path)
    is_name = kind == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
    if key is not None and (is_name or (isinstance(at, str) and not context["on_value"])):
        return key
    lacking = kind == "problem" and isinstance(node, MappingNode)
    return nearest_key(root, path) if lacking or (beside and key is None) else node


def _path(root: MappingNode, loc: tuple[Step, ...]) -> Path:
    """Return the steps of an error's location that the file knows too."""
    path: list[Step] = []
    node: AnyNode = root
    for step in loc:
        inside = isinstance(node, MappingNode) and step in node.entries
        is_tag = isinstance(step, str) and step.startswith("<") and step.endswith(">")
        if step == "[key]" or (is_tag and not inside):
            continue
        if isinstance(step, int) and not isinstance(node, SequenceNode):
            continue  # one text or one rule that stands for a list of one
        path.append(step)
        node = find(node, (step,))
    return tuple(path)


def _problem(place: _Place, *, suggest: bool) -> Problem:
    code, message, advice, span = _words(place)
    near = place.detail.get("ctx", {}).get("near", ())
    if suggest and near and isinstance(place.node, ScalarNode) and not has_references(place.node):
        word = place.node.text[slice(*span)] if span else place.node.text
        advice = did_you_mean(word, near) or advice
    return problem_at(place.node, code, message, advice, span=span)


def _words(place: _Place) -> tuple[Code, str, str, tuple[int, int] | None]:
    detail, kind = place.detail, place.detail["type"]
    if kind == "problem":
        context = detail["ctx"]
        if context["discreet"] and has_references(place.node):
            return context["code"], context["discreet"], _FROM_OUTSIDE, None
        return context["code"], context["message"], context["advice"], context["span"]
    if kind == "extra_forbidden":
        return *_unknown_option(place), None
    if kind == "missing":
        name = quote(str(place.loc[-1]))
        advice = f"write {_needed(place.loc)}"
        return Code.MISSING_OPTION, f"{name} is missing", advice, None
    return *_wrong_value(place), None


def _needed(loc: Sequence[Step]) -> str:
    """Return how a missing option may be written, by the section it is missing from."""
    name = str(loc[-1])
    below = [_NEEDED_BELOW[str(step), name] for step in loc if (str(step), name) in _NEEDED_BELOW]
    return (*below, _NEEDED.get(name, f"{name}: with a value"))[0]


def _unknown_option(place: _Place) -> tuple[Code, str, str]:
    name = str(place.loc[-1])
    known = options_at(place.loc[:-1])
    advice = did_you_mean(name, known) or f"there are: {', '.join(known)}"
    if name in LATER:
        advice = f"{quote(name)} is not in this version"
    return Code.UNKNOWN_OPTION, f"unknown option {quote(name)}", advice


def _wrong_value(place: _Place) -> tuple[Code, str, str]:
    """Word the errors of pydantic's own types: texts, lists, mappings, words to choose from."""
    kind, given = place.detail["type"], place.detail["input"]
    if given is None:
        return Code.EMPTY_VALUE, "no value is given here", "write one, or remove the line"
    if kind == "literal_error" and isinstance(given, str):
        choices = re.findall(r"'([^']*)'", place.detail["ctx"]["expected"])
        shown = "this" if has_references(place.node) else quote(given)
        advice = "" if has_references(place.node) else did_you_mean(given, choices)
        choices = [choice for choice in choices if choice]
        message = f"{shown} is not one of {', '.join(choices)}"
        return Code.NOT_ONE_OF, message, advice or f"write {either(choices)}"
    if kind == "too_short":
        return Code.EMPTY_VALUE, "this list is empty", "write an item, or remove the line"
    expected = next((words for start, words in _EXPECTED if kind.startswith(start)), "")
    if kind.startswith("model") and "<watchlist>" in place.loc[-1:]:
        expected = "a list of terms, or a mapping with match:,"
    message = f"{expected or 'another kind of value'} is expected here, not {_kind(given)}"
    return Code.WRONG_TYPE, message, _cure(expected, given)


_EXPECTED = (
    ("string", "a text"),
    ("literal", "one word"),
    ("list", "a list"),
    ("dict", "a mapping"),
    ("model", "a mapping"),
)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a mapping"


def _cure(expected: str, given: object) -> str:
    if expected == "a list":
        return "write each item on a line after “- ”, or all in [ ]"
    if expected == "a text" and isinstance(given, Mapping) and len(given) == 1:
        return "a text that contains “: ” needs quotes"
    if expected.startswith("a list of terms"):
        return "put terms into [ ], as in [airspace, NOTAM]"
    if expected == "a mapping":
        return "write “name: value” pairs below it, or in { }"
    return "write one word or text, without [ ], { } and “- ”"


# --- misspelt options -------------------------------------------------------------------------


def _misspelt(details: list[ErrorDetails]) -> set[tuple[Step, ...]]:
    """Return the places of options that are missing only because their names are misspelt."""
    extra: dict[tuple[Step, ...], list[str]] = {}
    for each in details:
        if each["type"] == "extra_forbidden":
            extra.setdefault(each["loc"][:-1], []).append(str(each["loc"][-1]))
    missing = [each["loc"] for each in details if each["type"] == "missing"]
    return {
        loc
        for loc in missing
        if any(nearest(name, [str(loc[-1])]) for name in extra.get(loc[:-1], ()))
    }


def _is_echo(detail: ErrorDetails, misspelt: set[tuple[Step, ...]]) -> bool:
    return detail["type"] == "missing" and detail["loc"] in misspelt


# --- what the schema knows at a place ---------------------------------------------------------


_FORWARD = {"Rule": Rule, "NearGroup": NearGroup}  # types that are named before they are defined


def options_at(loc: tuple[Step, ...]) -> list[str]:
    """Return the names of the options that are known where an error's location leads."""
    kind: Any = Configuration
    for step in loc:
        kind = _inner(kind, step)
    model = _model(kind)
    return [each.alias or name for name, each in model.model_fields.items()] if model else []


def _inner(kind: Any, step: Step) -> Any:
    """Return the type that one step leads to inside another."""
    kind = _FORWARD.get(kind, kind) if isinstance(kind, str) else kind
    model = _model(kind)
    if model:
        field = model.model_fields.get(str(step))
        return field.annotation if field else None
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _inner(parts[0], step)
    if origin in {Union, types.UnionType}:
        return next((part for part in parts if step in _tags(part)), None)
    return parts[-1] if origin in {list, dict} else None


def _tags(part: Any) -> list[str]:
    return [each.tag for each in getattr(part, "__metadata__", ()) if isinstance(each, Tag)]


def _model(kind: Any) -> type[BaseModel] | None:
    if get_origin(kind) is Annotated:
        return _model(get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        return next(filter(None, map(_model, get_args(kind))), None) if _is_optional(kind) else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _is_optional(kind: Any) -> bool:
    return type(None) in get_args(kind)
