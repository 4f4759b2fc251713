"""Tags that are mistyped, forgotten or left over cost no entry and nothing of what it says."""

import time
from datetime import UTC, datetime

import pytest

from monitor.feeds.mending import flaw, mend
from monitor.feeds.reading.nesting import MOST_TAGS, first_tags, nest
from monitor.feeds.reading.parse import parse
from monitor.model import Document

TEN = datetime(2025, 11, 22, 10, tzinfo=UTC)
LINK = "<link>https://news.example/1</link>"
GUID = "<guid isPermaLink='false'>1</guid>"
DATE = "<pubDate>Sat, 22 Nov 2025 10:00:00 GMT</pubDate>"
BEFORE, AFTER = "<item><title>Before</title></item>", "<item><title>After</title></item>"


def rss(*items, head=""):
    return (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:media='http://search.yahoo.com/mrss/'>"
        f"<channel><title>World</title>{head}{''.join(items)}</channel></rss>"
    )


def atom(*entries):
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{inside}</feed>"


def read(text):
    """Return the entries of a flawed document, which must be read strictly in the end."""
    assert flaw(text) is not None
    document = parse(text.encode(), url="https://news.example/feed")
    assert isinstance(document, Document), document
    assert document.path == "strict"
    assert "ill_formed" in {problem.kind for problem in document.problems}
    return document.entries


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("<title>A</titel>", "A"),
        ("<title>A</tilte>", "A"),
        ("<title>A</titl>", "A"),
        ("<title>A</Title>", "A"),
        ("<TITLE>A</title>", "A"),
        ("<title>A", "A"),
        ("<title>A<title>", "A"),
        ("<title>A</title<", "A"),
        ("<title>A</ title>", "A"),
        ("<title>A</title></title>", "A"),
        ("<title>A</b></title>", "A"),
        ("<title>A</title></b>", "A"),
        ("<title>A<br>B</title>", "A B"),
        ("<title><b>A</title></b>", "A"),
        ("<title>A<i>B</title>", "AB"),
        ("<title><![CDATA[A]]></titel>", "A"),
        ("<title><![CDATA[A</title>", "A"),
        ("<title><![CDATA[A]></title>", "A"),
        ("<titel>B</title>", ""),
    ],
)
def test_a_title_whose_tags_are_wrong_costs_nothing_else(title, meant, place):
    items = [BEFORE, AFTER]
    items.insert(place, f"<item>{title}{LINK}{GUID}{DATE}</item>")
    entries = read(rss(*items))
    assert len(entries) == 3
    entry = entries[place]
    assert (entry.title, entry.link, entry.guid) == (meant, "https://news.example/1", "1")
    assert entry.published == TEN


ITEM = f"<item><title>A</title>{LINK}{GUID}{DATE}"


@pytest.mark.parametrize(
    "text",
    [
        rss(ITEM + "</itme>", AFTER),
        rss(ITEM + "</Item>", AFTER),
        rss(ITEM, AFTER),
        rss(ITEM, AFTER.removesuffix("</item>")),
        rss("<item>" + ITEM + "</item>", AFTER),
        rss(ITEM + "</item></item>", AFTER),
        rss(ITEM + "</item></channel>", AFTER),
        rss(ITEM + "</item>", AFTER).replace("</channel>", ""),
        rss(ITEM + "</item>", AFTER).replace("World</title>", "World</titel>"),
        rss(ITEM + "</item>", AFTER).replace("World</title>", "World"),
        rss(ITEM + "</item>", AFTER, head="<image><url>x</url><title>y</title>"),
        rss(ITEM.replace("</link>", "</lnk>") + "</item>", AFTER),
        rss(ITEM.replace("</guid>", "</guild>") + "</item>", AFTER),
        rss(ITEM.replace("</pubDate>", "") + "</item>", AFTER),
        rss(ITEM.replace("</title>", "</titel>").replace("</link>", "</lnk>") + "</item>", AFTER),
        rss(ITEM + "<enclosure url='https://news.example/a.mp3'></item>", AFTER),
        rss(ITEM + "<media:content url='https://news.example/a.jpg'></item>", AFTER),
        rss(ITEM.replace("'false'", "false") + "</item>", AFTER),
        rss(ITEM.replace("<guid", "<guid isPermaLink='false'") + "</item>", AFTER),
        rss(ITEM.replace("<item>", "<item new>") + "</item>", AFTER),
        rss(ITEM + "<!-- a -- b --></item>", AFTER),
        rss(ITEM + "</item><!-- never closed", AFTER),
        rss(ITEM + "<?xml version='1.0'?></item>", AFTER),
    ],
)
def test_every_item_comes_out_with_all_it_says(text):
    first, second = read(text)
    assert (first.title, first.link, first.guid) == ("A", "https://news.example/1", "1")
    assert first.published == TEN
    assert second.title == "After"


@pytest.mark.parametrize(
    ("description", "meant"),
    [
        ("One<br>two", "One\ntwo"),
        ("One</br>two", "One\ntwo"),
        ("<p>One<img src='x.png'>two</p>", "One\ntwo"),
        ("<p>One<p>two", "One\ntwo"),
        ("<ul><li>One<li>two</ul>", "One\ntwo"),
        ("One</b> two", "One two"),
        ("<b><i>One</b></i>", "One"),
        ("<div>One</div></div>", "One"),
        ("<P>One</p>", "One"),
        ("<a href=https://x.example/?a=1&b=2>One</a>", "One"),
        ("<img src='a' src='b'/>One", "One"),
        ("<input disabled>One", "One"),
        ("<a href='x'title='y'>One</a>", "One"),
        ("One ]]> two", "One ]]> two"),
        ("<![CDATA[One", "One"),
        ("<![CDATA[One]]", "One"),
        ("<![cdata[One]]>", "One"),
    ],
)
def test_markup_that_is_not_escaped_keeps_its_text_and_what_follows(description, meant):
    said = f"<description>{description}</description>"
    for inside in (said + "<title>A</title>" + GUID, GUID + "<title>A</title>" + said):
        first, second = read(rss(f"<item>{inside}</item>", AFTER))
        assert (first.summary, first.title, first.guid) == (meant, "A", "1")
        assert second.title == "After"


@pytest.mark.parametrize(
    ("inside", "field", "meant"),
    [
        ("<description>One</descripton>", "summary", "One"),
        ("<description><p>One<title>A</title>", "summary", "One"),
        ("<dc:creator>R. Porter</dc:creater>", "author", "R. Porter"),
        ("<dc:creator>R. Porter</creator>", "author", "R. Porter"),
        ("<content:encoded>One</content>", "content", "One"),
        ("<content:encoded><![CDATA[<p>One</p>]]></contents>", "content", "One"),
        ("<category>Oil<category>Gas", "tags", ("Oil", "Gas")),
    ],
)
def test_a_part_that_is_not_closed_as_it_began_ends_where_the_next_begins(inside, field, meant):
    first, second = read(rss(f"<item>{inside}{GUID}</item>", AFTER))
    assert (getattr(first, field), first.guid, second.title) == (meant, "1", "After")


def test_entries_of_atom_are_kept_too():
    first, second = read(
        atom(
            "<id>1</id><title>A</titel><link href=https://news.example/1><updated>2025-11-22T10:00:00Z",
            "<id>2</id><title>B</title><content type='html'><p>One<br>two</content>",
        )
    )
    assert (first.guid, first.title, first.link) == ("1", "A", "https://news.example/1")
    assert first.published == TEN
    assert (second.guid, second.title, second.content) == ("2", "B", "One\ntwo")


def test_the_parts_of_a_part_stay_in_it():
    text = atom("<author><name>R. Porter</nam></author><title>A</title>", "<id>2</id>")
    assert [entry.author for entry in read(text)] == ["R. Porter", ""]


def test_in_rdf_the_items_may_follow_the_channels_end():
    text = nest(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
        " xmlns='http://purl.org/rss/1.0/'><channel><title>W</titel></channel>"
        "<item><title>A</title></item></rdf:RDF>"
    )
    assert "</channel><item>" in text


def test_of_too_many_tags_those_before_the_bound_are_read_and_the_rest_is_reported():
    items = "".join(f"<item><title>{number}</titel></item>" for number in range(MOST_TAGS // 4))
    document = parse(rss(items + "<a>" * MOST_TAGS).encode(), url="https://news.example/feed")
    assert isinstance(document, Document), document
    assert document.path == "strict"
    assert {"ill_formed", "truncated"} <= {problem.kind for problem in document.problems}
    assert document.entries[0].title == "0"


@pytest.mark.parametrize("tag", ["<d>", "<div>", "<table><tr><td>", "<x:y>"])
@pytest.mark.parametrize(
    "place", ["{}", "<item><title>B</title><description>{}</description></item>"]
)
def test_tags_without_a_bottom_cost_no_entry_before_or_behind_them(tag, place):
    depths = rss(BEFORE, place.format(tag * 20_000 + "deep"), AFTER)
    titles = [entry.title for entry in read(depths)]
    assert (titles[0], titles[-1]) == ("Before", "After")


def test_ends_of_tags_too_deep_to_keep_close_nothing_else():
    deep = "<d>" * 1_000 + "deep" + "</d>" * 1_000
    first, second = read(
        rss(f"<item><description>{deep}</description><title>A<b></title></item>", AFTER)
    )
    assert (first.summary, first.title, second.title) == ("deep", "A", "After")


def test_what_comes_first_of_too_many_tags_ends_with_an_entry():
    text = rss(BEFORE, "<a>" * MOST_TAGS)
    assert first_tags(text).endswith(BEFORE)
    assert first_tags(rss(BEFORE)) == rss(BEFORE)


SHAPES = [  # what would cost quadratic time if something were looked for from each place on
    ["<a>"],
    ["</a>"],
    ["<a>", "</b>"],
    ["<a>", "</a>", "</b>"],
    ["<item><title>"],
    ["<item>", "</title>"],
    ["<title>", "</title>"],
    ["<item>", "<title>", "</link>", "</item>"],
    ["<![CDATA["],
    ["<title><![CDATA[</title>"],
    ["<![CDATA[", "]]>"],
    ["<!--"],
    ["<!-- ", "-->"],
    ["<a b='"],
    ['<a b="', "'"],
    ['<a b="<c>" '],
    ['<a b="<c>', '" d=""'],
    ["<?x <b>"],
    ["<?x <b>", "?>"],
    ["<a ", "b=c "],
    ["<a ", "b='c"],
    ["<a ", "'\""],
    ["<"],
    ["</"],
    ["<a"],
    ["<!"],
    ["&"],
    ["<x:", "y:"],
]


@pytest.mark.parametrize("shape", SHAPES, ids="".join)
@pytest.mark.parametrize("order", [mend, nest])
def test_a_hostile_text_takes_time_in_proportion_to_its_length(shape, order):
    def seconds(times):
        text = "<rss>" + "".join(part * times for part in shape) + "<"
        return min(_timed(order, text) for _ in range(3))

    # Eight times the text would take sixty-four times as long, were anything quadratic.
    assert seconds(8_000) < 24 * seconds(1_000) + 0.01


def _timed(order, text):
    begun = time.process_time()
    order(text)
    return time.process_time() - begun
