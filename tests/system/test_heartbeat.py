"""The heartbeat is asked for while all is well, through the guarded transport, and never shown."""

import logging
from datetime import timedelta
from ipaddress import ip_network

import pytest
from builders import NOW

from monitor.daemon.heartbeat import Heartbeat
from monitor.feeds.transport import GuardedTransport
from monitor.notify.heartbeat import ping
from monitor.settings import HeartbeatSettings
from monitor.store.engine import UnavailableError
from monitor.testing.server import Answer, LoopbackServer

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "/ping/0f7c2e1a9b8d4c6f"


class Watched:
    """A heartbeat over a loopback service, and what can go wrong with it."""

    def __init__(self, server, transport, **settings):
        self.server, self.now, self.well, self.full = server, 0.0, True, False
        self.answer = Answer(status=200)
        defaults = {"url": server.url(SECRET), "allow_networks": LOOPBACK}
        self.settings = HeartbeatSettings(**defaults | settings)
        self.heartbeat = Heartbeat(
            settings=lambda: self.settings,
            well=lambda: self.well,
            touch=self.touch,
            ping=lambda settings: ping(settings, transport, now=lambda: NOW),
            steady=lambda: self.now,
        )

    async def touch(self):
        if self.full:
            raise UnavailableError("database or disk is full")

    async def pass_by(self, seconds):
        for _ in range(seconds):
            self.now += 1.0
            await self.heartbeat.beat()

    @property
    def pings(self):
        return len(self.server.requests)


@pytest.fixture
async def watched():
    made = []
    async with LoopbackServer(lambda _: made[0].answer) as server, GuardedTransport() as transport:
        made.append(Watched(server, transport, every=timedelta(seconds=60)))
        yield made[0]


async def test_it_is_asked_for_at_once_and_then_at_its_interval(watched):
    await watched.pass_by(1)
    assert watched.pings == 1
    assert watched.server.requests[0].method == "GET"
    await watched.pass_by(120)
    assert watched.pings == 3


async def test_a_monitor_that_is_not_well_is_silent(watched):
    watched.well = False
    await watched.pass_by(120)
    assert watched.pings == 0
    watched.well = True
    await watched.pass_by(1)
    assert watched.pings == 1


async def test_a_monitor_that_can_store_nothing_is_silent(watched):
    watched.full = True
    await watched.pass_by(120)
    assert watched.pings == 0


async def test_what_goes_wrong_is_said_once_and_never_with_the_address(watched, caplog):
    caplog.set_level(logging.INFO)
    watched.answer = Answer(status=500)
    await watched.pass_by(180)
    watched.answer = Answer(status=200)
    await watched.pass_by(60)
    said = [record.getMessage() for record in caplog.records if "heartbeat" in record.getMessage()]
    assert said == ["the heartbeat does not arrive: HTTP 500", "the heartbeat arrives again"]
    assert SECRET not in caplog.text


async def test_without_an_address_nothing_is_asked(watched):
    watched.settings = HeartbeatSettings()
    await watched.pass_by(120)
    assert watched.pings == 0


async def test_a_private_address_needs_its_network():
    async with (
        LoopbackServer(lambda _: Answer(status=200)) as server,
        GuardedTransport() as transport,
    ):
        fault = await ping(HeartbeatSettings(url=server.url(SECRET)), transport, now=lambda: NOW)
        assert fault.startswith("blocked_address")
        assert "health.heartbeat.allow_networks" in fault
        assert SECRET not in fault
        assert not server.requests


async def test_a_service_that_moved_is_not_followed():
    answer = Answer(status=302, headers=(("Location", "/elsewhere"),))
    async with LoopbackServer(lambda _: answer) as server, GuardedTransport() as transport:
        settings = HeartbeatSettings(url=server.url(SECRET), allow_networks=LOOPBACK)
        assert await ping(settings, transport, now=lambda: NOW) == "HTTP 302"
        assert len(server.requests) == 1
