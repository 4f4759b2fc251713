"""Laws of stories: what holds whatever is told, in whatever order, and forgotten again."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from builders import NOW, an_item
from hypothesis import given, settings
from hypothesis import strategies as st
from story_builders import HOUR, Newsroom

from monitor.model import Gist, ItemId, Sighting, SourceRef, StoryBook, StoryId
from monitor.pipeline.gists import Gists
from monitor.stories.copies import copy_kind, shared_mass
from monitor.stories.gist import language_code, make_gist
from monitor.stories.joining import join, what_remains
from monitor.stories.member import as_stored, pack, unpack
from monitor.stories.shelf import Shelf

LAW = settings(max_examples=60, deadline=None)

WORDS = [
    "blast",
    "refinery",
    "amuay",
    "workers",
    "gas",
    "leak",
    "tanks",
    "fire",
    "dawn",
    "maduro",
    "caracas",
    "oil",
    "27",
    "28",
    "monday",
]
words = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=14)
gists = st.builds(
    make_gist,
    words,
    words,
    words,
    language=st.sampled_from(["en", "es", "", "zz"]),
    figures=st.lists(st.sampled_from(["27", "28", "monday"]), max_size=3),
    dated=st.booleans(),
)
hours = st.integers(0, 120)
told = st.lists(
    st.tuples(gists, st.integers(0, 3), st.integers(0, 3), st.integers(0, 40)), max_size=25
)


def weigh(shelf, gist, number=0, source=0, at=NOW):
    return shelf.weigh(
        gist, item=ItemId(f"item-{number}"), source=f"source-{source}", at=at, said_at=at
    )


def check(shelf):
    """Fail where what the shelf holds of its members does not fit together."""
    members = shelf._members
    assert list(shelf._order) == sorted(members)
    postings = {
        (term, number, weight) for term, rows in shelf._by_term.items() for number, weight in rows
    }
    assert {number for _, number, _ in postings} <= members.keys()
    assert all(shelf._by_term.values())
    centred = [number for centre in shelf._centres.values() for number in centre.members]
    assert sorted(centred) == sorted(members)
    for story, centre in shelf._centres.items():
        assert centre.members == sorted(centre.members)
        assert {members[number].story for number in centre.members} == {story}
        assert 0 <= centre.summed <= len(centre.members)
    counted = shelf._weights
    assert sum(counted._items.values()) == len(members)
    assert counted._items.keys() == counted._with.keys()
    assert all(number > 0 for rows in counted._with.values() for number in rows.values())


@LAW
@given(gists)
def test_a_member_is_read_back_as_it_was_written(gist):
    member = weigh(Shelf(), gist)
    names = ("item", "story", "source", "at", "said_at")
    again = unpack(pack(member), **{name: getattr(member, name) for name in names})
    for name in member.__slots__:
        assert getattr(again, name) == getattr(member, name)


@given(st.lists(st.floats(0, 60_000)))
def test_numbers_as_they_are_stored_stay_so(numbers):
    stored = as_stored(numbers)
    assert as_stored(stored) == stored
    assert all(abs(a - b) <= max(a / 1000, 1e-6) for a, b in zip(numbers, stored, strict=True))


@LAW
@given(told, st.integers(1, 12))
def test_whatever_is_put_merged_and_forgotten_a_shelf_fits_together(news, most):
    shelf, now = Shelf(most=most), NOW
    for number, (gist, source, story, wait) in enumerate(news):
        now += timedelta(hours=wait)
        member = weigh(shelf, gist, number, source, now)
        found = shelf.find(member)
        assert {each.story for each in found.stories} <= shelf._centres.keys()
        assert all(-1e-9 <= each.likeness <= 1.01 for each in found.stories)
        shelf.put(member, StoryId(f"story-{story}"))
        if wait % 5 == 0:
            shelf.merge(StoryId(f"story-{story}"), StoryId("story-0")) if story else None
        check(shelf)
        assert len(shelf) <= most
    weigh(shelf, Gist(language="en"), at=now + timedelta(hours=73))
    check(shelf)
    assert (len(shelf), shelf._by_term, shelf._centres) == (0, {}, {})
    assert (shelf._weights._items, shelf._weights._with) == ({}, {})


@LAW
@given(told, gists)
def test_a_shelf_filled_anew_answers_as_one_that_went_on(news, asked):
    shelf, now, kept = Shelf(), NOW, []
    for number, (gist, source, story, wait) in enumerate(news):
        now += timedelta(hours=wait)
        member = weigh(shelf, gist, number, source, now)
        shelf.find(member)
        shelf.put(member, StoryId(f"story-{story}"))
        kept.append(member)
        if story and wait % 5 == 0:
            shelf.merge(StoryId(f"story-{story}"), StoryId("story-0"))
    anew = Shelf()
    for member in kept:
        if member.at >= now - timedelta(hours=72):
            names = ("item", "story", "source", "at", "said_at")
            packed = pack(member)
            copy = unpack(packed, **{name: getattr(member, name) for name in names})
            anew.put(copy, copy.story)
    one, other = (each.find(weigh(each, asked, 99, 9, now)) for each in (shelf, anew))
    assert [(x.story, x.likeness, x.shared, x.nearest.item) for x in one.stories] == [
        (x.story, x.likeness, x.shared, x.nearest.item) for x in other.stories
    ]
    assert (one.copy, one.serials) == (other.copy, other.serials)


@LAW
@given(gists, gists)
def test_whether_a_text_stands_in_another_does_not_depend_on_which_is_asked(one, other):
    shelf = Shelf()
    a, b = weigh(shelf, one, 1, 1), weigh(shelf, other, 2, 2)

    def kind(x, y):
        return copy_kind(x, y, shared=shared_mass(dict(zip(x.terms, x.masses, strict=True)), y))

    assert kind(a, b) == kind(b, a)


@given(st.text(max_size=50), st.text(max_size=40))
def test_any_text_has_a_gist_that_is_short(text, language):
    title, long = (text * (100_000 // max(1, len(text))) for _ in range(2))
    item = an_item("a", title=title[:20_000], summary=long)
    gist = Gists().of(item, language)
    assert len(gist.terms) == len(gist.counts) <= 160
    assert gist.titled <= len(gist.terms)
    assert len(gist.figures) <= 16
    assert gist.language == language_code(language)
    assert len(pack(weigh(Shelf(), gist))) < 2_500


titles = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
news = st.lists(
    st.tuples(titles, titles, st.integers(0, 4), st.integers(0, 30), st.integers(1, 3)),
    min_size=1,
    max_size=20,
)


def publish(news):
    """Have polls bring several items each; return the newsroom and every decision."""
    room, made, numbers = Newsroom(), [], count()
    polls = []
    for title, text, source, wait, batch in news:
        if not polls or len(polls[-1][1]) >= batch:
            polls.append((wait, []))
        polls[-1][1].append((title, text, f"source-{source}", next(numbers)))
    for wait, found in polls:
        room.now += wait * HOUR
        sightings = [room.sighting(title, text, source=source) for title, text, source, _ in found]
        made.append((sightings, room.take(*sightings)))
    return room, made


@LAW
@given(news)
def test_every_item_is_of_a_story_that_is_there_and_chains_end(news):
    room, made = publish(news)
    born = {}
    for sightings, joined in made:
        assert joined.of_item.keys() == {each.item.id for each in sightings}
        assert set(joined.of_item.values()) <= joined.stories.keys()
        assert not set(joined.of_item.values()) & joined.merged.keys()
        for story in joined.stories.values():
            assert born.setdefault(story.id, story.first_seen) == story.first_seen
    for story in room.stories.values():
        remains = what_remains(story, room.stories)
        assert remains.merged_into is None
        assert (remains.first_seen, remains.id) <= (story.first_seen, story.id)
    whole = [each for each in room.stories.values() if each.merged_into is None]
    assert sum(each.size for each in whole) == len(room.of_item)
    check(room.shelf)
    assert {each.story for each in room.shelf._members.values()} <= {each.id for each in whole}


@LAW
@given(news)
def test_the_same_news_make_the_same_stories(news):
    one, other = (publish(news)[0] for _ in range(2))
    assert one.stories == other.stories
    assert one.of_item == other.of_item
    assert one.copies == other.copies


@LAW
@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefg")))
def test_a_chain_whose_end_was_removed_ends_with_nothing(links):
    room = Newsroom()
    item = room.publish("Blast at Amuay refinery", "")
    some = room.story(item)
    known = {
        StoryId(name): replace(some, id=StoryId(name), merged_into=StoryId(into))
        for name, into in links.items()
        if into > name
    }
    for each in known.values():
        assert what_remains(each, known) is None


@LAW
@given(st.lists(gists, max_size=6))
def test_joining_needs_no_key_and_no_words(given):
    source = SourceRef(name="Wire", url="https://wire.example/feed")
    sightings = [
        Sighting(item=an_item(f"{number}", title="", source=source), gist=gist)
        for number, gist in enumerate(given)
    ]
    made = join(sightings, StoryBook(by_key={}, stories={}, shelf=Shelf()), now=NOW)
    assert len(made.of_item) == len(sightings)
