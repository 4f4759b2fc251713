"""What a document costs to parse, beside feedparser and a bare XML tree in the same run."""

import asyncio
import io
import random
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser
from lxml import etree

from benchmarks.table import Row, cpu_seconds
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.parsers.wire import decode, encode
from monitor.feeds.reading.parse import parse
from monitor.model import MARK_SIZE, Document

REAL = Path(__file__).parents[2] / "shared" / "data" / "feeds"
URL = "https://news.example/feed"
WORDS = (
    "airspace closed over the sea after a notice to crews while talks on oil and amnesty went on in"
    " the capital where ministers spoke of tankers sanctions and a call between two presidents"
)
# Bytes of a document at the 10th, 50th and 90th percentile of real ones, and its entries.
SIZES = ((17_000, 10), (67_000, 20), (321_000, 50))


UNIT = "ms CPU/document"


def rows() -> list[Row]:
    """Compare ours with feedparser, with everything off and as it comes, and with lxml's tree."""
    found = _compared("parse, synthetic documents", _synthetic(12))
    found += _one_new(_rss(random.Random(2), 70_000, 50))
    found += _first(_rss(random.Random(3), 60_000, 20))
    if REAL.is_dir():
        files = sorted(path for path in REAL.iterdir() if path.suffix not in {".tsv", ".json"})
        found += _compared("parse, real documents", [path.read_bytes() for path in files])
    return found


def _compared(stage: str, bodies: list[bytes]) -> list[Row]:
    ours = _each(bodies, lambda body: parse(body, url=URL))
    parsed = [document for body in bodies if isinstance(document := parse(body), Document)]
    assert len(parsed) == len(bodies), "nothing gets fast by failing"
    strictly = sum(document.path == "strict" for document in parsed) / len(parsed)
    marks = [document.marks for document in parsed]
    known = dict(zip(bodies, marks, strict=True))
    again = _each(bodies, lambda body: parse(body, known=known[body]))
    bare = _each(bodies, _bare_feedparser)
    defaults = _each(bodies, lambda body: feedparser.parse(io.BytesIO(body)), rounds=1)
    tree = _each(bodies, _bare_tree)
    wire = _each(parsed, lambda document: decode(encode(document)))
    parent = cpu_seconds(lambda: asyncio.run(_through_pool(bodies))) * 1000 / len(bodies)
    return [
        _row(stage, ours, "feedparser, both off", bare, "≤ 0.25; 3 ms"),
        _row(stage, ours, "feedparser", defaults, "≤ 0.1"),
        _row(stage, ours, "a bare tree of lxml", tree, ""),
        _row(f"{stage}, nothing new", again, "all new", ours, "≤ 0.3"),
        _row(f"{stage}, the wire alone", wire, "parse in place", ours, "≤ 0.15"),
        _row(f"{stage}, in the pool", parent, "parse in place", ours, "≤ 1.1"),
        Row(
            stage=f"{stage}, without feedparser",
            ours=strictly,
            unit="share of documents",
            beside="goal",
            reference=0.93,
            goal="≥ 1",
        ),
    ]


def _one_new(body: bytes) -> list[Row]:
    stage = f"parse, one new entry of fifty, {len(body) // 1000} KB"
    whole = parse(body, url=URL)
    assert isinstance(whole, Document)
    known = whole.marks[MARK_SIZE:]
    assert len(parse(body, url=URL, known=known).entries) == 1
    bodies = [body] * 20
    ours = _each(bodies, lambda body: parse(body, url=URL, known=known))
    all_new = _each(bodies, lambda body: parse(body, url=URL))
    bare = _each(bodies[:2], _bare_feedparser)
    tree = _each(bodies, _bare_tree)
    return [
        _row(stage, ours, "feedparser, both off", bare, "≤ 0.05; 0.6 ms"),
        _row(stage, ours, "a bare tree of lxml", tree, "≤ 3"),
        _row(stage, ours, "all new", all_new, "≤ 0.3"),
    ]


def _first(body: bytes) -> list[Row]:
    stage = f"parse, a first document of twenty entries, {len(body) // 1000} KB"
    bodies = [body] * 20
    ours = _each(bodies, lambda body: parse(body, url=URL))
    return [
        _row(stage, ours, "feedparser, both off", _each(bodies[:2], _bare_feedparser), "≤ 0.25"),
        _row(stage, ours, "a bare tree of lxml", _each(bodies, _bare_tree), ""),
    ]


def _row(stage: str, ours: float, beside: str, reference: float, goal: str) -> Row:
    return Row(stage=stage, ours=ours, unit=UNIT, beside=beside, reference=reference, goal=goal)


def _bare_feedparser(body: bytes) -> object:
    return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def _bare_tree(body: bytes) -> object:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    return etree.fromstring(body, parser)


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
