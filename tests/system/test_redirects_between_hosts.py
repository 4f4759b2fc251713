"""Redirects lead to hosts that others ask too: one at a time, with the gap, and not against a wish."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from desk import rss
from poller import Poller

from monitor.model import ErrorKind, PollOutcome, Source
from monitor.settings import HostSettings
from monitor.testing.server import Answer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GAP = timedelta(milliseconds=150)
HUB = "127.0.0.9"  # where the others lead
LIMIT = Answer(status=429, headers=(("Retry-After", "1800"),))


class Slow:
    """Answers after a while, and notes how many were asking at once."""

    def __init__(self, answer, seconds=0.03):
        self.answer, self.seconds = answer, seconds
        self.open = self.most = 0

    async def __call__(self, _):
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(self.seconds)
        self.open -= 1
        return self.answer


def to(location, status=302):
    return Answer(status=status, headers=(("Location", location),))


def feed(poller):
    return Answer(body=rss("One", published=poller.clock()))


def asked(poller, host=HUB):
    return poller.servers[host].requests


async def leading_to_the_hub(poller, count, answer, status=302):
    """Have so many hosts with a source each, whose requests all end at the hub."""
    await poller.serve(HUB)
    sources = []
    for number in range(1, count + 1):
        host, path = f"127.0.1.{number}", f"/s{number}"
        await poller.serve(host)
        sources.append(Source(url=poller.url(path, host), name=path, every=12 * HOUR))
        poller.play(to(poller.url(path, HUB), status), path, host)
        poller.play(answer, path, HUB)
    await poller.configure(*sources)
    return [f"/s{number}" for number in range(1, count + 1)]


async def poll_all(poller, paths):
    return await asyncio.gather(*(poller.poll(path) for path in paths))


async def test_a_host_that_many_redirect_to_is_asked_one_thing_at_a_time_with_its_gap(tmp_path):
    async with Poller(tmp_path, poll_settings={"host_gap": GAP}) as poller:
        slow = Slow(feed(poller))
        visits = await poll_all(poller, await leading_to_the_hub(poller, 4, slow))
        assert {visit.outcome for visit in visits} == {PollOutcome.NEW}
        times = [each.at for each in asked(poller)]
        assert (len(times), slow.most) == (4, 1)
        assert min(later - earlier for earlier, later in pairwise(times)) >= GAP.total_seconds()


async def test_a_hosts_own_source_waits_for_those_that_a_redirect_led_there(tmp_path):
    async with Poller(tmp_path) as poller:
        slow = Slow(feed(poller))
        paths = await leading_to_the_hub(poller, 3, slow)
        own = Source(url=poller.url("/own", HUB), name="own")
        poller.play(slow, "/own", HUB)
        await poller.configure(*poller.sources, own)
        await poll_all(poller, [*paths, "/own"])
        assert (len(asked(poller)), slow.most) == (4, 1)


async def test_a_place_that_a_source_moved_to_is_asked_in_that_hosts_turn(tmp_path):
    async with Poller(tmp_path) as poller:
        paths = await leading_to_the_hub(poller, 3, feed(poller), status=301)
        await poller.run(8 * DAY)
        assert all(poller.state(path).habits.address for path in paths)
        slow = Slow(feed(poller))
        for path in paths:
            poller.play(slow, path, HUB)
        before = len(asked(poller))
        await poll_all(poller, paths)
        assert (len(asked(poller)), slow.most) == (before + 3, 1)


async def test_two_hosts_that_lead_to_each_other_do_not_wait_for_each_other_for_ever(tmp_path):
    async with Poller(tmp_path, poll_settings={"host_gap": GAP}) as poller:
        await poller.serve("127.0.0.2")
        ways = [("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")]
        for number, (host, other) in enumerate(ways):
            poller.play(Slow(to(poller.url(f"/end{number}", other))), f"/way{number}", host)
            poller.play(Slow(feed(poller)), f"/end{number}", other)
        await poller.configure(
            *(
                Source(url=poller.url(f"/way{n}", host), name=host)
                for n, (host, _) in enumerate(ways)
            )
        )
        async with asyncio.timeout(10):
            visits = await poll_all(poller, ["/way0", "/way1"])
        assert {visit.outcome for visit in visits} == {PollOutcome.NEW}


async def test_a_redirect_within_a_host_is_the_same_visit_and_needs_no_gap(tmp_path):
    async with Poller(tmp_path, poll_settings={"host_gap": HOUR}) as poller:
        poller.play(to("/there"))
        poller.play(feed(poller), "/there")
        assert (await poller.poll()).outcome is PollOutcome.NEW
        assert len(asked(poller, "127.0.0.1")) == 2


async def test_waiting_for_a_turn_does_not_count_against_the_timeout(tmp_path):
    poll = {"timeout": timedelta(seconds=0.6)}
    async with Poller(tmp_path, poll_settings=poll) as poller:
        slow = Slow(feed(poller), seconds=0.3)
        visits = await poll_all(poller, await leading_to_the_hub(poller, 4, slow))
        assert [visit.kind for visit in visits] == [None] * 4
        assert slow.most == 1


async def test_the_timeout_still_ends_a_visit_after_it_waited(tmp_path):
    poll = {"timeout": timedelta(seconds=0.2)}
    async with Poller(tmp_path, poll_settings=poll) as poller:
        silent = Answer(hang=True, raw=b"")
        visits = await poll_all(poller, await leading_to_the_hub(poller, 3, silent))
        assert [visit.kind for visit in visits] == [ErrorKind.TIMEOUT] * 3


async def test_who_would_wait_for_long_comes_back_later_and_is_not_charged(tmp_path):
    slow = HostSettings(name=HUB, gap=HOUR)
    async with Poller(tmp_path, more={"hosts": (slow,)}) as poller:
        paths = await leading_to_the_hub(poller, 4, feed(poller))
        visits = await poll_all(poller, paths)
        outcomes = sorted(visit.outcome.value for visit in visits)
        assert outcomes == ["deferred", "deferred", "deferred", "new"]
        assert len(asked(poller)) == 1
        late = [
            poller.state(path)
            for path, visit in zip(paths, visits, strict=True)
            if visit.outcome is PollOutcome.DEFERRED
        ]
        assert [(state.failures, state.error, state.retry_after) for state in late] == [
            (0, "", None)
        ] * 3
        # Each has a time of its own, with room for the gap between.
        times = sorted(state.next_poll_at for state in late)
        assert times[0] > poller.clock() + HOUR
        assert min(later - earlier for earlier, later in pairwise(times)) >= HOUR
        visit = visits[paths.index(next(p for p in paths if poller.state(p) == late[0]))]
        assert (visit.kind, visit.status) == (None, None)
        assert HUB in visit.message


async def limited(poller):
    """Have three sources lead to the hub, which limits the first; return their paths."""
    paths = await leading_to_the_hub(poller, 3, feed(poller))
    own = Source(url=poller.url("/own", HUB), name="own", every=12 * HOUR)
    beside = Source(url=poller.url("/beside", "127.0.1.1"), name="beside", every=12 * HOUR)
    await poller.configure(*poller.sources, own, beside)
    poller.play(LIMIT, paths[0], HUB)
    visit = await poller.poll(paths[0])
    assert visit.kind is ErrorKind.RATE_LIMITED
    return paths


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_host_that_asked_for_peace_is_asked_by_no_redirect(tmp_path, restarted):
    async with Poller(tmp_path) as poller:
        _, *others = await limited(poller)
        until = poller.clock() + HOUR / 2
        if restarted:
            await poller.restart()
        before = len(asked(poller))
        visits = await poll_all(poller, others)
        assert len(asked(poller)) == before
        assert [visit.outcome for visit in visits] == [PollOutcome.DEFERRED] * 2
        for state in map(poller.state, others):
            assert (state.failures, state.retry_after) == (0, until)
            assert until <= state.next_poll_at <= until + HOUR / 10
        poller.clock.now = until
        assert (await poller.poll(others[0])).outcome is PollOutcome.NEW


async def test_the_host_that_answered_is_put_off_and_not_the_one_that_led_there(tmp_path):
    async with Poller(tmp_path) as poller:
        await limited(poller)
        assert poller.state("/own").next_poll_at >= poller.clock() + HOUR / 2
        assert poller.state("/beside").next_poll_at <= poller.clock()
        assert (await poller.poll("/own", after=timedelta(0))).outcome is PollOutcome.DEFERRED


async def test_a_limit_met_on_a_redirect_ends_the_round_of_the_host_that_answered(tmp_path):
    async with Poller(tmp_path) as poller:
        [path] = await leading_to_the_hub(poller, 1, LIMIT)
        stale = [Source(url=poller.url(f"/own{n}", HUB), name=f"own{n}") for n in range(3)]
        await poller.configure(*poller.sources, *stale)
        states = [poller.state(f"/own{n}") for n in range(3)]  # as a round has read them
        await poller.poll(path)
        before = len(asked(poller))
        for state in states:
            await poller.pipeline.visit(state, poller.pipeline.sources[state.url])
        assert len(asked(poller)) == before
