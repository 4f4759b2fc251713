"""Deliveries that are claimed in the transaction that makes them, on every database."""

from datetime import timedelta

from builders import NOW
from outbox_builders import Ticket, a_configuration, a_destination, bench
from store_builders import PARTS, a_poll, again, configure, decide_for

from monitor.model import DeliveryState
from monitor.notify import KINDS
from monitor.store import Claiming
from monitor.testing.server import Answer, LoopbackServer

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
CLAIMING = Claiming(kinds={"desk": KINDS["webhook"], "chat": KINDS["slack"]}, lease=LEASE)


def commit(store, *guids, notify=("desk",), claiming=CLAIMING, now=NOW):
    [state] = configure(store)
    record = a_poll(again(store, state), *guids, now=now)
    [committed] = store.commit([record], decide_for(*notify), claiming=claiming, **PARTS)
    return committed


def test_what_a_commit_makes_is_taken_with_it_and_by_nobody_else(store):
    committed = commit(store, "1", notify=("desk", "chat"))
    assert [each.notifier for each in committed.claimed] == ["chat", "desk"]
    assert {each.state for each in committed.claimed} == {DeliveryState.SENDING}
    assert committed.destinations == {"desk", "chat"}
    assert sorted(store.deliveries(), key=lambda each: each.notifier) == list(committed.claimed)
    assert store.claim("desk", now=NOW + SECOND, lease=LEASE) is None
    assert store.due_destinations(NOW + SECOND) == []


def test_without_whoever_sends_and_at_other_notifiers_it_waits(store):
    assert commit(store, "1", claiming=None).claimed == ()
    assert commit(store, "2", notify=("siem",)).claimed == ()
    assert store.due_destinations(NOW) == ["desk", "siem"]


def test_where_one_is_on_its_way_or_none_may_leave_yet_the_next_waits(store):
    [first] = commit(store, "1", notify=("chat",)).claimed
    assert commit(store, "2", notify=("chat",), now=NOW + SECOND).claimed == ()
    store.pause(["desk"], NOW + LEASE)
    assert commit(store, "3", now=NOW + 2 * SECOND).claimed == ()
    assert [each.id for each in store.deliveries(state=DeliveryState.SENDING)] == [first.id]


def test_what_waits_longest_is_taken_first(store):
    commit(store, "1", claiming=None)
    [claimed] = commit(store, "2", now=NOW + SECOND).claimed
    assert claimed.message.data["item"]["title"].endswith("1")


def test_a_lease_that_passes_frees_what_was_taken(store):
    [claimed] = commit(store, "1").claimed
    again = store.claim("desk", now=NOW + LEASE, lease=LEASE)
    assert (again.webhook_id, again.claims) == (claimed.webhook_id, 2)
    assert again.maybe_duplicate == 1


async def test_what_was_taken_is_sent_and_once(store):
    async with LoopbackServer(lambda _: Answer()) as server:
        desk = a_destination("desk", server.url())
        async with bench(store, desk) as made:
            made.delivering.send_at_once()
            committed = commit(store, "1", claiming=made.writer.claiming, now=made.clock())
            made.delivering.keep(committed.claimed)
            await made.delivering.deliver("desk", Ticket())
            await made.delivering.deliver("desk", Ticket())
            assert len(server.requests) == 1
            assert made.states() == ["delivered"]


async def test_what_was_taken_and_not_sent_is_given_back_as_if_it_never_was(store):
    async with bench(store, a_destination("desk", "http://127.0.0.1:9/")) as made:
        made.delivering.send_at_once()
        committed = commit(store, "1", claiming=made.writer.claiming, now=made.clock())
        made.delivering.keep(committed.claimed)
        await made.delivering.give_back()
        [row] = made.rows()
        assert (row.state, row.attempts, row.maybe_duplicate) == (DeliveryState.RETRYING, 0, 0)
        assert store.due_destinations(made.clock()) == ["desk"]
        assert made.writer.claiming is None


async def test_what_was_taken_for_a_notifier_that_left_waits_for_it(store):
    async with bench(store, a_destination("desk", "http://127.0.0.1:9/")) as made:
        made.delivering.send_at_once()
        committed = commit(store, "1", claiming=made.writer.claiming, now=made.clock())
        made.delivering.keep(committed.claimed)
        made.delivering.follow(a_configuration())
        await made.delivering.deliver("desk", Ticket())
        [row] = made.rows()
        assert (row.state, row.maybe_duplicate) == (DeliveryState.PARKED, 0)
        assert "no_destination" in row.reason
