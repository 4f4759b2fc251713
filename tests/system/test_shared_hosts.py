"""Feeds and the pages of their items share the hosts they ask: one at a time, with one gap."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import pytest
from desk import CONFIG, Desk
from poller import Poller

from monitor.model import Source
from monitor.settings import HostSettings
from monitor.testing.server import Answer

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGE = Answer(
    headers=HTML, body=b"<article><h1>Report</h1><p>The airspace was closed.</p></article>"
)
GAP = timedelta(milliseconds=150)
MINUTES = timedelta(minutes=2)


class Ticket:
    """A ticket that notes for how long it was given back."""

    lane = key = ""
    attempt = 1

    def __init__(self):
        self.released = []

    def check(self):
        pass

    async def extend(self):
        pass

    async def done(self):
        pass

    async def release(self, delay):
        self.released.append(delay)


class Busy:
    """Answers after a while, and notes how many were asking at once."""

    def __init__(self, answer):
        self.answer = answer
        self.open = self.most = 0

    async def __call__(self, _):
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.03)
        self.open -= 1
        return self.answer


def feed(*links):
    items = "".join(f"<item><title>{link}</title><link>{link}</link></item>" for link in links)
    body = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
    return Answer(body=body.encode())


async def two_hosts(poller, *paths):
    """Have a feed on 127.0.0.2 whose items' pages are on the host of the first feed."""
    await poller.serve("127.0.0.2")
    poller.play(feed(*map(poller.url, paths)), "/wire")
    poller.play(feed(), "/feed")
    for path in paths:
        poller.play(PAGE, path)
    await poller.configure(
        Source(url=poller.url("/feed"), name="feed"),
        Source(url=poller.url("/wire", "127.0.0.2"), name="wire", fulltext=True),
    )


def asked(poller):
    return poller.servers["127.0.0.1"].requests


async def test_a_feed_and_a_page_of_one_host_are_never_asked_at_once(tmp_path):
    async with Poller(tmp_path) as poller:
        await two_hosts(poller, "/1", "/2", "/3")
        busy = Busy(PAGE)
        for path in ("/1", "/2", "/3", "/feed", "/robots.txt"):
            poller.play(busy, path)
        await asyncio.gather(poller.poll("/wire"), *(poller.poll("/feed") for _ in range(3)))
        assert {each.target for each in asked(poller)} == {"/robots.txt", "/1", "/2", "/3", "/feed"}
        assert busy.most == 1


async def test_the_gap_of_a_host_is_kept_between_pages_and_feeds(tmp_path):
    async with Poller(tmp_path, poll_settings={"host_gap": GAP}) as poller:
        await two_hosts(poller, "/1", "/2")
        await asyncio.gather(
            poller.pipeline.poll("127.0.0.2", Ticket()), poller.pipeline.poll("127.0.0.1", Ticket())
        )
        assert {each.target for each in asked(poller)} == {"/robots.txt", "/1", "/2", "/feed"}
        times = [each.at for each in asked(poller)]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert min(gaps) >= GAP.total_seconds()


async def test_a_source_waits_out_the_long_gap_that_a_page_began(tmp_path):
    slow = HostSettings(name="127.0.0.1", gap=timedelta(hours=1))
    async with Poller(tmp_path, more={"hosts": (slow,)}) as poller:
        await two_hosts(poller, "/1")
        await poller.pipeline.poll("127.0.0.2", Ticket())
        assert [each.target for each in asked(poller)] == ["/robots.txt"]
        ticket = Ticket()
        await poller.pipeline.poll("127.0.0.1", ticket)
        assert len(asked(poller)) == 1
        [wait] = ticket.released
        assert timedelta(minutes=50) < timedelta(seconds=wait) <= timedelta(hours=1)


def told_another_process(poller, host, until):
    """Have the store hold what a host told a process that is not this one."""
    row = (host, int(until.timestamp() * 1_000_000), True)
    with closing(sqlite3.connect(poller.folder / "monitor.db")) as database, database:
        database.execute("INSERT INTO hosts (name, until, said) VALUES (?, ?, ?)", row)


@pytest.mark.parametrize(("later", "heard"), [(timedelta(seconds=30), False), (MINUTES, True)])
async def test_what_a_host_told_another_process_counts_for_pages_within_a_minute(
    tmp_path, later, heard
):
    async with Poller(tmp_path) as poller:
        await two_hosts(poller, "/1")
        told_another_process(poller, "127.0.0.1", poller.clock() + timedelta(hours=1))
        poller.clock.now += later
        await poller.pipeline.poll("127.0.0.2", Ticket())
        assert len(poller.requests("/wire", "127.0.0.2")) == 1
        assert (asked(poller) == []) is heard


async def test_what_a_host_told_another_process_keeps_redirects_away_too(tmp_path):
    async with Poller(tmp_path) as poller:
        await two_hosts(poller)
        moved = Answer(status=302, headers=(("Location", poller.url("/feed")),))
        poller.play(moved, "/wire")
        told_another_process(poller, "127.0.0.1", poller.clock() + timedelta(hours=1))
        poller.clock.now += MINUTES
        await poller.pipeline.poll("127.0.0.2", Ticket())
        assert len(poller.requests("/wire", "127.0.0.2")) == 1
        assert asked(poller) == []


@pytest.mark.parametrize("at_once", [1, 3])
async def test_as_many_sources_of_a_host_are_asked_at_once_as_people_allow(tmp_path, at_once):
    poll = {"per_host": at_once}
    async with Poller(tmp_path, poll_settings=poll) as poller:
        busy = Busy(feed())
        paths = [f"/feed{number}" for number in range(6)]
        for path in paths:
            poller.play(busy, path)
        await poller.configure(*(Source(url=poller.url(path), name=path) for path in paths))
        await poller.pipeline.poll("127.0.0.1", Ticket())
        assert (len(asked(poller)), busy.most) == (6, at_once)


async def test_one_run_of_poll_asks_a_host_for_its_robots_txt_once(tmp_path):
    async with Desk(tmp_path) as desk:
        urls = [desk.server.url(f"/feed{number}") for number in range(3)]
        sources = [f"{{url: '{url}', fulltext: yes}}" for url in urls]
        text = CONFIG.replace(
            "{sources}", f"[{', '.join(sources)}]".replace("{", "{{").replace("}", "}}")
        )
        desk.configure(text=text)
        links = [desk.server.url(f"/page{number}") for number in range(3)]

        def answer(request):
            if request.target.startswith("/feed"):
                return feed(links[int(request.target[-1])])
            return PAGE if request.target.startswith("/page") else Answer(status=404)

        desk.server.handler = answer
        ran = await desk.run("poll", "--all")
        assert ran.code == 0, ran.err
        asked = [each.target for each in desk.server.requests]
        assert asked.count("/robots.txt") == 1
        assert {"/page0", "/page1", "/page2"} <= {*asked}
