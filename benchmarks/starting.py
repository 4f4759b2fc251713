"""CPU until a command answers, beside the bare interpreter."""

import resource
import subprocess
import sys

from benchmarks.table import Row

ROUNDS = 5


def rows() -> list[Row]:
    """Run the commands that people wait for."""
    bare = _cpu("-c", "pass")
    return [
        Row(
            stage=f"start, monitor {arguments}",
            ours=_cpu("-m", "monitor", *arguments.split()),
            unit="s CPU",
            beside="python -c pass",
            reference=bare,
            goal=goal,
        )
        for arguments, goal in (("--help", "<= 0.15"), ("check -c config.yaml", ""))
    ]


def _cpu(*arguments: str) -> float:
    """Return the least user and system time of some runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)
