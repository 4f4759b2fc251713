"""Pages of new items, read politely from a real loopback server."""

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import trustme
from builders import NOW, a_sighting, a_source
from visits import resolver_of

from monitor import metrics
from monitor.feeds.articles import PAGES, PAGES_AT_FIRST, Articles, robots
from monitor.feeds.articles.manners import MOST_HOSTS, Hosts
from monitor.feeds.parsers.fulltext import extract
from monitor.feeds.transport import GuardedTransport
from monitor.model import Auth, Fetched, ItemOutcome
from monitor.settings import HostSettings, PollSettings
from monitor.testing.server import Answer, LoopbackServer

LOOPBACK = (ip_network("127.0.0.0/8"),)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
TEXT = "The airspace above Caracas was closed on Saturday, officials said."


class Readers:
    """Parsers without processes of their own."""

    async def extract(self, page, *, url, content_type):
        return extract(page, content_type=content_type)


class Site:
    """A site with robots.txt and pages; it notes how many requests were open at once."""

    def __init__(self, robots=None, **pages):
        self.answers = {f"/{name}": page for name, page in pages.items()}
        self.answers["/robots.txt"] = robots or Answer(status=404)
        self.open = self.most = 0

    async def __call__(self, request):
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.01)
        self.open -= 1
        return self.answers.get(request.target, a_page())


def a_page(text=TEXT, **changes):
    body = f"<html><body><article><h1>Report</h1><p>{text}</p></article></body></html>"
    return Answer(**{"headers": HTML, "body": body.encode()} | changes)


def rules(text):
    return Answer(headers=(("Content-Type", "text/plain"),), body=text.encode())


def sightings(server, *paths, **changes):
    return [a_sighting(path, link=server.url(f"/{path}"), **changes) for path in paths]


class Desk:
    """One Articles over one site."""

    def __init__(self, site, *, host="127.0.0.1", **poll):
        self.site, self.host = site, host
        settings = {
            "timeout": timedelta(seconds=20),
            "host_gap": timedelta(0),
            "allow_networks": LOOPBACK,
        }
        self.poll = PollSettings(**settings | poll)

    async def __aenter__(self):
        self.server = LoopbackServer(self.site, host=self.host)
        await self.server.__aenter__()
        self.transport = GuardedTransport()
        self.articles = Articles(self.poll, self.transport, Readers(), now=lambda: NOW)
        return self

    async def __aexit__(self, *_):
        await self.transport.aclose()
        await self.server.__aexit__(None, None, None)

    async def read(self, *paths, first_poll=False, source=None, **changes):
        """Complete items with these paths; return their contents."""
        source = source or a_source(url=self.server.url("/feed"), fulltext=True)
        found = sightings(self.server, *paths, **changes)
        done = await self.articles.complete(source, found, first_poll=first_poll)
        assert [each.item.id for each in done] == [each.item.id for each in found]
        return [each.item.entry.content for each in done]

    def asked(self):
        return [request.target for request in self.server.requests]


def ended(word):
    return metrics.REGISTRY.get_sample_value("monitor_articles_total", {"ended": word}) or 0


async def test_an_item_gets_the_text_of_its_page():
    before = ended("read")
    async with Desk(Site()) as desk:
        [content] = await desk.read("1")
    assert content == f"Report\n{TEXT}"
    assert ended("read") == before + 1


async def test_the_longer_text_counts():
    long = "What the feed gave was longer than the page. " * 9
    async with Desk(Site()) as desk:
        assert await desk.read("1", content=long) == [long]
        assert await desk.read("2", summary=long) == [""]
        assert await desk.read("3", content="Short.") == [f"Report\n{TEXT}"]


async def test_an_item_without_a_link_stays_as_it_is():
    async with Desk(Site()) as desk:
        source = a_source(url=desk.server.url("/feed"))
        found = [a_sighting("1")]
        assert await desk.articles.complete(source, found, first_poll=False) == found
        assert desk.asked() == []


async def test_what_is_no_news_whatever_it_says_is_not_asked_for():
    async with Desk(Site()) as desk:
        source = a_source(url=desk.server.url("/feed"))
        found = [
            replace(each, outcome=ItemOutcome.TOO_OLD) for each in sightings(desk.server, "1", "2")
        ]
        assert await desk.articles.complete(source, found, first_poll=False) == found
        assert desk.asked() == []


async def test_robots_txt_is_asked_first_and_once_a_site():
    async with Desk(Site()) as desk:
        await desk.read("1", "2")
        await desk.read("3")
        assert desk.asked()[0] == "/robots.txt"
        assert desk.asked().count("/robots.txt") == 1
        assert set(desk.asked()[1:]) == {"/1", "/2", "/3"}


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (None, timedelta(days=1)),
        (timedelta(0), timedelta(hours=1)),
        (timedelta(hours=6), timedelta(hours=6)),
        (timedelta(days=30), timedelta(days=1)),
    ],
)
def test_robots_txt_is_believed_as_long_as_it_is_fresh_an_hour_to_a_day(said, counts):
    _, good_for = robots.read(Fetched(url="", status=200, body=b"", fresh_for=said))
    assert good_for == counts


async def test_what_robots_txt_forbids_is_not_asked(caplog):
    caplog.set_level("INFO", "monitor.feeds.articles")
    before = ended("declined")
    async with Desk(Site(rules("User-agent: *\nDisallow: /1"))) as desk:
        assert await desk.read("1", "2") == ["", f"Report\n{TEXT}"]
        assert desk.asked() == ["/robots.txt", "/2"]
    assert ended("declined") == before + 1
    assert "robots.txt" in caplog.text


@pytest.mark.parametrize(
    "trouble", [Answer(status=500), Answer(raw=b"", reset=True), Answer(status=429)]
)
async def test_while_robots_txt_cannot_be_had_no_page_is_asked(trouble):
    async with Desk(Site(trouble)) as desk:
        assert await desk.read("1", "2") == ["", ""]
        assert await desk.read("3") == [""]
        assert desk.asked() == ["/robots.txt"]


async def test_a_site_is_asked_one_thing_at_a_time():
    site = Site()
    async with Desk(site) as desk:
        await asyncio.gather(desk.read(*"12345"), desk.read(*"6789"))
        assert len(desk.asked()) == 10
    assert site.most == 1


async def test_no_more_than_the_newest_pages_of_a_poll_are_read():
    async with Desk(Site()) as desk:
        found = [
            a_sighting(
                str(n), link=desk.server.url(f"/{n}"), published=NOW - n * timedelta(hours=1)
            )
            for n in range(20)
        ]
        source = a_source(url=desk.server.url("/feed"))
        await desk.articles.complete(source, found[::-1], first_poll=False)
        assert set(desk.asked()[1:]) == {f"/{n}" for n in range(PAGES)}


async def test_of_a_first_poll_fewer_pages_are_read():
    async with Desk(Site()) as desk:
        await desk.read(*map(str, range(20)), first_poll=True)
        assert len(desk.asked()) == 1 + PAGES_AT_FIRST


async def test_a_page_that_never_comes_keeps_no_item_back(caplog):
    caplog.set_level("INFO", "monitor.feeds.articles")
    site = Site(slow=Answer(hang=True, raw=b"HTTP/1.1 200 OK\r\n"))
    before = ended("failed")
    async with Desk(site, timeout=timedelta(seconds=1)) as desk:
        found = await desk.read("1", "slow", published=None)
    assert found[1] == ""
    assert ended("failed") >= before + 1
    assert "without its page" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=500),
        Answer(raw=b"nonsense"),
        Answer(headers=(("Location", "/loop"),), status=302),
        a_page(body=b""),
        a_page(body=b"x" * 200_000),
    ],
)
async def test_a_page_that_cannot_be_read_leaves_its_item_alone(answer):
    async with Desk(Site(loop=answer), max_bytes=100_000) as desk:
        assert await desk.read("loop", "1") == ["", f"Report\n{TEXT}"]


async def test_what_is_no_page_is_not_loaded():
    video = Answer(headers=(("Content-Type", "video/mp4"),), endless=b"\0" * 65_536)
    async with Desk(Site(film=video)) as desk:
        assert await desk.read("film", "1") == ["", f"Report\n{TEXT}"]


async def test_nothing_of_the_source_goes_along():
    async with Desk(Site()) as desk:
        source = a_source(
            url=desk.server.url("/feed"),
            headers=(("Cookie", "session=1"), ("X-Key", "secret")),
            auth=Auth(user="u", password="p"),
        )
        await desk.read("1", "2", source=source)
        for request in desk.server.requests:
            names = {name.decode().lower() for name, _ in request.headers}
            assert names.isdisjoint({"cookie", "x-key", "authorization", "if-none-match"})
        assert desk.server.requests[-1].header("Accept").startswith("text/html")


async def test_cookies_are_not_kept():
    page = a_page(headers=(*HTML, ("Set-Cookie", "a=1")))
    async with Desk(Site(**{"1": page, "2": page})) as desk:
        await desk.read("1", "2")
        assert all(request.header("Cookie") is None for request in desk.server.requests)


async def test_a_redirect_obeys_the_robots_txt_of_where_it_leads():
    closed = Site(rules("User-agent: *\nDisallow: /"))
    async with Desk(closed, host="127.0.0.2") as other:
        away = Answer(status=302, headers=(("Location", other.server.url("/there")),))
        async with Desk(Site(here=away)) as desk:
            assert await desk.read("here") == [""]
        assert other.asked() == ["/robots.txt"]


async def test_a_redirect_within_a_site_is_followed():
    site = Site(here=Answer(status=301, headers=(("Location", "/there"),)))
    async with Desk(site) as desk:
        assert await desk.read("here") == [f"Report\n{TEXT}"]


async def test_who_is_asked_too_much_is_left_alone():
    busy = Answer(status=429, headers=(("Retry-After", "3600"),))
    async with Desk(Site(**{"1": busy})) as desk:
        await desk.read("1")
        assert await desk.read("2", "3") == ["", ""]
        assert desk.asked() == ["/robots.txt", "/1"]


async def test_a_site_that_wants_long_gaps_is_not_waited_for():
    async with Desk(Site(rules("User-agent: *\nCrawl-delay: 3600"))) as desk:
        found = await desk.read("1", "2", "3")
        assert sorted(found) == ["", "", f"Report\n{TEXT}"]
        assert len(desk.asked()) == 2


async def test_a_long_robots_txt_is_obeyed_too():
    text = "User-agent: *\n" + "Disallow: /nothing\n" * 5_000 + "Disallow: /2\n"
    async with Desk(Site(rules(text))) as desk:
        await desk.read("1", "2")
        assert desk.asked() == ["/robots.txt", "/1"]


async def test_hosts_met_long_ago_are_forgotten_but_not_those_being_asked():
    hosts = Hosts(PollSettings(), GuardedTransport(), now=lambda: NOW)
    asked, met = hosts.of("asked.example"), hosts.of("met.example")
    await asked.turn.acquire()
    for number in range(MOST_HOSTS):
        hosts.of(f"host{number}.example")
    assert hosts.of("asked.example") is asked
    assert hosts.of("met.example") is not met


async def test_a_host_with_a_longer_gap_has_it_for_its_pages_too():
    slow = HostSettings(name="127.0.0.1", gap=timedelta(hours=1))
    async with Desk(Site()) as desk:
        desk.articles = Articles(
            desk.poll, desk.transport, Readers(), now=lambda: NOW, preset=lambda _: slow
        )
        source = a_source(url="http://127.0.0.9/feed")  # its own host was asked just now
        assert await desk.read("1", "2", source=source) == ["", ""]
        assert desk.asked() == ["/robots.txt"]


async def test_a_public_source_opens_no_private_network():
    async with Desk(Site()) as desk:
        source = a_source(url="https://wire.example/feed")
        assert await desk.read("1", source=source) == [""]
        assert desk.server.accepted == 0


async def test_without_the_extra_nothing_is_asked():
    async with Desk(Site()) as desk:
        desk.articles = Articles(
            desk.poll, desk.transport, Readers(), now=lambda: NOW, can_read=False
        )
        assert await desk.read("1", content="From the feed.") == ["From the feed."]
        assert desk.server.accepted == 0


async def test_a_fault_of_ours_costs_only_the_page(caplog):
    class Broken:
        async def extract(self, page, *, url, content_type):
            raise ZeroDivisionError

    async with Desk(Site()) as desk:
        desk.articles = Articles(desk.poll, desk.transport, Broken(), now=lambda: NOW)
        assert await desk.read("1") == [""]
    assert "by a fault of the monitor" in caplog.text


async def test_a_certificate_that_people_accept_is_accepted_of_the_sources_own_host_alone():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("wire.example").configure_cert(context)
    resolver = resolver_of({"shore.example": ["127.0.0.1"]})
    poll = PollSettings(host_gap=timedelta(0), allow_networks=LOOPBACK)
    async with (
        LoopbackServer(site := Site(), tls=context) as server,
        GuardedTransport(resolver=resolver) as transport,
    ):
        articles = Articles(poll, transport, Readers(), now=lambda: NOW)
        source = a_source(url=server.url("/feed"), fulltext=True, verify_tls=False)
        elsewhere = f"https://shore.example:{server.port}/1"
        site.answers["/moved"] = Answer(status=302, headers=(("Location", elsewhere),))
        links = [server.url("/1"), elsewhere, server.url("/moved")]
        found = [a_sighting(link, link=link) for link in links]
        done = await articles.complete(source, found, first_poll=False)
    assert [each.item.entry.content for each in done] == [f"Report\n{TEXT}", "", ""]
