"""Which entries are one item, which are two, and what an item says of itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.identity import digest, fingerprint, identify, to_item
from monitor.model import Document, Entry, Source

NOW = datetime(2025, 11, 30, 21, tzinfo=UTC)
SOURCE = Source(
    url="https://news.example/rss", name="News", tags=frozenset({"wire"}), language="en"
)


def named(*entries, by="guid", shared=frozenset(), **document):
    return identify(Document(entries=entries, **document), by=by, shared=shared).entries


def items(*entries, source=SOURCE, now=NOW, **document):
    shown = Document(entries=entries, **document)
    found = identify(shown).entries
    return [to_item(each, each.keys, source, shown, now=now) for each in found]


def known(later, earlier):
    """Tell for each later entry whether a key of it was seen."""
    seen = {key for each in earlier for key in each.keys}
    return [not seen.isdisjoint(each.keys) for each in later]


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
    assert items(Entry(), Entry(author="A")) == []


def test_entries_that_share_a_guid_but_not_a_link_are_all_kept():
    entries = [Entry(guid="same", title="A", link=f"https://news.example/{n}") for n in range(3)]
    assert len({item.id for item in items(*entries)}) == 3


def test_entries_that_differ_in_their_date_alone_are_all_kept():
    dates = [NOW - timedelta(days=n) for n in range(3)]
    link = "https://news.example/forecast"
    for guid in ("", "g"):
        entries = [Entry(guid=guid, title="Forecast", link=link, published=at) for at in dates]
        assert len(items(*entries)) == 3


def test_entries_that_share_guid_and_link_but_not_a_title_are_all_kept():
    entries = [Entry(guid="g", title=title, link="https://news.example/") for title in "ABC"]
    assert len({item.id for item in items(*entries)}) == 3


def test_entries_that_share_a_guid_and_have_no_link_are_told_apart_by_title():
    assert len(items(Entry(guid="g", title="A"), Entry(guid="g", title="B"))) == 2


def test_entries_without_guids_whose_links_differ_in_the_fragment_are_all_kept():
    entries = [Entry(title="Update", link=f"https://news.example/log#{n}") for n in range(3)]
    assert len(items(*entries)) == 3


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


def test_a_date_in_the_future_is_kept_as_it_was_given():
    (one,) = items(Entry(guid="1", published=NOW + timedelta(days=400)))
    assert one.entry.published == NOW + timedelta(days=400)


LINK = "https://news.example/1"


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ([Entry(guid="1", link=LINK)], "e97f1adb"),
        ([Entry(title="A", link="http://www.news.example/1/?utm_source=rss")], "25f97741"),
        ([Entry(title="A", published=NOW)], "aaa4e684"),
        ([Entry(title="A", summary="b")], "219366c1"),
        ([Entry(guid="g", link=LINK), Entry(guid="g", link=f"{LINK}2")], "a0daf885"),
        ([Entry(guid="g", title=title, link=LINK) for title in "AB"], "2b110139"),
        ([Entry(title=title, link=f"{LINK}#{title.lower()}") for title in "AB"], "f4f86c5a"),
    ],
)
def test_a_store_of_the_first_release_knows_its_entries_by_their_own_keys(entries, key):
    assert named(*entries)[0].own.startswith(key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/en/slug/a-74912345", "https://x.example/de/other/a-74912345"),
        ("https://x.example/12345678-old", "https://x.example/12345678-new.html"),
        ("https://x.example/2025/11/30/old-98765", "https://x.example/2025/11/30/new-98765"),
    ],
)
def test_a_number_in_an_address_names_the_place(one, other):
    first, second = (named(Entry(guid=link, link=link))[0] for link in (one, other))
    assert first.own != second.own
    assert first.place == second.place != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/20251130/old", "https://x.example/20251130/new"),
        ("https://x.example/202511/old", "https://x.example/202511/new"),
        ("https://x.example/2025/old", "https://x.example/2025/new"),
        ("https://x.example/a?id=12345", "https://x.example/b?id=12345"),
        ("https://x.example/12345a/old", "https://x.example/12345b/new"),
        ("https://x.example/a-12345", "https://y.example/a-12345"),
    ],
)
def test_dates_and_parts_of_words_are_no_numbers_of_articles(one, other):
    first, second = (named(Entry(guid=link, link=link))[0] for link in (one, other))
    assert first.place != second.place


def test_an_entry_has_three_keys_the_strongest_first():
    (one,) = named(Entry(guid="1", title="A", link="https://news.example/1", published=NOW))
    (linked,) = named(Entry(title="A", link="https://news.example/1", published=NOW))
    assert one.keys == (one.own, one.place, one.title)
    assert linked.keys == (one.place, one.title)


def test_a_weaker_key_that_two_entries_have_is_neithers():
    entries = [Entry(guid=str(n), title="Update", published=NOW) for n in range(2)]
    found = identify(Document(entries=tuple(entries)))
    assert [each.title for each in found.entries] == ["", ""]
    assert len(found.shared) == 1


def test_a_name_that_was_shared_once_is_no_entrys_own():
    guid = digest(("guid", "g"))
    (one,) = named(Entry(guid="g", link="https://x.example/1"), shared={guid})
    assert one.own != guid
    assert not one.given


def test_where_guids_mean_nothing_the_link_names_an_entry():
    one, other = (
        named(Entry(guid=guid, title="A", link="https://x.example/1"), by="link")[0]
        for guid in "gh"
    )
    assert one.own == other.own
    assert named(Entry(guid="g"), by="link")[0].own == named(Entry(guid="g"))[0].own


def test_where_links_mean_nothing_either_the_title_and_the_day_do():
    one, same, next_day = (
        named(
            Entry(guid=guid, title="A", link=f"https://x.example/{guid}", published=at), by="title"
        )
        for guid, at in (
            ("g", NOW),
            ("h", NOW + timedelta(hours=2)),
            ("i", NOW + timedelta(days=1)),
        )
    )
    assert one[0].own == same[0].own != next_day[0].own
    assert one[0].place == ""


def test_a_guid_is_the_same_in_every_form_of_its_letters():
    assert named(Entry(guid="Cafe\u0301"))[0].own == named(Entry(guid="Café"))[0].own


def test_dates_links_and_tags_are_no_part_of_a_text():
    entry = Entry(guid="1", title="A", summary="b", content="c")
    assert fingerprint(entry) == fingerprint(
        replace(entry, guid="2", link="https://x.example/", published=NOW, tags=("t",))
    )
    for change in (
        {"title": "B"},
        {"summary": "x"},
        {"content": ""},
        {"title": "Ab", "summary": ""},
    ):
        assert fingerprint(entry) != fingerprint(replace(entry, **change))


def test_keys_are_128_bits_in_hex():
    (item,) = items(Entry(guid="1", link="https://news.example/1"))
    for key in (item.id, item.link_key, *item.keys):
        assert len(bytes.fromhex(key)) == 16
