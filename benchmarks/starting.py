"""CPU of whole commands from start to end, parser processes included, beside bare interpreters.

`nothing new` polls one source that answers 304; `thirty new` polls it for the first time and makes
the store. The server is a thread of this process and not counted.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.table import Row

ROUNDS = 5
ITEMS = 30
LIBRARIES = "import sqlalchemy, httpx, pydantic, apscheduler"
PYTHON = (sys.executable, "-c")
MONITOR = (sys.executable, "-m", "monitor")
# An installed program has its bytecode; the first round writes that of a checkout.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

CONFIG = """\
sources: ["http://127.0.0.1:{port}/feed"]
watchlists: {{crisis: [Maduro, airspace]}}
poll: {{allow_networks: [127.0.0.0/8]}}
store: {{url: "sqlite:///{store}"}}
"""


def rows() -> list[Row]:
    """Run each command a few times beside Python alone and Python with the libraries."""
    bare = _cpu(*PYTHON, "pass")
    libraries = _cpu(*PYTHON, LIBRARIES)
    with _feed() as port, tempfile.TemporaryDirectory() as folder:
        config, store = Path(folder, "config.yaml"), Path(folder, "monitor.db")
        config.write_text(CONFIG.format(port=port, store=store))
        poll = (*MONITOR, "poll", "--all", "-c", str(config))
        small = [
            _row(f"start, monitor {arguments}", _cpu(*MONITOR, *arguments.split()), "pass", bare)
            for arguments in ("--version", "--help", "completion bash")
        ]
        large = {
            "check": _cpu(*MONITOR, "check", "-c", str(config)),
            "poll, thirty new": _cpu(*poll, before=lambda: _remove(store)),
            "poll, nothing new": _cpu(*poll),
            "sources list": _cpu(*MONITOR, "sources", "list", "-c", str(config)),
        }
    named = LIBRARIES.removeprefix("import ")
    return small + [
        _row(f"start, monitor {name}", cpu, named, libraries) for name, cpu in large.items()
    ]


GOALS = {
    "start, monitor --version": "<= 0.15",
    "start, monitor --help": "<= 0.15",
    "start, monitor completion bash": "<= 0.15",
    "start, monitor check": "<= 0.45",
    "start, monitor poll, nothing new": "<= 0.45",
}


def _row(stage: str, ours: float, beside: str, reference: float) -> Row:
    return Row(
        stage=stage,
        ours=ours,
        unit="s CPU",
        beside=f"python -c {beside}" if beside == "pass" else f"import {beside}",
        reference=reference,
        goal=GOALS.get(stage, ""),
    )


def _cpu(*command: str, before: Callable[[], object] = lambda: None) -> float:
    """Return the least user and system time of some runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        before()
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    return min(times)


def _remove(store: Path) -> None:
    for file in store.parent.glob(f"{store.name}*"):
        file.unlink()


class _Feed(BaseHTTPRequestHandler):
    """One document that never changes, and says so to whoever has it."""

    document = "".join(
        f"<item><title>News {number}</title><guid>{number}</guid>"
        f"<link>https://wire.example/{number}</link></item>"
        for number in range(ITEMS)
    )
    body = f"<rss version='2.0'><channel><title>Wire</title>{document}</channel></rss>".encode()

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match") == '"1"'
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(0 if known else len(self.body)))
        self.end_headers()
        self.wfile.write(b"" if known else self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
        """Say nothing."""


@contextmanager
def _feed() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Feed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
