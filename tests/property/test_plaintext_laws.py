"""Laws of clean text and of canonical links."""

import unicodedata
from datetime import UTC, timedelta, timezone
from email.utils import format_datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.dates import EARLIEST, LATEST, read_date
from monitor.feeds.plaintext import clean, is_clean, one_line, plain, readable
from monitor.feeds.urls import absolute_link, canonical_link, host_of, is_http

ANY_TEXT = st.text(st.characters(), max_size=200)
MARKUP = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "/",
            "</",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<p>",
            "</p>",
            "<br/>",
            "<b",
            "title='",
            '="',
            "'",
            '"',
            "=",
            "&amp;",
            "&lt;",
            "&gt;",
            "&#0;",
            "&#x202e;",
            "&#10;",
            "<script>",
            "</script>",
            "<style>",
            "<svg>",
            "<iframe",
            "&",
            ";",
            "#",
            "\n",
            "\t",
            "\x00",
            "\u202e",
            "\u2028",
            "�",
            "a",
            "é",
            "马",
        ]
    )
    | st.text(st.characters(), max_size=5),
    max_size=40,
).map("".join)
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

PATHS = st.text("aZ/%.~;=é 2fF+:@?&#", max_size=20)
ADDRESSES = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{port}/{path}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        ["x.example", "WWW.x.example", "münchen.example", "[::1]", "127.0.0.1", "a_b.example."]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    PATHS,
)


def holds_forbidden(text):
    return any(
        char in BIDI
        or (ord(char) & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or (unicodedata.category(char) in {"Cc", "Cs"} and char != "\n")
        for char in text
    )


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT | MARKUP)
def test_clean_text_holds_nothing_forbidden_and_stays_as_it_is(text):
    once = clean(text)
    assert not holds_forbidden(once)
    assert is_clean(once)
    assert clean(once) == once
    assert once.encode().decode() == once


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT | MARKUP, st.booleans())
def test_plain_text_is_clean_folded_and_plain_text_stays_as_it_is(text, is_html):
    for once in (plain(text, is_html=is_html), readable(text, is_html=is_html)):
        assert not holds_forbidden(once)
        assert plain(once, is_html=False) == once
        for line in once.splitlines():
            assert line == " ".join(line.split())
            assert line


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc é马\n", min_size=1, max_size=8), max_size=8))
def test_words_survive_any_markup_around_them(words):
    markup = "<p class='x'>" + "</p><!-- c --><p>".join(words) + "</p>"
    assert plain(markup, is_html=True).split() == " ".join(words).split()


@settings(max_examples=100, deadline=None)
@given(MARKUP)
def test_one_line_is_one(text):
    assert "\n" not in one_line(text, is_html=True)


@settings(max_examples=100, deadline=None)
@given(ADDRESSES | ANY_TEXT)
def test_a_canonical_link_is_its_own(address):
    for keep in (False, True):
        once = canonical_link(address, keep_fragment=keep)
        assert canonical_link(once, keep_fragment=keep) == once
        assert canonical_link(address) == canonical_link(once)


@settings(max_examples=100, deadline=None)
@given(ADDRESSES, st.sampled_from(["utm_source=x", "fbclid=y", "at_medium=RSS", "ref=rss"]))
def test_tracking_and_the_scheme_change_nothing(address, tracking):
    plain_address = address.partition("#")[0]
    tracked = plain_address + ("&" if "?" in plain_address else "?") + tracking
    assert canonical_link(tracked) == canonical_link(address)
    assert canonical_link(tracked.replace("http://", "https://")) == canonical_link(address)


@settings(max_examples=100, deadline=None)
@given(ADDRESSES | ANY_TEXT | MARKUP, ADDRESSES | st.just(""))
def test_a_resolved_link_is_http_or_nothing_and_stays_as_it_is(href, base):
    link = absolute_link(href, base)
    assert link == "" or (is_http(link) and host_of(link) and absolute_link(link) == link)


DATE_PARTS = st.sampled_from(
    [
        "Sat,",
        "22",
        "Nov",
        "2025",
        "10:00:00",
        "GMT",
        "+0100",
        "-9999",
        "EST",
        "2025-11-22",
        "T",
        "Z",
        "24:00",
        "31",
        "février",
        "июля",
        "mar.",
        "AM",
        "pm",
        ".",
        "/",
        "-",
        ":",
        "1763805600",
        "99",
        "0",
        "(",
        ")",
        "à",
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(DATE_PARTS | st.text(max_size=3), max_size=10).map(" ".join) | ANY_TEXT,
    st.sampled_from(["", "en-US", "he", "es"]),
)
def test_any_text_is_a_date_within_bounds_or_none(text, language):
    found = read_date(text, language=language)
    assert found is None or (found.utcoffset().total_seconds() == 0 and EARLIEST <= found < LATEST)


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(min_value=EARLIEST.replace(tzinfo=None), max_value=LATEST.replace(tzinfo=None)),
    st.integers(-840, 840),
)
def test_a_date_written_in_any_zone_is_read_back(naive, minutes):
    moment = naive.replace(tzinfo=UTC)
    if not EARLIEST <= moment < LATEST:
        return
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert read_date(local.isoformat()) == moment
    assert read_date(format_datetime(local)) == moment.replace(microsecond=0)
