"""Which entries are one item, which are two, and what an item says of itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.identity import identify
from monitor.model import Document, Entry, Source

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)
SOURCE = Source(
    url="https://news.example/rss", name="News", tags=frozenset({"wire"}), language="en"
)


def items(*entries, source=SOURCE, now=NOW, **document):
    return identify(source, Document(entries=entries, **document), now=now)


def known(later, earlier):
    """Tell for each later item whether it was known, as the store tells it: by any key."""
    seen = {key for item in earlier for key in item.keys}
    return [not seen.isdisjoint(item.keys) for item in later]


def test_an_item_says_where_it_came_from_and_when_it_was_seen():
    (item,) = items(Entry(guid="1", title="A", link="https://news.example/1"))
    assert (item.source.name, item.source.url, item.source.tags) == ("News", SOURCE.url, {"wire"})
    assert item.first_seen == NOW
    assert item.entry.title == "A"
    assert item.title_key == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:s3cret@news.example/rss", "https://***@news.example/rss"),
        (
            "https://news.example/rss?token=abc&lang=en",
            "https://news.example/rss?token=***&lang=en",
        ),
    ],
)
def test_an_item_does_not_carry_its_sources_secrets_to_receivers(url, shown):
    (item,) = items(Entry(guid="1"), source=replace(SOURCE, url=url))
    assert item.source.url == shown


def test_sources_that_differ_in_a_secret_alone_have_different_items():
    urls = ("https://news.example/rss?key=one", "https://news.example/rss?key=two")
    (one,), (two,) = (items(Entry(guid="1"), source=replace(SOURCE, url=url)) for url in urls)
    assert one.source.url == two.source.url
    assert one.id != two.id


def test_the_language_is_the_entrys_else_the_documents_else_the_sources():
    both = items(Entry(guid="1", language="es"), Entry(guid="2"), language="fr")
    assert [item.language for item in both] == ["es", "fr"]
    assert items(Entry(guid="1"))[0].language == "en"


def test_a_guid_outlives_a_new_title_link_and_text():
    before = items(Entry(guid="1", title="A", link="https://news.example/1"))
    after = items(Entry(guid="1", title="B", link="https://news.example/2", summary="more"))
    assert after[0].id == before[0].id
    assert known(after, before) == [True]


def test_without_a_guid_the_canonical_link_is_the_key():
    before = items(Entry(title="A", link="http://www.news.example/1/?utm_source=rss#top"))
    after = items(Entry(title="B", link="https://news.example/1"))
    assert after[0].id == before[0].id


def test_without_guid_and_link_title_and_date_are_the_key():
    date = NOW - timedelta(hours=1)
    before = items(Entry(title="A", summary="x", published=date))
    assert items(Entry(title="A", summary="y", published=date))[0].id == before[0].id
    assert items(Entry(title="A", summary="x", published=NOW))[0].id != before[0].id


def test_without_guid_link_and_date_the_content_is_the_key():
    one, two = items(Entry(summary="x"), Entry(summary="y"))
    assert one.id != two.id


def test_guids_differ_by_case_and_fragment():
    assert len({item.id for item in items(*(Entry(guid=g) for g in ("a", "A", "u#1", "u#2")))}) == 4


def test_the_same_guid_in_two_sources_is_two_items_with_one_link_key():
    entry = Entry(guid="1", link="https://news.example/1")
    other = Source(url="https://other.example/rss", name="Other")
    (here,), (there,) = items(entry), items(entry, source=other)
    assert here.id != there.id
    assert here.link_key == there.link_key != ""


def test_the_same_entry_twice_is_one_item():
    entry = Entry(guid="1", title="A", link="https://news.example/1")
    assert len(items(entry, entry)) == 1
    assert len(items(entry, Entry(guid="1", title="A", link="http://news.example/1/"))) == 1


def test_an_entry_that_says_nothing_is_left_out():
    assert items(Entry(), Entry(author="A")) == ()


def test_entries_that_share_a_guid_but_not_a_link_are_all_kept():
    entries = [Entry(guid="same", title="A", link=f"https://news.example/{n}") for n in range(3)]
    assert len({item.id for item in items(*entries)}) == 3


def test_entries_that_share_guid_and_link_but_not_a_title_are_all_kept():
    entries = [Entry(guid="g", title=title, link="https://news.example/") for title in "ABC"]
    assert len({item.id for item in items(*entries)}) == 3


def test_entries_that_share_a_guid_and_have_no_link_are_told_apart_by_title():
    assert len(items(Entry(guid="g", title="A"), Entry(guid="g", title="B"))) == 2


def test_entries_without_guids_whose_links_differ_in_the_fragment_are_all_kept():
    entries = [Entry(title="Update", link=f"https://news.example/log#{n}") for n in range(3)]
    assert len(items(*entries)) == 3


def test_an_item_stays_known_when_a_later_entry_makes_its_guid_ambiguous():
    first = Entry(guid="g", title="A", link="https://news.example/1")
    second = Entry(guid="g", title="B", link="https://news.example/2")
    assert known(items(first, second), items(first)) == [True, False]
    assert known(items(second), items(first, second)) == [True]


def test_an_item_of_a_changelog_stays_known_when_others_come_and_go():
    first, second, third = (Entry(title=t, link="https://x.example/log") for t in "ABC")
    assert known(items(first, second), items(first)) == [True, False]
    assert known(items(second, third), items(first, second)) == [True, False]


def test_a_link_that_most_entries_share_names_no_story():
    shared = [Entry(guid=str(n), title=str(n), link="https://x.example/log") for n in range(3)]
    other = Entry(guid="9", title="9", link="https://x.example/9")
    keys = [item.link_key for item in items(*shared, other)]
    assert keys[:3] == ["", "", ""]
    assert keys[3] != ""


def test_the_sites_own_address_names_no_story_and_no_entry():
    document = {"link": "https://www.x.example"}
    (before,) = items(Entry(title="A", link="https://x.example/"), **document)
    (after,) = items(Entry(title="B", link="https://x.example/"), **document)
    assert before.link_key == ""
    assert known([after], [before]) == [False]


def test_an_entry_without_a_link_has_no_link_key():
    assert items(Entry(guid="1"))[0].link_key == ""


def test_a_date_too_far_ahead_is_dropped_and_the_item_kept():
    near, far = NOW + timedelta(hours=47), NOW + timedelta(hours=49)
    one, two = items(
        Entry(guid="1", published=near, updated=near), Entry(guid="2", published=far, updated=NOW)
    )
    assert (one.entry.published, one.entry.updated) == (near, near)
    assert (two.entry.published, two.entry.updated) == (None, NOW)


def test_keys_are_128_bits_in_hex():
    (item,) = items(Entry(guid="1", link="https://news.example/1"))
    for key in (item.id, item.link_key, *item.keys):
        assert len(bytes.fromhex(key)) == 16
