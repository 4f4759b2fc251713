"""The stages together, over a real store, a real server and a clock that is told the time."""

import asyncio
import io
import random
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network

import pytest
from desk import rss
from poller import Poller

from monitor.alerts.policy import Policy, webhook_id
from monitor.alerts.render import message
from monitor.feeds.parsers.pool import ParserPool
from monitor.feeds.transport import GuardedTransport
from monitor.model import DeliveryState, ErrorKind, PollOutcome, Source
from monitor.pipeline import Pipeline, decider
from monitor.pipeline.visiting import LONG_GAP_SECONDS
from monitor.settings import NotifierSettings, PollSettings, Settings
from monitor.store import Store, Writer
from monitor.stories.shelf import WINDOW as STORY_WINDOW
from monitor.testing.clock import Clock
from monitor.testing.newsroom import Newsroom
from monitor.testing.receivers import SlackReceiver
from monitor.testing.server import Answer, LoopbackServer
from monitor.watch.matcher import Matcher
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Ticket:
    """A ticket nobody takes away."""

    lane = key = ""
    attempt = 1

    def check(self):
        pass

    async def extend(self):
        pass

    async def done(self):
        pass

    async def release(self, delay):
        pass


class Poisoned:
    """A matcher that fails on one word, as a fault of ours would."""

    def __init__(self, matcher):
        self.matcher = matcher

    def __getattr__(self, name):
        return getattr(self.matcher, name)

    def match(self, item, language=None):
        if "poison" in item.entry.title:
            raise ZeroDivisionError
        return self.matcher.match(item, language)


class Bench:
    """One pipeline with its surroundings."""

    def __init__(self, pipeline, store, newsroom, server, slack, clock):
        self.pipeline, self.store, self.newsroom = pipeline, store, newsroom
        self.server, self.slack, self.clock = server, slack, clock
        self.hinted = []

    async def hint(self, destinations):
        self.hinted += destinations

    async def poll(self):
        """Poll everything once, whatever is due; one Visit a source."""
        states = self.store.source_states()
        return [await self.pipeline.visit(s, self.pipeline.sources[s.url]) for s in states]

    async def deliver(self, name="desk"):
        await self.pipeline.deliver(name, Ticket())


@asynccontextmanager
async def bench(folder, paths=("/wire",), *, notify=("desk",), poisoned=False, gap=timedelta(0)):
    newsroom, slack, clock = Newsroom(), SlackReceiver(), Clock()
    async with LoopbackServer(newsroom) as server, slack:
        desk = NotifierSettings(name="desk", kind="slack", url=slack.url, allow_networks=LOOPBACK)
        settings = Settings(
            sources=tuple(Source(url=server.url(path), name=path) for path in paths),
            watchlists=(Watchlist(name="crisis", match=(parse_term("Maduro"),), notify=notify),),
            notifiers={"desk": desk},
            poll=PollSettings(allow_networks=LOOPBACK, host_gap=gap),
        )
        policy = Policy(alerts=settings.alerts, watchlists={w.name: w for w in settings.watchlists})
        matcher = Matcher(settings.watchlists, {})
        with Store.open(f"sqlite:///{folder}/monitor.db") as store:
            store.sync_sources(settings.sources, now=clock(), rng=random.Random(1))
            async with (
                Writer(
                    store,
                    decider(policy),
                    story_window=STORY_WINDOW,
                    webhook_id=webhook_id,
                    message=message,
                ) as writer,
                ParserPool(1) as parsers,
                GuardedTransport() as transport,
            ):
                pipeline = Pipeline(
                    settings=settings,
                    store=store,
                    writer=writer,
                    transport=transport,
                    parsers=parsers,
                    matcher=Poisoned(matcher) if poisoned else matcher,
                    now=clock,
                    rng=random.Random(1),
                    out=io.StringIO(),
                    hint=None,
                )
                made = Bench(pipeline, store, newsroom, server, slack, clock)
                pipeline.hint = made.hint
                try:
                    yield made
                finally:
                    pipeline.close()


def publish(made, path, *titles):
    made.newsroom.publish(path, rss(*titles, published=made.clock()), {})


@pytest.fixture
async def made(tmp_path):
    async with bench(tmp_path) as made:
        publish(made, "/wire", "Quiet day")
        await made.poll()
        yield made


async def test_a_poll_that_raises_an_alert_hints_its_destination(made):
    publish(made, "/wire", "Maduro speaks", "Quiet day")
    [visit] = await made.poll()
    assert (visit.outcome, visit.new, visit.alerts, visit.entries) == (PollOutcome.NEW, 1, 1, 2)
    assert made.hinted == ["desk"]
    await made.deliver()
    assert len(made.slack.received) == 1


async def test_the_same_bytes_again_are_unchanged_and_not_parsed(made):
    [visit] = await made.poll()
    assert (visit.outcome, visit.status, visit.entries) == (PollOutcome.UNCHANGED, 200, 0)


async def test_a_delivery_nobody_takes_waits_for_its_time_and_expires_after_a_day(made):
    publish(made, "/wire", "Maduro speaks")
    await made.poll()
    down = Answer(status=503, body=b"down")
    made.slack.script.extend([down] * 50)
    seen = set()
    for _ in range(25 * 60):
        await made.deliver()
        made.clock.advance(timedelta(minutes=1))
        seen.add(made.store.deliveries()[0].state.value)
    assert seen == {"retrying", "parked", "dead"}
    [row] = made.store.deliveries()
    assert row.reason.startswith("expired")
    assert 20 < len(made.slack.server.requests) < 40
    assert made.slack.received == []


async def test_rows_of_a_notifier_that_is_gone_are_parked_and_not_lost(made):
    publish(made, "/wire", "Maduro speaks")
    await made.poll()
    made.pipeline.settings.notifiers.clear()
    await made.deliver()
    [row] = made.store.deliveries()
    assert row.state is DeliveryState.PARKED
    assert "desk" in row.reason


async def test_a_fault_of_ours_backs_one_source_off_and_leaves_the_others_alone(tmp_path):
    async with bench(tmp_path, ["/bad", "/good"], poisoned=True) as made:
        publish(made, "/bad", "poison")
        publish(made, "/good", "Quiet day")
        visits = {visit.source.name: visit for visit in await made.poll()}
        assert visits["/bad"].kind is ErrorKind.PARSE
        assert "inside the monitor" in visits["/bad"].message
        assert visits["/good"].outcome is PollOutcome.NEW
        publish(made, "/bad", "Antidote")
        visits = {visit.source.name: visit for visit in await made.poll()}
        assert visits["/bad"].outcome is PollOutcome.NEW


async def test_one_host_is_polled_source_by_source_with_the_gap_between(tmp_path):
    async with bench(tmp_path, ["/a", "/b", "/c"], gap=timedelta(milliseconds=80)) as made:
        for path in ("/a", "/b", "/c"):
            publish(made, path, "Quiet day")
        made.clock.advance(timedelta(minutes=5))
        await made.pipeline.poll(made.server.host, Ticket())
        first, second, third = (request.at for request in made.server.requests)
        assert second - first >= 0.08
        assert third - second >= 0.08


class Host:
    """A host whose first answer waits until it may come; it notes how many are awaited at once."""

    def __init__(self):
        self.may_answer = asyncio.Event()
        self.asked = []
        self.open = self.most = 0

    async def __call__(self, request):
        self.asked.append(request.target)
        self.open += 1
        self.most = max(self.most, self.open)
        if len(self.asked) == 1:
            await self.may_answer.wait()
        self.open -= 1
        return Answer(body=rss("Quiet day"))


class WatchfulTicket(Ticket):
    """A ticket that notes how many answers a host still owed whenever it was released."""

    def __init__(self, host):
        self.host = host
        self.owed = []

    async def release(self, delay):
        assert delay > LONG_GAP_SECONDS
        self.owed.append(self.host.open)


async def test_a_host_with_a_long_gap_is_not_given_back_before_its_last_poll_has_ended(tmp_path):
    paths, host = ["/a", "/b", "/c", "/d"], Host()
    gap = timedelta(seconds=LONG_GAP_SECONDS + 60)
    async with Poller(tmp_path, poll_settings={"per_host": 2, "host_gap": gap}) as monitor:
        await monitor.configure(*[Source(url=monitor.url(path), name=path) for path in paths])
        for path in paths:
            monitor.play(host, path)
        key, ticket = monitor.states()[0].host, WatchfulTicket(host)
        work = asyncio.create_task(monitor.pipeline.poll(key, ticket))
        while not any(state.last_polled_at for state in monitor.states()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # time enough to give the ticket back too soon
        host.may_answer.set()
        await work
        assert ticket.owed == [0]
        assert len(host.asked) == 2
        await monitor.restart()  # which forgets the gap
        await monitor.pipeline.poll(key, WatchfulTicket(host))
    assert (sorted(host.asked), host.most) == (paths, 2)
