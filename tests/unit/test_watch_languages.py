"""What items say of their language, and what a watchlist's filter makes of it."""

import pytest
from builders import an_item
from watch_builders import a_watchlist

from monitor.watch.matcher import Matcher
from monitor.watch.words.detection import Tongue, language_of
from monitor.watch.words.languages import language_said


@pytest.mark.parametrize("said", ["", " ", "und", "UND", "mul", "zxx", "xx", "unknown", "English"])
def test_what_names_no_language_is_undetermined(said):
    assert language_said(said) == ""


@pytest.mark.parametrize(
    ("said", "language"),
    [("eng", "en"), ("spa", "es"), ("ger", "de"), ("deu", "de"), (" es ", "es"), ("pl", "pl")],
)
def test_longer_codes_are_the_short_ones(said, language):
    assert language_said(said) == language


def test_regions_and_codes_without_a_short_one_stay():
    assert [language_said(each) for each in ("en-GB", "srp-Latn", "ceb")] == [
        "en-GB",
        "sr-Latn",
        "ceb",
    ]


def an_item_in(language):
    return an_item(title="Kontener z tytoniem stał w Łodzi, śledztwo trwa", language=language)


def polish(text):
    return Tongue("pl", "pl")


@pytest.mark.parametrize(
    ("declared", "wanted", "read"),
    [("en", "en", True), ("en", "pl", False), ("und", "pl", True), ("und", "en", False)],
)
def test_a_declared_language_is_what_a_filter_asks_for(declared, wanted, read):
    matcher = Matcher([a_watchlist("Łódź", languages=(wanted,))], {}, detect=polish)
    assert bool(matcher.match(an_item_in(declared))) is read


def test_words_bend_as_the_text_shows_whatever_was_declared():
    assert language_of(an_item_in("en"), polish) == Tongue("en", "pl")
