"""What bodies come to: documents of every format, and clean failures for everything else."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.reading.entries import (
    MAX_CONTENT,
    MAX_ENTRIES,
    MAX_GUID,
    MAX_SUMMARY,
    MAX_TAGS,
    MAX_TITLE,
)
from monitor.feeds.reading.parse import parse
from monitor.model import Document, ErrorKind, Failed

TEN = datetime(2025, 11, 30, 10, tzinfo=UTC)
URL = "https://news.example/feeds/world.xml"


def rss(*items, channel="", version="2.0"):
    body = "".join(f"<item>{item}</item>" for item in items)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="{version}" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>World</title><link>https://news.example/</link>{channel}{body}</channel></rss>
""".encode()


def atom(*entries, head="", attributes=""):
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>World</title>
<link href="https://news.example/"/>{head}{body}</feed>""".encode()


def json_feed(*items, **fields):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "World", "items": items}
    return json.dumps(feed | fields).encode()


def read(body, **given):
    document = parse(body, **({"url": URL} | given))
    assert isinstance(document, Document), document
    return document


def only(body, **given):
    (entry,) = read(body, **given).entries
    return entry


def kinds(document):
    return [problem.kind for problem in document.problems]


def failure(body, **given):
    failed = parse(body, **given)
    assert isinstance(failed, Failed), failed
    return failed


# --- formats ----------------------------------------------------------------------------------

ITEM = "<title>Airspace closed</title><link>https://news.example/1</link><description>No flights.</description>"


@pytest.mark.parametrize(
    ("version", "form"),
    [("0.91", "rss091u"), ("0.92", "rss092"), ("0.94", "rss094"), ("2.0", "rss20"), ("9", "rss")],
)
def test_every_rss_is_read(version, form):
    document = read(rss(ITEM, version=version))
    assert document.format == form
    (entry,) = document.entries
    assert (entry.title, entry.link, entry.summary, entry.content) == (
        "Airspace closed",
        "https://news.example/1",
        "No flights.",
        "",
    )


def test_rdf_is_read_with_its_dublin_core_date():
    document = read(
        b"""<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://news.example/"><title>World</title></channel>
        <item rdf:about="https://news.example/1"><title>Airspace closed</title>
        <link>https://news.example/1</link><dc:date>2025-11-30T10:00:00Z</dc:date>
        <dc:creator>A. Reporter</dc:creator><dc:subject>Aviation</dc:subject></item></rdf:RDF>"""
    )
    (entry,) = document.entries
    assert document.format == "rss10"
    assert (entry.guid, entry.author, entry.tags) == (
        "https://news.example/1",
        "A. Reporter",
        ("Aviation",),
    )
    assert entry.published == TEN


def test_atom_is_read_with_language_and_both_dates():
    document = read(
        atom(
            "<id>tag:news.example,2025:1</id><title type='html'>Airspace &lt;b&gt;closed&lt;/b&gt;</title>"
            "<link rel='alternate' type='text/html' href='/1'/><published>2025-11-30T10:00:00Z</published>"
            "<updated>2025-11-30T12:00:00+01:00</updated><author><name>A. Reporter</name></author>"
            "<category term='avi' label='Aviation'/><summary>No flights.</summary>"
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>All of it.</p></div></content>",
            attributes="xml:lang='en-GB'",
        )
    )
    (entry,) = document.entries
    assert (document.format, document.language, document.link) == (
        "atom10",
        "en-GB",
        "https://news.example/",
    )
    assert entry.guid == "tag:news.example,2025:1"
    assert entry.title == "Airspace closed"
    assert entry.link == "https://news.example/1"
    assert (entry.published, entry.updated) == (TEN, TEN + timedelta(hours=1))
    assert (entry.author, entry.tags, entry.language) == ("A. Reporter", ("Aviation",), "en-GB")
    assert (entry.summary, entry.content) == ("No flights.", "All of it.")


def test_atom_0_3_is_read():
    document = read(
        b"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>World</title><entry>
        <title>Airspace closed</title><id>1</id><issued>2025-11-30T10:00:00Z</issued></entry></feed>"""
    )
    assert document.format == "atom03"
    assert document.entries[0].published == TEN


def test_json_feed_is_read():
    document = read(
        json_feed(
            {
                "id": "1",
                "url": "/1",
                "title": "Airspace closed",
                "content_html": "<p>No flights &amp; no fuel.</p>",
                "summary": "No flights.",
                "date_published": "2025-11-30T11:00:00+01:00",
                "date_modified": "2025-11-30T11:00:00Z",
                "authors": [{"name": "A. Reporter"}, {"name": "B. Reporter"}],
                "tags": ["Aviation", "Venezuela"],
                "language": "en",
            },
            home_page_url="https://news.example/",
            language="en-GB",
        )
    )
    (entry,) = document.entries
    assert (document.format, document.title, document.language) == ("json11", "World", "en-GB")
    assert document.problems == ()
    assert (entry.guid, entry.link) == ("1", "https://news.example/1")
    assert (entry.summary, entry.content) == ("No flights.", "No flights & no fuel.")
    assert (entry.published, entry.updated) == (TEN, TEN + timedelta(hours=1))
    assert (entry.author, entry.tags) == ("A. Reporter, B. Reporter", ("Aviation", "Venezuela"))


def test_json_feed_1_0_with_its_oddities_is_read():
    document = read(
        json_feed(
            {
                "id": 17,
                "external_url": "https://x.example/17",
                "author": {"name": "A"},
                "content_text": "a <b",
            },
            {
                "id": 1.50,
                "author": "B",
                "tags": "none",
                "title": None,
                "date_published": 1764496800,
            },
            "no object",
            {
                "id": True,
                "attachments": [{"url": "https://x.example/a.mp3"}, 3],
                "url": "javascript:x",
            },
            version="https://jsonfeed.org/version/1",
        )
    )
    first, second, third = document.entries
    assert document.format == "json10"
    assert kinds(document) == ["no_object"]
    assert (first.guid, first.link, first.author, first.content) == (
        "17",
        "https://x.example/17",
        "A",
        "a <b",
    )
    assert (second.guid, second.author, second.tags, second.published) == (
        "1.5",
        "B",
        ("none",),
        TEN,
    )
    assert (third.guid, third.link) == ("", "https://x.example/a.mp3")


def test_a_json_feed_without_a_version_is_read_and_says_so():
    assert kinds(read(b'{"items": [{"id": "1"}]}')) == ["no_version"]


def test_a_feed_wrapped_in_a_page_is_read():
    body = (
        b"<!DOCTYPE html><html><body>" + atom("<id>1</id><title>A</title>")[38:] + b"</body></html>"
    )
    assert only(body).title == "A"


def test_a_feed_without_entries_is_a_document():
    assert read(rss()).entries == ()
    assert read(atom()).entries == ()
    assert read(json_feed()).entries == ()


# --- links, guids, dates, authors, tags -------------------------------------------------------


def test_the_first_suitable_alternate_is_the_link():
    entry = only(
        atom(
            "<title>A</title><link rel='self' href='https://x.example/self'/>"
            "<link rel='alternate' type='application/json' href='https://x.example/json'/>"
            "<link rel='alternate' type='text/html' hreflang='en' href='https://x.example/en'/>"
            "<link rel='alternate' type='text/html' hreflang='fr' href='https://x.example/fr'/>"
        )
    )
    assert entry.link == "https://x.example/en"


def test_links_are_resolved_against_xml_base_and_that_against_the_address():
    body = atom("<title>A</title><link href='1.html'/>", attributes="xml:base='/blog/'")
    assert only(body).link == "https://news.example/blog/1.html"


def test_a_permalink_guid_is_the_link_where_there_is_none():
    assert (
        only(rss("<title>A</title><guid>https://x.example/1</guid>")).link == "https://x.example/1"
    )
    assert (
        only(rss("<title>A</title><guid isPermaLink='false'>https://x.example/1</guid>")).link == ""
    )


def test_an_enclosure_is_the_link_of_last_resort():
    entry = only(
        rss("<title>A</title><enclosure url='https://x.example/1.mp3' type='audio/mpeg'/>")
    )
    assert entry.link == "https://x.example/1.mp3"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://x.example/", "http://["]
)
def test_a_link_that_is_not_http_is_dropped_and_reported(link):
    document = read(rss(f"<title>A</title><link>{link}</link>"))
    assert document.entries[0].link == ""
    assert kinds(document) == ["bad_link"]


@pytest.mark.parametrize("guid", ["1", "/2025/1", "AbC", "tag:x,2025:1", "http://X.example/%7Ea"])
def test_a_guid_stays_as_it_is_written_wherever_the_feed_lives(guid):
    body = rss(f"<title>A</title><guid>\n  {guid} </guid>")
    assert only(body, url="https://a.example/").guid == guid
    assert only(body, url="http://b.example/feed").guid == guid


def test_a_blank_guid_is_none():
    assert only(rss("<title>A</title><guid>  </guid>")).guid == ""


def test_dates_are_read_from_what_is_written_not_from_feedparsers_guess():
    document = read(
        rss(
            "<title>A</title><pubDate>Sun, 30 Nov 2025 11:00:00 CET</pubDate>",
            "<title>B</title><pubDate>30 ноября 2025 13:00 MSK</pubDate>",
            "<title>C</title><dc:date>2025-11-30T10:00:00Z</dc:date>",
            "<title>D</title><pubDate>soon</pubDate>",
            channel="<language>en-us</language>",
        )
    )
    assert [entry.published for entry in document.entries] == [TEN, TEN, TEN, None]
    assert kinds(document) == ["bad_date"]


def test_the_language_of_the_feed_settles_an_open_date():
    item = "<title>A</title><pubDate>05/11/2025</pubDate>"
    assert only(rss(item, channel="<language>es-VE</language>")).published.month == 11
    assert only(rss(item, channel="<language>en-US</language>")).published.month == 5


def test_authors_and_tags_are_names_without_repeats():
    entry = only(
        rss(
            "<title>A</title><author>desk@news.example (A. Reporter)</author>"
            "<dc:creator>B. Reporter</dc:creator><dc:creator>B. Reporter</dc:creator>"
            "<category>Aviation &amp;amp; Space</category><category>OPEC</category><category>OPEC</category>"
        )
    )
    assert entry.author == "A. Reporter, B. Reporter"
    assert entry.tags == ("Aviation & Space", "OPEC")


def test_the_ttl_is_minutes():
    assert read(rss(ITEM, channel="<ttl>30</ttl>")).ttl == timedelta(minutes=30)
    assert read(rss(ITEM, channel="<ttl>soon</ttl>")).ttl is None
    assert read(rss(ITEM, channel="<ttl>999999</ttl>")).ttl == timedelta(days=1)


# --- texts ------------------------------------------------------------------------------------


def test_content_beside_a_summary_is_kept_apart():
    entry = only(
        rss(
            "<title>A</title><description>Short.</description>"
            "<content:encoded><![CDATA[<p>Long &amp; whole.</p>]]></content:encoded>"
        )
    )
    assert (entry.summary, entry.content) == ("Short.", "Long & whole.")


def test_content_alone_is_content_and_not_also_the_summary():
    entry = only(
        rss("<title>A</title><content:encoded>&lt;p&gt;Whole.&lt;/p&gt;</content:encoded>")
    )
    assert (entry.summary, entry.content) == ("", "Whole.")


def test_content_that_repeats_the_summary_is_said_once():
    entry = only(
        rss(
            "<title>A</title><description>Same.</description><content:encoded>Same.</content:encoded>"
        )
    )
    assert (entry.summary, entry.content) == ("Same.", "")


def test_titles_are_unescaped_twice_at_most():
    titles = [
        "A &amp; B",
        "A &amp;amp; B",
        "&amp;lt;b&amp;gt;A&amp;lt;/b&amp;gt; &amp;amp; B",
        "1 &lt; 2",
    ]
    document = read(rss(*(f"<title>{title}</title>" for title in titles)))
    assert [entry.title for entry in document.entries] == ["A & B", "A & B", "A & B", "1 < 2"]


def test_every_text_leaves_clean():
    dirty = "a\u202eb\u2066c&#x200f;d&#x85;e"
    entry = only(
        rss(
            f"<title>{dirty}</title><guid>{dirty}</guid><description>{dirty}</description>"
            f"<author>{dirty}</author><category>{dirty}</category><content:encoded>{dirty}</content:encoded>"
        )
    )
    for text in (entry.title, entry.guid, entry.summary, entry.author, *entry.tags):
        assert "\u202e" not in text
        assert "\u2066" not in text
        assert "\x85" not in text


def test_json_escapes_of_forbidden_characters_are_dropped():
    entry = only(
        b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a\\u0000b\\ud800c","title":"\\u202ex"}]}'
    )
    assert (entry.guid, entry.title) == ("abc", "x")


def test_an_entry_without_a_title_has_none():
    assert only(rss("<description>A post.</description>")).title == ""


# --- bounds -----------------------------------------------------------------------------------


def test_what_is_too_long_is_cut_and_reported():
    tags = "".join(f"<category>{number}</category>" for number in range(MAX_TAGS + 1))
    document = read(
        rss(
            f"<title>{'t' * (MAX_TITLE + 1)}</title><description>{'s' * (MAX_SUMMARY + 1)}</description>"
            f"<content:encoded>{'c' * (MAX_CONTENT + 1)}</content:encoded>"
            f"<guid>{'g' * MAX_GUID}1</guid>{tags}"
        )
    )
    (entry,) = document.entries
    assert (len(entry.title), len(entry.summary), len(entry.content)) == (
        MAX_TITLE,
        MAX_SUMMARY,
        MAX_CONTENT,
    )
    assert (len(entry.guid), len(entry.tags)) == (MAX_GUID, MAX_TAGS)
    assert {"long_title", "long_summary", "long_content", "long_guid", "many_tags"} <= set(
        kinds(document)
    )


def test_guids_that_differ_past_the_limit_stay_apart():
    one, other = read(
        rss(*(f"<title>A</title><guid>{'g' * MAX_GUID}{tail}</guid>" for tail in "12"))
    ).entries
    assert one.guid != other.guid


def test_entries_past_the_limit_are_left_out_and_reported():
    document = read(json_feed(*({"id": number} for number in range(MAX_ENTRIES + 3))))
    assert len(document.entries) == MAX_ENTRIES
    assert kinds(document) == ["many_entries"]
    assert document.problems[0].message.endswith(": 3")


def test_a_summary_too_long_to_be_one_is_the_content():
    entry = only(rss(f"<title>A</title><description>{'s' * (MAX_SUMMARY + 1)}</description>"))
    assert (entry.summary, len(entry.content)) == ("", MAX_SUMMARY + 1)


# --- broken documents -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flaw",
    [
        "<title>Oil & gas</title>",
        "<title>Oil &nbsp; gas</title>",
        "<title>Oil</title><b>",
        "<title>Oil</title><media:undeclared xmlns='' nope:x='1'/>",
    ],
)
def test_entries_of_an_ill_formed_document_are_recovered(flaw):
    document = read(rss(flaw, ITEM))
    assert document.entries[0].title.startswith("Oil")
    assert document.entries[-1].title == "Airspace closed"
    assert kinds(document)[0] == "ill_formed"


def test_the_line_of_a_flaw_is_the_documents_own():
    body = b"\n<?xml version='1.0'?>\n<!-- three\n four -->\n" + rss("<title>a & b</title>")[39:]
    (problem,) = [p for p in read(body).problems if p.kind == "ill_formed"]
    assert problem.message.endswith("near line 7")


def test_an_entry_that_was_cut_off_is_not_taken_for_a_whole_one():
    whole = rss(ITEM, "<title>Second story</title><guid>2</guid>")
    cut = whole[: whole.index(b" story")]
    document = read(cut)
    assert [entry.title for entry in document.entries] == ["Airspace closed"]
    assert "truncated" in kinds(document)


def test_a_document_cut_off_before_its_first_entry_is_a_failure():
    whole = rss(ITEM)
    assert failure(whole[: whole.index(b"closed")]).kind is ErrorKind.PARSE


def test_control_characters_and_references_to_them_cost_nothing_but_themselves():
    document = read(
        rss(
            ITEM.replace(
                "closed", "\x01clo&#1;sed&#xD83D;&#xDE00;&#55357;&#56832;&#xFFFF;&#99999999;"
            )
        )
    )
    assert document.entries[0].title == "Airspace closed😀😀"
    assert kinds(document) == ["control_characters"]


@pytest.mark.parametrize(
    "front",
    [
        "\n\n  ",
        "\ufeff",
        "\ufeff\n",
        "<!-- built by a script -->\n",
        "<?xml-stylesheet href='x'?>",
        "\x00\x00",
        "<!DOCTYPE rss>",
        "<!-- never closed",
    ],
)
def test_what_stands_before_the_feed_does_no_harm(front):
    assert kinds(read(front.encode() + rss(ITEM))) == []
    assert kinds(read(front.encode() + rss(ITEM)[39:])) == []


def test_entities_a_document_declares_are_read_but_never_those_of_another_file():
    doctype = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "Oil &amp; "><!ENTITY b '&a;gas'>
    <!ENTITY x SYSTEM "file:///etc/hostname">]>"""
    body = doctype + rss("<title>&b;&x;</title><description><![CDATA[&b;]]></description>")[39:]
    assert (only(body).title, only(body).summary) == ("Oil & gas&x;", "&b;")


BOMB = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("<!ENTITY e0 'laugh'>" + BOMB, "&e9;"),
        (f"<!ENTITY a '{'a' * 50_000}'>", "&a;"),
        (f"<!ENTITY a '{'a' * 10_000}'>", "&a;" * 1_000),
        ("<!ENTITY a '&b;'><!ENTITY b '&a;'>", "&a;"),
        ("".join(f"<!ENTITY a{n} 'x'>" for n in range(2_000)), "A"),
    ],
)
def test_entities_that_grow_without_limit_are_a_failure_with_a_name(declared, said):
    body = f"<!DOCTYPE rss [{declared}]><rss><channel><item><title>{said}</title></item></channel></rss>"
    failed = parse(body.encode())
    assert isinstance(failed, Failed)
    assert (failed.kind, failed.message) == (
        ErrorKind.PARSE,
        "its entities stand for too much text",
    )


# --- encodings --------------------------------------------------------------------------------


def encoded(text, codec, label):
    return f"<?xml version='1.0' encoding='{label}'?><rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>".encode(
        codec
    )


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("Café — niño", "utf-8", "utf-8"),
        ("Café — niño", "utf-8-sig", "iso-8859-1"),
        ("Café — niño", "utf-16", "utf-16"),
        ("Café — niño", "utf-16-le", "utf-16"),
        ("Café — niño", "utf-16-be", "utf-16"),
        ("Café — niño", "utf-32", "utf-32"),
        ("Café — niño", "cp1252", "iso-8859-1"),
        ("Café — niño", "cp1252", "windows-1252"),
        ("Мадуро", "cp1251", "windows-1251"),
        ("Мадуро", "koi8-r", "KOI8-R"),
        ("马杜罗", "gb18030", "gb2312"),
        ("馬杜洛", "big5", "big5"),
        ("マドゥロ", "cp932", "Shift_JIS"),
        ("マドゥロ", "euc_jp", "euc-jp"),
        ("マドゥロ", "iso2022_jp", "iso-2022-jp"),
        ("마두로", "cp949", "euc-kr"),
        ("مادورو", "cp1256", "windows-1256"),
    ],
)
def test_a_labelled_encoding_is_decoded(text, codec, label):
    assert only(encoded(text, codec, label)).title == text


def test_utf_8_under_another_label_is_utf_8_and_reported():
    document = read(encoded("Café", "utf-8", "iso-8859-1"))
    assert document.entries[0].title == "Café"
    assert kinds(document) == ["bad_encoding_label"]


def test_latin_1_that_calls_itself_utf_8_is_read_and_reported():
    document = read(encoded("Café", "cp1252", "utf-8"))
    assert document.entries[0].title == "Café"
    assert kinds(document) == ["bad_encoding_label"]


def test_utf_8_with_one_bad_byte_stays_utf_8():
    body = encoded("Мадуро X", "utf-8", "utf-8").replace(b"X", b"\xff")
    document = read(body)
    assert document.entries[0].title == "Мадуро \ufffd"
    assert kinds(document) == ["bad_bytes"]


def test_the_charset_of_the_header_helps_where_the_document_is_silent():
    body = "<rss version='2.0'><channel><item><title>Мадуро</title></item></channel></rss>".encode(
        "cp1251"
    )
    assert only(body, content_type="text/xml; charset=windows-1251").title == "Мадуро"


def test_where_the_document_names_a_wrong_encoding_the_header_may_name_the_right_one():
    body = encoded("Кремль", "cp1251", "windows-1255")
    assert only(body, content_type="text/xml; charset=windows-1251").title == "Кремль"


def test_what_no_label_explains_is_read_as_far_as_it_goes():
    body = encoded("マドゥロ X", "cp932", "shift_jis").replace(b"X", b"\xfc\xff")
    document = read(body)
    assert document.entries[0].title.startswith("マドゥロ")
    assert kinds(document) == ["bad_bytes"]


@pytest.mark.parametrize(
    "label", ["utf-7", "punycode", "idna", "zlib", "rot13", "nul", "x" * 39, "base64"]
)
def test_no_label_reaches_pythons_codec_registry(label):
    assert only(encoded("Café", "utf-8", label)).title == "Café"
    assert only(encoded("Café", "cp1252", label)).title == "Café"


# --- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  \r\n\t", b"\xef\xbb\xbf", b"\x00\x00"])
def test_a_body_without_content_is_empty(body):
    assert failure(body).kind is ErrorKind.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        b"Service unavailable",
        b"<html><head><title>Sign in</title></head><body>Please sign in</body></html>",
        b"<!DOCTYPE html><p>Hello",
        b"<opml version='2.0'><body><outline text='x'/></body></opml>",
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>x</loc></url></urlset>",
        b'{"error": "not found"}',
        b'{"items": "none"}',
        b"[1, 2]",
        b"[Error] upstream is down",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_feed_says_so(body):
    assert failure(body).kind is ErrorKind.NOT_A_FEED


def test_a_page_is_named_by_its_title():
    assert "Sign in" in failure(b"<html><head><title>Sign in</title></head></html>").message


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml", "application/feed+json"]
)
def test_a_page_that_names_its_feed_is_told_from_one_that_does_not(kind):
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="/x.css">
    <link title="News" href="/feed?a=1&amp;b=2" type='{kind}' rel="alternate home"></head></html>"""
    failed = failure(page.encode(), url="https://news.example/world/")
    assert failed.kind is ErrorKind.HTML_WITH_FEED_LINK
    assert "https://news.example/feed?a=1&b=2" in failed.message


def test_a_page_may_say_what_its_links_are_relative_to():
    page = b"""<html><head><base href="https://cdn.example/site/">
    <link rel="alternate" type="application/rss+xml" href="feed.xml"></head></html>"""
    assert "https://cdn.example/site/feed.xml" in failure(page, url=URL).message


def test_a_link_to_the_wordpress_api_is_no_feed():
    page = b'<html><link rel="alternate" type="application/json" href="/wp-json/1"></html>'
    assert failure(page, url=URL).kind is ErrorKind.NOT_A_FEED


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script>",
        b"<html><body>Enable JavaScript and cookies to continue</body></html>",
        b"<html><script src='https://geo.captcha-delivery.com/c.js'></script></html>",
    ],
)
def test_a_bot_check_is_told_from_a_page(page):
    assert failure(page).kind is ErrorKind.BOT_CHALLENGE


@pytest.mark.parametrize(
    "body", [b'{"items": [', b'{"items": ' + b"[" * 100_000, b'{"a":' * 100_000]
)
def test_broken_or_bottomless_json_is_a_failure(body):
    assert failure(body).kind is ErrorKind.PARSE


def test_a_number_of_thousands_of_digits_is_only_text():
    assert only(b'{"items": [{"id": ' + b"9" * 10_000 + b"}]}").guid.startswith("999")


# --- hostile bodies ---------------------------------------------------------------------------


def test_a_body_that_is_a_path_is_not_opened(tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(ITEM))
    assert failure(str(feed).encode()).kind is ErrorKind.NOT_A_FEED
    assert failure(f"file://{feed}".encode()).kind is ErrorKind.NOT_A_FEED


def test_a_body_that_is_an_address_is_not_fetched():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/feed.xml"
        assert failure(address.encode()).kind is ErrorKind.NOT_A_FEED
        external = f"""<!DOCTYPE rss SYSTEM "{address}" [<!ENTITY % e SYSTEM "{address}"> %e;]>"""
        read(external.encode() + rss(ITEM)[39:])
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0' encoding=" + b"' encoding=" * 3_000 + rss(ITEM),
        b"\n" * 50_000 + b"<!-- -->" + b"\n" * 50_000 + rss(ITEM)[39:],
        b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>\n" * 5_000 + b"]>" + rss(ITEM)[39:],
    ],
)
def test_prologs_that_cost_feedparser_more_than_linear_time_never_reach_it(body):
    assert only(body).title == "Airspace closed"


@pytest.mark.parametrize(
    "inside",
    [
        "<georss:where xmlns:georss='http://www.georss.org/georss'><gml:x/></georss:where>",
        "<image><title>x</title></image><textinput><name>x</name></textinput>",
        "<title>&#xD800; &#x110000; &#xFFFFFFFFFF; &#xD8zz;&#xDCzz;</title>",
        "<media:rating/><media:credit/></media:credit></media:rating>",
        "<source><source><item><item>",
    ],
)
def test_what_makes_feedparser_raise_never_escapes(inside):
    assert isinstance(parse(rss(inside)), Document | Failed)
    assert isinstance(parse(rss(inside)[39:-30]), Document | Failed)


@pytest.mark.parametrize("first", [True, False])
def test_a_pictures_caption_is_not_the_summary(first):
    media = (
        "<media:content url='https://wire.example/p.jpg'>"
        "<media:description>Caption</media:description></media:content>"
    )
    said = "<description>What happened</description>"
    body = (
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>"
        f"<title>One</title>{media + said if first else said + media}</item></channel></rss>"
    )
    [entry] = parse(body.encode()).entries
    assert (entry.summary, entry.content) == ("What happened", "")


def test_a_videos_description_is_read_where_nothing_else_is_said():
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'>"
        "<entry><id>1</id><title>Clip</title><media:group><media:description>Maduro on film"
        "</media:description></media:group></entry></feed>"
    )
    [entry] = parse(body.encode()).entries
    assert entry.content == "Maduro on film"
