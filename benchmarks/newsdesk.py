"""A loopback newsroom, a Slack, a signed webhook, and a real daemon between them."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

from monitor.testing.newsroom import Newsroom
from monitor.testing.receivers import SlackReceiver, WebhookReceiver
from monitor.testing.server import LoopbackServer

SECRET = "whsec_bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ=="
OPEN = ["127.0.0.0/8"]


@dataclass(slots=True)
class Newsdesk:
    """Use it as an async context manager; `throttle` is the watchlist's."""

    folder: Path
    throttle: dict[str, Any] = field(default_factory=dict)
    store: str = "sqlite:///monitor.db"
    newsroom: Newsroom = field(default_factory=Newsroom)
    slack: SlackReceiver = field(default_factory=lambda: SlackReceiver(pace=1.0))
    hook: WebhookReceiver = field(
        default_factory=lambda: WebhookReceiver(secrets=(SECRET,), now=lambda: datetime.now(UTC))
    )
    daemon: subprocess.Popen[bytes] | None = None
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        server = await self._serving.enter_async_context(LoopbackServer(self.newsroom))
        await self._serving.enter_async_context(self.slack)
        await self._serving.enter_async_context(self.hook)
        config = {
            "sources": [server.url("/wire")],
            "watchlists": {"crisis": {"match": ["Maduro"], "throttle": self.throttle}},
            "notifiers": {
                "desk": {"type": "slack", "url": self.slack.url, "allow_networks": OPEN},
                "siem": {
                    "type": "webhook",
                    "url": self.hook.url,
                    "secret": SECRET,
                    "allow_networks": OPEN,
                },
            },
            "notify": ["desk", "siem"],
            "poll": {"every": "1s", "min": "1s", "host_gap": "0s", "allow_networks": OPEN},
            "store": {"url": self.store},
            "web": {"listen": "off"},
        }
        (self.folder / "config.yaml").write_text(json.dumps(config))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self._serving.aclose()

    def publish(self, titles: Sequence[str]) -> None:
        """Have the feed say these titles and no others."""
        self.newsroom.publish("/wire", _rss(titles), {"ETag": f'"{len(titles)}"'})

    def start(self) -> None:
        """Start the daemon; what it says goes to `log`."""
        with (self.folder / "log").open("ab") as log:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run"],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={k: v for k, v in os.environ.items() if k != "MONITOR_CONFIG"},
            )

    async def kill(self) -> None:
        """Kill the daemon as a loss of power would; its parsers die of it."""
        if self.daemon is not None:
            self.daemon.kill()
            await asyncio.to_thread(self.daemon.wait)

    async def until(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until something is so; False where it is not in time."""
        end = asyncio.get_running_loop().time() + seconds
        while not (met := condition()) and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        return met

    def at_slack(self) -> list[tuple[str, list[str]]]:
        """Return of each message that Slack took its id as people see it, and what it tells."""
        return [
            (_footer(payload), reports(" ".join(_texts(payload["blocks"]))))
            for payload in self.slack.received
        ]

    def at_hook(self) -> list[tuple[str, list[str]]]:
        """Return of each webhook whose signature held its id, and what it tells."""
        return [(each.id, reports(_headlines(each.message["data"]))) for each in self.hook.verified]


def reports(words: str) -> list[str]:
    """Return the numbers of the reports that a text names."""
    return re.findall(r"report (\d{4})", words)


def title(number: int) -> str:
    """Return the headline of a report; each is an item and a story of its own."""
    return f"Maduro report {number:04} from the capital"


def _headlines(data: dict[str, Any]) -> str:
    told = data.get("alerts", [data])
    return " ".join(each["item"]["title"] for each in told if "item" in each)


def _footer(payload: dict[str, Any]) -> str:
    return str(payload["blocks"][-1]["elements"][0]["text"])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _rss(titles: Sequence[str]) -> bytes:
    date = format_datetime(datetime.now(UTC))
    items = "".join(
        f"<item><title>{words}</title><guid isPermaLink='false'>{words}</guid>"
        f"<link>https://wire.example/{words.replace(' ', '-')}</link>"
        f"<pubDate>{date}</pubDate></item>"
        for words in titles
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()
