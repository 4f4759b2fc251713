"""Reads the hosts that come with the monitor: in people's own form, by the same rules."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from monitor.config.references import Outside, Resolver
from monitor.config.schema import Configuration
from monitor.config.terms import Known
from monitor.config.tree import MappingNode, TextFile
from monitor.config.validation import validate
from monitor.config.yaml_read import read_yaml

NAME = "preset"
FILE = Path(__file__).parent / "hosts.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presets:
    """What comes with the monitor, and where each part of it stands."""

    chosen: Configuration
    root: MappingNode = field(repr=False)


@lru_cache(maxsize=1)
def read_presets() -> Presets:
    """Return the presets; a mistake in them is one of ours, and a test finds it."""
    text = FILE.read_text(encoding="utf-8")
    tree = read_yaml(TextFile(NAME, text))
    resolver = Resolver(outside=Outside(environ={}))
    chosen, problems = validate(resolver.plain(tree.root), tree.root, Known(), resolver.broken)
    assert chosen is not None, [*tree.problems, *resolver.problems, *problems]
    return Presets(chosen=chosen, root=tree.root)
