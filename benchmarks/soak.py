"""A daemon with many sources for some minutes: python -m benchmarks.soak --minutes 10

Prints how late sources were polled, whether a host was ever asked twice at once, and how memory
and open files went. Of every hundred sources three answer 500, two close without an answer and
five take half a second; one is sent on to a host that all such share. The others change about
once in ten polls.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
SAMPLE_SECONDS = 15


def main() -> None:
    """Start the server and the daemon, watch, and print what happened."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sources", type=int, default=10_000)
    options.add_argument("--hosts", type=int, default=2_000)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--every", default="2m")
    chosen = options.parse_args()
    command = [sys.executable, "-m", "benchmarks.soak_server"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as server,
    ):
        port = int(server.stdout.readline())
        _configure(Path(folder), port, chosen)
        with (Path(folder) / "log").open("wb") as log:
            command = [sys.executable, "-m", "monitor", "run"]
            daemon = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        samples = _watch(daemon, chosen.minutes * 60)
        daemon.terminate()
        began = time.monotonic()
        code = daemon.wait()
        stopped = time.monotonic() - began
        answer, _ = server.communicate("report\n")
    _show(json.loads(answer), samples, code, stopped, chosen)


def _configure(folder: Path, port: int, chosen: argparse.Namespace) -> None:
    urls = [
        f"http://127.{20 + number // 200}.{number % 200}.1:{port}/{n}"
        for n in range(chosen.sources)
        for number in [n % chosen.hosts]
    ]
    config = {
        "sources": urls,
        "watchlists": {"crisis": ["Maduro"]},
        "notifiers": {"console": {"type": "console"}},
        "notify": ["console"],
        "poll": {"every": chosen.every, "min": "1m", "allow_networks": ["127.0.0.0/8"]},
        "web": {"listen": "off"},
        "log": {"level": "error"},
    }
    (folder / "config.yaml").write_text(json.dumps(config))


def _watch(daemon: subprocess.Popen, seconds: float) -> list[tuple[float, float, int, float]]:
    process, began = psutil.Process(daemon.pid), time.monotonic()
    samples = []
    while time.monotonic() - began < seconds and daemon.poll() is None:
        time.sleep(SAMPLE_SECONDS)
        family = [process, *process.children()]
        cpu = sum(sum(each.cpu_times()[:2]) for each in family)
        memory = process.memory_info().rss / 2**20
        samples.append((time.monotonic() - began, memory, process.num_fds(), cpu))
    return samples


def _show(report, samples, code, stopped, chosen) -> None:
    for at, memory, files, cpu in samples[:: max(1, len(samples) // 10)]:
        print(f"{at:6.0f} s  {memory:6.1f} MB  {files:4d} open files  {cpu:6.1f} s CPU")
    print(f"requests {report['requests']}, statuses {report['statuses']}")
    print(f"sources asked {report['asked']} of {chosen.sources}")
    print(f"most at one host at once: {report['at_once']}; in all: {report['in_flight']}")
    print(f"seconds between two polls of a source: {report['gaps']}")
    print(f"exit code {code} after {stopped:.1f} s")


if __name__ == "__main__":
    main()
