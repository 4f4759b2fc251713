"""Finds the templates of notifiers, has them tried, and says at their places what is wrong."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.config.notifiers import MODELS
from monitor.config.notifiers.values import LONGEST_TEMPLATE
from monitor.config.problems import Code, Problem, did_you_mean
from monitor.config.references import has_references
from monitor.config.tree import AnyNode, MappingNode, ScalarNode, find, problem_at

if TYPE_CHECKING:
    from monitor.alerts.variables import Misfit

_WORDS = re.compile(r"'(\w{2,})'")  # what the library quotes of a template
_LEFT_OUT = "where a template says nothing, our own words are sent"
_GUARD = "ask before, as in {% if item %}{{ item.title }}{% endif %}: " + _LEFT_OUT
_SEE = "docs/notifiers.md has the variables and examples"


class Written(NamedTuple):
    """A template and where it stands."""

    node: ScalarNode
    text: str


def misfits(
    root: MappingNode, values: Mapping[str, Any], broken: Collection[AnyNode]
) -> list[Problem]:
    """Return what is wrong with the templates; may take a second for each that never ends."""
    written = [each for each in _written(root, values) if each.node not in broken]
    if not written:
        return []
    from monitor.config.trying import FIRST, tried

    problems = []
    for each, (what, said) in zip(written, tried([each.text for each in written]), strict=False):
        where = "in this template" if what == FIRST else f"this template does not fit {what}"
        problems += [_problem(each, misfit, where) for misfit in said]
    return problems


def _written(root: MappingNode, values: Mapping[str, Any]) -> Iterator[Written]:
    notifiers = values.get("notifiers")
    for name, given in notifiers.items() if isinstance(notifiers, dict) else ():
        model = MODELS.get(str(given.get("type")).strip()) if isinstance(given, dict) else None
        for option in ("template", "title") if model else ():
            text, node = given.get(option), find(root, ("notifiers", name, option))
            is_text = isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_TEMPLATE
            if model and option in model.model_fields and is_text and isinstance(node, ScalarNode):
                yield Written(node, text)


def _problem(template: Written, misfit: "Misfit", where: str) -> Problem:
    advice = did_you_mean(misfit.name, misfit.known)
    if misfit.absent:
        advice = _GUARD
    elif misfit.known and not advice:
        advice = f"there are: {', '.join(misfit.known)}"
    span = None if has_references(template.node) else _span(template.text, misfit)
    return problem_at(
        template.node, Code.BAD_TEMPLATE, f"{where}: {misfit.message}", advice or _SEE, span=span
    )


def _span(text: str, misfit: "Misfit") -> tuple[int, int] | None:
    """Return the word that is meant, else its line; None where that is not known."""
    lines = text.split("\n")
    if not 0 < misfit.line <= len(lines):
        return None
    line = lines[misfit.line - 1]
    start = sum(len(each) + 1 for each in lines[: misfit.line - 1])
    for word in (misfit.name, *_WORDS.findall(misfit.message)):
        found = list(re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", line)) if word else []
        if found and (word == misfit.name or len(found) == 1):
            return start + found[-1].start(), start + found[-1].end()
    shown = line.strip()
    at = start + line.find(shown)
    return at, at + len(shown)
