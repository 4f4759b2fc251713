"""What others list is sorted: what is new, what is known, what can't be polled."""

import pytest

from monitor.config.intake import Intake, shared_titles, web_address
from monitor.feeds.opml import Outline
from monitor.feeds.opml.plain_list import read_list

KNOWN = "https://known.example/feed"


def taken(*feeds, tags=(), names=()):
    intake = Intake(addresses=frozenset({KNOWN}), names=set(names), tags=tags)
    for feed in feeds:
        intake.take("list.txt", feed)
    return intake


def a_feed(url="https://a.example/", title="", **said):
    return Outline(url=url, title=title, line=1, **said)


def test_an_address_alone_stays_an_address():
    assert taken(a_feed()).entries == ["https://a.example/"]


def test_what_is_said_of_a_feed_is_kept():
    feed = a_feed(title="A", tags=("World", "wire"), language="en_GB")
    assert taken(feed, tags=("imported", "wire")).entries == [
        {
            "url": "https://a.example/",
            "name": "A",
            "tags": ("World", "wire", "imported"),
            "language": "en-gb",
        }
    ]


@pytest.mark.parametrize("url", [KNOWN, f"{KNOWN}#top", "https://KNOWN.example/feed"])
def test_another_spelling_of_a_known_address_is_known(url):
    intake = taken(a_feed(url))
    assert (intake.entries, intake.known) == ([], 1)


def test_one_that_is_listed_twice_is_added_once():
    intake = taken(a_feed("https://a.example"), a_feed("https://a.example/"))
    assert (len(intake.entries), intake.known, intake.repeated) == (1, 0, 1)


@pytest.mark.parametrize("title", ["Taken", "a\x00b", "x" * 101])
def test_a_title_that_can_be_no_name_is_left_out(title):
    assert taken(a_feed(title=title), names=["Taken"]).entries == ["https://a.example/"]


def test_a_language_nobody_knows_is_left_out():
    assert taken(a_feed(language="English!")).entries == ["https://a.example/"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://a.example/", "not a web address"),
        ("https://me:secret@a.example/feed", "may not hold a user"),
        ("https://a.example/" + "x" * 2048, "longer than 2048"),
        ("javascript:alert(1)", "not a web address"),
        ("no address at all", "not a web address"),
    ],
)
def test_what_can_not_be_polled_is_told_with_its_line_and_without_secrets(url, reason):
    [fault] = taken(a_feed(url)).unusable
    assert (fault.file, fault.line) == ("list.txt", 1)
    assert reason in fault.reason
    assert "secret" not in f"{fault.address}{fault.reason}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a.example", "https://a.example"),
        ("http://a.example", "http://a.example"),
        ("feed://a.example/x", "http://a.example/x"),
        ("feed:https://a.example/x", "https://a.example/x"),
        (" https://a.example ", "https://a.example"),
    ],
)
def test_an_address_without_a_scheme_is_one_of_the_web(text, address):
    assert web_address(text) == address


def test_a_title_that_several_feeds_have_is_no_name():
    assert shared_titles([a_feed(title="A"), a_feed(title="A"), a_feed(title="B")]) == {"A"}


def test_a_list_has_one_address_a_line_with_a_name_or_a_comment():
    text = "# feeds\n\nhttps://a.example/#top  A  Wire # mine\r\nhttps://b.example/\n  # end"
    assert [(each.url, each.title, each.line) for each in read_list(text)] == [
        ("https://a.example/#top", "A Wire", 3),
        ("https://b.example/", "", 4),
    ]
