"""What is shown of a text: whole characters, and nothing that can't be seen."""

import re
import sys
import unicodedata

import pytest

from monitor.alerts.excerpt import boundary, cut, printable, segments


def test_controls_and_bidi_overrides_never_reach_a_reader():
    assert printable("a\x1b[31m\u202eb\u2066c\x00\ud800\nd\u2028e\x9b") == "a[31mbc d e"


VISIBLE_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
HIEROGLYPH_JOINERS = range(0x13430, 0x13440)


def test_no_control_or_format_character_reaches_a_reader_on_its_own():
    unseen = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in {"Cc", "Cf", "Cs"}
        and not VISIBLE_FORMATS.match(char)
        and ord(char) not in HIEROGLYPH_JOINERS
    ]
    assert [char for char in unseen if printable(f"a{char}b") not in {"ab", "a b"}] == []
    assert printable("".join(unseen)).strip() == ""


@pytest.mark.parametrize(
    "char", [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
)
def test_nothing_that_steers_the_direction_of_writing_is_shown(char):
    for before in "aם\u0645😀 ":
        assert char not in printable(f"{before}{char}b")
        assert segments(f"{before}{char}b", [(1, 2)], limit=9)[-1][0].endswith("b")


@pytest.mark.parametrize(
    "words",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ക\u0d28\u0d4d\u200d",
        "ශ්\u200dරී",
        "👩\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "👍🏽\u200d🚀",
        "❤\ufe0f",
        "葛\U000e0100",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_what_shapes_letters_and_pictures_stays_wherever_a_match_begins(words):
    assert printable(words) == words
    for at in range(1, len(words)):
        pieces = segments(words, [(0, at)], limit=99)
        assert "".join(piece for piece, _ in pieces) == words


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200c",
        "\u200d",
        "\u200d\u200d",
        "\U000e0048\U000e0069",
        "\U000e0061\U000e0062\U000e0063\U000e007f",
    ],
)
def test_joiners_and_tags_that_shape_nothing_are_not_shown(hidden):
    assert printable(f"Mad{hidden}uro") == "Maduro"
    assert printable(f"{hidden}Maduro {hidden}") == "Maduro "


def test_a_cut_never_splits_what_people_see_as_one_character():
    whole_characters = (
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "👍\U0001f3fd",
        "🇻🇪",
        "❤\ufe0f",
        "क्ष",
        "\u1112\u1161\u11ab",
        "🏴\U000e0067\U000e0062\U000e007f",
        "\r\n",
    )
    for character in whole_characters:
        words = f"x{character}y"
        for at in range(2, 1 + len(character)):
            assert boundary(words, at) == 1, (character, at)
        assert boundary(words, 1 + len(character)) == 1 + len(character)


def test_two_flags_are_two_characters():
    assert boundary("🇻🇪🇺🇸", 3) == 2
    assert boundary("🇻🇪🇺🇸", 2) == 2


def test_a_cut_text_ends_in_an_ellipsis_within_its_limit():
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 0) == ""


def test_segments_tell_what_matched_where_spans_overlap():
    pieces = segments("closed airspace now", [(0, 6), (4, 15), (7, 15)], limit=100)
    assert pieces == [("closed airspace", True), (" now", False)]


def test_segments_begin_and_end_with_an_ellipsis_where_the_text_goes_on():
    pieces = segments("abcdefghij", [(4, 6)], limit=5, start=3)
    assert pieces == [("…d", False), ("ef", True), ("gh…", False)]
