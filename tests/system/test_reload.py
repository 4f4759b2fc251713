"""A running daemon takes over what is saved, once, and keeps what it has where that is wrong."""

import asyncio
import json
import os
import re
import signal

import pytest
from desk import CONFIG, SECRET, Desk, rss

from monitor.store import Store

INCLUDE = 'include: ["watchlists.d/*.yaml"]\n'


class Reloading(Desk):
    """A desk whose configuration changes while its daemon runs."""

    polling = False  # folders are looked through, as where the system gives no events

    def _environment(self):
        forced = {"WATCHFILES_FORCE_POLLING": "1"} if self.polling else {}
        return super()._environment() | forced

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def text(self, *terms, extra=""):
        """The desk's configuration with these terms in its watchlist."""
        text = CONFIG.replace("[Maduro]", f"[{', '.join(terms)}]").replace("1s", "0.2s")
        sources = json.dumps([self.server.url("/wire")])
        slack, siem = self.slack.url, self.siem.url
        return text.format(sources=sources, slack=slack, siem=siem, secret=SECRET) + extra

    async def begin(self, *terms, extra=""):
        self.publish("/wire", rss("Quiet day"))
        self.write("config.yaml", self.text(*(terms or ("Maduro",)), extra=extra))
        await self.start()
        await self.polled("/wire", 2)

    def log(self):
        return (self.folder / "log").read_text()

    def reloads(self):
        """What changed at each reload, as the log says it."""
        found = re.findall(r'msg="the configuration was reloaded".* changed=(.*)', self.log())
        return [each.strip('"') for each in found]

    async def reloaded(self, change):
        """Do what changes the files, and wait until that is taken over; return what changed."""
        before = len(self.reloads())
        result = change()
        if asyncio.iscoroutine(result):
            await result
        await self.until(
            lambda: len(self.reloads()) > before, seconds=45
        )  # not by the minute's look
        return self.reloads()[-1]

    async def refused(self, change, why):
        before = self.log().count("is not taken over")
        change()
        await self.until(lambda: self.log().count("is not taken over") > before)
        assert why in self.log()

    async def status(self):
        return (await self.run("status", "--json")).json["configuration"]

    def told(self):
        """What the daemon keeps for `monitor status`, without the second that a process takes."""
        with Store.open(f"sqlite:///{self.folder}/monitor.db") as store:
            return store.running()

    async def tells(self, **expected):
        """Wait until the daemon has told this of its configuration."""

        def as_expected():
            told = self.told()
            return {name: getattr(told, name) for name in expected} == expected

        await self.until(as_expected)

    def own(self):
        """The types of what the monitor said of itself."""
        types = [receipt.message["type"] for receipt in self.siem.verified]
        return [each for each in types if each.startswith("system.")]

    def titles(self):
        messages = [receipt.message["data"] for receipt in self.siem.verified]
        return [each["item"]["title"] for each in messages if "item" in each]


@pytest.fixture
async def desk(tmp_path):
    async with Reloading(tmp_path) as desk:
        yield desk


async def test_a_saved_change_counts_from_then_on_and_sends_nothing_twice(desk):
    await desk.begin("Maduro")
    first = desk.told()
    desk.publish("/wire", rss("Maduro speaks", "An airspace story from before", "Quiet day"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])
    wanted = desk.text("Maduro", "airspace", "speaks")
    assert await desk.reloaded(lambda: desk.write("config.yaml", wanted)) == "watchlists"
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Airspace closed now", "Maduro speaks", "Quiet day"))
    await desk.until(lambda: "Airspace closed now" in desk.titles())
    await desk.polled("/wire", 2)
    assert desk.titles() == ["Maduro speaks", "Airspace closed now"]
    told = await desk.status()
    assert told["digest"] != first.digest
    assert desk.told().loaded_at >= first.loaded_at
    assert (told["rejected"], told["restart"]) == (None, [])
    assert desk.own() == []
    assert await desk.stop() == 0


async def test_every_way_of_saving_is_noticed(desk):
    await desk.begin("zero")
    path = desk.folder / "config.yaml"

    def over():  # sed -i, and most editors
        desk.write("new", desk.text("one")).replace(path)

    def by_vim():
        path.rename(desk.folder / "config.yaml~")
        desk.write("config.yaml", desk.text("two"))
        (desk.folder / "config.yaml~").unlink()

    async def in_two_steps():
        path.write_text("")
        await asyncio.sleep(0.8)
        path.write_text(desk.text("three"))

    for save in (over, by_vim, in_two_steps):
        assert await desk.reloaded(save) == "watchlists"
    assert len(desk.reloads()) == 3
    assert "there are no sources" not in desk.log()


async def test_included_files_may_come_change_and_go(desk):
    await desk.begin(extra=INCLUDE)
    more = "watchlists: {airspace: [airspace]}\n"
    assert await desk.reloaded(lambda: desk.write("watchlists.d/a.yaml", more)) == "watchlists"
    await desk.tells(watchlists=2)
    more = "watchlists: {airspace: [airspace, NOTAM], oil: [Brent]}\n"
    assert await desk.reloaded(lambda: desk.write("watchlists.d/a.yaml", more)) == "watchlists"
    await desk.tells(watchlists=3)
    assert await desk.reloaded((desk.folder / "watchlists.d/a.yaml").unlink) == "watchlists"
    await desk.tells(watchlists=1)


async def test_a_file_that_is_saved_slowly_loses_nothing(desk):
    await desk.begin(extra=INCLUDE)
    path = desk.folder / "config.yaml"
    right = path.read_text()
    lists = "watchlists:\n  airspace: [airspace, NOTAM, no-fly zone]\n"
    more = desk.folder / "watchlists.d/a.yaml"
    assert await desk.reloaded(lambda: desk.write("watchlists.d/a.yaml", lists)) == "watchlists"
    await desk.refused(lambda: more.write_text("watchlists:\n"), "a.yaml:1:1: error: “watchlists”")
    await desk.refused(lambda: path.write_text(""), "config.yaml: error: the file held")
    assert desk.told().watchlists == 2

    async def in_three_steps():
        path.write_text(right)
        more.write_text(lists[:20])
        await asyncio.sleep(1)
        more.write_text(lists + "  oil: [Brent]\n")

    assert await desk.reloaded(in_three_steps) == "watchlists"
    await desk.tells(watchlists=3)


async def test_a_warning_is_logged_when_it_is_new(desk):
    def doubtful(*words):
        return INCLUDE + "entities: {e: {name: Somebody}}\n" + "# a line more\n" * len(words)

    await desk.begin("Maduro", extra=doubtful())
    unused, common = "[unused-entity]", "[common-word]"
    assert desk.log().count(unused) == 1
    for words in (("the",), ("the", "with")):
        text = desk.text("Maduro", *words, extra=doubtful(*words))
        assert (
            await desk.reloaded(lambda text=text: desk.write("config.yaml", text)) == "watchlists"
        )
    assert (desk.log().count(unused), desk.log().count("“the” is a very common")) == (1, 2)
    assert "“with” is a very common" in desk.log()
    wrong = text + "nonsense: 1\n"
    await desk.refused(lambda: desk.write("config.yaml", wrong), "unknown-option")
    assert (desk.log().count(unused), desk.log().count(common)) == (1, 3)
    await desk.until(lambda: desk.own() == ["system.config_rejected"])
    said = desk.siem.verified[0].message["data"]
    assert "warning" not in json.dumps(said)


async def test_a_secret_in_a_file_is_followed(desk):
    secret = desk.write("siem_secret", SECRET)
    desk.publish("/wire", rss("Quiet day"))
    text = desk.text("Maduro").replace(SECRET, "${file:siem_secret}")
    desk.write("config.yaml", text)
    await desk.start()
    await desk.polled("/wire", 2)
    other = "whsec_b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIh"
    assert await desk.reloaded(lambda: secret.write_text(other)) == "notifiers"
    desk.siem.secrets = (other,)
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])
    assert other not in desk.log()


async def test_a_kubernetes_volume_is_followed(desk):
    def volume(name, text):
        desk.write(f"{name}/config.yaml", text)
        (desk.folder / "..tmp").symlink_to(name)
        (desk.folder / "..tmp").replace(desk.folder / "..data")

    desk.publish("/wire", rss("Quiet day"))
    one, two, three = desk.text("one"), desk.text("two"), desk.text("three")
    volume("..1", one)
    (desk.folder / "config.yaml").symlink_to("..data/config.yaml")
    await desk.start()
    await desk.polled("/wire", 2)
    assert await desk.reloaded(lambda: volume("..2", two)) == "watchlists"
    assert await desk.reloaded(lambda: volume("..3", three)) == "watchlists"


async def test_twenty_saves_in_a_second_are_one_change_and_the_last_counts(desk):
    await desk.begin("zero")
    texts = [desk.text(f"term{number}") for number in range(20)]

    async def save():
        for text in texts:
            desk.write("config.yaml", text)
            await asyncio.sleep(0.05)

    await desk.reloaded(save)
    desk.publish("/wire", rss("About term19", "About term5", "Quiet day"))
    await desk.until(lambda: bool(desk.titles()))
    await desk.polled("/wire", 2)
    assert desk.titles() == ["About term19"]
    assert len(desk.reloads()) <= 3


async def test_what_is_wrong_is_told_once_and_the_running_configuration_stays(desk):
    await desk.begin("Maduro", extra=INCLUDE)
    right = (desk.folder / "config.yaml").read_text()
    before = desk.told()
    await desk.refused(lambda: desk.write("config.yaml", right + "nonsense: [\n"), "not-yaml")
    checked = await desk.run("check")
    assert checked.code == 78
    place = checked.err.splitlines()[0].partition(": ")[0]
    status = await desk.run("status", "--json")
    assert status.code == 1
    told = status.json["configuration"]
    assert told["rejected"]["error"].startswith(place)
    assert (desk.told().digest, desk.told().loaded_at) == (before.digest, before.loaded_at)
    assert told["digest"] == before.digest
    assert "was not taken over" in (await desk.run("status")).out
    desk.daemon.send_signal(signal.SIGHUP)  # the same mistake again
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])
    await desk.polled("/wire", 3)
    assert desk.own() == ["system.config_rejected"]
    assert place in desk.siem.verified[0].message["data"]["title"]
    other = right.replace("Maduro", "Maduro, Caracas")
    assert await desk.reloaded(lambda: desk.write("config.yaml", other)) == "watchlists"
    await desk.tells(rejected=None)
    assert await desk.stop() == 0


async def test_a_configuration_that_is_gone_or_cannot_be_read_is_waited_for(desk):
    await desk.begin("Maduro", extra=INCLUDE)
    path = desk.folder / "config.yaml"
    right = path.read_text()
    await desk.refused(path.unlink, "no-file")
    other = right.replace("Maduro", "Caracas")
    assert await desk.reloaded(lambda: path.write_text(other)) == "watchlists"
    await desk.refused(lambda: (path.unlink(), path.mkdir()), "unreadable")
    path.rmdir()
    assert await desk.reloaded(lambda: path.write_text(right)) == "watchlists"
    if os.geteuid():
        await desk.refused(lambda: path.chmod(0), "unreadable")


async def test_a_hangup_reloads(desk):
    await desk.begin("Maduro")
    assert await desk.reloaded(lambda: desk.daemon.send_signal(signal.SIGHUP)) == "nothing"
    assert await desk.stop() == 0


async def test_sources_and_notifiers_that_come_and_go_are_followed(desk):
    desk.publish("/other", rss("Elsewhere"))
    await desk.begin("Maduro")
    text = desk.text("Maduro")
    wire, other = desk.server.url("/wire"), desk.server.url("/other")
    moved = text.replace(wire, other).replace("notify: [desk, siem]", "notify: [siem]")
    moved = "\n".join(line for line in moved.splitlines() if "type: slack" not in line) + "\n"
    desk.write("config.yaml", text)
    changed = await desk.reloaded(lambda: desk.write("config.yaml", moved))
    assert {"sources", "watchlists", "notifiers"} <= set(changed.split(", "))
    await desk.polled("/other", 2)
    visited = desk.newsroom.count("/wire", 200, 304)
    desk.publish("/other", rss("Maduro speaks elsewhere", "Elsewhere"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks elsewhere"])
    await desk.polled("/other", 2)
    assert desk.newsroom.count("/wire", 200, 304) == visited
    assert desk.slack.received == []


async def test_deliveries_for_a_notifier_that_left_wait_with_a_reason_and_go_when_it_is_back(desk):
    await desk.begin("Maduro")
    path = desk.folder / "config.yaml"
    text = path.read_text()
    away = "\n".join(line for line in text.splitlines() if "type: slack" not in line) + "\n"
    away = away.replace("notify: [desk, siem]", "notify: [siem]")
    down = text.replace(desk.slack.url, "http://127.0.0.1:9/hook")
    await desk.reloaded(lambda: path.write_text(down))
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])
    await desk.reloaded(lambda: path.write_text(away))

    async def row():
        rows = (await desk.run("deliveries", "list", "--json")).json
        [slack] = [each for each in rows if each["notifier"] == "desk"]
        return slack

    held = await row()
    assert (held["state"], held["reason"]) == (
        "parked",
        "no_destination: no notifier is named “desk” now",
    )
    await desk.reloaded(lambda: path.write_text(text))
    await desk.until(lambda: len(desk.slack.received) == 1)


async def test_what_counts_only_after_a_restart_is_said(desk):
    await desk.begin("Maduro")
    text = (desk.folder / "config.yaml").read_text()
    other = text.replace("listen: off", 'listen: "127.0.0.1:0"') + "log: {level: debug}\n"
    await desk.reloaded(lambda: desk.write("config.yaml", other))
    await desk.tells(restart=("web.listen",))
    assert "web.listen has changed; that counts only after a restart" in desk.log()
    await desk.until(lambda: "level=debug" in desk.log())
    await desk.reloaded(lambda: desk.write("config.yaml", text))
    await desk.tells(restart=())


async def test_how_many_are_polled_at_once_is_followed(desk):
    await desk.begin("Maduro")
    fewer = desk.text("Maduro").replace("timeout: 5s", "timeout: 5s, at_once: 1")
    assert await desk.reloaded(lambda: desk.write("config.yaml", fewer)) == "poll"
    assert desk.told().restart == ()
    await desk.polled("/wire", 2)
    desk.publish("/wire", rss("Maduro speaks", "Quiet day"))
    await desk.until(lambda: desk.titles() == ["Maduro speaks"])


async def test_where_events_are_not_wanted_the_folders_are_looked_through(desk):
    desk.polling = True
    await desk.begin("Maduro")
    one, two = desk.text("one"), desk.text("two")
    assert await desk.reloaded(lambda: desk.write("config.yaml", one)) == "watchlists"
    assert await desk.reloaded(lambda: desk.write("config.yaml", two)) == "watchlists"
