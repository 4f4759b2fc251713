"""Keeps secrets out of what people are shown of their files. Pure."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from monitor.config.problems import Problem
from monitor.config.tree import AnyNode, MappingNode, ScalarNode, children

MASK = "•"
LONGEST_LINE = 5_000

# Where nothing is known but the line: what its words say about their values.
_TELLTALES = (
    re.compile(
        r"(?i)(?:secret|token|password|bearer|authorization|cookie|[\w-]{0,40}key)[\"']?\s*:\s*(.+)"
    ),
    re.compile(r"(?i)url[\"']?\s*:\s*[\"']?https?://[^/\s]+/(.+)"),
    # What begins otherwise is an address of Apprise, whose every part may be a secret.
    re.compile(r"(?i)url[\"']?\s*:\s*[\"']?(?!https?:|sqlite:|postgresql)[a-z][a-z0-9+.-]*://(.+)"),
    re.compile(r"://[^\s/@:]*:([^\s/@]+)@"),
)
_PASSWORD = re.compile(r"(://[^\s/@:]*:)([^\s/@]+)@")
REFERENCE = re.compile(r"\$\{[^}]*\}?")


def hide(line: str) -> str:
    """Return a line that could not be understood with its likely secrets masked.

    Signs and `${…}` stay, so that what is wrong with the line can still be seen. A line that no
    person wrote is left out.
    """
    if len(line) > LONGEST_LINE:
        return ""
    for telltale in _TELLTALES:
        found = telltale.search(line)
        if found:
            line = line[: found.start(1)] + _hidden(found[1]) + line[found.end(1) :]
    return line


def _hidden(text: str) -> str:
    shown, at = [], 0
    for reference in REFERENCE.finditer(text):
        shown += [re.sub(r"\w", MASK, text[at : reference.start()]), reference[0]]
        at = reference.end()
    return "".join(shown) + re.sub(r"\w", MASK, text[at:])


def mask_lines(problems: Iterable[Problem], root: MappingNode) -> list[Problem]:
    """Return problems whose source lines no longer show the secrets written in the files."""
    told = list(problems)
    sources = {(each.file, each.line): each.source_line for each in told}
    lines = {place: list(source) for place, source in sources.items()}
    for node in secret_nodes(root):
        for number in range(node.line, node.end_line + 1):
            line = lines.get((node.file.name, number + 1))
            if line is not None:
                start = node.column if number == node.line else 0
                end = node.end_column if number == node.end_line else len(line)
                line[start:end] = MASK * len(line[start:end])
    masked = {place: _without_password("".join(line)) for place, line in lines.items()}
    return [replace(each, source_line=masked[each.file, each.line]) for each in told]


def _without_password(line: str) -> str:
    # Addresses are shown, but not the password that somebody wrote into one.
    return _PASSWORD.sub(lambda found: found[1] + MASK * len(found[2]) + "@", line)


def secret_nodes(root: MappingNode) -> Iterator[ScalarNode]:
    """Yield the texts that may be secrets because of where they stand.

    A value under a misspelt option counts too: nobody knows what was meant. A text with `${…}`
    shows no secret as long as it is shown as written.
    """
    for part in _sensitive(root):
        for node in _scalars(part):
            if not REFERENCE.search(node.text):
                yield node


# What is never secret; all else may be, or may be a slip in the name of what is.
_OPEN_SECTIONS = frozenset(
    {
        "sources",
        "include",
        "entities",
        "watchlists",
        "notifiers",
        "notify",
        "alerts",
        "poll",
        "hosts",
        "health",
        "log",
    }
)
_OPEN_OF_SOURCE = frozenset(
    {
        "url",
        "name",
        "tags",
        "every",
        "language",
        "verify_tls",
        "proxy",
        "user_agent",
        "fulltext",
        "identity",
        "priority",
        "enabled",
        "first_poll",
    }
)

_OPEN_OF_NOTIFIER = frozenset(
    {
        "type",
        "allow_networks",
        "channel",
        "format",
        "template",
        "title",
        "server",
        "port",
        "tls",
        "user",
        "from",
        "to",
    }
)


def _sensitive(root: MappingNode) -> Iterator[AnyNode]:
    for notifier in _parts(root.value("notifiers")):
        yield from _but(notifier, _OPEN_OF_NOTIFIER)
    for source in _parts(root.value("sources")):
        yield from _but(source, _OPEN_OF_SOURCE)
        yield from _with_user(_only(source, "proxy"))
    yield from _but(root.value("web"), {"listen"})
    yield from _with_user(_but(root.value("store"), {"keep"}))
    yield from _with_user(_only(root.value("poll"), "proxy"))
    # Whoever knows the address can keep it from noticing anything.
    for heartbeat in _only(root.value("health"), "heartbeat"):
        yield from _but(heartbeat, {"every", "allow_networks"})
    yield from _but(root, _OPEN_SECTIONS | {"web", "store"})


def _with_user(addresses: Iterable[AnyNode]) -> Iterator[AnyNode]:
    """Yield the addresses that may hold a password: those with a user."""
    for part in addresses:
        yield from (node for node in _scalars(part) if "@" in node.text)


def _only(node: AnyNode | None, name: str) -> Iterator[AnyNode]:
    if isinstance(node, MappingNode) and name in node.entries:
        yield node.entries[name][1]


def _parts(node: AnyNode | None) -> Iterator[AnyNode]:
    if node is not None:
        yield from (child for _, child in children(node))


def _but(node: AnyNode | None, harmless: AbstractSet[str]) -> Iterator[AnyNode]:
    if isinstance(node, MappingNode):
        yield from (child for key, child in children(node) if key not in harmless)


def _scalars(node: AnyNode) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    else:
        for _, child in children(node):
            yield from _scalars(child)
