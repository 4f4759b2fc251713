"""The configuration in force, option by option: its value, where it comes from, secrets masked.

Pure: it reads what was loaded.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from monitor.config.convert import CONSOLE
from monitor.config.masking import MASK, REFERENCE, secret_nodes
from monitor.config.merging import NAMED, SETTINGS
from monitor.config.presets import read_presets
from monitor.config.schema import Configuration
from monitor.config.tree import AnyNode, MappingNode, ScalarNode, SequenceNode, children
from monitor.feeds.redaction import redact_url

if TYPE_CHECKING:
    from monitor.config.load import Loaded

DEFAULT = "default"
PRESET = "preset"
SHOWN_END = 4  # characters of a long secret that tell it from another
LONG_SECRET = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option in force. `value` is ready for JSON.

    `origin` is a file and line, `default`, or `preset` for what comes with the monitor.
    """

    path: str  # poll.min, sources[0].every, watchlists.airspace
    value: Any
    origin: str


def describe(loaded: "Loaded") -> tuple[Option, ...]:
    """Return every setting, and what is given of sources, entities, watchlists and the like."""
    view = _View(
        root=loaded.root,
        hidden=frozenset(secret_nodes(loaded.root)),
        secrets=loaded.secrets,
    )
    rows = [*_sources(loaded, view)]
    for section in NAMED:
        rows += _named(section, loaded, view)
    rows += _presets(loaded)
    rows.append(_notify(loaded, view))
    for section in Configuration.model_fields:
        if section in SETTINGS:
            rows += _settings(section, loaded, view)
    return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    root: MappingNode
    hidden: Collection[AnyNode]  # texts masked because of where they stand
    secrets: Collection[str]  # values that are never shown

    def show(self, node: AnyNode, value: Any) -> Any:
        """Return a value as it may be seen; `value` is the node with references replaced."""
        if isinstance(node, SequenceNode):
            return [self.show(item, each) for item, each in zip(node.items, value, strict=True)]
        if isinstance(node, MappingNode):
            return {key: self.show(child, value[key]) for key, child in children(node)}
        if node in self.hidden:
            return _masked(value)
        if REFERENCE.search(node.text) and any(secret in value for secret in self.secrets):
            return node.text
        return value


def _masked(secret: str) -> str:
    if not secret:
        return ""
    return MASK * 4 + (secret[-SHOWN_END:] if len(secret) >= LONG_SECRET else "")


def _origin(node: AnyNode) -> str:
    return f"{node.file.name}:{node.line + 1}"


def _sources(loaded: "Loaded", view: _View) -> Iterator[Option]:
    names = {source.url: source.name for source in loaded.settings.sources}
    sources = loaded.root.value("sources")
    for at, node in children(sources) if sources else ():
        value, path = loaded.values["sources"][at], f"sources[{at}]"
        if isinstance(node, ScalarNode):
            shown = _without_secrets(view.show(node, value))
            yield Option(path=f"{path}.url", value=shown, origin=_origin(node))
        elif isinstance(node, MappingNode):
            for name in node.entries:
                option = _given(path, name, value[name], node, view)
                if name == "url":
                    option = replace(option, value=_without_secrets(option.value))
                yield option
        url, given = (value, {}) if isinstance(value, str) else (value["url"], value)
        if url in names and "name" not in given:
            yield Option(path=f"{path}.name", value=names[url], origin=DEFAULT)


def _without_secrets(address: str) -> str:
    """Redact an address; a reference in it shows no secret and stays as written."""
    if not REFERENCE.search(address):
        return redact_url(address)
    place, mark, query = address.partition("?")
    shown = (
        part if REFERENCE.search(part) else redact_url(f"?{part}").removeprefix("?")
        for part in query.split("&")
    )
    return place + mark + "&".join(shown)


def _given(path: str, name: str, value: Any, parent: MappingNode, view: _View) -> Option:
    key, node = parent.entries[name]
    shown = redact_url(value) if name == "proxy" and node in view.hidden else view.show(node, value)
    return Option(path=f"{path}.{name}", value=shown, origin=_origin(key))


def _notify(loaded: "Loaded", view: _View) -> Option:
    entry = loaded.root.entries.get("notify")
    if entry is None:
        return Option(path="notify", value=[CONSOLE], origin=DEFAULT)
    key, node = entry
    value = view.show(node, loaded.values["notify"])
    return Option(path="notify", value=value, origin=_origin(key))


def _named(section: str, loaded: "Loaded", view: _View) -> Iterator[Option]:
    defined = loaded.root.value(section)
    for name, node in children(defined) if defined else ():
        value, path = loaded.values[section][name], f"{section}.{name}"
        if isinstance(node, MappingNode):
            for option in node.entries:
                yield _given(path, option, value[option], node, view)
        elif isinstance(defined, MappingNode):
            yield _given(section, str(name), value, defined, view)
    given = defined.entries if isinstance(defined, MappingNode) else {}
    if section == "notifiers" and CONSOLE not in given:
        yield Option(path="notifiers.console.type", value="console", origin=DEFAULT)


def _presets(loaded: "Loaded") -> Iterator[Option]:
    """Yield the hosts that come with the monitor, but for those that people replaced."""
    own, shipped = loaded.root.value("hosts"), read_presets().root.value("hosts")
    given = own.entries if isinstance(own, MappingNode) else {}
    for name, host in children(shipped) if shipped else ():
        for option, node in children(host) if name not in given else ():
            assert isinstance(node, ScalarNode)
            yield Option(path=f"hosts.{name}.{option}", value=node.text, origin=PRESET)


def _settings(section: str, loaded: "Loaded", view: _View) -> Iterator[Option]:
    model: Any = Configuration.model_fields[section].annotation
    given = loaded.root.value(section)
    for name, field in model.model_fields.items():
        if isinstance(given, MappingNode) and name in given.entries:
            yield _given(section, name, loaded.values[section][name], given, view)
        else:
            value = field.default
            if (section, name) == ("health", "notify"):
                value = list(loaded.settings.health.notify)
            yield Option(path=f"{section}.{name}", value=value, origin=DEFAULT)
