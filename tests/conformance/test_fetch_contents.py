"""Behaviours 69 to 72 of docs/fetching-cases.md, as far as the parser goes: what a document's text
can do, and what it can't.
"""

import socket
import tracemalloc
from datetime import UTC, datetime

import pytest

from monitor.feeds.reading.parse import parse
from monitor.model import Document, ErrorKind, Failed

URL = "https://news.example/feed.xml"
TEN = datetime(2025, 11, 30, 10, tzinfo=UTC)


def item(number, title="Airspace closed"):
    return (
        f"<item><title>{title} {number}</title><link>https://news.example/{number}</link>"
        f"<guid isPermaLink='false'>{number}</guid><pubDate>Sun, 30 Nov 2025 10:00:00 GMT</pubDate></item>"
    )


def rss(*items, prolog="<?xml version='1.0' encoding='utf-8'?>"):
    return (
        f"{prolog}<rss version='2.0'><channel><title>World</title>{''.join(items)}</channel></rss>"
    )


FEED = rss(item(1), item(2), item(3))


def read(body, content_type=""):
    body = body if isinstance(body, bytes) else body.encode()
    document = parse(body, url=URL, content_type=content_type)
    assert isinstance(document, Document), document
    return document


def whole(entry):
    return (entry.guid, entry.title, entry.link, entry.published)


INTACT = [whole(entry) for entry in read(FEED).entries]


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (
            "<!DOCTYPE html><title>Just a moment...</title><script>cf_chl_opt={}</script>",
            ErrorKind.BOT_CHALLENGE,
        ),
        (
            "<html><script src='https://geo.captcha-delivery.com/x.js'></script></html>",
            ErrorKind.BOT_CHALLENGE,
        ),
        (
            "<html><title>Sign in</title><input type=password></html>",
            ErrorKind.NOT_A_FEED,
        ),
        (
            "<html><title>Before you continue</title>Cookies</html>",
            ErrorKind.NOT_A_FEED,
        ),
        (
            "<html><link rel=alternate type=application/atom+xml href=/new.xml></html>",
            ErrorKind.HTML_WITH_FEED_LINK,
        ),
    ],
)
@pytest.mark.parametrize("content_type", ["text/html", "application/rss+xml", ""])
def test_69_a_page_in_a_feeds_place_is_named_whatever_its_label(page, kind, content_type):
    failed = parse(page.encode(), url=URL, content_type=content_type)
    assert isinstance(failed, Failed)
    assert failed.kind is kind


@pytest.mark.parametrize(
    ("flaw", "titles"),
    [
        (item(2).replace("Airspace", "Air & space"), {2: "Air & space closed 2"}),
        (item(2).replace("Airspace", "Air < space"), {2: "Air < space closed 2"}),
        (item(2).replace("</item>", "<b></item>"), {}),
        (item(2).replace("</item>", "</b></item>"), {}),
        (item(2).replace("<item>", "<item nope:x='1' y>"), {}),
        (item(2).replace("<item>", "<item><nope:x>1</nope:x>"), {}),
        (item(2).replace("</guid>", "</GUID>"), {}),
    ],
)
def test_70_items_of_an_ill_formed_document_are_used_and_it_is_only_a_warning(flaw, titles):
    document = read(rss(item(1), flaw, item(3)))
    found = {entry.link.rpartition("/")[2]: entry.title for entry in document.entries}
    for number in (1, 3):
        assert found[str(number)] == f"Airspace closed {number}"
    for number, title in titles.items():
        assert found[str(number)] == title
    assert "ill_formed" in {problem.kind for problem in document.problems}


def test_70_what_was_cut_off_is_used_up_to_its_last_whole_item():
    for end in range(
        FEED.index("<item>", FEED.index("</item>")), len(FEED) - len("</channel></rss>")
    ):
        found = [whole(entry) for entry in read(FEED[:end]).entries]
        assert found == INTACT[: len(found)]
        assert len(found) == FEED[:end].count("</item>")


@pytest.mark.parametrize(
    ("codec", "label", "content_type"),
    [
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "utf-16", ""),
        ("utf-8", "utf-8", "text/xml; charset=us-ascii"),
        ("utf-8-sig", "windows-1251", "text/xml; charset=koi8-r"),
        ("utf-16", "utf-8", "text/xml; charset=utf-8"),
        ("cp1252", "utf-8", "text/xml; charset=utf-8"),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", "no-such-charset", ""),
    ],
)
def test_71_a_wrong_label_costs_no_letter(codec, label, content_type):
    title = "Nicolás Maduro — « l’été »"
    body = rss(item(1, title), prolog=f"<?xml version='1.0' encoding='{label}'?>").encode(codec)
    (entry,) = read(body, content_type).entries
    assert entry.title == f"{title} 1"


@pytest.mark.parametrize(
    "damaged",
    [
        "\ufeff" + FEED,
        "\n \ufeff\n" + FEED,
        FEED.replace("closed", "cl\x00osed"),
        FEED.replace("closed", "cl\x07o\x1fs\x0bed"),
        FEED.replace("closed", "clo&#x1;s&#0;ed"),
        FEED.replace("closed", "clo\ufffesed"),
        FEED.replace("Airspace ", "Airspace&nbsp;"),
        FEED + "\x00\x00",
        "<br /><b>Warning</b>: x in <b>y.php</b> on line <b>1</b><br />\n" + FEED,
    ],
)
def test_71_marks_controls_and_undefined_entities_leave_items_intact(damaged):
    assert [whole(entry) for entry in read(damaged).entries] == INTACT


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = [
    f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]>",
    f"<?xml version='1.0'?>\n<!DOCTYPE rss [\n<!ENTITY l0 'ha'>{LAUGHS}\n]>",
    f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l9 '{'a' * 100_000}'>]>",
]


@pytest.mark.parametrize("prolog", BOMBS, ids=["laughs", "laughs on lines", "one long one"])
def test_72_entities_of_a_document_are_never_expanded(prolog):
    bomb = rss(item(1), item(2, "&l9;" * 1_000), item(3), prolog=prolog)
    tracemalloc.start()
    parsed = parse(bomb.encode(), url=URL)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    assert isinstance(parsed, Document | Failed)
    for entry in getattr(parsed, "entries", ()):
        assert len(entry.title) < 5_000
        assert "haha" not in entry.title
        assert "aaaa" not in entry.title


def test_72_no_file_is_read_and_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("in the file")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        for target in (secret.as_uri(), address):
            for prolog in (
                f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{target}'>]>",
                f"<!DOCTYPE rss [<!ENTITY % x SYSTEM '{target}'> %x;]>",
                f"<!DOCTYPE rss SYSTEM '{target}'>",
                f"<?xml-stylesheet href='{target}'?>",
            ):
                include = (
                    f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{target}'/>"
                )
                body = rss(item(1, "&x;"), item(2, include), item(3), prolog=prolog)
                parsed = parse(body.encode(), url=URL)
                assert "in the file" not in repr(parsed)
        with pytest.raises(TimeoutError):
            server.accept()
