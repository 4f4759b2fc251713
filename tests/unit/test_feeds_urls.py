"""Which spellings of an address are one, and which strings are no address."""

import pytest

from monitor.feeds.urls import MAX_URL, absolute_link, canonical_link, host_of, is_http

STORY = "https://news.example/world/airspace"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://news.example/world/airspace",
        "http://news.example/world/airspace",
        "HTTPS://WWW.News.Example:443/world/airspace/",
        "http://news.example:80/world/airspace#comments",
        "https://news.example./world/airspace",
        "https://news.example/world/%61irspace",
        "https://reader:pw@news.example/world/airspace",
        "https://news.example/world/airspace?utm_source=feed&utm_medium=rss",
        "https://news.example/world/airspace?fbclid=x&gclid=y",
        "https://news.example/world/airspace?xtor=RSS-1",
        "https://news.example/world/airspace?at_medium=RSS&at_campaign=KARANGA",
        "https://news.example/world/airspace?ref=rss",
        "https://news.example/world/airspace?traffic_source=rss",
        "https://news.example/world/airspace?",
    ],
)
def test_spellings_of_one_address_have_one_canonical_form(spelling):
    assert canonical_link(spelling) == STORY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/?id=1", "https://news.example/?id=2"),
        ("https://news.example/?ref=blog", "https://news.example/"),
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example:8443/a", "https://news.example/a"),
        ("https://sport.news.example/a", "https://news.example/a"),
    ],
)
def test_addresses_that_may_differ_stay_apart(one, other):
    assert canonical_link(one) != canonical_link(other)


def test_parameters_count_whatever_their_order():
    assert canonical_link("https://x.example/?b=2&a=1") == canonical_link(
        "https://x.example/?a=1&b=2"
    )


def test_a_name_in_unicode_equals_its_ascii_form():
    assert canonical_link("https://münchen.example/ä") == canonical_link(
        "https://xn--mnchen-3ya.example/%c3%a4"
    )


def test_the_fragment_is_kept_only_when_asked():
    assert canonical_link("https://x.example/log#v2") == "https://x.example/log"
    assert canonical_link("https://x.example/log#v2", keep_fragment=True).endswith("#v2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tag:x,2025:1",
        "urn:uuid:1",
        "mailto:a@b.c",
        "/path",
        "http://",
        "http://./",
        "http://x:99999/",
        "http://[::1",
    ],
)
def test_what_is_no_http_address_has_no_canonical_form_and_no_host(text):
    assert canonical_link(text) == ""
    assert host_of(text) == ""
    assert not is_http(text)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Feeds.Example:8443/x", "feeds.example"),
        ("http://feeds.example./x", "feeds.example"),
        ("http://[::1]:80/", "::1"),
        ("http://user:pw@127.0.0.1/", "127.0.0.1"),
        ("https://MÜNCHEN.example/", "xn--mnchen-3ya.example"),
        ("https://XN--mnchen-3YA.example./", "xn--mnchen-3ya.example"),
        ("https://münchen。example。/", "xn--mnchen-3ya.example"),
        ("https://under_score.example/", "under_score.example"),
    ],
)
def test_the_host_has_one_spelling_and_no_port(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("href", "base", "expected"),
    [
        ("/a", "https://x.example/feed/rss.xml", "https://x.example/a"),
        ("a", "https://x.example/feed/rss.xml", "https://x.example/feed/a"),
        ("https://x.example/a?b=1#c", "https://y.example/", "https://x.example/a?b=1#c"),
        ("https://x.example", "https://y.example/", "https://x.example"),
        ("https://x.example/a?", "https://y.example/", "https://x.example/a"),
        ("HTTPS://X.example/A", "https://y.example/", "https://X.example/A"),
        ("HTTP://X.example/A", "https://y.example/", "http://X.example/A"),
        ("https:\\\\x.example\\a?b=\\", "", "https://x.example/a?b=%5C"),
        ("https://x.example\\@evil.example/", "", "https://x.example/@evil.example/"),
        ("https://../a", "https://y.example/", ""),
        ("https://-/a", "https://y.example/", "https://-/a"),
        ("//cdn.example/a", "http://x.example/", "http://cdn.example/a"),
        ("//cdn.example/a", "", "https://cdn.example/a"),
        ("www.x.example/a", "https://y.example/", "http://www.x.example/a"),
        (" https://x.example/a b\n", "", "https://x.example/a%20b"),
        ("https://x.example/été", "", "https://x.example/été"),
        ("https://x.example/\u202e\x85a", "", "https://x.example/%E2%80%AE%C2%85a"),
        ("a", "", ""),
        ("javascript:alert(1)", "https://x.example/", ""),
        ("java\tscript:alert(1)", "https://x.example/", ""),
        ("data:text/html,x", "https://x.example/", ""),
        ("file:///etc/passwd", "https://x.example/", ""),
        ("http://[", "https://x.example/", ""),
        ("https://x.example/" + "a" * MAX_URL, "", ""),
    ],
)
def test_a_link_becomes_an_absolute_http_address_or_nothing(href, base, expected):
    assert absolute_link(href, base) == expected


@pytest.mark.parametrize(
    "url", ["http://x.example/a b", "http://x.example/\x00", "http://x.example/<b>"]
)
def test_an_address_with_blanks_or_markup_is_not_fit_to_be_shown(url):
    assert not is_http(url)
