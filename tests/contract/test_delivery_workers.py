"""Case 39 of docs/delivery-cases.md on every database: several processes send from one outbox."""

import asyncio
from collections import Counter
from datetime import timedelta

from outbox_builders import LEASE, MINUTE, a_destination, bench, news, put

from monitor.testing.server import Answer, LoopbackServer

COUNT = 40


async def test_case_39_two_processes_send_each_row_once_and_in_turn(store, open_store):
    put(store, *(news(number) for number in range(COUNT)))
    slow = Answer(body=b"ok", delay=0.002)
    async with LoopbackServer(lambda _: slow) as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(store, at) as one, bench(open_store(), at) as other:
            while set(one.states()) != {"delivered"}:
                await asyncio.gather(one.send("desk"), other.send("desk"))
        ids = Counter(request.header("webhook-id") for request in server.requests)
    assert len(ids) == COUNT
    assert set(ids.values()) == {1}


async def test_case_39_what_a_dead_process_held_is_taken_over_after_its_lease(store, open_store):
    put(store, news(1))
    async with LoopbackServer(lambda _: Answer(body=b"ok")) as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(open_store(), at) as other:
            held = store.claim("desk", now=other.clock(), lease=LEASE)
            other.clock.advance(LEASE - timedelta(seconds=1))
            await other.send("desk")
            assert server.requests == []
            await other.run(MINUTE)
            [request] = server.requests
    assert request.header("webhook-id") == held.webhook_id
