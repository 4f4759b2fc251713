"""Well-formed feeds are read without feedparser: the same entries, and only the new ones."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.reading import marks, strict
from monitor.feeds.reading.parse import parse
from monitor.feeds.reading.strict import (
    LONGEST_AT_ONCE,
    MOST_AT_ONCE,
    MOST_TAGS_AT_ONCE,
    parse_at_once,
)
from monitor.model import MARK_SIZE, Document

TEN = datetime(2025, 11, 30, 10, tzinfo=UTC)
URL = "https://news.example/feeds/world.xml"
SPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'"
    " xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
    " xmlns:atom='http://www.w3.org/2005/Atom'"
    " xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    " xmlns:fh='http://purl.org/syndication/history/1.0'"
)


DOUBTFUL = "<published><b/></published>"  # left to feedparser


def rss(*items, head="", attributes=SPACES):
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        f"<rss version='2.0' {attributes}><channel><title>World</title>{head}{body}</channel></rss>"
    ).encode()


def atom(*entries, head="", attributes=""):
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom' {attributes}><title>World</title>"
        f"{head}{body}</feed>"
    ).encode()


def read(body, *, path="strict", **given):
    document = parse(body, **({"url": URL} | given))
    assert isinstance(document, Document), document
    assert document.path == path
    return document


def only(body, **given):
    (entry,) = read(body, **given).entries
    return entry


def numbered(*numbers, make=rss, **given):
    return make(*(f"<title>Story {n}</title><guid>{n}</guid>" for n in numbers), **given)


def titles(document):
    return [int(entry.title.removeprefix("Story ")) for entry in document.entries]


# --- which way a document is read -------------------------------------------------------------


@pytest.mark.parametrize(
    "front",
    ["", "<?xml version='1.0' encoding='utf-8'?>\n", "\ufeff", "\n", "<!-- made by hand -->\n"],
)
def test_a_well_formed_feed_is_read_strictly(front):
    assert read(front.encode() + rss("<title>A</title>")).format == "rss20"
    assert read(front.encode() + atom("<title>A</title>")).format == "atom10"


def test_a_doctype_and_control_characters_are_dropped_first():
    assert read(b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss("<title>A</title>"))
    (problem,) = read(rss("<title>A\x01</title>")).problems
    assert problem.kind == "control_characters"


@pytest.mark.parametrize(
    "item",
    [
        "<title>A</title><published><b/></published>",
        "<title>A</title><x:y xmlns:x='urn:x'><author>B</author></x:y>",
        "<title>A</title><content type='image/png' xmlns='http://www.w3.org/2005/Atom'>aGk=</content>",
        "<title mode='base64'>QQ==</title>",
        "<title>A</title><guid><b>1</b></guid>",
        "",
    ],
)
def test_what_is_doubtful_is_left_to_feedparser(item):
    assert strict.read(rss("<title>Z</title>", item).decode(), url=URL) is None
    assert read(rss("<title>Z</title>", item), path="lenient").entries


def test_what_is_nearly_well_formed_is_mended_and_read_without_feedparser():
    body = rss("<title>AT&T</title><link>/?a=1&copy=2</link>", "<title>B<guid>2</guid>")
    document = read(body, path="strict")
    assert [(entry.title, entry.link) for entry in document.entries] == [
        ("AT&T", "https://news.example/?a=1&copy=2"),
        ("B", ""),
    ]
    assert [problem.kind for problem in document.problems] == ["ill_formed"]
    assert only(body, known=document.marks[MARK_SIZE:]).title == "AT&T"


def test_what_is_mended_and_still_doubtful_is_reported_once():
    document = read(rss("<title>AT&T</title>" + DOUBTFUL), path="lenient")
    assert [problem.kind for problem in document.problems] == ["ill_formed"]


def test_a_feed_in_an_unknown_namespace_or_under_odd_prefixes_yields_its_entries():
    item = "<rss:item><rss:title>A</rss:title><rss:link>/1</rss:link></rss:item>"
    feed = f"<rss:rss xmlns:rss='urn:odd'><rss:channel>{item}</rss:channel></rss:rss>"
    assert only(feed.encode()).title == "A"
    undeclared = f"<rss version='2.0'><rss:channel>{item}</rss:channel></rss>"
    entry = only(undeclared.encode())
    assert (entry.title, entry.link) == ("A", "https://news.example/1")


@pytest.mark.parametrize(
    "space", ["http://search.yahoo.com/mrss", "https://search.yahoo.com/MRSS/"]
)
def test_a_namespace_is_known_by_its_address_however_it_is_spelled(space):
    body = rss("<m:title>A</m:title>", attributes=f"xmlns:m='{space}'")
    assert only(body).title == "A"


def test_a_namespace_nobody_knows_is_read_by_its_prefix():
    body = rss("<title>A</title><dc:creator>B</dc:creator>", attributes="xmlns:dc='urn:dublin'")
    assert only(body).author == "B"


# --- what is read -----------------------------------------------------------------------------


def test_an_item_is_read_with_everything_it_says():
    entry = only(
        rss(
            "<title>Oil &amp;amp; &lt;b&gt;gas&lt;/b&gt;</title><link>/1?a=1&amp;amp;b=2</link>"
            "<guid isPermaLink='false'>1</guid><pubDate>Sun, 30 Nov 2025 10:00:00 GMT</pubDate>"
            "<description>&lt;p&gt;Short.</description>"
            "<content:encoded><![CDATA[<p>Long &amp; whole.]]></content:encoded>"
            "<author>desk@news.example (A. Reporter)</author><dc:creator>B. Reporter</dc:creator>"
            "<itunes:author>C. Reporter</itunes:author><dc:language>en_GB</dc:language>"
            "<category domain='x'>Oil</category><media:category label='Gas'>g</media:category>"
            "<itunes:keywords>tankers, sanctions</itunes:keywords>"
            "<atom:updated>2025-11-30T11:00:00Z</atom:updated>"
        )
    )
    assert entry.title == "Oil & gas"
    assert (entry.guid, entry.link) == ("1", "https://news.example/1?a=1&b=2")
    assert (entry.summary, entry.content) == ("Short.", "Long & whole.")
    assert entry.author == "A. Reporter, B. Reporter, C. Reporter"
    assert entry.tags == ("Oil", "Gas", "tankers", "sanctions")
    assert (entry.published, entry.updated) == (TEN, TEN + timedelta(hours=1))
    assert entry.language == "en-GB"


def test_the_summary_is_the_last_one_behind_a_content_and_content_before_it():
    plain = "<title>A</title><description>One.</description><itunes:summary>Two.</itunes:summary>"
    whole = "<content:encoded>Whole.</content:encoded>"
    entry = only(rss(plain))
    assert (entry.summary, entry.content) == ("One.", "Two.")
    entry = only(
        rss(f"<description>One.</description>{whole}<itunes:summary>Two.</itunes:summary>")
    )
    assert (entry.summary, entry.content) == ("Two.", "Whole.")


def test_xhtml_is_read_as_html_wherever_it_stands():
    entry = only(
        atom(
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>b</b> &lt;c></div>"
            "</title><content type='xhtml' xmlns:h='http://www.w3.org/1999/xhtml'><h:div><h:p>One"
            "</h:p><h:p>Two</h:p></h:div></content><summary>x <i>y</i></summary>"
        )
    )
    assert (entry.title, entry.summary, entry.content) == ("A b <c>", "x y", "One\nTwo")


def test_a_video_is_read_with_its_title_and_caption():
    video = (
        "<media:group><media:title>Clip</media:title><media:description type='plain'>Maduro on film"
    )
    entry = only(
        atom(
            f"<id>1</id>{video}</media:description></media:group>",
            attributes="xmlns:media='http://search.yahoo.com/mrss/'",
        )
    )
    assert (entry.title, entry.content) == ("Clip", "Maduro on film")


def test_what_stands_deeper_down_does_not_replace_the_entrys_own():
    variant = "<s:variant xmlns:s='urn:shop'><id>2</id><title>Large</title></s:variant>"
    entry = only(atom(f"<id>1</id><title>Poster</title>{variant}"))
    assert (entry.guid, entry.title) == ("1", "Poster")


def test_the_title_of_a_source_or_an_image_is_not_the_entrys():
    entry = only(
        rss("<source url='/x'>Wire</source><image><title>Photo</title></image><title>A</title>")
    )
    assert entry.title == "A"


def test_text_that_took_a_detour_through_another_encoding_is_mended():
    assert only(rss("<title>Caf\xc3\xa9 &#146;s</title>")).title == "Café ’s"


def test_links_and_guids_are_resolved_against_the_bases_around_them():
    first, second = read(
        atom(
            "<link href='1'/><id>1</id><title>A</title>",
            "<link href='2' xml:base='b/'/><id>tag:2</id><title>B</title>",
            attributes="xml:base='https://x.example/a/'",
        )
    ).entries
    assert (first.link, first.guid) == ("https://x.example/a/1", "https://x.example/a/1")
    assert (second.link, second.guid) == ("https://x.example/a/b/2", "tag:2")


@pytest.mark.parametrize("broken", ["", DOUBTFUL])
def test_an_atom_entry_without_an_author_has_its_sources_or_its_feeds(broken):
    path = "lenient" if broken else "strict"
    document = read(
        atom(
            "<id>1</id><author><name>A</name></author>",
            "<id>2</id><source><author><name>B</name></author></source>",
            "<id>3</id>" + broken,
            head="<author><name>C</name></author>",
        ),
        path=path,
    )
    assert [entry.author for entry in document.entries] == ["A", "B", "C"]


def test_an_rss_item_does_not_inherit_the_managing_editor():
    head = "<managingEditor>m@news.example (M)</managingEditor>"
    assert only(rss("<title>A</title>", head=head)).author == ""


# --- what the feed says of itself ----------------------------------------------------------------


HEAD = (
    "<link>https://news.example/</link><language>es-VE</language>"
    "<skipHours><hour>0</hour><hour>24</hour><hour>3</hour><hour>x</hour></skipHours>"
    "<skipDays><day>Sunday</day><day>monday</day></skipDays><fh:complete/>"
    "<atom:link rel='prev-archive' href='/2024.xml'/><atom:link rel='next' href='/page/2'/>"
)


@pytest.mark.parametrize(("item", "path"), [("", "strict"), (DOUBTFUL, "lenient")])
def test_what_the_feed_says_of_itself_is_read_on_either_path(item, path):
    document = read(rss("<title>A</title>" + item, head=HEAD), path=path)
    assert (document.title, document.language) == ("World", "es-VE")
    assert document.link == "https://news.example/"
    assert (document.skip_hours, document.skip_days) == ((0, 3), (0, 6))
    assert document.older == "https://news.example/2024.xml"
    assert document.complete


@pytest.mark.parametrize(("item", "path"), [("", "strict"), (DOUBTFUL, "lenient")])
@pytest.mark.parametrize(
    ("head", "wish"),
    [
        ("<ttl>30</ttl>", timedelta(minutes=30)),
        ("<ttl>999999</ttl>", timedelta(days=1)),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(minutes=5)),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_a_feed_says_how_often_it_wishes_to_be_read(item, path, head, wish):
    assert read(rss("<title>A</title>" + item, head=head), path=path).ttl == wish


def test_a_next_page_that_is_not_http_is_none():
    assert read(rss("<title>A</title>", head="<atom:link rel='next' href='x:y'/>")).older == ""


# --- only what is new -----------------------------------------------------------------------------


def json_feed(*numbers):
    items = ",".join(f'{{"id": "{n}", "title": "Story {n}"}}' for n in numbers)
    return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'.encode()


def numbered_atom(*numbers):
    return numbered(*numbers, make=atom)


def numbered_leniently(*numbers):
    return numbered(*numbers, head="<ttl><b/></ttl>")


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (numbered, "strict"),
        (numbered_atom, "strict"),
        (numbered_leniently, "lenient"),
        (json_feed, "json"),
    ],
)
def test_only_entries_that_were_not_there_before_are_read(make, path):
    before = read(make(3, 2, 1), path=path)
    after = read(make(5, 3, 2, 4), path=path, known=before.marks)
    assert titles(after) == [5, 4]
    assert len(after.marks) == 4 * MARK_SIZE
    assert after.marks == read(make(5, 3, 2, 4), path=path).marks
    assert titles(read(make(5, 3, 2, 4), path=path, known=after.marks)) == []


def test_an_entry_that_changed_in_any_way_is_read_again():
    before = read(numbered(1, 2, 3))
    changed = numbered(1, 2, 3).replace(b"Story 2", b"Story 22")
    assert titles(read(changed, known=before.marks)) == [22]


@pytest.mark.parametrize(
    "changed",
    [
        {"attributes": "xml:lang='de'"},
        {"attributes": "xml:base='https://x.example/'"},
        {"head": "<author><name>B</name></author>"},
        {"attributes": "xmlns:media='urn:other'"},
    ],
)
def test_when_what_entries_inherit_changes_all_are_read_again(changed):
    before = read(numbered(1, 2, make=atom, head="<author><name>A</name></author>"))
    after = read(numbered(1, 2, make=atom, **changed), known=before.marks)
    assert titles(after) == [1, 2]
    moved = read(numbered(1, 2, make=atom), url="https://moved.example/", known=before.marks)
    assert titles(moved) == [1, 2]


def test_what_else_changes_in_the_feed_does_not_matter():
    before = read(numbered(1, 2, head="<lastBuildDate>Sun, 30 Nov 2025</lastBuildDate>"))
    after = numbered(1, 2, head="<lastBuildDate>Mon, 1 Dec 2025</lastBuildDate><ttl>9</ttl>")
    document = read(after, known=before.marks)
    assert document.entries == ()
    assert (document.title, document.ttl) == ("World", timedelta(minutes=9))


@pytest.mark.parametrize(
    "decoy",
    [
        "<![CDATA[<item><title>Story 9</title></item>]]>",
        "<!-- <item><title>Story 9</title></item> -->",
        "<![CDATA[<item>]]>",
        "<![CDATA[</item>]]>",
        "<!-- </item> --><!-- <item> -->",
        "<![CDATA[</item>]]><![CDATA[<item>]]>",
    ],
)
@pytest.mark.parametrize("place", ["head", "item", "between"])
def test_tags_in_comments_and_cdata_are_no_entries(decoy, place):
    def made(*numbers):
        body = numbered(*numbers).decode()
        if place == "head":
            return body.replace("<title>World</title>", f"<description>{decoy}</description>")
        if place == "item":
            return body.replace("</guid>", f"</guid><description>{decoy}</description>")
        return body.replace("</item>", f"</item><docs>{decoy}</docs>")

    before = read(made(2, 1).encode())
    assert titles(before) == [2, 1]
    after = read(made(3, 2, 1).encode(), known=before.marks)
    assert titles(after) == [3]
    assert len(after.marks) == 3 * MARK_SIZE


def test_a_known_entry_quoted_in_another_one_is_not_cut_out_of_it():
    item = "<item><title>Story 1</title><guid>1</guid></item>"
    before = read(numbered(1))
    quoting = f"<title>Story 2</title><description><![CDATA[{item} quoted]]></description>"
    (entry,) = read(rss(quoting), known=before.marks).entries
    assert entry.summary == "Story 1\n1 quoted"


ITEM = "<item><title>A</title><a:b/></item>"
ABOUT = "<item xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' rdf:about='1'/>"
QUOTED = "<description><![CDATA[<entry></entry>]]></description>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            f"<rss xmlns:a = 'urn:x'><channel>{ITEM}</channel></rss>",
            f"<rss><channel>{ITEM}</channel></rss>",
        ),
        (
            f"<rss xmlns:a='urn:x'><channel>{ITEM}</channel></rss>",
            f"<rss><!-- xmlns:a='urn:x' --><channel>{ITEM}</channel></rss>",
        ),
        (
            f"<rss><channel xmlns:a='urn:x'>{ITEM}</channel></rss>",
            f"<rss><channel xmlns:a='urn:x'></channel>{ITEM}</rss>",
        ),
        (
            f"<rss><channel>{ABOUT}<!-- </item> --></channel></rss>",
            f"<rss><channel>{ABOUT}<!-- </item></channel></rss>",
        ),
        (
            f"<rss><channel>{QUOTED}<item><title>A</title></item></channel></rss>",
            f"<rss><channel>{QUOTED}<item><title>B</title></item></channel></rss>",
        ),
        (
            f"<rss><channel>{QUOTED}<item><title>A</title></item></channel></rss>",
            f"<rss><channel>{QUOTED}<Item><title>A</title></Item></channel></rss>",
        ),
    ],
    ids=["declaration", "comment", "place", "closed", "quoted", "case"],
)
def test_entries_known_from_elsewhere_do_not_hide_what_a_document_is(old, new):
    before, whole = parse(old.encode(), url=URL), parse(new.encode(), url=URL)
    after = parse(new.encode(), url=URL, known=before.marks)
    assert (after.path, after.marks) == (whole.path, whole.marks)
    known = marks.split(before.marks)
    each = [whole.marks[at : at + MARK_SIZE] for at in range(0, len(whole.marks), MARK_SIZE)]
    paired = zip(whole.entries, each, strict=True)
    assert list(after.entries) == [entry for entry, mark in paired if mark not in known]
    assert whole.entries


def test_an_entry_that_closes_itself_has_a_mark_too():
    body = numbered(1, 2).replace(b"</channel>", b"<item about='x'/></channel>")
    assert strict.read(body.decode(), url=URL) is None
    document = read(body, path="lenient")
    assert len(document.marks) == 3 * MARK_SIZE


def test_a_document_of_too_many_entries_has_no_marks_and_is_read_whole():
    body = numbered(*range(marks.MOST + 1))
    document = read(body, known=read(numbered(0)).marks)
    assert len(document.entries) == marks.MOST + 1
    assert document.marks == b""


def test_marks_nobody_gave_leave_nothing_out():
    assert titles(read(numbered(1, 2), known=b"\x00" * 17)) == [1, 2]


# --- at once --------------------------------------------------------------------------------------


def test_a_small_simple_document_is_read_at_once_with_its_problems():
    body = b"<?xml version='1.0' encoding='iso-8859-1'?>" + rss("<title>Niño</title>")
    assert parse_at_once(body, url=URL) == parse(body, url=URL)
    known = parse(body, url=URL).marks
    assert parse_at_once(body, url=URL, known=known).entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html/>",
        b"\xff\xfe",
        rss("<title>a & b</title>"),
        rss("<title>A</title>", "<description>" + "x" * LONGEST_AT_ONCE + "</description>"),
        numbered(*range(MOST_AT_ONCE + 1)),
        rss("<title>A</title>" + "<b/>" * MOST_TAGS_AT_ONCE),
        rss("<title>A</title>" + "x<!---->" * MOST_TAGS_AT_ONCE),
    ],
)
def test_everything_else_is_not_read_at_once(body):
    assert parse_at_once(body, url=URL) is None


def test_of_many_known_entries_the_few_new_ones_are_read_at_once():
    known = parse(numbered(*range(MOST_AT_ONCE + 50)), url=URL).marks
    assert titles(parse_at_once(numbered(*range(MOST_AT_ONCE + 52)), url=URL, known=known)) == [
        MOST_AT_ONCE + 50,
        MOST_AT_ONCE + 51,
    ]


ROOM = LONGEST_AT_ONCE - 1_000
HALF = MOST_TAGS_AT_ONCE // 2 - 100  # as many elements as tags leave room for


def filled(piece):
    return piece * (ROOM // len(piece))


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * HALF + "</a>" * HALF,
        "<a " + " ".join(f"a{n}=''" for n in range(ROOM // 10)) + "/>",
        "<a " + " ".join(f"xmlns:n{n}='u{n}'" for n in range(ROOM // 25)) + "/>",
        "".join(f"<a{n}/>" for n in range(2 * HALF)),
        "x<!---->" * HALF,
        "<category>t</category>" * HALF,
        "<author>a@a.</author>" * HALF,
        f"<description>{'x' * ROOM}</description>",
        f"<description>{filled('&lt;svg>')}</description>",
        f"<description>{'<a>' * HALF}{'</a>' * HALF}</description>",
        f"<description><![CDATA[{'<item>' * HALF}]]></description>",
        f"<author>{'a' * ROOM}</author>",
        f"<author>{filled('a@a.')}</author>",
        f"<guid>{'g' * ROOM}</guid>",
    ],
    ids=lambda inside: inside[:30],
)
def test_whatever_a_small_document_holds_its_entry_is_read_at_once(inside):
    document = parse_at_once(rss("<title>A</title>" + inside), url=URL)
    assert [entry.title for entry in document.entries] == ["A"]


LONG = "u" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        # The XML parser copies a namespace's address into each of 10,000 names: a gigabyte.
        f"<rss xmlns:n='{LONG}'><item><title>A</title>{''.join(f'<n:a{n}/>' for n in range(10_000))}",
        f"<rss xmlns:n = '{LONG}'><item><title>A</title>{''.join(f'<n:a{n}/>' for n in range(10_000))}",
        # Each link is joined to a base of a hundred kilobytes.
        f"<rss xml:base='http://x/{LONG}'><item><title>A</title>{'<link>b</link>' * 10_000}",
        f"<rss><item><title>A</title>{'<link>x:y</link>' * 10_000}",
    ],
    ids=["namespace", "spaced", "base", "links"],
)
def test_what_would_take_too_much_is_not_read_at_once(body):
    assert parse_at_once(f"{body}</item></rss>".encode(), url=URL) is None
