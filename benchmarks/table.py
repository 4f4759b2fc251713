"""The one table every benchmark writes into."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside its floor or peer from the same run."""

    stage: str  # "match, 1,000 rules"
    ours: float
    unit: str  # "items/CPU s", "ms CPU/poll": the unit says whether less or more is better
    beside: str  # what the reference is
    reference: float
    goal: str = ""


def cpu_seconds(work: Callable[[], object], *, rounds: int = 3) -> float:
    """Return the least CPU time (user and system) of `rounds` runs, in seconds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def show(rows: list[Row]) -> str:
    """Lay the rows out as text."""
    cells = [("stage", "ours", "unit", "beside", "reference", "ratio", "goal")]
    for r in rows:
        ours, reference, ratio = f"{r.ours:,.4g}", f"{r.reference:,.4g}", r.ours / r.reference
        cells.append((r.stage, ours, r.unit, r.beside, reference, f"{ratio:.2f}", r.goal))
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)
