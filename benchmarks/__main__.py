"""Run every benchmark, or those named, and print one table."""

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.table import Row, show


def main() -> None:
    """Collect `rows()` from each module of this package that has it."""
    found = [m.name for m in pkgutil.iter_modules(benchmarks.__path__)]
    wanted = sys.argv[1:] or [name for name in found if name not in {"table", "loops", "__main__"}]
    rows: list[Row] = []
    for name in wanted:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "rows"):
            print(f"… {name}", file=sys.stderr, flush=True)
            rows += module.rows()
    print(show(rows))


if __name__ == "__main__":
    main()
