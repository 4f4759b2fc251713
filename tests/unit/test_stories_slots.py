"""Where a name stands in a text, and where none is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.slots import between, in_headline, is_sentence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a market in the town of Sloviansk on Saturday", {("town of on", "Sloviansk")}),
        ("the port of La Guaira was hit", {("port of was", "Guaira"), ("port of was …", "La")}),
        ("he went to the Rave", set()),  # it may be cut
        ("submitted by u/Somebody now", set()),
        ("a report of NPR says", set()),
    ],
)
def test_a_name_is_found_by_the_words_around_it(text, found):
    slots = set(between(text))
    assert found <= slots
    assert bool(found) == bool(slots)


def test_a_name_that_begins_a_headline_is_one_by_its_text_and_two_words():
    title = "Spain tells citizens to leave"
    told = dict(in_headline(title, "The embassy of Spain said so."))
    assert told["tells citizens"] == "Spain"
    assert "tells citizens" not in dict(in_headline(title, "An embassy said so."))


def test_a_headline_that_capitalises_every_word_shows_no_names():
    assert is_sentence("US strikes hit Caracas")
    assert not is_sentence("Missile Hits Market in Town")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_has_slots_with_words_of_it(title, text):
    for _, word in (*between(text), *in_headline(title, text)):
        assert word in title or word in text
