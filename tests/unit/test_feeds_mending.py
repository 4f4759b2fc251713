"""What XML refuses and everybody understands is put right; the rest stays as it is."""

import pytest
from lxml import etree

from monitor.feeds.mending import flaw, mend


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("<r>AT&T & Q&A</r>", "<r>AT&amp;T &amp; Q&amp;A</r>"),
        ("<r>a&amp;b &lt; &#8217; &#x2019;</r>", "<r>a&amp;b &lt; &#8217; &#x2019;</r>"),
        ("<r>&nbsp;caf&eacute;&hellip;</r>", "<r>\xa0café…</r>"),
        ("<r>caf&eacute bar</r>", "<r>café bar</r>"),
        ("<r>?a=1&copy=2&b=3</r>", "<r>?a=1&amp;copy=2&amp;b=3</r>"),
        ("<r>&unknown; &; &#; &#x;</r>", "<r>&amp;unknown; &amp;; &amp;#; &amp;#x;</r>"),
        ("<r>5 < 6, <3 and a <b</r>", "<r>5 &lt; 6, &lt;3 and a &lt;b</r>"),
        ("<r><![CDATA[a & b < c]]> & d</r>", "<r><![CDATA[a & b < c]]> &amp; d</r>"),
        ("<r><![CDATA[a & b</r>", "<r><![CDATA[a &amp; b</r>"),
        ("<r>x <y@z.example></r>", "<r>x &lt;y@z.example></r>"),
        ("<r><a b='1 < 2' c=\">\"/></r>", "<r><a b='1 &lt; 2' c=\">\"/></r>"),
        ("<item><link/><title>A</title></item>", "<item><link/><title>A</title></item>"),
        ("<r><x:y z:a='1'/></r>", '<r xmlns:x="urn:undeclared:x" xmlns:z="urn:undeclared:z">'),
        ("<r/>", "<r/>"),
        ("", ""),
    ],
)
def test_flaws_are_mended(broken, mended):
    assert mend(broken).startswith(mended)


def test_a_prefix_in_wide_use_means_what_it_means_everywhere():
    root = etree.fromstring(mend("<rss><content:encoded>x</content:encoded></rss>"))
    assert root[0].tag == "{http://purl.org/rss/1.0/modules/content/}encoded"


def test_a_flaw_is_told_with_its_line():
    assert flaw("<r>\n<a>x & y</a></r>") == ("not well-formed (invalid token)", 2)
    assert flaw("<r>\n\n&nbsp;</r>") == ("undefined entity", 3)
    assert flaw("<r>\n<x:y/></r>") == ("unbound prefix", 2)
    assert flaw("<r><a/></r>") is None


@pytest.mark.parametrize(
    "text",
    [
        "&" * 300_000,
        "<" * 300_000,
        "<![CDATA[" * 50_000,
        "<title>" * 50_000,
        "<title>" + " " * 300_000,
        "<a b=" * 60_000,
        "&a" * 150_000,
        "<x:y " * 60_000,
        "</" * 150_000,
    ],
)
def test_a_hostile_text_ends_soon(text):
    assert mend(f"<rss>{text}</rss>")
