"""The world of benchmarks.latency, in one process: two hundred feeds, and who is told.

Each request for a feed is answered with one new item of twenty, at a random moment of the second
after it, so that documents end anywhere in a second whatever rhythm they are asked in. Prints its
port; a line on its input asks for a report of all documents since the line before: the seconds from
the write of a document's last byte to the arrival of the webhook that tells of its item.
"""

import asyncio
import json
import random
import re
import sys
import time

from benchmarks.loops import run

ENTRIES = 20
_SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
_WORDS = ["".join(random.Random(number).choices(_SYLLABLES, k=3)) for number in range(10_000)]
_TOLD = re.compile(rb"https://wire\.example/(\d+/\d+)")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class World:
    """What was published when, and what was heard of it."""

    def __init__(self) -> None:
        self.versions: dict[int, int] = {}
        self.sent: dict[str, float] = {}
        self.heard: dict[str, float] = {}
        self.again = 0  # webhooks about what was told before
        self.rng = random.Random(2026)

    def document(self, feed: int) -> tuple[str, bytes]:
        """Return the next version of a feed, and what its newest item is called."""
        version = self.versions[feed] = self.versions.get(feed, 0) + 1
        items = "".join(_item(feed, number) for number in range(version + ENTRIES, version, -1))
        head = f"<title>Wire {feed}</title><language>en</language>"
        text = f"<rss version='2.0'><channel>{head}{items}</channel></rss>"
        return f"{feed}/{version + ENTRIES}", text.encode()

    def report(self) -> dict[str, object]:
        """Return what was measured since the report before."""
        waits = [self.heard[name] - at for name, at in self.sent.items() if name in self.heard]
        told = {
            "seconds": waits,
            "documents": len(self.sent),
            "times": list(self.sent.values()),
            "again": self.again,
        }
        self.sent.clear()
        self.heard.clear()
        self.again = 0
        return told


class _Serving(asyncio.Protocol):
    world: World

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.request = b""

    def data_received(self, data: bytes) -> None:
        self.request += data
        head, end, body = self.request.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or len(body) < int(length[1] if length else 0):
            return
        self.request = b""
        if head.startswith(b"POST"):
            self._hear(body)
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        else:
            feed = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
            wait = self.world.rng.random() if feed in self.world.versions else 0.0
            asyncio.get_running_loop().call_later(wait, self._publish, feed)

    def _publish(self, feed: int) -> None:
        name, body = self.world.document(feed)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n"
        if not self.transport.is_closing():
            self.world.sent[name] = time.monotonic()
            self.transport.write(head % len(body) + body)

    def _hear(self, body: bytes) -> None:
        at = time.monotonic()
        for name in {found.decode() for found in _TOLD.findall(body)}:
            self.world.again += name in self.world.heard
            self.world.heard.setdefault(name, at)


def _item(feed: int, number: int) -> str:
    # Few words are common and most are rare, as in any language; no two items are one story.
    rng = random.Random(f"{feed}/{number}")
    words = [
        *rng.choices(_WORDS, k=6),
        *(_WORDS[int(20 * rng.paretovariate(1)) % len(_WORDS)] for _ in range(80)),
    ]
    link = f"https://wire.example/{feed}/{number}"
    return (
        f"<item><title>Maduro {' '.join(words[:6])}</title><guid>{link}</guid><link>{link}</link>"
        f"<description>{' '.join(words[6:])}</description></item>"
    )


async def main() -> None:
    """Serve until the input ends."""
    _Serving.world = World()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Serving, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(_Serving.world.report()), flush=True)


if __name__ == "__main__":
    run(main())
