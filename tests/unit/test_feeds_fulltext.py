"""The text of an article's page, and what robots.txt says of it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.articles.robots import KNOWN_FOR, UNKNOWN_FOR, read
from monitor.feeds.parsers.fulltext import extract, is_available
from monitor.feeds.plaintext import is_clean
from monitor.feeds.reading.entries import MAX_CONTENT
from monitor.model import ErrorKind, Failed, Fetched

AGENT = "news-feed-monitor/1.0 (+mailto:desk@example.org)"
PAGE = "https://wire.example/news/1"
PARAGRAPHS = [
    f"Paragraph {number} of the report says what happened in Caracas on that day, and to whom."
    for number in range(8)
]


def a_page(*paragraphs, head=""):
    body = "".join(f"<p>{words}</p>" for words in paragraphs or PARAGRAPHS)
    return (
        f"<!doctype html><html><head><title>Report</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<article><h1>Report</h1>{body}</article>"
        "<aside><h2>Most read</h2><a href='/2'>Something else</a></aside>"
        "<footer>All rights reserved. Cookie settings.</footer></body></html>"
    )


def rules_of(outcome):
    return read(outcome)[0]


def a_file(text):
    body = text.encode()
    return Fetched(url="https://wire.example/robots.txt", status=200, body=body)


def test_the_article_is_kept_and_what_stands_around_it_is_not():
    text = extract(a_page().encode())
    for words in PARAGRAPHS:
        assert words in text
    for words in ("Sport", "Cookie settings", "<p>"):
        assert words not in text


def test_each_paragraph_is_a_line():
    assert "\n".join(PARAGRAPHS) in extract(a_page().encode())


@pytest.mark.parametrize(
    ("codec", "content_type", "head"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=utf-8", ""),
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", '<meta charset="windows-1251">'),
        ("cp1251", "", '<meta http-equiv=Content-Type content="text/html; charset=windows-1251">'),
    ],
)
def test_the_charset_is_the_headers_or_the_pages_own(codec, content_type, head):
    page = a_page(
        *["Мадуро выступил в Каракасе и говорил о воздушном пространстве."] * 3, head=head
    )
    assert "Мадуро выступил" in extract(page.encode(codec), content_type=content_type)


@pytest.mark.parametrize("page", [b"", b"<html></html>", b"\x00\xff\xfe", b"<p></p>", b"<!--"])
def test_a_page_without_an_article_has_no_text(page):
    assert extract(page) == ""


def test_a_text_is_cut_to_what_an_item_may_hold():
    long = a_page(*[f"{number} {'word ' * 2_000}." for number in range(110)])
    assert len(long) > MAX_CONTENT
    assert len(extract(long.encode())) <= MAX_CONTENT


def test_what_could_deceive_a_reader_is_gone():
    text = extract(a_page("Air\u202espace \u0007closed &#x202e; over Caracas tonight.").encode())
    assert "Airspace closed" in " ".join(text.split())
    assert is_clean(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</div>", "<", "&#0;", "\ud83d", "é", "a b ", "<!--"])))
def test_whatever_comes_the_text_is_clean(pieces):
    assert is_clean(extract("".join(pieces).encode("utf-8", "surrogatepass")))


def test_the_extra_is_installed_where_the_tests_run():
    assert is_available()


def test_a_site_may_keep_readers_from_some_of_its_pages():
    rules = rules_of(a_file("User-agent: *\nDisallow: /private/\n"))
    assert rules.allow(AGENT, PAGE)
    assert not rules.allow(AGENT, "https://wire.example/private/1")


def test_what_is_said_to_us_by_name_counts_more_than_what_is_said_to_all():
    rules = rules_of(
        a_file("User-agent: *\nDisallow: /\n\nUser-agent: news-feed-monitor\nAllow: /")
    )
    assert rules.allow(AGENT, PAGE)
    assert not rules.allow("another/2.0", PAGE)


def test_a_site_may_ask_for_longer_gaps():
    assert rules_of(a_file("User-agent: *\nCrawl-delay: 7")).gap(AGENT) == timedelta(seconds=7)
    assert rules_of(a_file("")).gap(AGENT) == timedelta(0)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_site_without_robots_txt_allows_everything_for_a_day(status):
    failed = Failed(kind=ErrorKind.HTTP_4XX, message="", status=status)
    rules, good_for = read(failed)
    assert rules.allow(AGENT, PAGE)
    assert good_for == KNOWN_FOR


@pytest.mark.parametrize(
    "failed",
    [
        Failed(kind=ErrorKind.HTTP_5XX, message="", status=503),
        Failed(kind=ErrorKind.RATE_LIMITED, message="", status=429),
        Failed(kind=ErrorKind.TIMEOUT, message=""),
        Failed(kind=ErrorKind.REDIRECT, message=""),
        Failed(kind=ErrorKind.TOO_LARGE, message="", status=200),
    ],
)
def test_while_a_site_cannot_say_nothing_is_allowed(failed):
    rules, good_for = read(failed)
    assert not rules.allow(AGENT, PAGE)
    assert good_for == UNKNOWN_FOR


def test_an_empty_file_allows_everything():
    assert rules_of(Failed(kind=ErrorKind.EMPTY, message="", status=200)).allow(AGENT, PAGE)


@pytest.mark.parametrize("delay", ["²", "9" * 5_000, "9" * 30, "1e9", "-5", "3/4", ""])
def test_a_delay_that_is_no_number_of_seconds_is_none(delay):
    rules = rules_of(a_file(f"User-agent: *\nCrawl-delay: {delay}\nRequest-rate: {delay}"))
    assert rules.gap(AGENT) == timedelta(0)


lines = st.lists(
    st.sampled_from(["User-agent: *", "Disallow: /", "Allow:", "Crawl-delay: 5", "\xff", "# x"])
    | st.text(max_size=20)
)


@settings(max_examples=60, deadline=None)
@given(lines.map("\n".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_can_be_rules(body):
    rules = rules_of(Fetched(url="https://wire.example/robots.txt", status=200, body=body))
    assert rules.allow(AGENT, PAGE) in {True, False}
    assert rules.gap(AGENT) >= timedelta(0)
