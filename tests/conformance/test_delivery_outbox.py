"""Cases of docs/delivery-cases.md that concern the outbox: many messages, many attempts."""

import asyncio
import io
import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from alert_builders import OLD_SECRET, SECRET
from builders import NOW
from outbox_builders import (
    LEASE,
    MINUTE,
    SECOND,
    a_configuration,
    a_destination,
    bench,
    news,
    put,
)

from monitor import metrics
from monitor.cli.options import clock
from monitor.cli.program import open_pipeline
from monitor.daemon import Daemon
from monitor.daemon.lateness import backlog_news
from monitor.model import DeliveryState, Severity
from monitor.queue.memory import MemoryQueue
from monitor.store import Store
from monitor.testing.clock import Clock
from monitor.testing.receivers import SlackReceiver, rate_limit
from monitor.testing.receivers.discord import discord_limit
from monitor.testing.receivers.teams import connector_error
from monitor.testing.server import Answer, LoopbackServer

OK = Answer(body=b"ok")
DOWN = Answer(status=502)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
        yield store


class Server(LoopbackServer):
    """Answers as `now` says; keeps what it was asked."""

    def __init__(self, answer=OK):
        self.answer = answer
        super().__init__(lambda _: self.answer)

    @property
    def ids(self):
        return [request.header("webhook-id") for request in self.requests]

    def titles(self):
        return [json.loads(each.body)["data"]["item"]["title"] for each in self.requests]

    def types(self):
        return [json.loads(each.body)["type"] for each in self.requests]


def many(store, count, *notify, **changes):
    put(store, *(news(number, *notify, **changes) for number in range(count)))


def reports(words):
    """The numbers of the reports that a text names."""
    return re.findall(r"report (\d{3})", words)


def listed(requests):
    return [number for request in requests for number in reports(request.body.decode())]


@pytest.mark.parametrize(
    ("kind", "answer"), [("teams", connector_error(429)), ("slack", rate_limit(7))]
)
async def test_cases_4_and_17_a_limit_pauses_everything_for_the_destination(store, kind, answer):
    many(store, 2)
    async with (
        Server(answer) as server,
        bench(store, a_destination("desk", server.url("/hook"), kind)) as desk,
    ):
        await desk.send()
        await desk.send()
        assert len(server.requests) == 1
        server.answer = OK if kind == "slack" else Answer(status=202)
        await desk.run(2 * MINUTE)
        assert desk.states() == ["delivered"] * 2


async def test_case_17_a_limit_of_two_seconds_uses_up_no_attempt(store):
    many(store, 2)
    async with (
        Server(rate_limit(2)) as server,
        bench(store, a_destination("desk", server.url("/hook"))) as desk,
    ):
        await desk.send()
        server.answer = OK
        desk.clock.advance(1.9 * SECOND)
        await desk.send("desk")
        assert len(server.requests) == 1
        desk.clock.advance(0.1 * SECOND)
        await desk.send()
        assert [row.attempts for row in desk.rows()] == [1, 1]
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("kind", "status", "body", "reason"),
    [
        ("webhook", 401, b"", "auth"),
        ("slack", 403, b"invalid_token", "invalid_token"),
        ("slack", 403, b"team_disabled", "team_disabled"),
        ("slack", 404, b"no_service", "no_service"),
    ],
)
async def test_cases_9_to_11_a_closed_destination_is_asked_once_each_probe(
    store, kind, status, body, reason
):
    many(store, 3, "desk")
    async with Server(Answer(status=status, body=body)) as server, Server() as other:
        at = a_destination("desk", server.url("/hook"), kind)
        siem = a_destination("siem", other.url("/hook"))
        async with bench(store, at, siem, health=("desk", "siem")) as desk:
            await desk.run(59 * SECOND)
            assert len(server.requests) == 1
            assert {row.state.value for row in desk.rows(notifier="desk")} == {"parked"}
            assert desk.rows(notifier="desk")[0].reason == reason
            await desk.run(22 * MINUTE, step=10 * SECOND)
            assert len(server.requests) == 4  # after 1, 5 and 15 minutes
            assert other.types() == ["system.destination_failed"]
            server.answer = OK
            await desk.run(61 * MINUTE, step=MINUTE)
            assert {row.state.value for row in desk.rows()} == {"delivered"}
            assert other.types() == ["system.destination_failed", "system.destination_recovered"]


@pytest.mark.parametrize(("status", "reason"), [(301, "redirect"), (422, "rejected")])
async def test_cases_5_and_16_a_destination_that_refuses_every_message_is_told_of_once(
    store, status, reason
):
    many(store, 5, "desk")
    async with Server(Answer(status=status)) as server, Server() as other:
        at = a_destination("desk", server.url("/hook"))
        siem = a_destination("siem", other.url("/hook"))
        async with bench(store, at, siem, health=("desk", "siem")) as desk:
            await desk.run(MINUTE)
            assert {row.state.value for row in desk.rows(notifier="desk")} == {"dead"}
            assert len(server.requests) == 5  # it stays open
            assert other.types() == ["system.destination_failed"]
            [told] = [json.loads(each.body)["data"] for each in other.requests]
            assert f"refuses every message: {reason}" in json.dumps(told, ensure_ascii=False)
            assert store.counts(desk.clock()).died == 5
            server.answer = OK
            put(store, news(7))
            await desk.run(MINUTE)
            assert other.types() == ["system.destination_failed", "system.destination_recovered"]
            assert store.counts(desk.clock() + DAY).died == 0
            store.replay([row.id for row in desk.rows(state=DeliveryState.DEAD)], desk.clock())
            assert store.counts(desk.clock()).died == 0


async def test_case_12_a_webhook_not_found_is_parked_after_three_tries_of_a_message(store):
    many(store, 1)
    async with (
        Server(Answer(status=404)) as server,
        bench(store, a_destination("desk", server.url("/hook"))) as desk,
    ):
        await desk.run(20 * SECOND)
        assert desk.states() == ["retrying"]
        await desk.run(40 * SECOND)
        assert (len(server.requests), desk.states()) == (3, ["parked"])
        server.answer = OK
        await desk.run(MINUTE)
        assert desk.states() == ["delivered"]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("webhook", Answer(status=410)),
        ("slack", Answer(status=410, body=b"channel_is_archived")),
        ("discord", Answer(status=404)),
    ],
)
async def test_case_13_a_destination_that_is_gone_waits_for_a_person(store, kind, answer):
    many(store, 1)
    async with (
        Server(answer) as server,
        bench(store, a_destination("desk", server.url("/hook"), kind)) as desk,
    ):
        await desk.run(DAY, step=timedelta(hours=1))
        assert (len(server.requests), desk.states()) == (1, ["parked"])
        # A restart changes nothing, and a changed address does.
        await desk.follow(desk.delivering.settings)
        await desk.send()
        assert len(server.requests) == 1
        await desk.follow(
            a_configuration(a_destination("desk", server.url("/new"), kind, channel="x"))
        )
        await desk.send()
        assert len(server.requests) == 2


async def test_case_21_a_limit_without_end_is_asked_once_a_window_and_expires(store):
    many(store, 1)
    async with (
        Server(rate_limit(3600)) as server,
        bench(store, a_destination("desk", server.url("/hook"), "slack")) as desk,
    ):
        await desk.run(26 * 60 * MINUTE, step=10 * MINUTE)
        assert len(server.requests) == 25
        [row] = desk.rows()
        assert (row.state.value, row.reason) == ("dead", "expired: rate_limited")


async def test_case_22_a_global_limit_of_discord_pauses_all_of_discord(store):
    put(store, news(1, "a", "b", "c"))
    async with Server(discord_limit(30, everywhere=True)) as server, Server() as other:
        urls = [server.url("/api/webhooks/1/x"), server.url("/api/webhooks/2/y")]
        a, b = (a_destination(n, u, "discord") for n, u in zip("ab", urls, strict=True))
        async with bench(store, a, b, a_destination("c", other.url("/hook"))) as desk:
            await desk.run(29 * SECOND)
            assert len(server.requests) == 1
            assert len(other.requests) == 1


async def test_case_23_what_discord_allows_is_kept_to(store):
    many(store, 2)
    left = (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset-After", "1.2"))
    async with (
        Server(Answer(body=b'{"id":"7"}', headers=left)) as server,
        bench(store, a_destination("desk", server.url("/x"), "discord")) as desk,
    ):
        await desk.send()
        desk.clock.advance(1.1 * SECOND)
        await desk.send("desk")
        assert len(server.requests) == 1
        desk.clock.advance(0.1 * SECOND)
        await desk.send()
        assert len(server.requests) == 2
        assert desk.rows()[0].ref == "7"


async def test_what_waits_for_a_closed_destination_is_not_called_dead(store, caplog):
    many(store, 1, "closed-desk")
    async with Server(Answer(status=401)) as server:
        at = a_destination("closed-desk", server.url("/hook"))
        async with bench(store, at) as desk:
            await desk.send()
    assert "delivery parked: auth" in caplog.text
    assert "delivery dead" not in caplog.text
    counted = {"notifier": "closed-desk", "verdict": "parked"}
    assert metrics.REGISTRY.get_sample_value("monitor_deliveries_total", counted) == 1


async def test_case_24_a_hiccup_of_slack_is_two_requests_that_say_the_same(store):
    many(store, 1)
    async with SlackReceiver() as slack:
        slack.script.append(Answer(status=500, body=b"rollup_error"))
        async with bench(store, a_destination("desk", slack.url, "slack")) as desk:
            await desk.run(3 * SECOND)
            assert len(slack.server.requests) == 1
            await desk.run(4 * SECOND)
            first, second = (request.body for request in slack.server.requests)
            assert first == second
            [row] = desk.rows()
            assert (row.state.value, row.maybe_duplicate) == ("delivered", 1)


async def test_case_25_an_unavailable_server_is_left_alone_as_long_as_it_asks(store):
    many(store, 2)
    busy = Answer(status=503, headers=(("Retry-After", "120"),))
    async with (
        Server(busy) as server,
        bench(store, a_destination("desk", server.url("/hook"))) as desk,
    ):
        await desk.run(119 * SECOND)
        assert len(server.requests) == 1


async def test_case_26_ten_minutes_of_502_lose_nothing_and_keep_the_order(store):
    many(store, 30, "desk")
    async with Server(DOWN) as server, Server() as other:
        at, siem = (a_destination(n, s.url("/h")) for n, s in (("desk", server), ("siem", other)))
        async with bench(store, at, siem, health=("siem",)) as desk:
            await desk.run(3 * MINUTE)
            assert {row.state.value for row in desk.rows(notifier="desk")} == {"parked"}
            assert len(server.requests) < 20
            await desk.run(7 * MINUTE, step=5 * SECOND)
            server.answer = OK
            server.requests.clear()
            await desk.run(15 * MINUTE, step=5 * SECOND)
            assert {row.state.value for row in desk.rows()} == {"delivered"}
            assert server.titles() == [f"Airspace closed, report {n:03}" for n in range(30)]
            assert other.types() == ["system.destination_failed", "system.destination_recovered"]


async def test_case_27_a_refused_connection_parks_and_names_the_cause(store):
    many(store, 1)
    async with Server() as server:
        url = server.url("/hook")
    async with bench(store, a_destination("desk", url)) as desk:
        await desk.run(16 * MINUTE, step=10 * SECOND)
        [row] = desk.rows()
        assert row.state is DeliveryState.PARKED
        assert row.reason.startswith("not_sent: ")
        assert row.maybe_duplicate == 0


async def test_case_28_a_silent_destination_does_not_slow_the_others(store):
    put(store, news(1, "silent", "siem"))
    async with Server() as server:
        blocked = a_destination("silent", "https://192.0.2.1/never")
        async with bench(store, blocked, a_destination("siem", server.url("/h"))) as desk:
            await desk.send("siem")
            assert len(server.requests) == 1


async def test_cases_35_to_37_what_a_dead_process_was_sending_goes_again_with_its_id(store):
    many(store, 2)
    async with Server() as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(store, at) as desk:
            lost = store.claim("desk", now=desk.clock(), lease=LEASE)
            store.recover(desk.clock())
            await desk.send()
            assert server.ids == [lost.webhook_id, desk.rows()[1].webhook_id]
            assert [row.maybe_duplicate for row in desk.rows()] == [1, 0]


async def test_case_38_a_delivery_that_could_not_be_marked_goes_again_after_its_lease(store):
    many(store, 1)
    async with Server() as server, bench(store, a_destination("desk", server.url("/hook"))) as desk:
        lost = store.claim("desk", now=desk.clock(), lease=LEASE)
        await desk.run(59 * SECOND)
        assert server.requests == []
        await desk.run(2 * SECOND)
        assert server.ids == [lost.webhook_id]
        assert desk.rows()[0].maybe_duplicate == 1


async def test_case_41_a_clock_that_is_set_moves_every_wait(store):
    many(store, 2)
    async with (
        Server(rate_limit(60)) as server,
        bench(store, a_destination("desk", server.url("/hook"))) as desk,
    ):
        await desk.send()
        for step in (-timedelta(hours=1), DAY):
            store.shift(step)
            desk.clock.advance(step)
            await desk.send("desk")
        assert len(server.requests) == 1
        server.answer = OK
        await desk.run(MINUTE)
        assert desk.states() == ["delivered"] * 2


@pytest.mark.parametrize("step", [timedelta(hours=12), timedelta(hours=-12), 3 * DAY])
@pytest.mark.parametrize("kind", ["slack", "webhook"])
async def test_case_41_a_clock_that_is_set_makes_nothing_late_and_lets_nothing_expire(
    store, kind, step
):
    put(store, news(1), news(2, "closed"))
    async with (
        Server(Answer(status=503)) as server,
        Server(Answer(status=401)) as other,
        bench(
            store,
            a_destination("desk", server.url("/hook"), kind),
            a_destination("closed", other.url("/hook"), kind),
        ) as desk,
    ):
        await desk.send()
        desk.clock.advance(step)
        store.shift(step)
        counted = store.counts(desk.clock())
        assert counted.oldest_pending == timedelta(0)
        assert backlog_news(counted.oldest_pending, 1, None, now=desk.clock()) is None
        await desk.run(5 * SECOND)  # refused once more, and not given up
        server.answer = other.answer = OK
        store.unpark("closed")
        await desk.run(10 * MINUTE, step=10 * SECOND)
        assert desk.states() == ["delivered"] * 2
        assert b"delayed" not in server.requests[-1].body + other.requests[-1].body
        sent = json.loads(server.requests[-1].body)
        assert kind == "slack" or sent["timestamp"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


async def test_case_41_what_is_late_stays_late_by_as_much_when_the_clock_is_set(store):
    many(store, 1)
    async with (
        Server() as server,
        bench(store, a_destination("desk", server.url("/hook"), "slack")) as desk,
    ):
        desk.clock.advance(30 * MINUTE)
        for step in (timedelta(hours=12), -DAY):
            desk.clock.advance(step)
            store.shift(step)
        assert store.counts(desk.clock()).oldest_pending == 30 * MINUTE
        await desk.send()
        assert b"delayed 30 min" in server.requests[0].body


@pytest.mark.parametrize("step", [3 * DAY, timedelta(hours=-1)])
async def test_case_41_a_clock_that_is_set_during_an_attempt_does_not_end_the_delivery(store, step):
    many(store, 1)
    clock = Clock(now=NOW)

    def answer(_):
        clock.advance(step)
        return Answer(status=503)

    async with (
        LoopbackServer(answer) as server,
        bench(store, a_destination("desk", server.url("/hook")), clock=clock) as desk,
    ):
        await desk.send()
        assert desk.states() == ["retrying"]


async def test_case_42_rows_of_a_notifier_that_left_wait_for_it(store, caplog):
    many(store, 2)
    async with Server() as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(store, at) as desk:
            from monitor.pipeline.delivering import sync_destinations

            without = a_configuration()
            await sync_destinations(store, desk.writer, without)
            assert "2 deliveries are parked" in caplog.text
            [reason] = {row.reason for row in desk.rows()}
            assert reason == "no_destination: no notifier is named “desk” now"
            put(store, news(7))
            await desk.run(DAY, step=timedelta(hours=1))
            assert server.requests == []
            await sync_destinations(store, desk.writer, a_configuration(at))
            await desk.send()
            assert desk.states() == ["delivered"] * 3


async def test_case_42_what_was_parked_before_its_notifier_left_says_that_it_left(store):
    many(store, 1)
    async with Server(Answer(status=401)) as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(store, at) as desk:
            await desk.send()
            assert [row.reason for row in desk.rows()] == ["auth"]
            await desk.follow(a_configuration())
            [row] = desk.rows()
            assert row.reason == "no_destination: no notifier is named “desk” now"
            server.answer = OK
            await desk.follow(a_configuration(at))
            await desk.send()
            assert desk.states() == ["delivered"]


async def test_case_43_a_rotated_secret_lets_go_what_the_old_one_closed(store):
    many(store, 1)
    async with Server(Answer(status=401)) as server:
        old = a_destination("desk", server.url("/hook"), secrets=(OLD_SECRET,))
        async with bench(store, old) as desk:
            await desk.send()
            assert desk.states() == ["parked"]
            server.answer = OK
            both = a_destination("desk", server.url("/hook"), secrets=(SECRET, OLD_SECRET))
            await desk.follow(a_configuration(both))
            await desk.send()
            assert desk.states() == ["delivered"]


class Strict(Server):
    """Takes one message a second by a clock of ours, and says so to whoever sends more."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.took_at, self.refused = clock, None, 0
        LoopbackServer.__init__(self, self.take)

    def take(self, request):
        now = self.clock()
        if self.took_at and now - self.took_at < SECOND:
            self.refused += 1
            return rate_limit(1)
        self.took_at = now
        return self.answer


async def test_case_48_five_hundred_at_once_leave_in_bundles_within_a_minute(store):
    many(store, 500)
    put(store, news(900, severity=Severity.CRITICAL))
    clock = Clock(now=NOW)
    async with (
        Strict(clock) as server,
        bench(store, a_destination("desk", server.url("/hook"), "slack"), clock=clock) as desk,
    ):
        await desk.run(60 * SECOND, step=0.1 * SECOND)
        assert set(desk.states()) == {"delivered"}
        assert server.refused == 1  # of the burst that Slack itself would take
        assert "900" in listed(server.requests[:1])  # what is critical goes first, alone
        taken = Counter()
        for request in {each.body for each in server.requests}:
            taken += Counter(set(reports(request.decode())))
        assert taken == Counter([*(f"{number:03}" for number in range(500)), "900"])


async def test_case_48_a_bundle_that_failed_says_the_same_again(store):
    many(store, 15)
    async with (
        Server(Answer(status=500, body=b"rollup_error")) as server,
        bench(store, a_destination("desk", server.url("/hook"), "slack")) as desk,
    ):
        await desk.send()
        many_more = [news(number) for number in range(100, 120)]
        put(store, *many_more)
        server.answer = OK
        await desk.run(10 * SECOND)
        first, *_ = bodies = [request.body for request in server.requests]
        assert bodies.count(first) == 2
        rows = desk.rows()
        assert {row.state.value for row in rows} == {"delivered"}
        [lead] = {row.bundle for row in rows[:15]}
        assert lead == rows[0].id
        assert rows[1].reason == f"told in the bundle of delivery {lead}"


async def test_case_48_a_bundle_that_is_refused_is_told_one_by_one(store):
    many(store, 12)
    async with (
        Server(Answer(status=400, body=b"no_text")) as server,
        bench(store, a_destination("desk", server.url("/hook"), "slack")) as desk,
    ):
        await desk.send()
        assert len(server.requests) == 3
        server.answer = OK
        await desk.run(30 * SECOND)
        states = Counter(desk.states())
        # Two more were refused alone before the receiver came to its senses.
        assert states == {"dead": 2, "delivered": 10}


async def test_case_52_one_dead_destination_of_three_holds_up_none(store):
    put(store, *(news(number, "a", "b", "c") for number in range(5)))
    async with Server(DOWN) as dead, Server() as b, Server() as c:
        notifiers = [
            a_destination(name, server.url("/h"))
            for name, server in (("a", dead), ("b", b), ("c", c))
        ]
        async with bench(store, *notifiers) as desk:
            await desk.send()
            assert (len(b.requests), len(c.requests)) == (5, 5)


async def test_case_56_with_every_destination_dead_nobody_is_told_and_the_log_says_so(
    store, caplog
):
    put(store, news(1, "a", "b"))
    gone = Answer(status=410)
    async with Server(gone) as a, Server(gone) as b:
        notifiers = [a_destination(n, s.url("/h")) for n, s in (("a", a), ("b", b))]
        async with bench(store, *notifiers, health=("a", "b")) as desk:
            await desk.run(DAY, step=timedelta(hours=1))
            # The first was told of through the second, which was whole then.
            assert (len(a.requests), len(b.requests)) == (1, 1)
            rows = [(row.notifier, row.state.value) for row in desk.rows()]
            assert rows == [("a", "parked"), ("b", "parked"), ("b", "parked")]
            said = [r for r in caplog.records if "nobody can be told" in r.message]
            assert len(said) == 1


async def test_case_56_a_destination_alone_never_hears_of_itself(store):
    many(store, 1)
    async with Server(Answer(status=403)) as server:
        at = a_destination("desk", server.url("/hook"))
        async with bench(store, at, health=("desk",)) as desk:
            await desk.send()
            assert len(desk.rows()) == 1


async def test_case_56_a_failure_that_is_over_before_the_news_of_it_got_through_is_not_told_after_its_end(
    store,
):
    many(store, 1, "a")
    async with Server(Answer(status=401)) as server, Server(DOWN) as other:
        at = a_destination("a", server.url("/hook"))
        channel = a_destination("sys", other.url("/hook"))
        async with bench(store, at, channel, health=("sys",)) as desk:
            await desk.run(50 * SECOND)
            server.answer = other.answer = OK
            tried = len(other.requests)
            await desk.run(10 * MINUTE, step=10 * SECOND)
            assert other.types()[tried:] == ["system.destination_recovered"]
            [failed, _] = desk.rows(notifier="sys")
            assert (failed.state.value, failed.reason) == (
                "cancelled",
                "it was over before this left",
            )


@pytest.mark.parametrize("way", ["probe", "resume"])
async def test_case_56_who_was_to_hear_and_was_closed_hears_of_the_failure_and_then_of_its_end(
    store, way
):
    many(store, 1, "a")
    async with Server(Answer(status=401)) as server, Server(Answer(status=401)) as other:
        at = a_destination("a", server.url("/hook"))
        channel = a_destination("sys", other.url("/hook"))
        async with bench(store, at, channel, health=("sys",)) as desk:
            await desk.run(3 * SECOND)
            assert [row.state.value for row in desk.rows()] == ["parked"] * 2
            assert other.types() == ["system.destination_failed"]
            server.answer = OK
            if way == "resume":
                store.unpark("a")
            await desk.run(2 * MINUTE)
            assert [row.state.value for row in desk.rows(notifier="a")] == ["delivered"]
            other.answer, tried = OK, len(other.requests)
            await desk.run(10 * MINUTE, step=10 * SECOND)
            told = ["system.destination_failed", "system.destination_recovered"]
            assert other.types()[tried:] == told
            await desk.run(10 * MINUTE, step=10 * SECOND)
            assert {row.state.value for row in desk.rows()} == {"delivered"}
            assert len(desk.rows()) == 3  # nothing is ever told of the channel to itself


async def test_case_57_what_died_is_sent_again_once_with_its_id_and_marked_late(store):
    many(store, 1, "siem", "desk")
    answers = [Answer(status=422)]
    async with (
        LoopbackServer(lambda _: answers.pop() if answers else OK) as receiver,
        SlackReceiver() as slack,
    ):
        siem, desk_at = (
            a_destination("siem", receiver.url("/hook")),
            a_destination("desk", slack.url, "slack"),
        )
        slack.script.append(Answer(status=400, body=b"no_text"))
        async with bench(store, siem, desk_at) as desk:
            await desk.send()
            dead = [row for row in desk.rows() if row.state is DeliveryState.DEAD]
            assert len(dead) == 2
            desk.clock.advance(3 * DAY)
            assert store.replay([row.id for row in dead], desk.clock()) == [r.id for r in dead]
            await desk.send()
            again = [store.deliveries_by_id([row.id])[0] for row in dead]
            assert [row.webhook_id for row in again] == [row.webhook_id for row in dead]
            assert {(row.state.value, row.attempts) for row in again} == {("delivered", 1)}
            assert len(receiver.requests) == 2
            [late] = slack.received
            assert "delayed 4320 min" in json.dumps(late)


async def test_case_39_two_processes_send_each_row_once_and_one_at_a_time(store, tmp_path):
    many(store, 40)
    slow = Answer(body=b"ok", delay=0.002)
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as again:
        async with Server(slow) as server:
            at = a_destination("desk", server.url("/hook"))
            async with bench(store, at) as one, bench(again, at) as other:
                for _ in range(40):
                    await asyncio.gather(one.send("desk"), other.send("desk"))
                assert set(one.states()) == {"delivered"}
        assert Counter(server.ids).most_common(1)[0][1] == 1
        assert server.titles() == sorted(server.titles())


async def test_case_40_what_is_on_its_way_is_waited_for(store):
    many(store, 1, "a", "b", "c")
    async with Server(Answer(body=b"ok", delay=0.3)) as server:
        places = [a_destination(name, server.url("/hook")) for name in "abc"]
        settings, stop = a_configuration(*places), asyncio.Event()
        async with open_pipeline(settings, store, out=io.StringIO()) as pipeline:
            daemon = Daemon(pipeline, store, pipeline.writer, MemoryQueue(), settings, now=clock)
            running = asyncio.create_task(daemon.run(stop))
            while len(server.requests) < 3:
                await asyncio.sleep(0.01)
            stop.set()
            await running
        assert {row.state.value for row in store.deliveries()} == {"delivered"}
        assert max(Counter(server.ids).values()) == 1


@pytest.mark.parametrize("step", [timedelta(hours=12), timedelta(hours=-12)])
async def test_case_41_a_monitor_that_runs_takes_nothing_for_late_when_its_clock_is_set(
    store, step
):
    put(store, news(1, created=clock()))
    steps = [timedelta(0)]
    async with Server(Answer(status=503)) as server, Server() as other:
        desk = a_destination("desk", server.url("/hook"), "slack")
        siem = a_destination("siem", other.url("/hook"))
        settings, stop = a_configuration(desk, siem, health=("siem",)), asyncio.Event()

        def now():
            return clock() + sum(steps, timedelta(0))

        async with open_pipeline(settings, store, out=io.StringIO(), now=now) as pipeline:
            daemon = Daemon(pipeline, store, pipeline.writer, MemoryQueue(), settings, now=now)
            running = asyncio.create_task(daemon.run(stop))
            while store.deliveries()[0].state is not DeliveryState.RETRYING:
                await asyncio.sleep(0.01)
            steps.append(step)
            server.answer = OK
            await daemon._count()
            while store.deliveries()[0].state is not DeliveryState.DELIVERED:
                await asyncio.sleep(0.05)
            await daemon._count()
            stop.set()
            await running
    assert other.requests == []
    assert b"delayed" not in server.requests[-1].body
