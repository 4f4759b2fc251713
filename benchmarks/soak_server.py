"""The two thousand hosts of benchmarks.soak, in one process: prints its port, then a report."""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from itertools import pairwise

from monitor.testing.server import Answer

SLOW_SECONDS = 0.5
HUB = "127.19.0.1"  # where some are sent


class _World:
    def __init__(self) -> None:
        self.times: dict[int, list[float]] = defaultdict(list)
        self.at_host: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.most_at_host = self.in_flight = self.most_in_flight = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        self.at_host[host] += 1
        self.in_flight += 1
        self.most_at_host = max(self.most_at_host, self.at_host[host])
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_host[host] -= 1
            self.in_flight -= 1
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ", 2)[1].decode()
        is_hub, number = path.startswith("/hub"), int(path.rpartition("/")[2])
        times = self.times[number]
        if not is_hub:
            times.append(asyncio.get_running_loop().time())
        kind = number % 100
        if kind < 2:
            self.statuses[0] += 1
            return
        if kind < 7:
            await asyncio.sleep(SLOW_SECONDS)
        version = (len(times) + number) // 10
        etag = f'"{version}"'
        if kind == 10 and not is_hub:
            port = writer.get_extra_info("sockname")[1]
            location = f"http://{HUB}:{port}/hub/{number}"
            answer = Answer(status=302, headers=(("Location", location),))
        elif 7 <= kind < 10:
            answer = Answer(status=500, body=b"no")
        elif f"If-None-Match: {etag}".encode() in head:
            answer = Answer(status=304, headers=(("ETag", etag),))
        else:
            answer = Answer(headers=(("ETag", etag),), body=_document(number, version))
        self.statuses[answer.status] += 1
        writer.write(answer.encoded())
        await writer.drain()

    def report(self) -> dict[str, object]:
        gaps = sorted(
            later - earlier for times in self.times.values() for earlier, later in pairwise(times)
        )
        places = {"least": 0.0, "p50": 0.5, "p99": 0.99, "most": 1.0}
        return {
            "requests": sum(map(len, self.times.values())),
            "statuses": dict(self.statuses),
            "asked": len(self.times),
            "at_once": self.most_at_host,
            "in_flight": self.most_in_flight,
            "gaps": {
                name: round(gaps[min(int(part * len(gaps)), len(gaps) - 1)], 1)
                for name, part in places.items()
            }
            if gaps
            else {},
        }


def _document(number: int, version: int) -> bytes:
    items = "".join(
        f"<item><title>Report {n} of wire {number}</title><guid>{number}-{n}</guid>"
        f"<link>https://wire.example/{number}/{n}</link>"
        f"<description>{'Talks went on while officials declined to comment. ' * 6}</description>"
        "</item>"
        for n in range(version + 20, version, -1)
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()


async def main() -> None:
    """Serve until a line comes in."""
    world = _World()
    server = await asyncio.start_server(world.serve, "0.0.0.0", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(world.report()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
