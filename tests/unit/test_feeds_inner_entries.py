"""Entries that an entry quotes are not the feed's, and take nothing from the outer one."""

import pytest

from monitor.feeds.reading.inner_entries import without_inner_entries
from monitor.feeds.reading.parse import parse, read_leniently
from monitor.feeds.reading.xml_text import prepare
from monitor.model import Document

ATOM = "http://www.w3.org/2005/Atom"
INNER = "<entry><title>Inner</title><id>2</id><link href='https://i.example/'/></entry>"
QUOTED = {
    "an entry": INNER,
    "an entry with its namespace": INNER.replace("<entry", f"<entry xmlns='{ATOM}'"),
    "entries": INNER * 3,
    "an entry in an entry": INNER.replace("</entry>", INNER + "</entry>"),
    "a feed": f"<feed xmlns='{ATOM}'><title>Quoted</title>{INNER}</feed>",
    "an empty entry": "<entry/>",
}


def rss(inside):
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>World</title>"
        f"<item><title>Outer</title><guid>1</guid>{inside}<description>Body</description></item>"
        "<item><title>Next</title></item></channel></rss>"
    )


def read(text):
    document = parse(text.encode(), url="https://news.example/feed")
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
@pytest.mark.parametrize("kind", [" type='application/atom+xml'", " type='xhtml'", ""])
def test_what_an_atom_entry_quotes_is_no_entry(quoted, kind):
    document = read(
        f"<feed xmlns='{ATOM}'><title>World</title><entry><title>Outer</title><id>1</id>"
        f"<summary>Body</summary><content{kind}>{quoted}</content></entry>"
        "<entry><title>Next</title><id>9</id></entry></feed>"
    )
    found = [(entry.title, entry.guid, entry.summary) for entry in document.entries]
    assert found == [("Outer", "1", "Body"), ("Next", "9", "")]
    assert document.title == "World"


@pytest.mark.parametrize(
    "inside",
    [
        "<related><item><title>Inner</title><link>https://i.example/</link></item></related>",
        "<related><atom:entry><atom:title>Inner</atom:title><atom:id>2</atom:id></atom:entry></related>",
        "<related><item><title>Inner</title><item><title>Innermost</title></item></item></related>",
        "<rss><channel><item><title>Inner</title></item></channel></rss>",
        "<files><item url='https://i.example/a'/><item url='https://i.example/b'/></files>",
        "<related><item><title><![CDATA[</item>]]></title><!-- </item> --><?x </item> ?></item></related>",
    ],
)
def test_what_an_item_lists_is_no_item_whichever_way_it_is_read(inside):
    document = read(rss(inside))
    found = [(entry.title, entry.guid, entry.summary) for entry in document.entries]
    assert found == [("Outer", "1", "Body"), ("Next", "", "")]
    prepared = prepare(without_inner_entries(rss(inside)))
    leniently = read_leniently(prepared, prepared.text, url="https://news.example/feed")
    assert leniently.entries == document.entries


def test_an_item_directly_in_another_is_one_that_the_other_was_not_closed_before():
    document = read(rss("<item><title>Inner</title><item><title>Third</title></item></item>"))
    found = [(entry.title, entry.summary) for entry in document.entries]
    assert found == [("Outer", "Body"), ("Inner", ""), ("Third", ""), ("Next", "")]


def test_an_item_that_a_description_shows_without_escaping_it_is_part_of_its_text():
    text = rss("").replace("Body", "Before <item><title>ghost</title></item> after")
    assert [entry.title for entry in read(text).entries] == ["Outer", "Next"]
    assert read(text).entries[0].summary == "Before after"


def test_a_document_without_inner_entries_stays_as_it_is():
    text = rss("<x><![CDATA[<item>]]></x><!-- <item> --><items/><item.x/>")
    assert without_inner_entries(text) == text


@pytest.mark.parametrize("inside", ["<media:content title=\"{}\" url='x'/>", "<?x {} ?>"])
def test_an_item_in_an_attribute_or_an_instruction_of_an_ill_formed_feed_is_none(inside):
    ghost = inside.format("<item><title>ghost</title></item>")
    text = rss(ghost + "<b>x</i>")
    assert [entry.title for entry in read(text).entries] == ["Outer", "Next"]
