"""Loading a large configuration, beside PyYAML's own C loader on the same text."""

import tempfile
from pathlib import Path

import yaml

from benchmarks.table import Row, cpu_seconds
from monitor.config.load import load

LINES = 20_000


def rows() -> list[Row]:
    text = "\n".join(_lines())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(text)
        ours = cpu_seconds(lambda: load(path, environ={}))
    floor = cpu_seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader))
    return [
        Row(
            stage=f"configuration, {LINES:,} lines",
            ours=ours * 1000,
            unit="ms CPU",
            beside="yaml.CSafeLoader",
            reference=floor * 1000,
            goal="≤ 1,000",
        )
    ]


def _lines() -> list[str]:
    """Sources, entities and watchlists in the proportions of a large desk."""
    lines = [
        "sources:",
        *(f"  - https://host{n}.example/feed.xml" for n in range(2_000)),
        "entities:",
    ]
    for n in range(500):
        lines += [f"  entity-{n}:", f"    name: Person {n} Surname", "    aliases:"]
        lines += [f"      - Alias {n} spelling {m}" for m in range(4)]
    lines.append("watchlists:")
    number = 0
    while len(lines) < LINES:
        lines += [f"  list-{number}:", "    severity: high", "    match:"]
        lines += [f"      - term {number} word {m}" for m in range(8)]
        lines += [
            f"      - entity: entity-{number % 500}",
            "      - all: [Caracas, {any: [a1, b1]}]",
        ]
        lines += ["    tests:", f"      match: [term {number} word 1 happens]"]
        number += 1
    return lines
