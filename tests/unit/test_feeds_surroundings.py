"""A feed is read where other things stand around it, and one that is only quoted is none."""

import pytest

from monitor.feeds.reading.parse import parse
from monitor.model import Document, ErrorKind, Failed

URL = "https://news.example/feed"
FEED = (
    "<rss version='2.0'><channel><title>World</title><item><title>Quoted</title>"
    "<link>https://news.example/1</link></item></channel></rss>"
)
DECLARED = "<?xml version='1.0'?>" + FEED
WARNING = "<br />\n<b>Warning</b>:  fopen(x): failed in <b>/srv/x.php</b> on line <b>3</b><br />\n"


def page(body, head=""):
    return (
        "<!DOCTYPE html><html><head><title>Down for maintenance</title>"
        f"{head}</head><body>{body}</body></html>"
    )


QUOTES = {
    "a comment": page(f"<h1>We are back soon</h1><!-- old template: {FEED} -->"),
    "a comment of an empty page": page(f"<!-- {FEED} -->"),
    "a comment in the head": page("<h1>Soon</h1>", head=f"<!-- {FEED} -->"),
    "a comment that never ends": page(f"<p></p><!-- {FEED}"),
    "a script": page(f'<h1>Soon</h1><script>var feed = "{FEED}";</script>'),
    "a script of an empty page": page(f"<script>var feed = `\n{FEED}\n`;</script>"),
    "a style": page(f"<style>/* {FEED} */</style>"),
    "a text area": page(f"<p>Your feed:</p><textarea>{DECLARED}</textarea>"),
    "a text area alone": page(f"<textarea>{DECLARED}</textarea>"),
    "a template": page(f"<h1>Soon</h1><template>{FEED}</template>"),
    "a template alone": page(f"<template>{FEED}</template>"),
    "preformatted text": page(f"<pre>{FEED}</pre><p>As you see, it is simple.</p>"),
    "an attribute": page(f'<h1>Soon</h1><div data-feed="{FEED}"></div>'),
    "an attribute alone": page(f'<div data-feed="{FEED}"></div>'),
    "the body, behind words": page(f"<h1>How RSS works</h1>{FEED}"),
    "the body, before many words": page(FEED + "<p>And so it is done, step by step.</p>" * 40),
    "a page without a document type": f"<html><body><p>An example:</p>{FEED}</body></html>",
    "bare items of a page": page("<p>Menu</p><item><title>Quoted</title></item>"),
    "Markdown": f"# How RSS works\n\nExample:\n\n```\n{DECLARED}\n```\n\nThat is it.\n",
    "Markdown that says what it quotes": f"# RSS\n\n```xml\n{DECLARED}\n```\n",
    "Markdown by its indent": f"# RSS\n\n    {FEED}\n",
    "prose": f"To publish a feed write {FEED} in a file.\n",
    "prose on lines of its own": f"Write this:\n{FEED}\nand save it.\n",
    "prose of some length": "It is easy to write a feed.\n" * 100 + FEED,
    "JavaScript": f'var feed = "{FEED}";',
    "JavaScript on lines of its own": f"const feed = `\n{FEED}\n`;",
    "a stylesheet": f"<xsl:stylesheet xmlns:xsl='x'><xsl:template>{FEED}</xsl:template></xsl:stylesheet>",
    "CDATA of something else": f"<answer><![CDATA[{FEED}]]></answer>",
    "a page that breaks off": f"<html><body><p>Soon</p><!-- {FEED}",
    "a menu": "<?xml version='1.0'?><menu><item><title>Soup</title></item></menu>",
    "a chapter": "<article><item><title>Chapter</title></item></article>",
}


@pytest.mark.parametrize("text", QUOTES.values(), ids=QUOTES)
@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/rss+xml", ""])
def test_a_feed_that_is_only_quoted_is_none(text, content_type):
    failed = parse(text.encode(), url=URL, content_type=content_type)
    assert isinstance(failed, Failed), failed
    assert failed.kind is ErrorKind.NOT_A_FEED
    assert "maintenance" in failed.message or "maintenance" not in text


def test_a_page_that_quotes_a_feed_and_names_its_own_says_where_it_is():
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    failed = parse(page(f"<p>Soon</p><!-- {FEED} -->", head=link).encode(), url=URL)
    assert isinstance(failed, Failed)
    assert failed.kind is ErrorKind.HTML_WITH_FEED_LINK


AROUND = {
    "a warning": WARNING + DECLARED,
    "many warnings": WARNING * 500 + DECLARED,
    "a warning on the same line": "Warning: x in /srv/x.php on line 3" + DECLARED,
    "warnings on both ends": WARNING + DECLARED + WARNING,
    "a warning that quotes a tag": "PHP Notice:  no <b in x in /srv/x.php on line 3\n" + FEED,
    "Perl's warning": "Use of uninitialized value $x in print at feed.pl line 3.\n" + DECLARED,
    "tags that were left over": "</div>\n</body>\n" + DECLARED,
    "a comment that never ends": "<!-- cached " + DECLARED,
    "a comment that names it": "<!-- <rss> --> OK\n" + FEED,
    "a script before it": "<script>var x = '<rss>';</script>\n" + DECLARED,
    "a script behind it": "OK\n" + DECLARED + "<script>var x = 'some words';</script>",
    "a page": page(FEED),
    "a page and words of a browser": page(f"<div>{FEED}</div><p>No style information.</p>"),
    "an envelope": f"<e:Envelope xmlns:e='urn:e'><e:Body>{FEED}</e:Body></e:Envelope>",
    "capitals": "OK\n" + FEED.replace("rss", "RSS"),
    "no root": FEED.removeprefix("<rss version='2.0'>"),
}


@pytest.mark.parametrize("text", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("content_type", ["text/html", "application/rss+xml"])
def test_what_stands_around_a_feed_costs_it_nothing(text, content_type):
    document = parse(text.encode(), url=URL, content_type=content_type)
    assert isinstance(document, Document), document
    assert [entry.title for entry in document.entries] == ["Quoted"]


ITEMS = "".join(f"<item><title>{name}</title><guid>{name}</guid></item>" for name in "ABC")
ENTRIES = ITEMS.replace("item", "entry").replace("guid", "id")


@pytest.mark.parametrize(
    "text",
    [
        ITEMS,
        ITEMS + "</channel></rss>",
        ITEMS + "</rss>\n",
        "<?xml version='1.0'?>\n" + ITEMS,
        "<title>World</title><link>https://news.example/</link>" + ITEMS + "</channel></rss>",
        "<channel><title>World</title>" + ITEMS + "</channel></rss>",
        ITEMS.replace("</title>", "</titel>", 1),
        ITEMS.replace("</item>", "<comments>?a&b</comments></item>"),
        ITEMS + "<item><title>cut o",
        ENTRIES,
        ENTRIES + "</feed>",
        ITEMS.replace("</item>", ""),
    ],
)
def test_entries_that_lost_their_feed_are_all_read(text):
    document = parse(text.encode(), url=URL)
    assert isinstance(document, Document), document
    assert [(entry.title, entry.guid) for entry in document.entries] == [
        (name, name) for name in "ABC"
    ]


def test_a_feed_in_the_namespace_of_pages_is_a_feed_all_the_same():
    text = FEED.replace("'2.0'", "'2.0' xmlns='http://www.w3.org/1999/xhtml'")
    document = parse(text.encode(), url=URL)
    assert isinstance(document, Document), document
    assert (document.title, document.entries[0].title) == ("World", "Quoted")
