"""Odd documents, each a few lines, and what must come out of them.

A row names what is odd. It says only what the oddity bears on: fields of the entries, in order,
and of the document; `kinds` are problems that must be reported.
"""

import json
from datetime import UTC, datetime

import pytest

from monitor.feeds.reading.parse import parse
from monitor.model import Document, ErrorKind, Failed

URL = "https://news.example/feeds/world.xml"
TEN = datetime(2025, 11, 22, 10, tzinfo=UTC)
ATOM = "http://www.w3.org/2005/Atom"
RSS1 = "http://purl.org/rss/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def row(name, body, *entries, url=URL, content_type="", kinds=(), **document):
    body = body if isinstance(body, bytes) else body.encode()
    given = {"url": url, "content_type": content_type}
    return pytest.param(body, given, entries, document, set(kinds), id=name)


def entry(**expected):
    return expected


def rss(*items, channel="", attributes=SPACES):
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<?xml version='1.0'?><rss version='2.0'{attributes}><channel><title>World</title>{channel}{inside}</channel></rss>"


def atom(*entries, head="", attributes=""):
    inside = "".join(f"<entry>{said}</entry>" for said in entries)
    return f"<?xml version='1.0'?><feed xmlns='{ATOM}'{attributes}><title>World</title>{head}{inside}</feed>"


def titled(title):
    return rss(f"<title>{title}</title><guid>1</guid>")


def linked(links, **given):
    return atom(f"<id>1</id><title>A</title>{links}", **given)


def dated(text, language=""):
    return rss(
        f"<title>A</title><pubDate>{text}</pubDate>", channel=f"<language>{language}</language>"
    )


def labelled(text, codec, label=""):
    said = f" encoding='{label}'" if label else ""
    return f"<?xml version='1.0'{said}?><rss version='2.0'><channel><title>W</title><item><title>{text}</title></item></channel></rss>".encode(
        codec
    )


def listed(*items, **fields):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "World", "items": list(items)}
    return json.dumps(feed | fields)


ITEM = "<item><title>A</title><link>https://news.example/1</link></item>"
A = entry(title="A", link="https://news.example/1")
B = entry(title="B")

FORMATS = [
    row(
        "RSS 0.90 in RDF",
        f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
        f"<channel><title>World</title></channel>{ITEM}</rdf:RDF>",
        A,
        title="World",
        format="rss090",
    ),
    row(
        "RSS 0.91 with Netscape's document type and its entities",
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>'
        "<title>World</title><item><title>Caf&eacute; &copy;</title></item></channel></rss>",
        entry(title="Café ©"),
        title="World",
    ),
    row("RSS 0.92", f"<rss version='0.92'><channel>{ITEM}</channel></rss>", A, format="rss092"),
    row("RSS without a version", f"<rss><channel>{ITEM}</channel></rss>", A),
    row("RSS 2.0.1", f"<rss version='2.0.1'><channel>{ITEM}</channel></rss>", A),
    row(
        "RSS in capitals",
        "<RSS VERSION='2.0'><CHANNEL><TITLE>World</TITLE><ITEM><TITLE>A</TITLE>"
        "<LINK>https://news.example/1</LINK></ITEM></CHANNEL></RSS>",
        A,
        title="World",
    ),
    row(
        "RSS in a namespace of its own",
        f"<rss version='2.0' xmlns='http://backend.userland.com/rss2'><channel>{ITEM}</channel></rss>",
        A,
    ),
    row(
        "RSS in an unknown default namespace",
        f"<rss version='2.0' xmlns='http://unknown.example/'><channel>{ITEM}</channel></rss>",
        A,
    ),
    row(
        "RSS whose items stand beside the channel",
        f"<rss version='2.0'><channel><title>World</title></channel>{ITEM}</rss>",
        A,
        title="World",
    ),
    row(
        "RSS of two channels",
        f"<rss version='2.0'><channel>{ITEM}</channel><channel><item><title>B</title></item></channel></rss>",
        A,
        B,
    ),
    row("a channel without rss around it", f"<channel><title>World</title>{ITEM}</channel>", A),
    row(
        "RSS 1.0 with a prefix for everything",
        f"<rdf:RDF xmlns:rdf='{RDF}' xmlns:rss='{RSS1}'><rss:channel><rss:title>World</rss:title></rss:channel>"
        "<rss:item rdf:about='https://news.example/1'><rss:title>A</rss:title><rss:link>https://news.example/1</rss:link></rss:item></rdf:RDF>",
        A | entry(guid="https://news.example/1"),
        title="World",
    ),
    row(
        "RSS 2.0 with prefixed elements",
        f"<rss version='2.0' xmlns:rss='{RSS1}'><rss:channel><rss:title>World</rss:title>"
        "<rss:item><rss:title>A</rss:title><rss:link>https://news.example/1</rss:link></rss:item></rss:channel></rss>",
        A,
        title="World",
    ),
    row(
        "RSS with a prefix nobody declares",
        "<rss version='2.0'><rss:channel><rss:title>World</rss:title><rss:item><rss:title>A</rss:title>"
        "<rss:link>https://news.example/1</rss:link></rss:item></rss:channel></rss>",
        A,
        title="World",
    ),
    row(
        "RDF with its items in another order",
        f"<r:RDF xmlns:r='{RDF}' xmlns='{RSS1}'>{ITEM}<channel><title>World</title></channel></r:RDF>",
        A,
        title="World",
    ),
    row(
        "Atom with a prefix",
        f"<atom:feed xmlns:atom='{ATOM}'><atom:title>World</atom:title><atom:entry><atom:title>A</atom:title>"
        "<atom:link href='https://news.example/1'/></atom:entry></atom:feed>",
        A,
        title="World",
        format="atom10",
    ),
    row(
        "Atom with an odd prefix",
        f"<z9:feed xmlns:z9='{ATOM}'><z9:entry><z9:title type='html'>&lt;b&gt;A&lt;/b&gt;</z9:title>"
        "<z9:link href='https://news.example/1'/></z9:entry></z9:feed>",
        A,
    ),
    row(
        "Atom without a namespace",
        "<feed><title>World</title><entry><title>A</title><link href='https://news.example/1'/></entry></feed>",
        A,
        title="World",
    ),
    row(
        "Atom with its namespace misspelt",
        "<feed xmlns='https://www.w3.org/2005/atom'><entry><title>A</title><link href='https://news.example/1'/></entry></feed>",
        A,
    ),
    row(
        "Atom 0.3 with escaped content and its old dates",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped' type='text/html'>&lt;i&gt;A&lt;/i&gt;</title>"
        "<link rel='alternate' type='text/html' href='https://news.example/1'/><modified>2025-11-22T11:00:00Z</modified>"
        "<issued>2025-11-22T10:00:00Z</issued><content type='text/html' mode='escaped'>&lt;p&gt;x&lt;/p&gt;</content></entry></feed>",
        A | entry(published=TEN, content="x"),
        format="atom03",
    ),
    row(
        "one Atom entry as a document",
        f"<entry xmlns='{ATOM}'><id>1</id><title>A</title><link href='https://news.example/1'/></entry>",
        A | entry(guid="1"),
    ),
    row(
        "an Atom entry inside RSS",
        "<rss version='2.0'><channel><atom:entry xmlns:atom='http://www.w3.org/2005/Atom'>"
        "<atom:title>A</atom:title><atom:link href='https://news.example/1'/></atom:entry></channel></rss>",
        A,
    ),
    row(
        "an RSS channel full of Atom elements",
        rss(
            "<atom:title>A</atom:title><atom:link href='https://news.example/1'/><atom:id>x</atom:id>"
        ),
        A | entry(guid="x"),
    ),
    row(
        "content without its namespace declared",
        "<rss version='2.0'><channel><item><title>A</title>"
        "<content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded><dc:creator>R. Porter</dc:creator></item></channel></rss>",
        entry(title="A", content="All of it.", author="R. Porter"),
    ),
    row(
        "a namespace under another prefix than its usual one",
        "<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:d='http://purl.org/dc/elements/1.1/'><channel><item>"
        "<title>A</title><c:encoded>&lt;p&gt;All.&lt;/p&gt;</c:encoded><d:date>2025-11-22T10:00:00Z</d:date></item></channel></rss>",
        entry(title="A", content="All.", published=TEN),
    ),
]

ELEMENTS = [
    row("an item without a title", rss("<description>Post</description><guid>1</guid>"), entry(title="", summary="Post")),
    row("an item of a link alone", rss("<link>https://news.example/1</link>"), entry(title="", link="https://news.example/1")),
    row("an empty title and a real one", rss("<title/><title>A</title>"), entry(title="A")),
    row("two titles", rss("<title>A</title><title>B</title>"), entry(title="A")),
    row("a media title beside the title", rss("<title>A</title><media:title>B</media:title>"), entry(title="A")),
    row("a media title before the title", rss("<media:title>B</media:title><title>A</title>"), entry(title="A")),
    row("a title of Dublin Core alone", rss("<dc:title>A</dc:title>"), entry(title="A")),
    row("an empty link and a real one", rss("<title>A</title><link/><link>https://news.example/1</link>"), A),
    row("a title of blanks", rss("<title> \n\t </title><guid>1</guid>"), entry(title="", guid="1")),
    row("a guid of blanks", rss("<title>A</title><guid> \n </guid>"), entry(guid="")),
    row("a guid in CDATA with blanks around it", rss("<title>A</title><guid isPermaLink='false'>\n <![CDATA[ x-1 ]]>\n</guid>"), entry(guid="x-1", link="")),
    row("a guid that is no address is no link", rss("<title>A</title><guid>x-1</guid>"), entry(guid="x-1", link="")),
    row("a guid that says it is no permalink, beside a link", rss("<title>A</title><guid isPermaLink='false'>https://other.example/</guid><link>https://news.example/1</link>"), A),
    row("a guid that is a permalink does not displace the link", rss("<title>A</title><link>https://news.example/1</link><guid isPermaLink='true'>https://other.example/</guid>"), A),
    row("a guid that is a permalink in other letters", rss("<title>A</title><guid isPermaLink=' TRUE '>https://news.example/1</guid>"), A),
    row("a guid that says it is a permalink, and is a path", rss("<title>A</title><guid isPermaLink='true'>/1</guid>"), A | entry(guid="/1")),
    row("a guid that is a path without a word", rss("<title>A</title><guid>/1</guid>"), entry(guid="/1", link="")),
    row("a guid that says it is a permalink, and is none", rss("<title>A</title><guid isPermaLink='true'>x-1</guid>"), entry(guid="x-1", link="")),
    row("the about of RDF, without a link", f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='{RSS1}'><item rdf:about='https://news.example/1'><title>A</title></item></rdf:RDF>", A),
    row("the about of RDF in an ill-formed document", f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='{RSS1}'><item rdf:about='https://news.example/1'><title>A</title><b></item></rdf:RDF>", A),
    row("the about of RDF beside a link", f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='{RSS1}'><item rdf:about='https://other.example/1'><title>A</title><link>https://news.example/1</link></item></rdf:RDF>", A),
    row("the about of RDF that is no address", f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='{RSS1}'><item rdf:about='urn:1'><title>A</title></item></rdf:RDF>", entry(guid="urn:1", link="")),
    row("elements nobody knows", rss("<title>A</title><x:y xmlns:x='urn:x'><x:title>B</x:title><link>https://other.example/</link></x:y><link>https://news.example/1</link>"), A),
    row("a link in an element nobody knows, and no other", rss("<title>A</title><x:y xmlns:x='urn:x'><link>https://other.example/</link></x:y>"), entry(title="A", link="")),
    row("an element nobody knows that tells a story of its own", rss("<x:y xmlns:x='urn:x'><title>B</title><link>https://other.example/</link><description>C</description></x:y><title>A</title><link>https://news.example/1</link><description>D</description>"), A | entry(summary="D", content="")),
    row("a podcast's title alone", rss("<itunes:title>A</itunes:title><guid>1</guid>"), entry(title="A")),
    row("a podcast's title alone in an ill-formed document", rss("<itunes:title>A</itunes:title><guid>1</guid><b>"), entry(title="A")),
    row("a podcast's title beside the title", rss("<itunes:title>B</itunes:title><title>A</title>"), entry(title="A")),
    row("an empty date and a real one", rss("<title>A</title><pubDate/><pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate>"), entry(published=TEN)),
    row("a wrong date and a right one of Dublin Core", rss("<title>A</title><pubDate>soon</pubDate><dc:date>2025-11-22T10:00:00Z</dc:date>"), entry(published=TEN)),
    row("a date of Dublin Core's terms", rss("<title>A</title><dcterms:created>2025-11-22T10:00:00Z</dcterms:created>"), entry(published=TEN)),
    row("a lower-case pubdate", rss("<title>A</title><pubdate>Sat, 22 Nov 2025 10:00:00 GMT</pubdate>"), entry(published=TEN)),
    row("an entry of Atom with updated alone", atom("<id>1</id><title>A</title><updated>2025-11-22T10:00:00Z</updated>"), entry(published=TEN, updated=TEN)),
    row("an item that holds an image with a title and a link", rss("<title>A</title><link>https://news.example/1</link><image><title>Logo</title><link>https://logo.example/</link><url>https://logo.example/i.png</url></image>"), A),
    row("a channel whose image comes first", rss("<title>A</title>", channel="<image><title>Logo</title><link>https://logo.example/</link><url>x</url></image><link>https://news.example/</link>"), entry(title="A"), title="World", link="https://news.example/"),
    row("a channel with a text input", rss("<title>A</title>", channel="<textInput><title>Search</title><name>q</name><link>https://search.example/</link></textInput><link>https://news.example/</link>"), entry(title="A"), title="World", link="https://news.example/"),
    row("the feed's own address is not its link", rss("<title>A</title>", channel=f"<atom:link href='{URL}' rel='self' type='application/rss+xml'/><link>https://news.example/</link>"), entry(title="A"), link="https://news.example/"),
    row("an Atom source does not displace its entry's own", atom("<id>1</id><title>A</title><link href='https://news.example/1'/><updated>2025-11-22T10:00:00Z</updated><source><id>s</id><title>Other</title><link href='https://other.example/'/><updated>2020-01-01T00:00:00Z</updated></source>"), A | entry(guid="1", updated=TEN)),
    row("an RSS source is not the author", rss("<title>A</title><source url='https://other.example/feed'>Other</source>"), entry(title="A", author="")),
    row("comments are not the link", rss("<title>A</title><comments>https://news.example/1/comments</comments>"), entry(title="A", link="")),
    row("content before its summary", rss("<title>A</title><content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded><description>Part</description>"), entry(summary="Part", content="All of it.")),
    row("an author with an address", rss("<title>A</title><author>desk@news.example (R. Porter)</author>"), entry(author="R. Porter")),
    row("an author of Atom inside RSS", rss("<title>A</title><author><name>R. Porter</name><email>r@news.example</email></author>"), entry(author="R. Porter")),
    row("two authors of Atom", atom("<id>1</id><title>A</title><author><name>R. Porter</name></author><author><name>C. Lumnist</name></author>"), entry(author="R. Porter, C. Lumnist")),
    row("a creator in CDATA", rss("<title>A</title><dc:creator><![CDATA[ R. Porter ]]></dc:creator>"), entry(author="R. Porter")),
    row("categories of every kind", rss("<title>A</title><category domain='x'>World</category><category/><category>World</category><category><![CDATA[Oil & Gas]]></category><dc:subject>OPEC</dc:subject>"), entry(tags=("World", "Oil & Gas", "OPEC"))),
    row("categories of Atom by label and term", atom("<id>1</id><title>A</title><category term='avi' label='Aviation'/><category term='opec'/><category label='Oil' term=''/>"), entry(tags=("Aviation", "opec", "Oil"))),
    row("thousands of categories", rss("<title>A</title>" + "".join(f"<category>c{n}</category>" for n in range(2_000))), entry(title="A", tags=tuple(f"c{n}" for n in range(50))), kinds=["many_tags"]),
    row("an item inside an item", rss("<title>A</title><item><title>B</title></item>"), entry(title="A"), B),
    row("attributes twice in one tag", rss("<title>A</title><enclosure url='https://news.example/1.mp3' url='x' length='1'/>"), entry(title="A")),
    row("attributes without quotes", "<rss version=2.0><channel><item><title>A</title><link>https://news.example/1</link></item></channel></rss>", A),
    row("a summary of Atom that is only markup", atom("<id>1</id><title>A</title><summary type='html'>&lt;img src='x'&gt;</summary>"), entry(summary="")),
    row("content elsewhere", atom("<id>1</id><title>A</title><content type='video/mp4' src='https://news.example/1.mp4'/>"), entry(title="A", content="")),
    row("content in base64", atom("<id>1</id><title>A</title><content type='image/png'>iVBORw0KGgo=</content><summary>S</summary>"), entry(summary="S", content="")),
    row("xhtml with a prefix", atom("<id>1</id><title>A</title><content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:p>One <h:b>two</h:b></h:p><h:p>Three</h:p></h:div></content>"), entry(content="One two\nThree")),
    row("xhtml in a title", atom("<id>1</id><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Less: <em> &lt; </em></div></title>"), entry(title="Less: <")),
    row("text that only looks like markup", atom("<id>1</id><title type='text'>if a &lt; b and c > d</title>"), entry(title="if a < b and c > d")),
    row("a podcast of an enclosure alone", rss("<title>A</title><enclosure url='https://news.example/1' type='audio/mpeg' length='1'/>"), A),
    row("an image of the media module alone", rss("<title>A</title><media:content url='https://news.example/1.jpg' medium='image'/>"), entry(title="A")),
    row("a video in a media group", atom("<id>yt:1</id><title>A</title><link rel='alternate' href='https://news.example/1'/><media:group xmlns:media='http://search.yahoo.com/mrss/'><media:title>B</media:title><media:content url='https://news.example/v'/><media:description>All of it.</media:description></media:group>"), A | entry(content="All of it.")),
]  # fmt: skip

LINKS = [
    row("the first of several languages", linked("<link hreflang='en' href='https://news.example/1'/><link hreflang='fr' href='https://news.example/fr'/>"), A),
    row("a page before its data", linked("<link rel='alternate' type='application/json' href='/data'/><link rel='alternate' type='text/html' href='https://news.example/1'/>"), A),
    row("a link whose relation is not said", linked("<link href='https://news.example/1'/>"), A),
    row("a relation in capitals", linked("<link rel='ALTERNATE' type='TEXT/HTML' href='https://news.example/1'/><link rel='self' href='https://news.example/self'/>"), A),
    row("replies and related are not the link", linked("<link rel='replies' type='text/html' href='https://news.example/r'/><link rel='related' href='https://other.example/'/><link rel='alternate' href='https://news.example/1'/>"), A),
    row("a related link first does not win", linked("<link rel='related' href='https://other.example/'/><link href='https://news.example/1'/><link rel='via' href='https://via.example/'/>"), A),
    row("a relative link", linked("<link href='../1'/>"), A),
    row("a link from the root", linked("<link href='/1'/>"), A),
    row("a link without a scheme", linked("<link href='//news.example/1'/>"), A),
    row("a base on the feed", linked("<link href='1'/>", attributes=" xml:base='https://news.example/'"), A),
    row("a base on the entry, relative to the feed's", f"<feed xmlns='{ATOM}' xml:base='https://other.example/'><entry xml:base='//news.example/x/'><title>A</title><link href='../1'/></entry></feed>", A),
    row("a base on the link", linked("<link xml:base='https://news.example/x' href='1'/>"), A),
    row("a relative base", f"<feed xmlns='{ATOM}' xml:base='/x/'><entry><title>A</title><link href='../1'/></entry></feed>", A),
    row("a relative link of RSS", rss("<title>A</title><link>/1</link>"), A),
    row("an RSS link with line breaks", rss("<title>A</title><link>\n  https://news.example/1\n</link>"), A),
    row("an RSS link in CDATA", rss("<title>A</title><link><![CDATA[https://news.example/1]]></link>"), A),
    row("an RSS link as Atom writes it", rss("<title>A</title><link href='https://news.example/1'/>"), A),
    row("an escaped ampersand in a link", rss("<title>A</title><link>https://news.example/?a=1&amp;b=2</link>"), entry(link="https://news.example/?a=1&b=2")),
    row("an ampersand escaped twice in a link", rss("<title>A</title><link>https://news.example/?a=1&amp;amp;b=2</link>"), entry(link="https://news.example/?a=1&b=2")),
    row("a link with letters of its language", rss("<title>A</title><link>https://news.example/año nuevo</link>"), entry(link="https://news.example/año%20nuevo")),
    row("a link without its scheme", rss("<title>A</title><link>www.news.example/1</link>"), entry(link="http://www.news.example/1")),
    row("a host without its scheme", rss("<title>A</title><link>news.example/1</link>"), entry(title="A")),
    row("a script for a link", rss("<title>A</title><link>javascript:alert(1)</link>"), entry(link=""), kinds=["bad_link"]),
    row("a script for a link, and a guid that is an address", rss("<title>A</title><link>javascript:alert(1)</link><guid>https://news.example/1</guid>"), A),
    row("an Atom link in RSS beside its own", rss("<title>A</title><link>https://news.example/1</link><atom:link href='https://other.example/' rel='related'/>"), A),
    row("a mail address for a link", rss("<title>A</title><link>mailto:desk@news.example</link>"), entry(link="")),
    row("an Atom id that is an address, without a link", atom("<id>https://news.example/1</id><title>A</title>"), A | entry(guid="https://news.example/1")),
    row("an Atom id that is none, without a link", atom("<id>tag:news.example,2025:1</id><title>A</title>"), entry(link="", guid="tag:news.example,2025:1")),
    row("a relation as an address", linked("<link rel='http://www.iana.org/assignments/relation/alternate' href='https://news.example/1'/>"), A),
    row("a relation as an address in an ill-formed document", linked("<b><link rel='http://www.iana.org/assignments/relation/alternate' href='https://news.example/1'/>"), A),
    row("bare ampersands in a link", rss("<title>A</title><link>https://news.example/?a=1&b=2&copy=3&utm_medium=rss</link>"), entry(link="https://news.example/?a=1&b=2&copy=3&utm_medium=rss"), kinds=["ill_formed"]),
    row("a relative link of a file", rss("<title>A</title><link>/1</link>"), entry(title="A", link=""), url="", kinds=["relative_link"]),
    row("a relative link of a file that names its address", atom("<id>1</id><title>A</title><link href='../1'/>", head=f"<link rel='self' href='{URL}'/>"), A, url=""),
    row("a relative link of a file that names its site", rss("<title>A</title><link>1</link>", channel="<link>https://news.example/</link>"), A, url=""),
    row("a relative link of a flawed file that names its site", rss("<title>A</title><link>1</link><published><b/></published>", channel="<link>https://news.example/</link>"), A, url=""),
    row("a relative link of JSON in a file", listed({"id": "1", "title": "A", "url": "1"}, home_page_url="https://news.example/"), A, url=""),
    row("an enclosure of Atom alone", linked("<link rel='enclosure' type='audio/mpeg' href='https://news.example/1'/>"), A),
]  # fmt: skip

TEXTS = [
    row("a title escaped twice", titled("Oil &amp;amp; gas"), entry(title="Oil & gas")),
    row("markup escaped twice", titled("&amp;lt;b&amp;gt;Oil&amp;lt;/b&amp;gt; &amp;amp; gas"), entry(title="Oil & gas")),
    row("a summary escaped twice", rss("<title>A</title><description>&amp;lt;p&amp;gt;One&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two&amp;lt;/p&amp;gt;</description>"), entry(summary="One\nTwo")),
    row("references escaped twice in a summary", rss("<title>A</title><description>&lt;p&gt;Oil&amp;nbsp;&amp;amp; gas&lt;/p&gt;</description>"), entry(summary="Oil & gas")),
    row("markup in a title", titled("&lt;b&gt;Oil&lt;/b&gt;&lt;br/&gt;and gas"), entry(title="Oil and gas")),
    row("elements in a title", titled("Oil <b>and</b> gas"), entry(title="Oil and gas")),
    row("elements in a summary", rss("<title>A</title><description><p>One</p><p>Two &amp; three</p></description>"), entry(summary="One\nTwo & three")),
    row("a comment in a title", titled("Air<!-- x -->space"), entry(title="Airspace")),
    row("an instruction in a title", titled("Air<?php echo 1 ?>space"), entry(title="Airspace")),
    row("CDATA in a title", titled("<![CDATA[Oil &amp; <b>gas</b>]]>"), entry(title="Oil & gas")),
    row("CDATA in pieces", titled("Oil <![CDATA[& ]]>gas <![CDATA[]]>"), entry(title="Oil & gas")),
    row("CDATA that holds its own end", titled("<![CDATA[a]]]]><![CDATA[> b]]>"), entry(title="a]]> b")),
    row("CDATA inside CDATA", rss("<title>A</title><description><![CDATA[One <![CDATA[two]]> three]]&gt;</description>"), entry(title="A")),
    row("CDATA escaped", titled("&lt;![CDATA[Oil &amp;amp; gas]]&gt;"), entry(title="Oil & gas")),
    row("CDATA escaped within CDATA", titled("<![CDATA[&lt;![CDATA[Oil]]&gt;]]>"), entry(title="Oil")),
    row("the end of CDATA without its beginning", titled("Oil ]]> gas"), entry(title="Oil ]]> gas")),
    row("a script in a title", titled("&lt;script&gt;alert(1)&lt;/script&gt;Oil"), entry(title="Oil")),
    row("a bare ampersand", titled("Oil & gas"), entry(title="Oil & gas")),
    row("bare ampersands in names", titled("AT&T and Q&A"), entry(title="AT&T and Q&A"), kinds=["ill_formed"]),
    row("a text never closed", rss("<title>A</title><description>One", "<title>B</title>"), entry(title="A", summary="One"), B, kinds=["ill_formed"]),
    row("a bare less-than", titled("5 < 6"), entry(title="5 < 6")),
    row("an escaped less-than", titled("Profit &lt; 5%"), entry(title="Profit < 5%")),
    row("references only HTML knows", titled("Oil&nbsp;&hellip; it&rsquo;s &mdash; caf&eacute;"), entry(title="Oil … it’s — café")),
    row("a reference the document declares", '<!DOCTYPE rss [<!ENTITY oil "Oil &amp;#38; gas"><!ENTITY co \'&oil; Co.\'>]><rss version="2.0"><channel><item><title>&co;</title></item></channel></rss>', entry(title="Oil & gas Co.")),
    row("a mail address in angle brackets", titled("Write to <desk@news.example> & wait"), entry(title="Write to <desk@news.example> & wait")),
    row("a less-than sign in an attribute", linked("<link title='a < b & c' href='https://news.example/1'/>"), A),
    row("a reference nobody knows", titled("Oil &foo; gas"), entry(title="Oil &foo; gas")),
    row("a reference without its end", titled("Caf&eacute bar"), entry(title="Café bar")),
    row("references by number", titled("it&#8217;s &#x2014; &#38; &#60;"), entry(title="it’s — & <")),
    row("references of Windows by number", titled("it&#146;s &#147;oil&#148; &#151; gas&#133;"), entry(title="it’s “oil” — gas…")),
    row("references past Unicode", titled("Oil&#xFFFFFFFF;&#0; gas"), entry(title="Oil gas")),
    row("control characters", titled("Oil\x01\x08\x0b gas\x1f"), entry(title="Oil gas")),
    row("NUL among the text", titled("Oil\x00 gas"), entry(title="Oil gas")),
    row("what overrides direction", titled("Oil \u202egas\u202c \u2066x\u2069"), entry(title="Oil gas x")),
    row("joiners stay", titled("می‌خواهم"), entry(title="می‌خواهم")),
    row("blanks of every kind", titled("\u00a0 Oil\u2003and\t\n gas\u3000"), entry(title="Oil and gas")),
    row("halves of a pair as references", titled("Oil &#xD83D;&#xDE00; &#xD83D;"), entry(title="Oil 😀")),
    row("a right-to-left title", titled("أسعار النفط"), entry(title="أسعار النفط")),
    row("a mark of byte order inside", titled("\ufeffOil\ufeff gas"), entry(title="Oil gas")),
    row("a tag that never ends in a summary", rss("<title>A</title><description>&lt;p&gt;One &lt;a href='x</description>"), entry(title="A")),
    row("a style and a script in content", rss("<title>A</title><content:encoded><![CDATA[<style>p{}</style><p>One</p><script>x()</script>]]></content:encoded>"), entry(content="One")),
    row("a tag of a mixed case", rss("<title>A</title><description>&lt;P&gt;One&lt;BR&gt;Two&lt;/P&gt;</description>"), entry(summary="One\nTwo")),
    row("mis-nested tags in content", rss("<title>A</title><description>&lt;b&gt;&lt;p&gt;One&lt;/b&gt;&lt;/p&gt;</description>"), entry(summary="One")),
    row("markup inside an attribute", rss("<title>A</title><description>&lt;img alt='a &gt; b' src='x'&gt;One</description>"), entry(summary="One")),
    row("typed html in an Atom title", atom("<id>1</id><title type='html'>Oil &amp;amp; &lt;em&gt;gas&lt;/em&gt;</title>"), entry(title="Oil & gas")),
    row("untyped markup in an Atom title", atom("<id>1</id><title>Oil &lt;em&gt;gas&lt;/em&gt;</title>"), entry(title="Oil gas")),
    row("a title of 20,000 characters", titled("x" * 20_000), entry(title="x" * 1_024), kinds=["long_title"]),
]  # fmt: skip

FRONTS = [
    row("blank lines first", "\n\n \t\n" + titled("A"), B | entry(title="A")),
    row("a mark of byte order twice", "\ufeff\ufeff" + titled("A"), entry(title="A")),
    row("a mark of byte order after a blank", "\n\ufeff" + titled("A"), entry(title="A")),
    row("text first", "OK\n" + titled("A"), entry(title="A")),
    row("a warning of PHP first", "<br />\n<b>Warning</b>:  session_start(): headers already sent in <b>/srv/x.php</b> on line <b>3</b><br />\n" + titled("A"), entry(title="A")),
    row("a notice of PHP first, as text", "PHP Notice:  Undefined index: x & y < z in /srv/feed.php on line 7\n" + titled("A"), entry(title="A")),
    row("a comment first", "<!-- generated --><!-- <rss> -->" + titled("A"), entry(title="A")),
    row("two declarations", "<?xml version='1.0'?>" + titled("A"), entry(title="A")),
    row("a declaration of XML 1.1", titled("A").replace("1.0'?>", "1.1'?>"), entry(title="A")),
    row("a declaration that never ends", titled("A").replace("?>", ">", 1), entry(title="A")),
    row("a stylesheet", "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='/x.xsl'?>" + titled("A")[21:], entry(title="A")),
    row("a document type with entities of its own", "<!DOCTYPE rss [<!ENTITY oil 'Oil'>]>" + titled("A")[21:], entry(title="A")),
    row("a script after the end", titled("A") + "\n<script>var x = 1 && 2;</script>", entry(title="A")),
    row("text after the end", titled("A") + "garbage & more", entry(title="A")),
    row("a comment after the end", titled("A") + "<!-- 0.2 s -->", entry(title="A")),
    row("NUL bytes after the end", titled("A") + "\x00" * 64, entry(title="A")),
    row("items after the end", titled("A") + "<item><title>B</title></item>", entry(title="A"), B),
    row("the end of the root within CDATA", rss("<title>A</title><description><![CDATA[about </rss> tags]]></description>", "<title>B</title>") + "<!-- x -->", entry(title="A"), B),
    row("the document twice", titled("A") + titled("A"), entry(title="A")),
    row("a chunk size that leaked", "1f40\r\n" + titled("A") + "\r\n0\r\n", entry(title="A")),
    row("the end of the channel is missing", rss("<title>A</title>").replace("</channel></rss>", ""), entry(title="A")),
    row("an item is not closed", rss("<title>A</title>", "<title>B</title>").replace("</item><item>", "<item>"), entry(title="A"), B, kinds=["ill_formed"]),
    row("the root is not closed", rss("<title>A</title>", "<title>B</title>").replace("</rss>", ""), entry(title="A"), B),
    row("cut in an entry", rss("<title>A</title>", "<title>B is longer</title>")[:-40], entry(title="A"), kinds=["truncated"]),
    row("cut in CDATA", rss("<title>A</title>", "<title>B</title><description><![CDATA[<p>One</p> and more")[:-28], entry(title="A"), kinds=["truncated"]),
    row("cut in a reference", atom("<id>1</id><title>A</title>", "<id>2</id><title>B &am") [:-23], entry(title="A"), kinds=["truncated"]),
    row("tags closed in the wrong order", rss("<title>A</title><category><b>x</category></b>", "<title>B</title>"), entry(title="A"), B),
    row("a tag closed twice", rss("<title>A</title></title>", "<title>B</title>"), entry(title="A"), B),
    row("an ill-formed tail", rss("<title>A</title>", "<title>B</title><description>a < b & c <d</description>"), entry(title="A"), B),
    row("a page around it", f"<!DOCTYPE html><html><head><title>x</title></head><body>{titled('A')[21:]}</body></html>", entry(title="A")),
    row("a page that shows it", "<html><head></head><body><pre style='word-wrap: break-word'>" + titled("A &amp;amp; B").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</pre></body></html>", entry(title="A & B")),
    row("a page with it in a field", "<html><body><textarea>" + titled("A").replace("<", "&lt;") + "</textarea></body></html>", entry(title="A")),
    row("a page with it in a script", "<html><script type='application/rss+xml'>" + titled("A")[21:] + "</script></html>", entry(title="A")),
    row("the head of the answer", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + titled("A"), entry(title="A")),
    row("a browser's view of it", "<html><body><div id='webkit-xml-viewer-source-xml'>" + titled("A")[21:] + "</div><div>This XML file does not appear to have any style information</div></body></html>", entry(title="A")),
]  # fmt: skip

OTHERS = [
    row("content twice", rss("<title>A</title><content:encoded>&lt;p&gt;Short&lt;/p&gt;</content:encoded><content:encoded>&lt;p&gt;Much longer one&lt;/p&gt;</content:encoded>"), entry(content="Much longer one")),
    row("two descriptions", rss("<title>A</title><description>One</description><description>Two</description>"), entry(summary="One")),
    row("a wrong date of publication and a right one of change", atom("<id>1</id><title>A</title><published>never</published><updated>2025-11-22T10:00:00Z</updated>"), entry(published=TEN)),
    row("the dates of Atom 0.3 in Atom 1.0", atom("<id>1</id><title>A</title><issued>2025-11-22T10:00:00Z</issued><modified>2025-11-22T10:00:00Z</modified>"), entry(published=TEN,updated=TEN)),
    row("an empty link and one of Atom", rss("<title>A</title><link></link><atom:link rel='alternate' href='https://news.example/1'/>"), A),
    row("a guid that is no permalink beside an enclosure", rss("<title>A</title><guid isPermaLink='false'>https://x.example/zz</guid><enclosure url='https://news.example/1'/>"), A),
    row("a podcast summary beside the description", rss("<title>A</title><description>Short</description><itunes:summary>Other words</itunes:summary>"), entry(summary="Short")),
    row("an item of Dublin Core", rss("<title>A</title><dc:description>D</dc:description><dc:language>es</dc:language><dc:identifier>x1</dc:identifier>"), entry(summary="D", language="es")),
    row("the managing editor wrote no item", rss("<title>A</title>", channel="<managingEditor>e@x.example (Ed)</managingEditor>"), entry(author="")),
    row("the author of a feed wrote its entries", f"<feed xmlns='{ATOM}'><author><name>Ed</name></author><entry><id>1</id><title>A</title></entry></feed>", entry(author="Ed")),
    row("a language with blanks around it", rss("<title>A</title>", channel="<language> en-US </language>"), A|entry(link=""), language="en-US"),
    row("a language of Dublin Core", rss("<title>A</title>", channel="<dc:language>es</dc:language>"), entry(title="A"), language="es"),
    row("the language of the root", rss("<title>A</title>", attributes=SPACES+" xml:lang='fr'"), entry(title="A"), language="fr"),
    row("the language of an entry", f"<feed xmlns='{ATOM}' xml:lang='en'><entry xml:lang='de'><id>1</id><title>A</title></entry></feed>", entry(language="de"), language="en"),
    row("a base in RSS", rss("<title>A</title><link>1</link>", attributes=SPACES+" xml:base='https://news.example/'"), A),
    row("an ampersand in a guid", rss("<title>A</title><guid isPermaLink='false'>a&amp;b</guid>"), entry(guid="a&b")),
    row("a guid on two lines", rss("<title>A</title><guid isPermaLink='false'>a\n b</guid>"), entry(guid="a b")),
    row("a channel without anything", "<rss version='2.0'><channel/></rss>"),
    row("RSS without anything", "<rss version='2.0'/>"),
    row("Atom without anything", f"<feed xmlns='{ATOM}'/>"),
    row("RDF without anything", f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='{RSS1}'/>"),
    row("markup nested deeply", rss("<title>A</title><description>"+"<div>"*500+"x"+"</div>"*500+"</description>"), entry(title="A",summary="x")),
    row("a date in CDATA", rss("<title>A</title><pubDate><![CDATA[ Sat, 22 Nov 2025 10:00:00 GMT\n]]></pubDate>"), entry(published=TEN)),
    row("bare ampersands in CDATA", rss("<title><![CDATA[AT&T & Q&A]]></title>"), entry(title="AT&T & Q&A")),
    row("a document type that declares a blank", '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]><rss version="2.0"><channel><item><title>Oil&nbsp;gas</title></item></channel></rss>', entry(title="Oil gas")),
    row("a title in a media group alone", rss("<media:group><media:title>A</media:title></media:group>"), entry(title="A")),
    row("content that is plain text", atom("<id>1</id><title>A</title><content type='text'>a &lt;b&gt; c\n\nd</content>"), entry(content="a <b> c\nd")),
    row("content in CDATA", atom("<id>1</id><title>A</title><content type='html'><![CDATA[<p>One &amp; two</p>]]></content>"), entry(content="One & two")),
    row("a summary in xhtml", atom("<id>1</id><title>A</title><summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p></div></summary>"), entry(summary="One")),
    row("base64 of Atom 0.3", "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>A</title><content type='text/plain' mode='base64'>T25l</content></entry></feed>", entry(content="One")),
    row("xhtml of Atom 0.3", "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>A</title><content type='application/xhtml+xml' mode='xml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p></div></content></entry></feed>", entry(content="One")),
    row("an Atom link as RSS writes it", atom("<id>1</id><title>A</title><link>https://news.example/1</link>"), A),
    row("a source with a title and a link of its own", rss("<title>A</title><link>https://news.example/1</link><source url='https://o.example/f'><title>Z</title><link>https://o.example</link></source>"), A),
    row("a podcast's subtitle alone", rss("<title>A</title><itunes:subtitle>Sub</itunes:subtitle>"), entry(title="A", content="Sub")),
    row("a podcast's subtitle alone, where feedparser reads it", rss("<title>A</title><itunes:subtitle>Sub</itunes:subtitle>" + "<link/>" * 201 + ""), entry(title="A", content="Sub")),
    row("a podcast's subtitle beside a description", rss("<title>A</title><itunes:subtitle>Sub</itunes:subtitle><description>D</description>"), entry(summary="D", content="")),
    row("a date before a guid", rss("<title>A</title><pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate><guid>1</guid>", "<title>B &</title>"), entry(published=TEN, guid="1"), entry(title="B &")),
    row("a date in bold", rss("<title>A</title><pubDate><b>Sat, 22 Nov 2025 10:00:00 GMT</b></pubDate>"), entry(published=TEN)),
    row("an author with an address alone", atom("<id>1</id><title>A</title><author><name/><email>x@y.example</email></author>"), entry(author="x@y.example")),
    row("a contributor is not the author", atom("<id>1</id><title>A</title><author><name>R</name></author><contributor><name>C</name></contributor>"), entry(author="R")),
    row("two creators", rss("<title>A</title><dc:creator>R</dc:creator><dc:creator>S</dc:creator>"), entry(author="R, S")),
    row("names in capitals that HTML knows and does not", rss("<title>A &NBSP; &AMP; B</title>"), entry(title="A &NBSP; & B")),
    row("a control character of Windows", rss("<title>It\u0092s</title>"), entry(title="It’s")),
    row("a title of a hard blank", rss("<title>&#160;</title><guid>1</guid>"), entry(title="")),
    row("a comment in a summary", rss("<title>A</title><description>&lt;!-- x --&gt;One</description>"), entry(summary="One")),
    row("a conditional comment in a summary", rss("<title>A</title><description>&lt;!--[if mso]&gt;x&lt;![endif]--&gt;One</description>"), entry(summary="One")),
    row("a form feed", rss("<title>A\x0cB</title>"), entry(title="AB")),
    row("a telephone for a link", rss("<title>A</title><link>tel:1</link><guid>https://news.example/1</guid>"), A),
    row("a blank in a link", rss("<title>A</title><link>https://news.example/a b</link>"), entry(link="https://news.example/a%20b")),
    row("an ampersand by number in a link", rss("<title>A</title><link>https://news.example/?a=1&#38;b=2</link>"), entry(link="https://news.example/?a=1&b=2")),
    row("an RSS link without a scheme", rss("<title>A</title><link>//news.example/1</link>"), A),
    row("the type of Atom 0.3 in Atom 1.0", atom("<id>1</id><title type='text/html' mode='escaped'>&lt;b&gt;A&lt;/b&gt;</title>"), entry(title="A")),
    row("one guid for two items", rss("<title>A</title><guid>1</guid>","<title>B</title><guid>1</guid>"), entry(title="A",guid="1"),B|entry(guid="1")),
    row("a channel without items", rss(), title="World"),
    row("elements in mixed case", "<rss version='2.0'><channel><Item><Title>A</Title><Link>https://news.example/1</Link></Item></channel></rss>", A),
    row("a mark of byte order in UTF-16", ("\ufeff"+rss("<title>Ñ</title>")).encode("utf-16-be"), entry(title="Ñ")),
    row("one letter of Latin-1 that calls itself UTF-8", rss("<title>é</title>").encode("latin-1"), entry(title="é"), content_type='application/rss+xml; charset="utf-8"'),
    row("RSS that is sent as a page", rss("<title>A</title>"), entry(title="A"), content_type="text/html"),
    row("quotes of Windows in Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><rss><channel><item><title>“It’s”</title></item></channel></rss>".encode("cp1252"), entry(title="“It’s”")),
    row("the elements of RSS in Atom", f"<feed xmlns='{ATOM}'><entry><title>A</title><guid>g</guid><pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate><description>D</description></entry></feed>", entry(title="A", summary="D", published=TEN)),
    row("the dates of Atom in RSS", rss("<title>A</title><published>2025-11-22T10:00:00Z</published><updated>2025-11-22T10:00:00Z</updated>"), entry(published=TEN,updated=TEN)),
    row("the texts of Atom in RSS", rss("<title>A</title><summary>S</summary><content>C</content>"), entry(summary="S")),
    row("two dates of publication", rss("<title>A</title><dc:date>2020-01-01T00:00:00Z</dc:date><pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate>"), entry(published=TEN)),
    row("the date of a channel is not that of its items", rss("<title>A</title>", channel="<lastBuildDate>Sat, 22 Nov 2025 10:00:00 GMT</lastBuildDate>"), entry(published=None)),
    row("a date of change of Dublin Core", rss("<title>A</title><dcterms:modified>2025-11-22T10:00:00Z</dcterms:modified>"), entry(updated=TEN)),
]  # fmt: skip

RUSSIAN = "Кремль сообщил о закрытии воздушного пространства"
POLISH = "Źródło: ceny ropy wzrosły, żądania OPEC odrzucone ąęśćńł"
FRENCH = "L’été à Caracas : « déjà très animé »"
JAPANESE = "ベネズエラの領空が閉鎖されたと発表した"
CHINESE = "委内瑞拉领空已经关闭，总统表示将继续谈判"
TAIWANESE = "委內瑞拉領空已經關閉，總統表示將繼續談判"
KOREAN = "베네수엘라 영공이 폐쇄되었다고 대통령이 밝혔다"

ENCODINGS = [
    row("UTF-8 that no label names", labelled(FRENCH, "utf-8"), entry(title=FRENCH)),
    row("UTF-8 that calls itself UTF-16", labelled(FRENCH, "utf-8", "utf-16"), entry(title=FRENCH)),
    row("UTF-8 that calls itself Latin-1", labelled(FRENCH, "utf-8", "iso-8859-1"), entry(title=FRENCH), kinds=["bad_encoding_label"]),
    row("UTF-8 whose header says Latin-1", labelled(FRENCH, "utf-8", "utf-8"), entry(title=FRENCH), content_type="text/xml; charset=ISO-8859-1"),
    row("UTF-8 whose header says ASCII", labelled(FRENCH, "utf-8"), entry(title=FRENCH), content_type='text/xml;charset="us-ascii"'),
    row("UTF-8 with a mark, whose labels differ", labelled(FRENCH, "utf-8-sig", "windows-1251"), entry(title=FRENCH), content_type="text/xml; charset=koi8-r"),
    row("UTF-16 with a mark", labelled(FRENCH, "utf-16", "utf-16"), entry(title=FRENCH)),
    row("UTF-16 with a mark that calls itself UTF-8", labelled(FRENCH, "utf-16", "utf-8"), entry(title=FRENCH)),
    row("UTF-16 without a mark", labelled(FRENCH, "utf-16-le", "utf-16"), entry(title=FRENCH)),
    row("UTF-16 without a mark or a label", labelled(FRENCH, "utf-16-be"), entry(title=FRENCH)),
    row("UTF-32", labelled(FRENCH, "utf-32", "utf-32"), entry(title=FRENCH)),
    row("Windows-1252 that calls itself UTF-8", labelled(FRENCH, "cp1252", "utf-8"), entry(title=FRENCH), kinds=["bad_encoding_label"]),
    row("Windows-1252 that calls itself Latin-1", labelled(FRENCH, "cp1252", "iso-8859-1"), entry(title=FRENCH)),
    row("Windows-1252 that no label names", labelled(FRENCH, "cp1252"), entry(title=FRENCH)),
    row("ISO 8859-2", labelled(POLISH, "iso8859-2", "iso-8859-2"), entry(title=POLISH)),
    row("ISO 8859-2 that the header names", labelled(POLISH, "iso8859-2"), entry(title=POLISH), content_type="application/rss+xml; charset=iso-8859-2"),
    row("ISO 8859-15", labelled("Œuvre à 5 €", "iso8859-15", "ISO-8859-15"), entry(title="Œuvre à 5 €")),
    row("KOI8-R", labelled(RUSSIAN, "koi8-r", "koi8-r"), entry(title=RUSSIAN)),
    row("KOI8-R that no label names", labelled(RUSSIAN, "koi8-r"), entry(title=RUSSIAN)),
    row("Windows-1251", labelled(RUSSIAN, "cp1251", "windows-1251"), entry(title=RUSSIAN)),
    row("Windows-1251 that no label names", labelled(RUSSIAN, "cp1251"), entry(title=RUSSIAN)),
    row("Windows-1251 that calls itself UTF-8", labelled(RUSSIAN, "cp1251", "utf-8"), entry(title=RUSSIAN), kinds=["bad_encoding_label"]),
    row("Windows-1251 that the header names and the document belies", labelled(RUSSIAN, "cp1251", "iso-8859-1"), entry(title=RUSSIAN), content_type="text/xml; charset=windows-1251"),
    row("Windows-1251 that the document names and the header belies", labelled(RUSSIAN, "cp1251", "windows-1251"), entry(title=RUSSIAN), content_type="text/xml; charset=iso-8859-1"),
    row("Windows-1251 that the document names and the header calls KOI8-R", labelled(RUSSIAN, "cp1251", "windows-1251"), entry(title=RUSSIAN), content_type="text/xml; charset=koi8-r"),
    row("Shift_JIS", labelled(JAPANESE, "cp932", "Shift_JIS"), entry(title=JAPANESE)),
    row("Shift_JIS that no label names", labelled(JAPANESE, "cp932"), entry(title=JAPANESE)),
    row("EUC-JP", labelled(JAPANESE, "euc_jp", "EUC-JP"), entry(title=JAPANESE)),
    row("EUC-JP that no label names", labelled(JAPANESE, "euc_jp"), entry(title=JAPANESE)),
    row("GB 18030", labelled(CHINESE, "gb18030", "GB18030"), entry(title=CHINESE)),
    row("GB 2312 that no label names", labelled(CHINESE, "gb2312"), entry(title=CHINESE)),
    row("GB 2312 that calls itself UTF-8", labelled(CHINESE, "gb2312", "utf-8"), entry(title=CHINESE)),
    row("Big5", labelled(TAIWANESE, "big5", "big5"), entry(title=TAIWANESE)),
    row("Big5 that no label names", labelled(TAIWANESE, "big5"), entry(title=TAIWANESE)),
    row("EUC-KR", labelled(KOREAN, "euc-kr", "euc-kr"), entry(title=KOREAN)),
    row("EUC-KR that no label names", labelled(KOREAN, "euc-kr"), entry(title=KOREAN)),
    row("a label nobody knows, and a header that helps", labelled(RUSSIAN, "cp1251", "x-unknown"), entry(title=RUSSIAN), content_type="text/xml; charset=windows-1251"),
    row("UTF-8 with a few bad bytes", labelled("Кремль X", "utf-8", "utf-8").replace(b"X", b"\xff"), entry(title="Кремль \ufffd"), kinds=["bad_bytes"]),
    row("UTF-8 with words of Windows-1252 in it", labelled("déjà “vu” X", "utf-8").replace(b"X", "— naïve «é»".encode("cp1252")), entry(title="déjà “vu” — naïve «é»"), kinds=["bad_bytes"]),
    row("UTF-8 of several scripts with a word of Windows-1252", labelled("Кремль X", "utf-8").replace(b"X", b"caf\xe9"), entry(title="Кремль café"), kinds=["bad_bytes"]),
    row("UTF-8 cut within a character", labelled(RUSSIAN, "utf-8", "utf-8").replace("ва<".encode(), "ва<".encode()[:3] + b"<"), entry(title=RUSSIAN[:-1] + "\ufffd"), kinds=["bad_bytes"]),
    row("UTF-8 taken for Windows-1252 and encoded again", labelled("Nicolás déjà".encode().decode("cp1252", "ignore"), "utf-8"), entry(title="Nicolás déjà")),
]  # fmt: skip

JSON = [
    row("a number for an id", listed({"id": 17, "title": "A"}, {"id": 1.5, "title": "B"}), entry(guid="17"), entry(guid="1.5")),
    row("no id but an address", listed({"url": "https://news.example/1", "title": "A"}), A | entry(guid="")),
    row("an id that is an address", listed({"id": "https://news.example/1", "title": "A"}), A),
    row("null everywhere", listed({"id": "1", "title": None, "url": None, "tags": None, "authors": None, "author": None, "content_html": None, "content_text": "Post", "attachments": None, "date_published": None}), entry(guid="1", title="", content="Post", tags=(), author="", published=None)),
    row("authors as one object", listed({"id": "1", "authors": {"name": "R. Porter"}}), entry(author="R. Porter")),
    row("authors as names", listed({"id": "1", "authors": ["R. Porter", "C. Lumnist"]}), entry(author="R. Porter, C. Lumnist")),
    row("the author of version 1", listed({"id": "1", "author": {"name": "R. Porter"}}), entry(author="R. Porter")),
    row("an external address beside its own", listed({"id": "1", "url": "https://news.example/1", "external_url": "https://other.example/", "title": "A"}), A),
    row("an external address alone", listed({"id": "1", "external_url": "https://news.example/1", "title": "A"}), A),
    row("an attachment alone", listed({"id": "1", "title": "A", "attachments": [{"url": "https://news.example/1", "mime_type": "audio/mpeg"}]}), A),
    row("an attachment that is no list", listed({"id": "1", "title": "A", "attachments": {"url": "https://news.example/1"}}), A),
    row("html and text both", listed({"id": "1", "content_html": "<p>One &amp; two</p>", "content_text": "One"}), entry(content="One & two")),
    row("text that looks like markup", listed({"id": "1", "content_text": "use <b> &amp; <i>"}), entry(content="use <b> &amp; <i>")),
    row("markup in the title of JSON", listed({"id": "1", "title": "Oil &amp; <b>gas</b>"}), entry(title="Oil & gas")),
    row("tags that are no list", listed({"id": "1", "tags": "OPEC"}), entry(tags=("OPEC",))),
    row("tags that are no texts", listed({"id": "1", "tags": ["OPEC", 7, None, {"name": "Oil"}]}), entry(tags=("OPEC", "7", "Oil"))),
    row("a date in seconds", listed({"id": "1", "date_published": 1763805600}), entry(published=TEN)),
    row("a date in milliseconds", listed({"id": "1", "date_published": "1763805600000"}), entry(published=TEN)),
    row("a date of RFC 822", listed({"id": "1", "date_published": "Sat, 22 Nov 2025 10:00:00 GMT"}), entry(published=TEN)),
    row("a date of modification alone", listed({"id": "1", "date_modified": "2025-11-22T10:00:00Z"}), entry(published=TEN, updated=TEN)),
    row("a relative address", listed({"id": "1", "title": "A", "url": "/1"}), A),
    row("a mark of byte order", "\ufeff" + listed({"id": "1"}), entry(guid="1"), kinds=()),
    row("UTF-16", listed({"id": "1", "title": "Ñ"}).encode("utf-16-le"), entry(title="Ñ")),
    row("a list without a feed around it", json.dumps([{"id": "1", "title": "A", "url": "https://news.example/1"}]), A),
    row("a comma too many", '{"items": [{"id": "1", "title": "a, ]",}, ],}', entry(guid="1", title="a, ]")),
    row("line breaks within a text", '{"items": [{"id": "1", "title": "Oil\nand gas"}]}', entry(title="Oil and gas")),
    row("cut off", listed({"id": "1", "title": "A"}, {"id": "2", "title": "B"})[:-14], entry(guid="1"), kinds=["truncated"]),
    row("an item that is no list", listed() .replace("[]", '{"id": "1", "title": "A"}'), entry(title="A")),
    row("an entity twice in JSON", listed({"id": "1", "title": "Oil &amp;amp; gas"}), entry(title="Oil & gas")),
    row("control characters in JSON", listed({"id": "1", "title": "A\u0000\u202eB"}), entry(title="AB")),
    row("half a pair in JSON", '{"items": [{"id": "1", "title": "A\\ud800 \\ud83d\\ude00"}]}', entry(title="A 😀")),
    row("NaN", '{"items": [{"id": NaN, "title": "A"}]}', entry(title="A")),
    row("one name twice", '{"items": [{"id": "1", "title": "B", "title": "A"}]}', entry(title="A")),
    row("Latin-1 in JSON", '{"items": [{"id": "1", "title": "é à"}]}'.encode("latin-1"), entry(title="é à")),
    row("a language with an underscore", listed({"id": "1", "language": "es_VE"}), entry(language="es-VE")),
    row("a date without a zone", listed({"id": "1", "date_published": "2025-11-22T10:00:00"}), entry(published=TEN)),
    row("text after JSON's end", listed({"id": "1"}) + "\n<!-- cached -->", entry(guid="1")),
    row("version 1.0", listed({"id": "1"}, version="https://jsonfeed.org/version/1"), entry(guid="1"), format="json10"),
    row("items by their names", '{"items": {"a": {"id": "1", "title": "A"}, "b": {"id": "2", "title": "B"}}}', entry(guid="1", title="A"), B),
    row("comments in JSON", '{"items": [/* one */ {"id": "1", // an id\n "title": "a // b /* c */"}]}', entry(guid="1", title="a // b /* c */")),
    row("a call around JSON", 'feed.read({"items": [{"id": "1", "title": "A"}]});', entry(title="A")),
    row("a guard before JSON", ")]}',\n" + listed({"id": "1", "title": "A"}), entry(title="A")),
    row("the authors of a JSON feed wrote its items", listed({"id": "1"}, {"id": "2", "authors": [{"name": "C. Lumnist"}]}, authors=[{"name": "R. Porter"}]), entry(author="R. Porter"), entry(author="C. Lumnist")),
    row("an author with an address alone in JSON", listed({"id": "1", "authors": [{"url": "https://r.example/"}]}, author={"name": "R. Porter"}), entry(author="R. Porter")),
    row("no version", '{"title": "World", "items": [{"id": "1"}]}', entry(guid="1"), title="World", kinds=["no_version"]),
    row("entries that are none", listed("x", None, 7, {"id": "1"}), entry(guid="1"), kinds=["no_object"]),
]  # fmt: skip

DATES = [
    row(f"the date {text!r}", dated(text, language), entry(published=expected))
    for text, language, expected in [
        ("Sat, 22 Nov 2025 11:00:00 BST", "", TEN),
        ("Sat, 22 Nov 2025 12:00:00 CEST", "", TEN),
        ("Sat, 22 Nov 2025 15:30:00 IST", "en-IN", TEN),
        ("Sat, 22 Nov 2025 12:00:00 IST", "he", TEN),
        ("Sat, 22 Nov 2025 10:00:00", "", TEN),
        ("Mon, 22 Nov 2025 10:00:00 GMT", "", TEN),
        ("sam., 22 nov. 2025 11:00:00 +0100", "fr", TEN),
        ("22. Dezember 2025, 11:00 Uhr", "de", TEN.replace(month=12, hour=11)),
        ("Fri, 21 Nov 2025 24:00:00 GMT", "", TEN.replace(hour=0)),
        ("Sat, 22 Nov 2025 09:59:60 GMT", "", TEN.replace(hour=9, minute=59, second=59)),
        ("22 Nov 25 10:00 GMT", "", TEN),
        ("2025/11/22", "", TEN.replace(hour=0)),
        ("22.11.2025 10:00", "", TEN),
        ("1763805600", "", TEN),
        ("1763805600000", "", TEN),
        ("31 Nov 2025 10:00:00 GMT", "", None),
        ("Today", "", None),
        ("0000-00-00T00:00:00Z", "", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "", None),
        ("10000-01-01T00:00:00Z", "", None),
        ("Sat, 22 Nov 2098 10:00:00 GMT", "", TEN.replace(year=2098)),
    ]
]


@pytest.mark.parametrize(
    ("body", "given", "entries", "document", "kinds"),
    [*FORMATS, *ELEMENTS, *LINKS, *TEXTS, *FRONTS, *OTHERS, *ENCODINGS, *JSON, *DATES],
)
def test_an_odd_document_is_read(body, given, entries, document, kinds):
    parsed = parse(body, **given)
    assert isinstance(parsed, Document), parsed
    found = [
        {field: getattr(one, field) for field in expected}
        for one, expected in zip(parsed.entries, entries, strict=False)
    ]
    assert found == list(entries)
    assert len(parsed.entries) == len(entries)
    assert {field: getattr(parsed, field) for field in document} == document
    assert kinds <= {problem.kind for problem in parsed.problems}


def page(title="", body="", head=""):
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


CHALLENGE, LINKED, NO_FEED = (
    ErrorKind.BOT_CHALLENGE,
    ErrorKind.HTML_WITH_FEED_LINK,
    ErrorKind.NOT_A_FEED,
)
FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'

FAILURES = [
    ("Cloudflare's check", page("Just a moment...", "<script src='/cdn-cgi/challenge-platform/x.js'></script>"), CHALLENGE, "bot check"),
    ("Cloudflare's refusal", page("Attention Required! | Cloudflare", "Sorry, you have been blocked"), CHALLENGE, "person"),
    ("Incapsula", "<html><iframe src='/_Incapsula_Resource?x=1'></iframe></html>", CHALLENGE, "person"),
    ("DataDome", "<html><script src='https://ct.captcha-delivery.com/c.js'></script></html>", CHALLENGE, "person"),
    ("AWS WAF", "<html><script src='https://x.awswaf.com/challenge.js'></script></html>", CHALLENGE, "person"),
    ("Akamai", "<html><script src='/_sec/cp_challenge/x.js'></script></html>", CHALLENGE, "person"),
    ("Vercel", page("Vercel Security Checkpoint"), CHALLENGE, "person"),
    ("Anubis", page("Making sure you&#39;re not a bot!"), CHALLENGE, "person"),
    ("an unnamed check", page("One moment", "Please verify you are human to go on"), CHALLENGE, "person"),
    ("a page that names its feed", page("News", head=FEED_LINK), LINKED, "https://news.example/rss.xml"),
    ("a page with a guard's script that names its feed", page("News", "<script src='/cdn-cgi/challenge-platform/x.js'></script>", FEED_LINK), LINKED, "/rss.xml"),
    ("a stub that leads to the feed", page("Moved", head="<meta http-equiv='refresh' content='0; url=/feeds/new.xml'>"), LINKED, "https://news.example/feeds/new.xml"),
    ("a stub that leads elsewhere", page("Moved", head="<meta http-equiv=refresh content=0;url=https://other.example/>"), NO_FEED, "sends its readers on to https://other.example/"),
    ("Google's consent page", page("Before you continue to Google", "<form action='https://consent.google.com/save'></form>"), NO_FEED, "consent"),
    ("a publisher's consent page", page("Cookie settings", "We value your privacy"), NO_FEED, "consent"),
    ("a captive portal", page("Wi-Fi login", "<!-- <WISPAccessGatewayParam/> -->Accept the terms"), NO_FEED, "captive portal"),
    ("a hotel's portal", page("Network Authentication Required"), NO_FEED, "captive portal"),
    ("a login page", page("Sign in - News", "<form><input name=p type='password'></form>"), NO_FEED, "login (“Sign in - News”)"),
    ("a login page in Spanish", page("Iniciar sesión"), NO_FEED, "login"),
    ("a domain for sale", page("news.example", "Buy this domain. The domain is for sale."), NO_FEED, "parked"),
    ("a parked domain", page("news.example", "<script src='//img.sedoparking.com/x.js'></script>"), NO_FEED, "parked"),
    ("a page that names its feed with a vague type", page("News", head="<link rel=alternate type='text/xml' title='RSS .92' href='/x'>"), LINKED, "https://news.example/x"),
    ("a page that names its feed in JSON", page("News", head="<link rel=alternate type='application/json' href='/feed.json'>"), LINKED, "/feed.json"),
    ("a page that names data in JSON", page("News", head="<link rel=alternate type='application/json' href='/wp-json/wp/v2/pages/7'>"), NO_FEED, "News"),
    ("a stub that leads on and names the feed", page("Moved", head="<meta http-equiv=refresh content='0; url=/x'>" + FEED_LINK), LINKED, "https://news.example/rss.xml"),
    ("a page not found", page("404 Not Found"), NO_FEED, "404 Not Found"),
    ("maintenance", page("Down for maintenance"), NO_FEED, "Down for maintenance"),
    ("a home page", page("News &amp; more"), NO_FEED, "“News & more”"),
    ("an error in JSON", '{"error": {"code": 429, "message": "Rate limit exceeded"}}', NO_FEED, "Rate limit exceeded"),
    ("an error in JSON as a word", '{"status": "error", "error": "not_found"}', NO_FEED, "not_found"),
    ("errors in JSON", '{"errors": [{"message": "Feed was removed"}]}', NO_FEED, "Feed was removed"),
    ("JSON of another kind", '{"name": "x", "version": 1}', NO_FEED, "no items"),
    ("a JSON feed without items", listed().replace("[]", "null"), NO_FEED, "no items"),
    ("a JSON feed whose items are an object", listed().replace("[]", "{}"), NO_FEED, "items that are no list"),
    ("a JSON feed whose items are a word", listed().replace("[]", '"none"'), NO_FEED, "items that are no list"),
    ("a list of numbers", "[1, 2]", NO_FEED, "JSON"),
    ("a message in brackets", "[ERROR] upstream is down", NO_FEED, "neither RSS nor Atom"),
    ("plain text", "Service temporarily unavailable", NO_FEED, "Service temporarily unavailable"),
    ("plain text with signs", "error: a < b & c > d", NO_FEED, "neither RSS"),
    ("a stack trace", 'Traceback (most recent call last):\n  File "<stdin>", line 1\nKeyError', NO_FEED, "Traceback"),
    ("a PNG image", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), NO_FEED, "PNG"),
    ("a JPEG image", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), NO_FEED, "JPEG"),
    ("a GIF image", b"GIF89a" + bytes(range(256)), NO_FEED, "GIF"),
    ("a PDF file", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type/Catalog>>", NO_FEED, "PDF"),
    ("a zip file", b"PK\x03\x04\x14\x00\x00\x00feed.xml" + bytes(range(256)), NO_FEED, "zip"),
    ("a gzip file", b"\x1f\x8b\x08\x00" + bytes(range(256)), NO_FEED, "gzip"),
    ("noise", bytes(range(255, 127, -1)) * 4, NO_FEED, "neither RSS"),
    ("an OPML list", "<opml version='2.0'><body><outline text='x' xmlUrl='https://x.example/'/></body></opml>", NO_FEED, "OPML"),
    ("a sitemap", "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>x</loc></url></urlset>", NO_FEED, "sitemap"),
    ("an error of a cloud's store", "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", NO_FEED, "Access Denied"),
    ("a fault of SOAP", "<s:Envelope xmlns:s='urn:s'><s:Body><s:Fault><faultstring>No such feed</faultstring></s:Fault></s:Body></s:Envelope>", NO_FEED, "No such feed"),
    ("an SVG image", "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>", NO_FEED, "SVG"),
    ("a page about feeds", page("How to write RSS", "<p>A tutorial with many words on how a feed is made, and why.</p>" * 20 + "<pre>&lt;rss&gt;&lt;item&gt;&lt;/item&gt;&lt;/rss&gt;</pre>"), NO_FEED, "How to write RSS"),
    ("nothing", b"", ErrorKind.EMPTY, "no content"),
    ("blanks", b" \r\n\t\x00", ErrorKind.EMPTY, "no content"),
    ("a feed that breaks off at once", "<?xml version='1.0'?><rss version='2.0'><channel><title>Wor", ErrorKind.PARSE, "no entry"),
    ("JSON that breaks off at once", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1', ErrorKind.PARSE, "JSON"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "words"), [pytest.param(*rest, id=name) for name, *rest in FAILURES]
)
def test_what_is_no_feed_says_what_it_is(body, kind, words):
    failed = parse(body if isinstance(body, bytes) else body.encode(), url=URL)
    assert isinstance(failed, Failed), failed
    assert failed.kind is kind, failed
    assert words in failed.message
    assert failed.message.isprintable()
