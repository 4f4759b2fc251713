"""A desk for system tests: loopback feeds, destinations, a configuration, real processes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape

from monitor.testing.newsroom import Newsroom
from monitor.testing.receivers import SlackReceiver, WebhookReceiver
from monitor.testing.server import LoopbackServer

SECRET = "whsec_bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ=="

CONFIG = """\
sources: {sources}
watchlists:
  crisis: {{severity: high, match: [Maduro], none: [baseball]}}
notifiers:
  desk: {{type: slack, url: "{slack}", allow_networks: [127.0.0.0/8]}}
  siem: {{type: webhook, url: "{siem}", secret: "{secret}", allow_networks: [127.0.0.0/8]}}
notify: [desk, siem]
poll: {{every: 1s, min: 1s, timeout: 5s, host_gap: 0s, allow_networks: [127.0.0.0/8]}}
web: {{listen: off}}
"""


def rss(*titles: str, published: datetime | None = None, extra: str = "") -> bytes:
    """An RSS document, one item a title, the guid derived from the title."""
    date = format_datetime(published or datetime.now(UTC))
    items = "".join(
        f"<item><title>{escape(title)}</title><guid isPermaLink='false'>{escape(title)}</guid>"
        f"<link>https://wire.example/{blake2b(title.encode(), digest_size=6).hexdigest()}</link>"
        f"<pubDate>{date}</pubDate></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{extra}{items}</channel></rss>".encode()


@dataclass(slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class Desk:
    """Everything outside the monitor, and its processes."""

    folder: Path
    newsroom: Newsroom = field(default_factory=Newsroom)
    slack: SlackReceiver = field(default_factory=SlackReceiver)
    siem: WebhookReceiver = field(
        default_factory=lambda: WebhookReceiver(secrets=(SECRET,), now=lambda: datetime.now(UTC))
    )
    server: LoopbackServer = field(init=False)
    daemon: asyncio.subprocess.Process | None = None

    async def __aenter__(self):
        self.server = LoopbackServer(self.newsroom)
        await self.server.__aenter__()
        await self.slack.__aenter__()
        await self.siem.__aenter__()
        return self

    async def __aexit__(self, *_):
        await self.stop(signal.SIGKILL)
        for part in (self.siem, self.slack, self.server):
            await part.__aexit__(None, None, None)

    def publish(self, path: str, body: bytes, **headers: str) -> None:
        tag = blake2b(body, digest_size=6).hexdigest()
        self.newsroom.publish(path, body, {"ETag": f'"{tag}"'} | headers)

    def configure(self, paths: Iterable[str] = ("/wire",), *, text: str = CONFIG, extra: str = ""):
        sources = json.dumps([self.server.url(path) for path in paths])
        config = text.format(
            sources=sources, slack=self.slack.url, siem=self.siem.url, secret=SECRET
        )
        (self.folder / "config.yaml").write_text(config + extra)

    async def run(self, *arguments: str, stdin: str = "") -> Ran:
        """Run one command to its end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "monitor", *arguments,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        return Ran(process.returncode or 0, out.decode(), err.decode())

    async def start(self) -> None:
        """Start the daemon."""
        with (self.folder / "log").open("ab") as log:
            self.daemon = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "monitor", "run",
                cwd=self.folder, stdout=log, stderr=log, env=self._environment(),
            )  # fmt: skip

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int | None:
        """Signal the daemon and return its exit code."""
        if self.daemon is None:
            return None
        if self.daemon.returncode is None:
            self.daemon.send_signal(how)
        return await self.daemon.wait()

    async def until(self, condition: Callable[[], bool], *, seconds: float = 60) -> None:
        """Wait until something is so; fail with the daemon's log if it never is."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log = self.folder / "log"
            raise AssertionError(log.read_text()[-3000:] if log.exists() else "no log") from None

    async def polled(self, path: str, times: int) -> None:
        """Wait until `path` was answered so many times more."""
        goal = self.newsroom.count(path, 200, 304) + times
        await self.until(lambda: self.newsroom.count(path, 200, 304) >= goal)

    def titles(self) -> list[str]:
        """The headlines the webhook got, verified, in order."""
        return [r.message["data"]["item"]["title"] for r in self.siem.verified]

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("MONITOR_CONFIG", "COVERAGE_RUN")}
        return kept | {"NO_COLOR": "1"}
