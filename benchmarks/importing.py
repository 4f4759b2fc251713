"""Importing ten thousand sources, and checking the configuration that holds them then."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row

SOURCES = 10_000


def rows() -> list[Row]:
    """Run both commands, beside the interpreter that prints as many lines."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text("watchlists: {w: [airspace]}\n")
        lines = (f"https://host{n % 2_000}.example/feed/{n}.xml Wire {n}" for n in range(SOURCES))
        (Path(folder) / "feeds.txt").write_text("\n".join(lines))
        bare = _cpu(folder, "-c", "for line in open('feeds.txt'): print(line)")
        return [
            Row(
                stage=f"{words[0]}, {SOURCES:,} sources",
                ours=_cpu(folder, "-m", "monitor", *words),
                unit="s CPU",
                beside="python, as many lines",
                reference=bare,
                goal=goal,
            )
            for words, goal in ((("import", "feeds.txt"), "<= 5"), (("check",), "<= 2"))
        ]


def _cpu(folder: str, *arguments: str) -> float:
    """Return the user and system time of one run in a folder, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
