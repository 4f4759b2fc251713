"""Importing a sanctions list of a hundred thousand names, and loading the file it becomes."""

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row

NAMES = 100_000
_LETTERS = ("bcdfghklmnprstvz", "aeiou")
_GIVEN = "Ahmed Mohammad Ivan Sergei Juan Carlos Maria Elena Wei Omar Yusuf Dmitry Olga Reza Luis"


def rows() -> list[Row]:
    """Run both commands, beside the interpreter that reads the same JSON."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text("include: [s*.yaml]\nsources: []\n")
        (Path(folder) / "list.json").write_text("".join(_lines()))
        read = "import json\nfor line in open('list.json', 'rb'): json.loads(line)"
        bare, _ = _run(folder, "-c", read)
        words = ("entities", "import", "list.json", "-o", "s.yaml", "--list", "sanctions")
        imported, memory = _run(folder, "-m", "monitor", *words)
        checked, _ = _run(folder, "-m", "monitor", "check")
        beside = "python, the same JSON read"
    return [
        Row(
            stage=f"import, {NAMES:,} names",
            ours=imported, unit="s CPU", beside=beside, reference=bare, goal="<= 5",
        ),
        Row(
            stage=f"import, {NAMES:,} names, memory",
            ours=memory, unit="MB", beside="goal", reference=200, goal="<= 200",
        ),
        Row(
            stage=f"check, {NAMES:,} imported names",
            ours=checked, unit="s CPU", beside="goal", reference=6, goal="<= 6",
        ),
    ]  # fmt: skip


def _lines() -> Iterator[str]:
    """Yield as many names, with the ids, numbers and sizes that such lists have."""
    rng = random.Random(1)
    given = _GIVEN.split()

    def word() -> str:
        return "".join(rng.choice(_LETTERS[n % 2]) for n in range(2 * rng.randint(2, 4))).title()

    made = number = 0
    while made < NAMES:
        number += 1
        kind = rng.choice(["Person"] * 6 + ["Company", "Organization", "Vessel"])
        names = [f"{rng.choice(given)} {word()}"]
        names += [f"{rng.choice(given)} {word()} {word()}" for _ in range(rng.randint(0, 4))]
        made += len(names)
        properties = {"name": names, "weakAlias": [word()], "topics": ["sanction"]}
        value = {"id": f"NK-{number:022x}", "schema": kind, "caption": names[0]}
        yield json.dumps(value | {"properties": properties}) + "\n"


def _run(folder: str, *arguments: str) -> tuple[float, float]:
    """Return the CPU time of one run in seconds, and the most memory of any so far in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, after.ru_maxrss / 1000
