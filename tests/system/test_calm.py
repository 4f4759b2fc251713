"""The real pipeline with a clock of ours: quiet hours, digests, floods, silences, escalation."""

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

from desk import SECRET, rss
from poller import LOOPBACK, Poller

from monitor.cli.poll import Held
from monitor.model import Severity, Silence
from monitor.settings import (
    AlertSettings,
    DigestSettings,
    Escalation,
    HealthSettings,
    NotifierSettings,
    QuietHours,
    Throttle,
)
from monitor.testing.clock import Clock
from monitor.testing.receivers import WebhookReceiver
from monitor.watch.rules import Watchlist
from monitor.watch.terms import parse_term

MADRID = "Europe/Madrid"
NIGHT = QuietHours(start=time(22), end=time(6), zone=MADRID)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# The clocks in Madrid go back from 03:00 to 02:00 on 26 October.
EVENING = datetime(2025, 10, 25, 21, 0, tzinfo=UTC)  # 23:00 there
MORNING = datetime(2025, 10, 26, 5, 0, tzinfo=UTC)  # 06:00 there


class Newsdesk:
    """A monitor and what arrives at its webhook."""

    def __init__(self, poller, hook):
        self.poller, self.hook = poller, hook

    async def publish(self, *titles):
        now = self.poller.clock()
        self.poller.publish(rss(*titles, published=now - MINUTE))
        await self.poller.poll(after=timedelta(0))
        await self.deliver()

    async def wait_until(self, moment, *, step=10 * MINUTE):
        """Let the daemon's ticks pass, as many as a test can bear."""
        while self.poller.clock() < moment:
            self.poller.clock.now = min(moment, self.poller.clock() + step)
            await self.deliver()

    async def deliver(self):
        pipeline = self.poller.pipeline
        await pipeline.tell_due()
        for name in self.poller.store.due_destinations(self.poller.clock()):
            await pipeline.deliver(name, Held())

    def told(self):
        """What arrived: the type, and the titles in it."""
        return [(each.message["type"], titles(each.message["data"])) for each in self.hook.verified]


def titles(data):
    if "alerts" in data:
        return sorted(each["item"]["title"] for each in data["alerts"])
    return [data["item"]["title"]] if "item" in data else []


@asynccontextmanager
async def newsdesk(folder, *, now=EVENING, alerts=None, notify=("hook",), **crisis):
    clock = Clock(now=now - HOUR)
    async with WebhookReceiver(secrets=(SECRET,), now=clock) as hook:
        hooks = {
            name: NotifierSettings(
                name=name, kind="webhook", url=hook.url, secrets=(SECRET,), allow_networks=LOOPBACK
            )
            for name in ("hook", "pager")
        }
        lists = (
            Watchlist(name="crisis", match=(parse_term("Maduro"),), notify=notify, **crisis),
            Watchlist(
                name="urgent", match=(parse_term("airspace"),), severity=Severity.CRITICAL,
                notify=notify, quiet_hours=crisis.get("quiet_hours"),
            ),
        )  # fmt: skip
        more = {
            "notifiers": hooks,
            "watchlists": lists,
            "alerts": alerts or AlertSettings(),
            "health": HealthSettings(notify=("hook",)),
        }
        async with Poller(folder, more=more, clock=clock) as poller:
            poller.publish(rss("Weather in Caracas", published=now - 2 * HOUR))
            await poller.poll()
            poller.clock.now = now
            yield Newsdesk(poller, hook)


async def test_case_51_a_night_over_a_change_of_the_clocks_ends_in_one_digest_whatever_restarts(
    tmp_path,
):
    async with newsdesk(tmp_path, quiet_hours=NIGHT) as desk:
        await desk.publish("Maduro speaks at the harbour", "Venezuelan airspace is closed")
        assert desk.told() == [("alert.created", ["Venezuelan airspace is closed"])]
        await desk.wait_until(datetime(2025, 10, 26, 0, 30, tzinfo=UTC))
        await desk.publish("Maduro opens the bridge of Apure")
        await desk.wait_until(datetime(2025, 10, 26, 2, 0, tzinfo=UTC))
        await desk.poller.restart()
        await desk.publish("Maduro signs the law on rivers")
        await desk.wait_until(MORNING - MINUTE)
        assert len(desk.told()) == 1
        await desk.poller.restart()
        await desk.wait_until(MORNING)
        await desk.poller.restart()
        await desk.wait_until(MORNING + 2 * HOUR)
        held = [
            "Maduro opens the bridge of Apure",
            "Maduro signs the law on rivers",
            "Maduro speaks at the harbour",
        ]
        assert desk.told()[1:] == [("alert.digest", held)]
        await desk.publish("Maduro receives the ambassador of Peru")
        assert desk.told()[2:] == [("alert.created", ["Maduro receives the ambassador of Peru"])]


async def test_a_digest_comes_once_at_its_time_and_not_when_there_is_nothing(tmp_path):
    alerts = AlertSettings(
        digests=(
            DigestSettings(cron="30 7 * * *", zone=MADRID, severities=frozenset({Severity.MEDIUM})),
        )
    )
    async with newsdesk(tmp_path, alerts=alerts) as desk:
        await desk.publish("Maduro speaks at the harbour")
        await desk.wait_until(MORNING + 85 * MINUTE)
        assert desk.told() == []
        await desk.wait_until(MORNING + 90 * MINUTE)
        await desk.poller.restart()
        await desk.wait_until(MORNING + 72 * HOUR, step=HOUR)
        assert desk.told() == [("alert.digest", ["Maduro speaks at the harbour"])]


async def test_a_flood_leaves_a_few_alerts_one_notice_and_one_digest(tmp_path):
    found = [
        "Maduro speaks at the harbour",
        "Maduro opens the bridge of Apure",
        "Maduro signs the law on rivers",
        "Maduro receives the ambassador of Peru",
        "Maduro praises the baseball team",
        "Maduro names another minister of health",
    ]
    async with newsdesk(tmp_path, throttle=Throttle(max_per_hour=3)) as desk:
        await desk.publish(*found)
        await desk.wait_until(EVENING + HOUR)
        told = desk.told()
        assert sorted(kind for kind, _ in told) == [
            *["alert.created"] * 3,
            "alert.digest",
            "system.watchlist_flooding",
        ]
        assert sorted(title for _, each in told for title in each) == sorted(found)
        assert told[-1][0] == "alert.digest"


async def test_a_silence_mutes_and_says_so_and_its_end_is_heard(tmp_path):
    async with newsdesk(tmp_path) as desk:
        quiet = Silence(
            id=0, watchlist="crisis", reason="drill", by="Ana", created=EVENING,
            until=EVENING + HOUR,
        )  # fmt: skip
        desk.poller.store.add_silence(quiet)
        await desk.publish("Maduro speaks at the harbour", "Venezuelan airspace is closed")
        await desk.wait_until(EVENING + HOUR)
        await desk.publish("Maduro opens the bridge of Apure")
        assert [title for _, [title] in desk.told()] == [
            "Venezuelan airspace is closed",
            "Maduro opens the bridge of Apure",
        ]
        [muted] = [item for item in desk.poller.items() if "harbour" in item.entry.title]
        [ruling] = desk.poller.store.find(muted.id)[0].rulings
        assert ruling.outcome == "silenced"
        assert ruling.reason == "silence 1 until 2025-10-25 22:00 UTC: drill"


async def test_an_edit_that_a_silence_mutes_is_stored_counted_and_told_only_if_it_goes_on(tmp_path):
    told, toll = "Tunnel collapse near Maduro’s palace kills {}", rss("Tunnel collapse")

    async def edit(desk, dead):
        words = toll.replace(b"<title>Tunnel collapse<", f"<title>{told.format(dead)}<".encode())
        desk.poller.publish(words)
        await desk.poller.poll(after=20 * MINUTE)
        await desk.deliver()

    async with newsdesk(tmp_path) as desk:
        await edit(desk, 4)
        quiet = Silence(
            id=0, watchlist="crisis", reason="drill", by="Ana", created=desk.poller.clock(),
            until=desk.poller.clock() + HOUR,
        )  # fmt: skip
        desk.poller.store.add_silence(quiet)
        await edit(desk, 9)
        [item] = [each for each in desk.poller.items() if "kills" in each.entry.title]
        [ruling] = desk.poller.store.find(item.id)[0].rulings
        [alert] = desk.poller.store.find(item.id)[0].told
        assert (ruling.outcome, ruling.alert) == ("silenced", alert.id)
        assert ruling.reason.endswith(
            "UTC: drill; numbers changed: 4 → 9; before that alerted: new story"
        )
        assert desk.poller.store.count_silenced(1) == 1
        await desk.wait_until(quiet.until)
        await edit(desk, 9)
        assert len(desk.told()) == 1
        await edit(desk, 12)
        assert [each.message["data"]["alert"].get("detail") for each in desk.hook.verified] == [
            None,
            "4 → 12",
        ]


async def test_what_is_left_lying_is_told_to_another_once(tmp_path):
    escalate = Escalation(after=15 * MINUTE, to=("pager",), severities=frozenset({Severity.MEDIUM}))
    async with newsdesk(tmp_path, escalate=escalate) as desk:
        await desk.publish("Maduro speaks at the harbour")
        await desk.wait_until(EVENING + 14 * MINUTE, step=MINUTE)
        assert len(desk.told()) == 1
        await desk.poller.restart()
        await desk.wait_until(EVENING + 2 * HOUR)
        first, second = (each.message["data"] for each in desk.hook.verified)
        assert first["alert"]["id"] == second["alert"]["id"]
        assert second["alert"]["reason"] == "nobody has acknowledged it"
        assert json.dumps(first["item"]) == json.dumps(second["item"])


async def test_a_first_alert_that_gathers_more_is_told_when_its_time_has_come(tmp_path):
    async with newsdesk(tmp_path, alerts=AlertSettings(group_wait=2 * MINUTE)) as desk:
        await desk.publish("Maduro speaks at the harbour")
        assert desk.told() == []
        await desk.poller.restart()
        await desk.wait_until(EVENING + 2 * MINUTE, step=MINUTE)
        assert desk.told() == [("alert.created", ["Maduro speaks at the harbour"])]
