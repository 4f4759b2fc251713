"""Laws of reading and matching, against any text and against a matcher by brute force."""

import re

from builders import an_item
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.watch.matcher import Matcher
from monitor.watch.patterns import Pattern, PatternError
from monitor.watch.rules import Watchlist
from monitor.watch.terms import TermError, TermKind, parse_term
from monitor.watch.words.scanner import AutomatonScanner, DictionaryScanner
from monitor.watch.words.text import normalised, tokenise

bounded = settings(max_examples=100, deadline=None)

# --- texts ---------------------------------------------------------------------------------------

PIECES = [
    *"aZß'’\"sS .,_-0½é🇻❤ \n",
    *"łİı ёйи е Σς אָ מادەٱ ـ मादु रो มำ马杜ドﾄﾞ가각ㄱㅏ ʼŉﷺㇰ㈠\u0345",
    *"\u0300\u0301\u0308\u0327\u064e\u05b8\u3099\u20e3\ufe0f\u200d\u200c\u200f\u00ad\u2060",
    "http://x.y/a",
    "https://",
    "'s",
    "’s ",
]
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join)


@bounded
@given(texts)
def test_words_read_again_give_themselves(text):
    assert normalised(normalised(text)) == normalised(text)


@bounded
@given(texts)
def test_every_span_points_at_its_word(text):
    tokens = tokenise(text)
    end = 0
    for word, span in zip(tokens.words, tokens.spans(len(text)), strict=True):
        assert end <= span[0] < span[1]
        assert normalised(text[slice(*span)]) == word
        end = span[1]


@bounded
@given(texts, texts)
def test_neighbours_change_no_word(one, other):
    before, after, together = tokenise(one), tokenise(other), tokenise(f"{one} {other}")
    assert together.words == before.words + after.words
    shift = len(one) + 1
    moved = [(start + shift, end + shift) for start, end in after.spans(len(other))]
    assert together.spans(shift + len(other)) == before.spans(len(one)) + moved


# --- terms and patterns --------------------------------------------------------------------------


def read_or_refused(read, written):
    try:
        return read(written), None
    except (TermError, PatternError) as error:
        return None, error


@bounded
@given(texts | st.text('ab*"=/ ', max_size=8))
def test_a_term_is_read_or_refused_at_a_place_inside_it(written):
    term, error = read_or_refused(parse_term, written)
    if error:
        assert 0 <= error.start <= error.end <= len(written)
    else:
        assert term.written == written.strip()


@bounded
@given(texts)
def test_a_term_finds_itself(written):
    term, error = read_or_refused(parse_term, written)
    if error or term.kind is TermKind.PATTERN or "://" in term.text:
        return
    matcher = Matcher([Watchlist(name="x", match=(term,))], {})
    (match,) = matcher.match(an_item(title=f"say {term.text}, they say", language=""))
    assert match.evidence


@bounded
@given(
    st.lists(
        st.sampled_from([r"\b", r"\w", r"\W", r"\s", r"\Q", r"\E", r"\pL", *"aé|()[]^$.*+?{2}-:"]),
        max_size=10,
    ).map("".join),
    texts,
)
def test_a_pattern_is_refused_or_finds_places_in_any_text(source, text):
    pattern, error = read_or_refused(Pattern, source)
    if error:
        assert 0 <= error.start <= error.end <= len(source)
        return
    end = 0
    for span in pattern.find(text, limit=5):
        assert end <= span[0] < span[1] <= len(text)
        end = span[1]


@bounded
@given(
    st.sampled_from(["a", "ab?", "a+b", "(?:a|é)b", "é", "a b", "a.b", "[ab]+", "[^a]b"]),
    st.sampled_from([("", ""), (r"\b", ""), ("", r"\b"), (r"\b", r"\b")]),
    st.text("abéBÉ ,", max_size=12),
)
def test_borders_are_those_of_python(body, borders, text):
    source = body.join(borders)
    if body.startswith("[^") and borders[0]:
        return  # it may begin with a sign, where the two differ by design
    expected = [found.span() for found in re.finditer(source, text, re.IGNORECASE)]
    assert Pattern(source).find(text, limit=99) == expected


# --- scanners ------------------------------------------------------------------------------------

small_words = st.text("ab", min_size=1, max_size=3)
needles = st.lists(
    st.tuples(st.lists(small_words, min_size=1, max_size=3), st.sampled_from([" ", ""])).map(
        lambda needle: f" {' '.join(needle[0])}{needle[1]}"
    ),
    unique=True,
    max_size=12,
)


@bounded
@given(needles, st.lists(small_words, max_size=15))
def test_both_scanners_find_what_brute_force_finds(needles, words):
    tokens = tokenise(" ".join(words))
    joined = tokens.joined
    expected = sorted(
        (number, joined.count(" ", 0, place), joined.count(" ", 0, place) + len(needle.split()))
        for number, needle in enumerate(needles)
        for place in range(len(joined))
        if joined.startswith(needle, place)
    )
    for scanner in AutomatonScanner, DictionaryScanner:
        assert sorted(map(tuple, scanner(needles).scan(tokens.words))) == expected
