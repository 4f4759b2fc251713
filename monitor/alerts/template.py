"""A template becomes words, in a sandbox that lets it touch nothing but what it is given. Pure.

No sandbox stops a template that loops for ever or grows without end, so only a child process that
can be killed imports this.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2 import (
    StrictUndefined,
    Template,
    TemplateRuntimeError,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from monitor.alerts.excerpt import cut
from monitor.alerts.variables import MOST, NAMES, Misfit

LONGEST_WORDS = 300  # of why it is not

_FILE = "<template>"  # what Jinja calls a template that has no name
_OTHERS = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


class _Missing(StrictUndefined):
    """What is asked for and not there; asking for it tells what is there instead."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        """Pack what is known of it, because Jinja's errors carry one text alone."""
        name, whole = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return json.dumps([self._undefined_hint, "", [], False])
        if whole is missing:
            return json.dumps([f"“{name}” is not known", name, NAMES, False])
        if whole is None:
            words = f"“{name}” is asked for where there is nothing"
            return json.dumps([words, name, [], True])
        known = [key for key in whole if isinstance(key, str)] if isinstance(whole, dict) else []
        return json.dumps([f"there is no “{name}” in it", str(name), known, False])


def _environment() -> ImmutableSandboxedEnvironment:
    # Each receiver has its own escapes, which come after; there is nothing to include from.
    made = ImmutableSandboxedEnvironment(
        autoescape=False, undefined=_Missing, trim_blocks=True, lstrip_blocks=True
    )
    del made.globals["lipsum"]
    return made


_ENVIRONMENT = _environment()


class _Unfit(Exception):  # noqa: N818 - it never leaves this file
    def __init__(self, misfits: Iterable[Misfit]) -> None:
        self.misfits = tuple(misfits)


def render(source: str, given: Mapping[str, Any]) -> str | tuple[Misfit, ...]:
    """Return what a template says, MOST code points at most, or why it says nothing.

    Takes as long and as much memory as the template wants.
    """
    try:
        return _within(_compiled(source), given)
    except _Unfit as unfit:
        return unfit.misfits
    except Exception as wrong:  # noqa: BLE001 - a template can raise what any filter can
        return (_misfit(wrong),)


def _misfit(wrong: Exception) -> Misfit:
    match wrong:
        case TemplateSyntaxError():
            return Misfit(message=_short(wrong.message or ""), line=wrong.lineno)
        case TemplateRuntimeError():
            return _asked_in_vain(wrong)
        case MemoryError():
            return Misfit(message="it takes more memory than it may")
        case RecursionError():
            return Misfit(message="it is nested too deeply")
        case _:
            words = _short(str(wrong) or type(wrong).__name__)
            line = _line(wrong.__traceback__)
            return Misfit(message=words, line=line, absent="NoneType" in words)


def _within(template: Template, given: Mapping[str, Any]) -> str:
    pieces: list[str] = []
    room = MOST
    for piece in template.generate(given):
        pieces.append(piece[: room + 1])
        room -= len(pieces[-1])
        if room < 0:
            break
    return cut("".join(pieces), MOST)


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    tree = _ENVIRONMENT.parse(source)
    others = [Misfit(message="a template can't include another", line=each.lineno)
              for each in tree.find_all(_OTHERS)]  # fmt: skip
    unknown = meta.find_undeclared_variables(tree) - {*NAMES, *_ENVIRONMENT.globals}
    asked = {each.name: each.lineno for each in reversed([*tree.find_all(nodes.Name)])}
    misfits = others + [
        Misfit(message=f"“{name}” is not known", line=asked.get(name, 0), name=name, known=NAMES)
        for name in unknown
    ]
    if misfits:
        raise _Unfit(sorted(misfits, key=lambda each: (each.line, each.name)))
    return _ENVIRONMENT.from_string(source)


def _asked_in_vain(wrong: TemplateRuntimeError) -> Misfit:
    line, told = _line(wrong.__traceback__), wrong.message or type(wrong).__name__
    try:
        words, name, known, absent = json.loads(told)
    except (ValueError, TypeError):
        return Misfit(message=_short(told), line=line)
    return Misfit(message=_short(words), line=line, name=name, known=tuple(known), absent=absent)


def _line(trace: TracebackType | None) -> int:
    """Return the last line of the template that a fault came through, 0 where there is none."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _short(words: str) -> str:
    return cut(" ".join(words.split()).rstrip("."), LONGEST_WORDS)
