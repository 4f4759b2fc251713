"""What a document brings in the light of those before it: news, edits, other names, upheaval."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_source, a_state
from recognition_builders import HOUR, Archive, titles

from monitor.feeds.identity import identify
from monitor.feeds.identity.likeness import changes, is_reused, likeness
from monitor.feeds.identity.recognition import Memory, doubts, is_plain, recognise, recognise_page
from monitor.model import Document, Entry, ItemOutcome, Known

DAY = timedelta(days=1)
TEXT = (
    "The president spoke to thousands of supporters gathered before the palace while soldiers"
    " closed every road leading out of the capital."
)
OTHER = "Rain is expected along northern coasts tomorrow, followed by sunshine at the weekend."


def entry(number=1, **changes):
    said = {
        "guid": f"g{number}",
        "title": f"Part {number} of the news",
        "link": f"https://wire.example/story-{number}",
        "summary": f"{TEXT} Report {number}.",
        "published": NOW - number * HOUR,
    }
    return Entry(**said | changes)


def several(count, **changes):
    return [entry(number, **changes) for number in range(1, count + 1)]


def renamed(entries, name="x"):
    return [replace(e, guid=f"{name}{e.guid}", link=e.link.replace("wire", name)) for e in entries]


@pytest.fixture
def archive():
    return Archive()


# --- single entries ---------------------------------------------------------------------------


def test_what_is_known_needs_no_stored_text(archive):
    archive.show(*several(3))
    identified, memory = archive.remember(Document(entries=tuple(several(4))))
    assert memory.items == {}
    assert doubts(identified, memory.known) == frozenset()


def test_a_document_in_which_nothing_changed_writes_nothing(archive):
    archive.show(*several(3))
    assert archive.show(*several(3)).seen == {}


def test_a_refreshed_document_names_all_its_keys(archive):
    archive.show(*several(3))
    shown = Document(entries=tuple(several(3)))
    identified, memory = archive.remember(shown)
    made = recognise(
        shown, identified, memory, source=archive.source, now=archive.now, refresh=True
    )
    assert made.new == ()
    assert set(made.seen) == set(identified.keys)


def test_a_text_that_was_not_kept_is_taken_for_the_present_one(archive):
    archive.show(entry())
    archive.known = {key: replace(each, fingerprint="") for key, each in archive.known.items()}
    made = archive.show(entry(summary="another text"))
    assert (made.new, made.edits) == ((), ())
    assert archive.show(entry(summary="and yet another text")).edits != ()


def test_a_known_guid_under_a_new_link_is_the_same_item(archive):
    archive.show(entry())
    made = archive.show(entry(link="https://wire.example/moved"))
    assert made.new == ()
    assert len(made.seen) == 1


@pytest.mark.parametrize(
    ("said", "is_new"),
    [
        ({}, False),
        ({"title": "A new headline above it"}, False),  # the date agrees
        ({"published": NOW + DAY}, False),  # the title agrees
        ({"title": "A new headline above it", "published": NOW + DAY}, True),
        ({"title": "A new headline above it", "published": None}, True),
        ({"published": NOW + DAY, "summary": OTHER, "title": "Update"}, True),
    ],
)
def test_a_known_link_under_a_new_guid_needs_the_date_or_the_title(archive, said, is_new):
    archive.show(entry())
    assert bool(archive.show(entry(guid="new", **said)).new) == is_new


def test_a_link_that_led_to_two_items_names_none_from_then_on(archive):
    link = "https://wire.example/latest"
    archive.show(entry(1, link=link))
    archive.show(entry(2, link=link, title="Otherwise", published=NOW + DAY))
    key = identify(Document(entries=(entry(3, link=link),))).entries[0].place
    assert archive.known[key].item is None
    same_title = entry(3, link=link, title="Otherwise", published=NOW + 2 * DAY)
    [made] = archive.show(same_title).new
    assert made.item.link_key == ""


@pytest.mark.parametrize(
    ("said", "is_new"),
    [
        ({}, False),
        ({"summary": f"{TEXT} Report 1, with one more sentence."}, False),
        ({"summary": OTHER}, False),  # a title of several words says something itself
        ({"title": "News", "summary": OTHER}, True),
        ({"published": NOW}, True),
    ],
)
def test_a_known_title_and_date_need_much_the_same_text(archive, said, is_new):
    title = said.pop("title", "Part 1 of the very same news")
    archive.show(entry(title=title))
    new = entry(guid="new", link="https://other.example/", title=title, **said)
    assert bool(archive.show(new).new) == is_new


def test_words_without_a_date_are_no_name_beside_a_new_guid(archive):
    archive.show(entry(published=None))
    new = entry(guid="new", link="https://other.example/1", published=None)
    assert titles(archive.show(new)) == ["Part 1 of the news"]


def test_no_item_is_two_entries_of_one_document(archive):
    archive.show(entry())
    twin = entry(guid="twin", link="https://wire.example/twin", summary=f"{TEXT} Report 2.")
    edited = entry(title="Part 1 of the news, edited")
    assert titles(archive.show(edited, twin)) == ["Part 1 of the news"]


def test_a_name_used_again_is_an_item_with_an_identity_of_its_own(archive):
    one = entry(title="Weather", summary=OTHER)
    [first] = archive.show(one).new
    two = entry(title="Speech", summary=TEXT, published=NOW + HOUR)
    [second] = archive.show(two).new
    assert first.item.id != second.item.id
    assert second.item.link_key == ""
    assert archive.show(two).new == ()
    assert archive.show(replace(two, title="Speech held")).edits[0].item == second.item.id
    [third] = archive.show(replace(one, published=NOW + 2 * HOUR)).new
    assert third.item.id not in {first.item.id, second.item.id}


def test_the_text_of_an_item_that_was_removed_can_have_changed(archive):
    archive.show(entry())
    archive.items.clear()
    made = archive.show(entry(summary="edited"))
    assert (made.new, made.edits) == ((), ())
    assert archive.show(entry(summary="news", published=archive.now + HOUR)).new


def test_an_edit_says_what_a_reader_would_notice(archive):
    archive.show(entry(title="12 dead", summary="In the capital"))
    after = entry(title="13 dead", summary="In the capital", updated=NOW)
    [edit] = archive.show(after).edits
    assert (edit.changed, edit.entry) == (("title", "numbers"), after)


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({}, ()),
        ({"published": NOW, "updated": NOW, "tags": ("t",), "link": "https://x.example"}, ()),
        ({"title": "Dead: 4"}, ("title",)),
        ({"content": "more"}, ("text",)),
        ({"summary": "5 dead"}, ("text", "numbers")),
        ({"title": "7 dead", "summary": "4,500 homes"}, ("title", "text", "numbers")),
    ],
)
def test_what_changed_is_title_text_or_numbers(after, changed):
    before = Entry(guid="1", title="4 dead", summary="3 hurt")
    assert changes(before, replace(before, **after)) == changed


def test_likeness_lies_between_nothing_and_all():
    assert likeness(Entry(summary=TEXT), Entry(summary=TEXT)) == 1
    assert likeness(Entry(summary=TEXT), Entry(summary=OTHER)) == 0
    assert likeness(Entry(title="委内瑞拉领空关闭"), Entry(title="委内瑞拉宣布领空关闭")) > 0.5
    assert likeness(Entry(title="委内瑞拉领空关闭"), Entry(title="天气预报明天有雨")) == 0
    assert likeness(Entry(), Entry(summary=OTHER)) == 1


def test_a_text_that_grew_under_its_title_is_the_same():
    short = Entry(title="Airspace closed over Venezuela", summary="More follows.", published=NOW)
    grown = replace(short, content=TEXT * 3, summary="", published=NOW + HOUR)
    assert not is_reused(short, grown)


def test_nothing_older_takes_a_name_from_something_newer():
    new = Entry(title="Weather", summary=OTHER, published=NOW)
    assert not is_reused(new, Entry(title="Speech", summary=TEXT, published=NOW))
    assert is_reused(new, Entry(title="Speech", summary=TEXT, published=NOW + HOUR))
    assert is_reused(new, Entry(title="Speech", summary=TEXT))


# --- documents --------------------------------------------------------------------------------


def test_a_first_document_is_no_upheaval(archive):
    made = archive.show(*several(20))
    assert len(made.new) == 20
    assert not made.happened.gap
    assert not made.happened.rekeyed
    assert all(sighting.outcome is None for sighting in made.new)


def test_four_entries_show_nothing_about_a_document(archive):
    archive.show(*several(4))
    made = archive.show(*renamed(several(4)))
    assert not made.happened.rekeyed


def test_a_feed_that_moved_is_rekeyed_and_keeps_its_items(archive):
    archive.show(*several(5))
    made = archive.show(*renamed(several(5)))
    assert (made.new, made.happened.rekeyed) == ((), True)
    assert made.habits.rekeyed_at == archive.now
    assert not archive.show(*renamed(several(5))).happened.rekeyed


def test_undated_entries_with_the_words_of_known_ones_are_known_if_they_are_many(archive):
    old = several(6, published=None)
    archive.show(*old)
    made = archive.show(*renamed(old, "y"))
    assert (made.new, made.happened.rekeyed) == ((), True)


def test_all_new_though_dated_before_the_last_news_is_held_back(archive):
    archive.show(*several(6))
    other = [entry(20 + n, published=NOW - (n + 1) * HOUR) for n in range(5)]
    fresh = entry(40, published=archive.now + HOUR / 2)
    made = archive.show(fresh, *other)
    assert made.happened.rekeyed
    assert [sighting.outcome for sighting in made.new] == [None, *5 * [ItemOutcome.FIRST_POLL]]
    assert all(sighting.reason for sighting in made.new[1:])


@pytest.mark.parametrize("dated", [True, False])
def test_all_new_since_the_last_news_is_a_gap(archive, dated):
    archive.show(*several(6))
    at = archive.now + HOUR / 2 if dated else None
    made = archive.show(*[entry(20 + n, published=at) for n in range(6)])
    assert made.happened.gap
    assert (made.habits.gaps, made.habits.gap_at) == (1, archive.now)
    assert all(sighting.outcome is None for sighting in made.new)


def test_a_feed_whose_dates_are_hours_late_brings_news_all_the_same(archive):
    archive.show(*[entry(n, published=archive.now - (5 + n) * HOUR) for n in range(6)])
    at = archive.now - 4 * HOUR
    made = archive.show(*[entry(20 + n, published=at - n * HOUR / 10) for n in range(6)])
    assert made.happened.gap
    assert all(sighting.outcome is None for sighting in made.new)


def test_a_date_in_the_future_makes_nothing_else_old(archive):
    ahead = entry(1, published=archive.now + 400 * DAY)
    archive.show(ahead, *several(6)[1:])
    at = archive.now + HOUR / 2
    made = archive.show(*[entry(20 + n, published=at) for n in range(6)])
    assert not made.happened.rekeyed


def test_what_was_published_after_the_last_news_but_before_the_last_poll_is_no_rekeying(archive):
    archive.show(*several(6))
    for _ in range(24 * 7):
        archive.show(*several(6))
    digest = [entry(20 + n, published=archive.now - n * DAY) for n in range(6)]
    made = archive.show(*digest)
    assert not made.happened.rekeyed
    assert all(sighting.outcome is None for sighting in made.new)


def test_a_document_after_an_empty_one_has_no_gap(archive):
    archive.show(*several(6))
    archive.show()
    made = archive.show(*[entry(20 + n, published=None) for n in range(6)])
    assert not made.happened.gap


def test_guids_that_change_twice_are_trusted_no_more(archive):
    def churned(n):
        return [replace(each, guid=f"{each.guid}-{n}") for each in several(5)]

    archive.show(*churned(0))
    assert archive.show(*churned(1)).habits.churned == 1
    assert archive.show(*churned(2)).habits.identity == "link"
    made = archive.show(*churned(3))
    assert (made.new, made.seen, made.happened.rekeyed) == ((), {}, False)


def test_guids_that_change_once_are_trusted(archive):
    moved = [replace(each, guid=f"{each.guid}-1") for each in several(5)]
    archive.show(*several(5))
    archive.show(*moved)
    made = archive.show(*moved)
    assert (made.habits.churned, made.habits.identity) == (0, "guid")


def test_an_old_entry_behind_all_known_ones_is_late(archive):
    archive.show(*several(5))
    [made] = archive.show(*several(6)[1:]).new
    assert made.outcome is ItemOutcome.TOO_OLD
    assert "moved up" in made.reason


@pytest.mark.parametrize(
    "change",
    [
        lambda known, old: [*known, old],  # the document has grown
        lambda known, old: [old, *known[1:]],  # it stands first
        lambda known, old: [*known[1:], replace(old, published=None)],
        lambda known, old: [*known[1:], replace(old, published=NOW - 2.5 * HOUR)],
    ],
    ids=["grown", "first", "undated", "among"],
)
def test_an_old_entry_elsewhere_is_not_late(archive, change):
    known = several(5)
    archive.show(*known)
    [made] = archive.show(*change(known, entry(9))).new
    assert made.outcome is None


def test_older_pages_tell_what_is_from_before_our_time(archive):
    known = several(6)
    archive.show(*known)
    page = Document(
        entries=(
            entry(50, published=archive.now + HOUR),
            *known,
            entry(51, published=NOW - 60 * HOUR),
        )
    )
    identified, memory = archive.remember(page)
    made = recognise_page(page, identified, memory, source=archive.source, now=archive.now)
    assert made.overlaps
    assert [each.outcome for each in made.new] == [None, ItemOutcome.TOO_OLD]


# --- documents of which only the changed entries were read ------------------------------------


def partial(*entries, marks, window, known=(), **document):
    shown = Document(
        entries=entries, marks=b"".join(m.encode().ljust(8) for m in marks), **document
    )
    identified = identify(shown)
    state = replace(a_state(), window=b"".join(m.encode().ljust(8) for m in window))
    memory = Memory(
        state=state,
        known={key: Known(item=None) for key in known or ()},
    )
    return is_plain(shown, identified, memory)


def test_a_new_entry_before_known_ones_is_plain():
    assert partial(entry(), marks="nab", window="abc")


def test_a_new_entry_behind_all_known_ones_is_not_plain():
    assert not partial(entry(), marks="abn", window="abc")


def test_a_changed_entry_with_a_known_name_is_not_plain():
    assert not partial(entry(), marks="nab", window="abc", known=["00" * 16])


def test_changed_entries_that_share_a_name_are_not_plain():
    assert not partial(entry(), entry(2, guid="g1"), marks="nmab", window="abc")


def test_a_document_read_whole_is_always_plain():
    assert partial(entry(), entry(2), marks="nm", window="ab", known=["00" * 16])
    assert partial(entry(), entry(2), marks="", window="ab", known=["00" * 16])


def test_what_people_say_names_the_items_of_a_source():
    archive = Archive(source=a_source(identity="title"))
    archive.show(entry())
    made = archive.show(entry(guid="x", link="https://other.example/", published=NOW - HOUR / 2))
    assert made.new == ()
