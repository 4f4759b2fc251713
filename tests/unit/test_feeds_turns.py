"""One book says whose turn it is at a host, and since when it is left alone."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from monitor.feeds.fetch import turns as module
from monitor.feeds.fetch.turns import Turns

HOUR = timedelta(hours=1)


async def test_a_host_nobody_asked_is_free():
    assert Turns().left("a.example", HOUR) == 0


async def test_a_gap_begins_when_a_turn_ends():
    turns = Turns()
    assert not await turns.take("a.example")
    assert turns.left("a.example", HOUR) == 0
    turns.give_back("a.example")
    assert 0 < turns.left("a.example", HOUR) <= HOUR.total_seconds()
    assert turns.left("a.example", timedelta(0)) == 0
    assert turns.left("b.example", HOUR) == 0


async def test_one_after_another_and_whoever_waited_is_told():
    turns, log = Turns(), []

    async def ask(name):
        waited = await turns.take("a.example")
        log.append((name, waited))
        await asyncio.sleep(0)
        log.append(name)
        turns.give_back("a.example")

    await asyncio.gather(ask("feed"), ask("page"), ask("robots"))
    assert log == [("feed", False), "feed", ("page", True), "page", ("robots", True), "robots"]


async def test_as_many_at_once_as_people_allow():
    turns = Turns(at_once=2)
    assert [await turns.take("a.example") for _ in range(2)] == [False, False]
    third = asyncio.create_task(turns.take("a.example"))
    await asyncio.sleep(0)
    assert not third.done()
    turns.give_back("a.example")
    assert await third


async def test_who_gives_up_waiting_keeps_nobody_out():
    turns = Turns()
    await turns.take("a.example")
    waiting = asyncio.create_task(turns.take("a.example"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    turns.give_back("a.example")
    assert not await turns.take("a.example")


async def test_hosts_that_nobody_asked_for_long_are_forgotten_but_not_those_being_asked():
    turns = Turns()
    await turns.take("busy.example")
    turns.note("fresh.example")
    for number in range(module.MOST_GROUPS):
        turns._of(f"host{number}.example")
    assert len(turns._groups) < module.MOST_GROUPS
    assert turns.left("fresh.example", HOUR) > 0
    waiting = asyncio.create_task(turns.take("busy.example"))
    await asyncio.sleep(0)
    assert not waiting.done()
    turns.give_back("busy.example")
    assert await waiting


async def test_the_wait_for_a_turn_grows_with_those_who_wait():
    turns = Turns()
    assert turns.expected("a.example", HOUR) == 0
    await turns.take("a.example")
    assert turns.expected("a.example", HOUR) == HOUR.total_seconds()
    turns.give_back("a.example")
    assert 0 < turns.expected("a.example", HOUR) <= HOUR.total_seconds()


async def test_a_turn_that_was_not_used_begins_no_gap():
    turns = Turns()
    await turns.take("a.example")
    turns.give_back("a.example", asked=False)
    assert turns.left("a.example", HOUR) == 0


async def test_everyone_who_is_sent_away_has_a_time_of_their_own():
    turns, gap = Turns(), timedelta(seconds=3)
    times = [turns.book("a.example", gap) for _ in range(4)]
    assert times[0] >= module.SHORTEST_ABSENCE
    assert all(later - earlier > gap.total_seconds() for earlier, later in pairwise(times))
    assert turns.book("b.example", gap) < times[1]
