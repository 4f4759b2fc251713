"""Laws of clean text and of canonical links."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

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


BLANKS = st.text(st.sampled_from("ab é马\n\n  \t\xa0\u3000\u200b\u202e\x00\x85\u2028"), max_size=30)


@settings(max_examples=100, deadline=None)
@given(BLANKS | ANY_TEXT)
def test_blanks_are_folded_as_the_definition_says_whichever_route_is_taken(text):
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    assert plain(text, is_html=False) == "\n".join(line for line in lines if line)
    if "<" not in text and "&" not in text:
        assert readable(text, is_html=False) == plain(text, is_html=False)
        assert readable(text, is_html=True) == plain(text, is_html=True)


HIDING = st.sampled_from(["script", "STYLE", "iframe", "svg", "Template"])


@settings(max_examples=100, deadline=None)
@given(HIDING, st.lists(st.sampled_from(["<p>", "</b>", "x", " ", "<br>", "&amp;"])).map("".join))
def test_nothing_inside_a_script_or_its_like_is_text_and_all_behind_it_is(name, inside):
    markup = f"<p>one<{name} a='b'>{inside}</{name}>two"
    assert plain(markup, is_html=True).split() == ["one", "two"]
    assert plain(f"{markup}<!-- x -->", is_html=True) == plain(markup, is_html=True)


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
