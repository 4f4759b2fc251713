"""The naive build, beside which alerts are measured: python -m benchmarks.latency_naive PORT …

What is written in an afternoon: a thread for each of twenty polls at once, httpx and feedparser as
they come, a table of what was seen, a commit for each document, a regular expression, and a post.
It signs what it posts and commits before it posts, as ours does.
"""

import hashlib
import hmac
import json
import re
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import feedparser
import httpx

LIMITS = httpx.Limits(max_connections=300, max_keepalive_connections=300)


class Naive:
    def __init__(self, path: str, hook: str) -> None:
        self.client = httpx.Client(limits=LIMITS, timeout=20)
        self.hook = hook
        self.lock = threading.Lock()
        self.rule = re.compile(r"\bMaduro\b", re.IGNORECASE)
        self.store = sqlite3.connect(path, check_same_thread=False)
        self.store.execute("PRAGMA journal_mode=WAL")
        self.store.execute("CREATE TABLE seen (link TEXT PRIMARY KEY, title TEXT, summary TEXT)")

    def poll(self, url: str, *, first: bool) -> None:
        feed = feedparser.parse(self.client.get(url).content)
        with self.lock:
            new = [entry for entry in feed.entries if self._remember(entry)]
            self.store.commit()
        for entry in new:
            if not first and self.rule.search(f"{entry.title} {entry.summary}"):
                self._tell(entry)

    def _remember(self, entry: feedparser.FeedParserDict) -> bool:
        row = entry.link, entry.title, entry.summary
        return self.store.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", row).rowcount > 0

    def _tell(self, entry: feedparser.FeedParserDict) -> None:
        told = {"title": entry.title, "link": entry.link, "summary": entry.summary}
        body = json.dumps(told).encode()
        signed = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        self.client.post(self.hook, content=body, headers={"X-Signature": signed})


def main() -> None:
    """Poll every address at its interval until killed."""
    path, hook, every, *urls = sys.argv[1:]
    naive, interval = Naive(path, hook), float(every)
    with ThreadPoolExecutor(30) as threads:
        for first in (True, False):
            began = time.monotonic()
            while True:
                for number, url in enumerate(urls):
                    time.sleep(max(0.0, began + number * interval / len(urls) - time.monotonic()))
                    threads.submit(naive.poll, url, first=first)
                began += interval
                if first:
                    break


if __name__ == "__main__":
    main()
