"""Alertmanager's defaults: its published rule, and the program itself where there is one.

The program is run with every interval, and what it is told of, sixty times as fast.
"""

import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.latency import free_port

GROUP_WAIT, GROUP_INTERVAL = timedelta(seconds=30), timedelta(minutes=5)
REPEAT_INTERVAL = timedelta(hours=4)
FASTER = 60
FIRES_FOR, AFTERWARDS = timedelta(hours=6), timedelta(hours=4)


def by_rule(times: Sequence[datetime]) -> int:
    """Return how many notifications one group of alerts makes that go on firing.

    The first comes group_wait after the first alert; then the group is looked at every
    group_interval, and told where something is new or repeat_interval has passed.
    """
    sent, told, last = 0, 0, times[0]
    flush, end = times[0] + GROUP_WAIT, times[-1] + AFTERWARDS
    while flush <= end:
        firing = sum(at <= flush for at in times)
        if firing > told or flush - last >= REPEAT_INTERVAL:
            sent, told, last = sent + 1, firing, flush
        flush += GROUP_INTERVAL
    return sent


def by_itself(program: str, times: Sequence[datetime]) -> int:
    """Return how many notifications the program sends for the same, all of it FASTER."""
    begun, last = times[0], times[-1]
    with _receiver() as (port, heard), tempfile.TemporaryDirectory() as folder:
        page = free_port()
        Path(folder, "am.yaml").write_text(_configuration(port))
        command = [
            program,
            f"--config.file={folder}/am.yaml",
            f"--storage.path={folder}",
            f"--web.listen-address=127.0.0.1:{page}",
            "--cluster.listen-address=",
        ]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                _until_ready(page)
                start = time.monotonic()
                for number, moment in enumerate(times):
                    at = start + (moment - begun).total_seconds() / FASTER
                    time.sleep(max(0.0, at - time.monotonic()))
                    _fire(page, number)
                after = (last - begun + 2 * GROUP_INTERVAL).total_seconds() / FASTER
                time.sleep(max(0.0, start + after - time.monotonic()))
            finally:
                process.terminate()
        return len(heard)


def _configuration(port: int) -> str:
    route = {
        "receiver": "desk",
        "group_by": ["alertname"],
        "group_wait": _faster(GROUP_WAIT),
        "group_interval": _faster(GROUP_INTERVAL),
        "repeat_interval": _faster(REPEAT_INTERVAL),
    }
    desk = {"name": "desk", "webhook_configs": [{"url": f"http://127.0.0.1:{port}/"}]}
    return json.dumps({"route": route, "receivers": [desk]})


def _faster(span: timedelta) -> str:
    return f"{round(span.total_seconds() * 1000 / FASTER)}ms"


def _fire(page: int, number: int) -> None:
    ends = (datetime.now(UTC) + FIRES_FOR).isoformat()
    alert = {"labels": {"alertname": "crisis", "outlet": str(number)}, "endsAt": ends}
    headers = {"Content-Type": "application/json"}
    url = f"http://127.0.0.1:{page}/api/v2/alerts"
    urlopen(Request(url, data=json.dumps([alert]).encode(), headers=headers)).close()


def _until_ready(page: int) -> None:
    for _ in range(100):
        try:
            urlopen(f"http://127.0.0.1:{page}/-/ready").close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("Alertmanager does not start")


@contextmanager
def _receiver() -> Iterator[tuple[int, list[bytes]]]:
    heard: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
