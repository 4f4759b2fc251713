"""Values become YAML as people write it, with quotes only where they are needed. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import yaml

Value: TypeAlias = str | float | bool | Sequence[str]
Entry: TypeAlias = str | Mapping[str, Value]

# What needs no quotes, in a block and inside [ ] or { }.
_PLAIN = re.compile(r"https?://[^\s]*[^\s:]|[^\W_](?:[\w .,()'’/&+–-]*[\w.()])?")
_PLAIN_IN_FLOW = re.compile(r"[^\W_](?:[\w .()'’/&+–-]*[\w.()])?")
_UNSEEN = re.compile(r"[^ -~]")


def in_lines(entries: Sequence[Entry], margin: str, gap: str, line_end: str) -> str:
    """Return entries as lines of a list, `gap` between each dash and what follows it."""
    return "".join(
        f"{margin}{lead}{line}{line_end}"
        for entry in entries
        for lead, line in _with_leads(entry, gap)
    )


def _with_leads(entry: Entry, gap: str) -> Iterator[tuple[str, str]]:
    if isinstance(entry, str):
        yield f"-{gap}", written(entry, flow=False)
        return
    lead = f"-{gap}"
    for option, value in entry.items():
        yield lead, f"{option}: {written(value, flow=False)}"
        lead = " " * len(lead)


def in_brackets(entries: Sequence[Entry]) -> str:
    """Return entries as they stand between [ and ]."""
    return ", ".join(written(entry, flow=True) for entry in entries)


def written(value: Entry | Value, *, flow: bool) -> str:
    """Return a value as YAML on one line; a mapping as JSON, which stands inside brackets."""
    match value:
        case str():
            return _text(value, flow=flow)
        case bool():
            return "yes" if value and not flow else json.dumps(value)
        case int() | float():
            return f"{value:g}"
        case Mapping():
            return _escaped(_quoted(dict(value)))
        case _:
            return "[" + ", ".join(_text(each, flow=True) for each in value) + "]"


def _text(text: str, *, flow: bool) -> str:
    text = _escaped(text)
    plain = _PLAIN_IN_FLOW if flow else _PLAIN
    if plain.fullmatch(text) and not _means_another_type(text):
        return text
    return _quoted(text)


def _quoted(value: object) -> str:
    """Return a value as JSON that YAML reads too: of what can't be seen, the number."""
    return _UNSEEN.sub(_number, json.dumps(value, ensure_ascii=False))


def _number(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _escaped(text: str) -> str:
    """Return a text whose `${` stands for itself and refers to nothing."""
    return text.replace("${", "$${")


def _means_another_type(text: str) -> bool:
    """Tell whether other readers of YAML take the text for a number, a flag, a date or nothing."""
    known = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ())
    return any(pattern.match(text) for _, pattern in known)
