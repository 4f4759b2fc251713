"""The same article again is a copy, its next version an update; one of a series is neither."""

import pytest
from builders import NOW
from story_builders import ARTICLES, DAY, EDITS, HOUR, MINUTE, Newsroom, told_again

LANGUAGES = sorted(ARTICLES)


@pytest.fixture
def room():
    """Return a newsroom that has other things to tell in every language."""
    room = Newsroom()
    for language, articles in ARTICLES.items():
        for title, text in articles[1:]:
            room.publish(title, text, language=language)
    return room


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EDITS)
def test_an_article_is_known_again(room, kind, language):
    title, text = ARTICLES[language][0]
    first = room.publish(title, text, language=language)
    again = room.publish(*told_again(kind, title, text), after=2 * HOUR, language=language)
    assert room.kind(again) == "duplicate"
    assert room.copies[again].of == first
    assert room.are_together(first, again)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_articles_are_no_copies(room, language):
    first = room.publish(*ARTICLES[language][0], language=language)
    assert room.kind(first) is None
    assert room.story(first).size == 1


def test_the_same_text_with_another_figure_in_its_headline_is_an_update(room):
    _, text = ARTICLES["en"][0]
    first = room.publish("Ferry accident off Sicily: 11 people injured", text)
    later = room.publish("Ferry accident off Sicily: 14 people injured", text)
    assert room.kind(later) == "update"
    assert room.are_together(first, later)


def test_a_figure_that_only_one_headline_has_makes_no_update(room):
    title, text = ARTICLES["en"][0]
    room.publish(title, text)
    assert room.kind(room.publish(title.replace("with 210 passengers ", ""), text)) == "duplicate"


def test_forty_copies_are_one_story(room):
    title, text = ARTICLES["en"][0]
    kinds = list(EDITS)
    copies = [
        room.publish(*told_again(kinds[number % len(kinds)], title, text), after=3 * MINUTE)
        for number in range(40)
    ]
    assert room.are_together(*copies)
    story = room.story(copies[0])
    assert (story.size, len(story.sources)) == (40, 40)
    assert sum(room.kind(each) == "duplicate" for each in copies) == 39


# Of each series what one source publishes on three days.
SERIES = {
    "exchange rates": [
        (
            f"Official exchange rates for {day} January: dollar at {rate} bolivars",
            (
                f"The central bank set the reference rate of the dollar at {rate} bolivars and that of"
                f" the euro at {rate + 31} bolivars for operations on {day} January."
            ),
        )
        for day, rate in ((5, 301), (6, 304), (7, 309))
    ],
    "hints for a puzzle": [
        (
            f"Wordsmith hints and answer for puzzle #{number}",
            (
                "Stuck on today's puzzle? Here are our hints, from gentle to plain, and the answer"
                f" below. Today's word begins with {letter} and names {thing}."
            ),
        )
        for number, letter, thing in (
            (1660, "C", "a tool of masons"),
            (1661, "B", "a river bird"),
            (1662, "S", "a kind of weather"),
        )
    ],
    "the weather": [
        (
            f"Weather for {day}: sunny spells and light winds",
            (
                "The meteorological office expects sunny spells in the north, light winds along the"
                f" coast and {degrees} degrees in the capital on {day}."
            ),
        )
        for day, degrees in (("Monday", 14), ("Tuesday", 15), ("Wednesday", 13))
    ],
    "a countdown": [
        (
            f"Day {day} of the siege: what happened in the port city",
            (
                f"Our correspondents sum up day {day} of the siege: shelling of the port, talks in"
                " Geneva, convoys that wait at the border and what both sides say."
            ),
        )
        for day in (12, 13, 14)
    ],
    "a summary a week": [
        (
            "What we know about the talks in Geneva",
            (
                "Our summary of a week of talks: who sits at the table, what is agreed and what"
                " divides the delegations in Geneva."
            ),
        )
    ]
    * 3,
    "days of a live blog": [
        (
            f"Ukraine war live: latest news on {day} January",
            (
                "Follow the latest news on the war with our correspondents in Kyiv and Moscow, with"
                " maps, pictures and background."
            ),
        )
        for day in (5, 6, 7)
    ],
}


@pytest.mark.parametrize("series", SERIES)
def test_a_series_of_one_source_is_neither_copies_nor_one_story(room, series):
    span = 7 * DAY if series == "a summary a week" else DAY
    told = [room.publish(title, text, after=span, source="wire") for title, text in SERIES[series]]
    assert [room.kind(each) for each in told] == [None] * 3
    assert len({room.story(each).id for each in told}) == 3


@pytest.mark.parametrize("series", ["exchange rates", "days of a live blog"])
def test_a_series_with_dates_stays_one_across_sources(room, series):
    told = [
        room.publish(title, text, after=DAY, source=source)
        for (title, text), source in zip(SERIES[series], ("wire", "paper", "radio"), strict=True)
    ]
    assert [room.kind(each) for each in told] == [None] * 3


def test_the_same_headline_of_one_source_within_hours_is_the_same_article(room):
    title, text = ARTICLES["en"][0]
    first = room.publish(title, text, source="wire")
    again = room.publish(title, f"{text} Edited.", source="wire", after=3 * HOUR)
    assert room.kind(again) == "duplicate"
    assert room.are_together(first, again)


def test_when_something_was_said_is_as_it_says_but_never_after_it_was_seen(room):
    title, text = ARTICLES["en"][0]
    sighting = room.sighting(title, text, published=NOW + 9 * DAY)
    [member] = room.take(sighting).members
    assert member.said_at == member.at == room.now
