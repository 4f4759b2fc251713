"""Two stories that an item shows to be one merge into the older: its id stays, nothing is lost."""

import pytest
from story_builders import DAY, HOUR, LATER, ONE_END, OTHER_END, WHOLE, Newsroom

from monitor.model import StoryBook
from monitor.stories.joining import stay


@pytest.fixture
def room():
    return Newsroom()


def test_the_older_story_stays_and_counts_what_both_have(room):
    older = room.publish(*ONE_END)
    younger = room.publish(*OTHER_END)
    begun = room.of_item[older], room.of_item[younger]
    assert begun[0] != begun[1]
    whole = room.publish(*WHOLE, after=HOUR)
    assert room.merged == [(begun[1], begun[0])]
    assert room.are_together(older, younger, whole)
    story = room.story(younger)
    assert story.id == begun[0]
    assert (story.size, story.sources) == (3, ("outlet-1", "outlet-2", "outlet-3"))
    assert room.stories[begun[1]].merged_into == begun[0]


def test_a_source_that_told_both_counts_once(room):
    for told, source in ((ONE_END, "wire"), (OTHER_END, "wire"), (WHOLE, "radio")):
        last = room.publish(*told, source=source, after=HOUR)
    assert (room.story(last).size, room.story(last).sources) == (3, ("wire", "radio"))


def test_what_comes_later_to_the_younger_goes_to_the_older(room):
    older = room.publish(*ONE_END)
    younger = room.publish(*OTHER_END, link_key="L")
    room.publish(*WHOLE, after=HOUR)
    later = room.publish(*LATER, after=HOUR)
    linked = room.publish("Photographs", "", link_key="L")
    titled = room.publish(OTHER_END[0])
    assert room.are_together(older, younger, later, linked, titled)
    assert room.story(older).size == 6
    assert len(room.merged) == 1


def test_in_one_poll_every_item_is_of_the_story_that_remains(room):
    sightings = [room.sighting(*told) for told in (ONE_END, OTHER_END, WHOLE, LATER)]
    made = room.take(*sightings)
    [remains] = set(made.of_item.values())
    [(merged, into)] = made.merged.items()
    assert into == remains
    assert made.stories[merged].merged_into == remains
    assert made.stories[remains].size == 4
    assert {each.story for each in made.members} == {remains}


def test_a_merged_story_may_merge_again(room):
    oldest = room.publish(
        "Norwegian tour operator loses contact with excursion guide",
        "The operator in Bergen has had no word from its guide in Campania since Tuesday.",
    )
    older = room.publish(*ONE_END)
    younger = room.publish(*OTHER_END)
    room.publish(*WHOLE, after=HOUR)
    room.publish(
        "Norwegian operator loses contact with guide; fourteen tourists missing from minibus",
        "The operator in Bergen has had no word from its excursion guide in Campania since Tuesday."
        " A minibus with fourteen Norwegian tourists did not return from Ravello; a landslide of"
        " boulders and mud covered the coastal road.",
        after=HOUR,
    )
    assert len(room.merged) == 2
    assert room.are_together(oldest, older, younger)
    assert room.story(younger).id == room.of_item[oldest]
    assert room.story(younger).size == 5


def test_a_story_that_is_over_is_not_merged(room):
    older = room.publish(*ONE_END)
    younger = room.publish(*OTHER_END, after=4 * DAY)
    whole = room.publish(*WHOLE, after=HOUR)
    assert room.are_together(younger, whole)
    assert not room.are_together(older, whole)
    assert room.merged == []


def test_an_edited_item_of_a_merged_story_is_of_what_remains(room):
    older = room.publish(*ONE_END)
    younger = room.publish(*OTHER_END)
    room.publish(*WHOLE, after=HOUR)
    edited = room.sighting(*OTHER_END).item
    book = StoryBook(
        by_key=room.by_key, stories=room.stories, of_item={edited.id: room.of_item[younger]}
    )
    [told] = stay([edited], book, now=room.now).values()
    assert told[0].id == room.of_item[older]
