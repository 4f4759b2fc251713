"""What a document costs to parse, beside feedparser alone in the same run."""

import asyncio
import io
import random
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser

from benchmarks.table import Row, cpu_seconds
from monitor.feeds.parse import parse
from monitor.feeds.parsers import ParserPool
from monitor.feeds.wire import decode, encode
from monitor.model import Document

REAL = Path(__file__).parents[2] / "shared" / "data" / "feeds"
URL = "https://news.example/feed"
WORDS = (
    "airspace closed over the sea after a notice to crews while talks on oil and amnesty went on in"
    " the capital where ministers spoke of tankers sanctions and a call between two presidents"
)
# Bytes of a document at the 10th, 50th and 90th percentile of real ones, and its entries.
SIZES = ((17_000, 10), (67_000, 20), (321_000, 50))


def rows() -> list[Row]:
    """Compare ours with feedparser, with everything off and as it comes."""
    found = _compared("parse, synthetic documents", _synthetic(12))
    if REAL.is_dir():
        files = sorted(path for path in REAL.iterdir() if path.suffix not in {".tsv", ".json"})[::3]
        found += _compared("parse, real documents", [path.read_bytes() for path in files])
    return found


def _compared(stage: str, bodies: list[bytes]) -> list[Row]:
    ours = _each(bodies, lambda body: parse(body, url=URL))
    bare = _each(
        bodies,
        lambda body: feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        ),
    )
    defaults = _each(bodies, lambda body: feedparser.parse(io.BytesIO(body)), rounds=1)
    parsed = [document for body in bodies if isinstance(document := parse(body), Document)]
    assert len(parsed) == len(bodies), "nothing gets fast by failing"
    wire = _each(parsed, lambda document: decode(encode(document)))
    parent = cpu_seconds(lambda: asyncio.run(_through_pool(bodies))) * 1000 / len(bodies)
    unit = "ms CPU/document"
    return [
        Row(
            stage=stage,
            ours=ours,
            unit=unit,
            beside="feedparser, both off",
            reference=bare,
            goal="≤ 1.8",
        ),
        Row(
            stage=stage, ours=ours, unit=unit, beside="feedparser", reference=defaults, goal="≤ 0.8"
        ),
        Row(
            stage=f"{stage}, the wire alone",
            ours=wire,
            unit=unit,
            beside="parse in place",
            reference=ours,
            goal="≤ 0.15",
        ),
        Row(
            stage=f"{stage}, parent's share",
            ours=parent,
            unit=unit,
            beside="parse in place",
            reference=ours,
            goal="≤ 0.25",
        ),
    ]


def _each(things: list, work: Callable, *, rounds: int = 3) -> float:
    return (
        cpu_seconds(lambda: [work(thing) for thing in things], rounds=rounds) * 1000 / len(things)
    )


async def _through_pool(bodies: list[bytes]) -> None:
    async with ParserPool(1) as pool:
        for body in bodies:
            await pool.parse(body, url=URL)


def _synthetic(count: int) -> list[bytes]:
    rng = random.Random(1)
    makers = (_rss, _rss, _atom)
    return [makers[n % 3](rng, *SIZES[n % len(SIZES)]) for n in range(count)]


def _text(rng: random.Random, length: int) -> str:
    words = WORDS.split()
    return " ".join(rng.choice(words) for _ in range(length // 6))


def _markup(rng: random.Random, length: int) -> str:
    return "".join(
        f"<p><a href='/{n}'>{_text(rng, 30)}</a> &amp; <b>{_text(rng, 150)}</b></p>\n"
        for n in range(max(1, length // 230))
    )


def _rss(rng: random.Random, size: int, entries: int) -> bytes:
    items = "".join(
        f"<item><title>{_text(rng, 60)}</title><link>https://news.example/{n}?utm_source=rss</link>"
        f"<guid isPermaLink='false'>{n}</guid><pubDate>Sun, 30 Nov 2025 10:00:00 GMT</pubDate>"
        f"<category>world</category><description>{escape(_text(rng, 200))}</description>"
        "<content:encoded><![CDATA["
        f"{_markup(rng, size // entries - 600)}]]></content:encoded></item>"
        for n in range(entries)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'"
        f" xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>{items}</channel></rss>"
    ).encode()


def _atom(rng: random.Random, size: int, entries: int) -> bytes:
    items = "".join(
        f"<entry><title>{_text(rng, 60)}</title><link href='https://news.example/{n}'/><id>tag:{n}</id>"
        f"<updated>2025-11-30T10:00:00Z</updated><author><name>A. Reporter</name></author>"
        f"<content type='html'>{escape(_markup(rng, size // entries - 400))}</content></entry>"
        for n in range(entries)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{items}</feed>".encode()
