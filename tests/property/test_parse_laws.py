"""Laws of parsing: whatever the bytes, a clean value comes back, the same through a child's wire."""

import json
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.dates import EARLIEST, LATEST
from monitor.feeds.entries import MAX_GUID, MAX_TAGS, MAX_TITLE
from monitor.feeds.parse import parse
from monitor.feeds.plaintext import is_clean
from monitor.feeds.urls import is_http
from monitor.feeds.wire import decode, encode
from monitor.model import Document, Failed

REAL = Path(__file__).parents[3] / "shared" / "data" / "feeds"

SEEDS = [
    b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:georss="http://www.georss.org/georss"
    xmlns:media="http://search.yahoo.com/mrss/" xmlns:psc="http://podlove.org/simple-chapters"><channel>
    <title>W</title><item><title>A &amp; B</title><link>https://x.example/1</link><guid>1</guid>
    <pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate><description>&lt;p&gt;x&lt;/p&gt;</description>
    <georss:point>1 2</georss:point><author>a@b.example (C)</author><category>t</category></item>
    </channel></rss>""",
    """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es"><title>Ñ</title><entry><id>tag:1</id>
    <title type="html">&lt;b&gt;x&lt;/b&gt;</title><link href="/1"/><updated>2025-11-22T10:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">y</div></content></entry></feed>""".encode(),
    b"""{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"x","tags":["t"],
    "content_html":"<p>y</p>","date_published":"2025-11-22T10:00:00Z","authors":[{"name":"n"}]}]}""",
    b"<!doctype html><html><head><link rel=alternate type=application/rss+xml href=/f></head></html>",
]
PIECES = st.sampled_from(
    [b"<item>", b"</item>", b"<entry>", b"<", b">", b"&", b"&#xD800;", b"&#0;", b"\x00", b"\xff", b"<![CDATA[", b"]]>",
     b"<!--", b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"xml:base='http://['", b"<title>", b"<georss:where>", b"<psc:chapters>",
     b"<media:rating>", b"<content type='image/png'>", b"{", b"[", b'"', b"<source>", b"<guid>", b"<itunes:image href='x'/>"]
)  # fmt: skip


@st.composite
def mutated(draw):
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body)))
        cut = draw(st.integers(0, 12))
        body = body[:at] + draw(PIECES | st.binary(max_size=4)) + body[at + cut :]
    return body


def check_promises(parsed):
    assert isinstance(parsed, Document | Failed)
    if isinstance(parsed, Failed):
        assert parsed.message
        assert is_clean(parsed.message)
        return
    assert parsed.link == "" or is_http(parsed.link)
    assert all(is_clean(problem.message) for problem in parsed.problems)
    for entry in parsed.entries:
        texts = [entry.guid, entry.title, entry.summary, entry.content, entry.author, *entry.tags]
        texts += [entry.link, entry.language]
        assert all(map(is_clean, texts))
        assert "\n" not in entry.title + entry.guid + entry.author
        assert entry.link == "" or is_http(entry.link)
        assert len(entry.title) <= MAX_TITLE
        assert len(entry.guid) <= MAX_GUID
        assert len(entry.tags) <= MAX_TAGS
        for date in filter(None, (entry.published, entry.updated)):
            assert date.utcoffset() == timedelta()
            assert EARLIEST <= date < LATEST


@settings(max_examples=100, deadline=None)
@given(
    mutated() | st.binary(max_size=200),
    st.sampled_from(["", "https://x.example/f", "http://[", "x"]),
    st.text(max_size=30),
)
def test_any_bytes_come_to_a_value_that_keeps_every_promise(body, url, content_type):
    parsed = parse(body, url=url, content_type=content_type)
    check_promises(parsed)
    assert parse(body, url=url, content_type=content_type) == parsed


ODD = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=20)
NAMES = "id title url external_url content_html content_text summary date_published tags authors author language attachments"
ITEMS = st.dictionaries(
    st.sampled_from(NAMES.split()),
    ODD | st.lists(ODD | st.dictionaries(st.sampled_from(["name", "url"]), ODD)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ITEMS | ODD, max_size=4), ODD.map(lambda said: f"https://x.example/{said}"))
def test_any_json_comes_to_a_value_that_keeps_every_promise(items, link):
    items.append({"url": link})
    parsed = parse(
        json.dumps({"items": items, "home_page_url": link}).encode(), url="https://x.example/f"
    )
    assert isinstance(parsed, Document)
    check_promises(parsed)
    assert decode(encode(parsed)) == parsed


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_a_value_survives_the_wire(body):
    parsed = parse(body, url="https://x.example/f")
    assert decode(encode(parsed)) == parsed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=11),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100) | JSON.map(lambda said: json.dumps(said).encode()))
def test_an_answer_of_any_shape_is_a_value_or_a_value_error(answer):
    try:
        check_promises(decode(answer))
    except ValueError:
        return


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"[]",
        b'["parse"]',
        b'["no kind", "x"]',
        b'["parse", "a\\u0000b"]',
        b'["parse", 1]',
        b'[["t","","javascript:x","rss20"],null,[],[]]',
        b'[["t","","","rss20"],1e999,[],[]]',
        b'[["t","","","rss20"],null,[["kind"]],[]]',
        b'[["t","","","rss20"],null,[],[[["","","","","http://x y","",""],[],null,null]]]',
        b'[["t","","","rss20"],null,[],[[["","","","","","",""],["\\ud800"],null,null]]]',
        b'[["t","","","rss20"],null,[],[[["","","","","","",""],[],"2025-11-22T10:00:00",null]]]',
        b'[["t","","","rss20"],null,[],[[["","","","","","",""],[],"2025-11-22T10:00+01:00",null]]]',
        b'[["t","","","rss20"],null,[],[[["","","","","","",7],[],null,null]]]',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_an_answer_no_parser_gives_is_refused(answer):
    with pytest.raises(ValueError):
        decode(answer)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real documents are not here")
@pytest.mark.parametrize(
    "path", sorted(REAL.glob("[!M]*")) if REAL.is_dir() else [], ids=lambda path: path.name[-40:]
)
def test_of_a_real_document_no_entry_is_lost(path):
    parsed = parse(path.read_bytes(), url="https://x.example/feed")
    check_promises(parsed)
    with path.open("rb") as file:
        reference = feedparser.parse(file, sanitize_html=False, resolve_relative_uris=False)
    assert isinstance(parsed, Document)
    assert len(parsed.entries) >= len(reference.entries)
