"""Finds and loads a configuration: every file, every mistake at once, or the settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.config.checks import doubts, given_twice
from monitor.config.convert import CONSOLE, secret_values, to_settings
from monitor.config.files import Collector
from monitor.config.inputs import Inputs
from monitor.config.masking import mask_lines
from monitor.config.merging import merge
from monitor.config.presets import read_presets
from monitor.config.problems import Code, Problem
from monitor.config.references import Outside, Resolver
from monitor.config.templates import misfits
from monitor.config.terms import Known
from monitor.config.tree import MappingNode, TextFile
from monitor.config.unfinished import held_by, unfinished
from monitor.config.validation import validate
from monitor.errors import ConfigError
from monitor.settings import Settings

DEFAULT_NAME = "config.yaml"
VARIABLE = "MONITOR_CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A valid configuration, what is doubtful in it, and what must be kept out of sight."""

    settings: Settings
    warnings: tuple[Problem, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    root: MappingNode = field(repr=False)  # where each option stands
    values: Mapping[str, Any] = field(repr=False)  # the same as plain values, references replaced
    paths: Mapping[str, Path] = field(repr=False)  # the files read, by the names people know
    inputs: Inputs = field(default_factory=Inputs, repr=False)  # what it was read from


def find_config(argument: str | Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the file to load: the argument, else $MONITOR_CONFIG, else ./config.yaml.

    Raises ConfigError where it is not there.
    """
    named = str(argument or environ.get(VARIABLE) or "")
    path = Path(named) if named else Path(DEFAULT_NAME)
    if not (cwd / path).exists():
        advice = "write one with: monitor init" + ("" if named else ", or name one with -c FILE")
        message = "there is no such file" if named else f"there is no {DEFAULT_NAME} here"
        raise ConfigError(
            [Problem(file=str(path), code=Code.NO_FILE, message=message, help=advice)]
        )
    return path


def load(
    path: Path, *, environ: Mapping[str, str], instead: Mapping[Path, bytes] = MappingProxyType({})
) -> Loaded:
    """Return the configuration in a file and in those it includes.

    `instead` says what to read in place of files, by their resolved paths: a change that has not
    been written yet. Raises ConfigError with every mistake, in the order of their places.
    """
    outcome, _ = attempt(path, environ=environ, instead=instead)
    if isinstance(outcome, ConfigError):
        raise outcome
    return outcome


def attempt(
    path: Path,
    *,
    environ: Mapping[str, str],
    instead: Mapping[Path, bytes] = MappingProxyType({}),
    held: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> tuple[Loaded | ConfigError, Inputs]:
    """Return what `load` returns or raises, and what was read for it either way.

    `held` says which sections of which files held something before; of these none may be empty.
    """
    folder = path.absolute().parent.resolve()
    resolver = Resolver(outside=Outside.beside(folder, environ))
    collector = Collector(folder=folder, resolver=resolver, instead=instead)
    collector.read(path, str(path))
    nothing = MappingNode(TextFile(str(path), ""), 0, 0, 0, 0, {})
    root, clashes = merge(collector.trees, collector.trees[0] if collector.trees else nothing)
    unread = any(each.severity == "error" for each in collector.problems)
    values = resolver.plain(root)
    problems = [*collector.problems, *clashes, *resolver.problems]
    if not unread:
        problems += unfinished(collector.trees, held)

    chosen, invalid = validate(values, root, _known(root, unread=unread), resolver.broken)
    found = (*invalid, *given_twice(root, resolver), *misfits(root, values, resolver.broken))
    problems += _apart(found, problems)
    if chosen is None or any(each.severity == "error" for each in problems):
        return ConfigError(_tidy(problems, root, collector.names)), _inputs(collector)

    secrets = secret_values(chosen) | resolver.secrets
    settings = to_settings(
        chosen,
        read_presets().chosen,
        root,
        hidden=resolver.secrets,
        files=tuple(collector.files),
        digest=collector.digest.hexdigest(),
    )
    doubtful = doubts(settings, root, missing=_missing_extras(settings))
    warnings = _tidy([*problems, *doubtful], root, collector.names)
    loaded = Loaded(
        settings=settings,
        warnings=tuple(warnings),
        secrets=secrets,
        root=root,
        values=values,
        paths=dict(zip(collector.names, collector.files, strict=True)),
        inputs=_inputs(collector),
    )
    return loaded, loaded.inputs


def _inputs(collector: Collector) -> Inputs:
    contents = collector.resolver.contents | collector.contents
    return Inputs(contents=contents, listings=collector.listings, held=held_by(collector.trees))


def _missing_extras(settings: Settings) -> set[str]:
    """Return the extras that the configuration needs and that are not installed."""
    needed = set()
    if any(source.fulltext for source in settings.sources):
        needed.add(("fulltext", "trafilatura"))
    if any(notifier.kind == "apprise" for notifier in settings.notifiers.values()):
        needed.add(("apprise", "apprise"))
    return {extra for extra, library in needed if find_spec(library) is None}


def _known(root: MappingNode, *, unread: bool) -> Known:
    """Return the names that may be referred to; an unread file may define any name."""
    if unread:
        return Known()
    entities, notifiers = root.value("entities"), root.value("notifiers")
    return Known(
        entities=frozenset(entities.entries if isinstance(entities, MappingNode) else ()),
        notifiers=frozenset(notifiers.entries if isinstance(notifiers, MappingNode) else ())
        | {CONSOLE},
    )


def _apart(problems: Iterable[Problem], others: Sequence[Problem]) -> list[Problem]:
    """Return the problems at places where there is no other: one mistake, one message."""
    taken = {(each.file, each.line, each.column) for each in others if each.severity == "error"}
    return [each for each in problems if (each.file, each.line, each.column) not in taken]


def _tidy(problems: Iterable[Problem], root: MappingNode, names: Sequence[str]) -> list[Problem]:
    """Return problems once each, by file and place, with secrets masked."""
    order = {name: at for at, name in enumerate(names)}
    unique = dict.fromkeys(mask_lines(problems, root))
    return sorted(unique, key=lambda each: (order.get(each.file, 0), each.line, each.column))
