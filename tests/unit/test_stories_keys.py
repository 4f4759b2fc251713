"""Items join a story by link or title."""

from datetime import timedelta

import pytest
from builders import NOW, an_item
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Sighting, SourceRef, Story, StoryBook, StoryId
from monitor.stories.joining import join as join_sightings
from monitor.stories.keys import story_id, teller, title_key, untagged

NO_STORIES = StoryBook(by_key={}, stories={})


def a_story(id: str = "old", **changes):
    defaults = {"id": StoryId(id), "first_seen": NOW, "size": 1, "sources": ("BBC",)}
    return Story(**defaults | changes)


def join(items, book, *, now):
    told = join_sightings([Sighting(item=item) for item in items], book, now=now)
    return told.of_item, told.stories


def test_two_items_with_one_link_are_one_story():
    items = [an_item("a", link_key="L"), an_item("b", link_key="L")]
    joined, stories = join(items, NO_STORIES, now=NOW)
    assert joined["a"] == joined["b"]
    assert stories[joined["a"]].size == 2


def test_two_items_with_one_title_are_one_story():
    items = [an_item("a", link_key="1", title_key="T"), an_item("b", link_key="2", title_key="T")]
    joined, _ = join(items, NO_STORIES, now=NOW)
    assert joined["a"] == joined["b"]


def test_an_item_without_link_and_title_is_a_story_of_its_own():
    joined, _ = join([an_item("a"), an_item("b")], NO_STORIES, now=NOW)
    assert joined["a"] != joined["b"]


def test_a_known_story_takes_the_item_and_keeps_its_id():
    book = StoryBook(by_key={"T": StoryId("old")}, stories={"old": a_story()})
    joined, stories = join([an_item("a", title_key="T")], book, now=NOW)
    assert joined["a"] == "old"
    assert stories["old"].size == 2
    assert stories["old"].sources == ("BBC", "Wire")


def test_where_link_and_title_disagree_the_older_story_wins():
    older = a_story("older", first_seen=NOW - timedelta(hours=2))
    book = StoryBook(
        by_key={"L": StoryId("newer"), "T": StoryId("older")},
        stories={"newer": a_story("newer"), "older": older},
    )
    joined, _ = join([an_item("a", link_key="L", title_key="T")], book, now=NOW)
    assert joined["a"] == "older"


def test_a_headline_that_recurs_begins_a_new_story_once_the_old_one_is_over():
    old = a_story(first_seen=NOW - timedelta(hours=72))
    book = StoryBook(by_key={"T": StoryId("old")}, stories={"old": old})
    joined, _ = join([an_item("a", title_key="T")], book, now=NOW)
    assert joined["a"] == story_id(an_item("a").id)


def test_a_source_is_named_once_however_many_items_it_adds():
    items = [an_item("a", link_key="L"), an_item("b", link_key="L")]
    _, stories = join(items, NO_STORIES, now=NOW)
    assert next(iter(stories.values())).sources == ("Wire",)


def test_a_title_of_one_word_tells_no_stories_apart():
    assert title_key("weather") == ""
    assert title_key("maduro captured")


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("WRAPUP 3-Oil falls", "Oil falls"),
        ("UPDATE 1-CORRECTED-Oil falls", "Oil falls"),
        ("CORRECTED (OFFICIAL)-Oil falls", "Oil falls"),
        ("🔴 LIVE: Oil falls", "Oil falls"),
        ("BREAKING NEWS | Oil falls", "Oil falls"),
        ("#BREAKING: Oil falls", "Oil falls"),
        ("(2nd LD) Oil falls", "Oil falls"),
        ("Última hora: cae el crudo", "cae el crudo"),
        ("Update on oil", "Update on oil"),
        ("Watch-list grows", "Watch-list grows"),
        ("Live from Caracas", "Live from Caracas"),
        ("Leaders meet", "Leaders meet"),
        ("BREAKING:", "BREAKING:"),
        ("", ""),
    ],
)
def test_what_desks_write_before_a_headline_is_left_out(title, told):
    assert untagged(title) == told


@given(st.text(max_size=60))
def test_what_is_left_of_a_headline_is_its_end_and_has_nothing_before_it(title):
    told = untagged(title)
    assert title.endswith(told)
    assert bool(told) == bool(title)
    assert untagged(told) == told


@given(st.lists(st.tuples(st.sampled_from("xyz "), st.sampled_from("pqr ")), max_size=8))
def test_repeating_a_poll_begins_the_same_stories(keys):
    items = [
        an_item(str(n), link_key=link.strip(), title_key=title.strip())
        for n, (link, title) in enumerate(keys)
    ]
    first, stories = join(items, NO_STORIES, now=NOW)
    again, _ = join(items, NO_STORIES, now=NOW + timedelta(minutes=5))
    assert first == again
    assert sum(story.size for story in stories.values()) == len(items)
    assert set(first.values()) <= {story_id(item.id) for item in items}


def test_google_news_is_as_many_sources_as_it_names_outlets():
    google = SourceRef(name="Google", url="https://news.google.com/rss/search?q=OPEC")
    reuters, cnbc = (
        an_item(title=f"OPEC+ keeps output steady - {outlet}", source=google)
        for outlet in ("Reuters", "CNBC")
    )
    assert teller(reuters) != teller(cnbc)
    assert teller(an_item(title="OPEC+ keeps output steady", source=google)) == google.url
    wire = an_item(title="OPEC+ keeps output steady - Reuters")
    assert teller(wire) == wire.source.url
