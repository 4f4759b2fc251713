"""`monitor silence` mutes, lists and ends, and refuses what would mute nothing."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from store_builders import WIRE, a_poll, a_sighting_in, commit, configure

from monitor.alerts.policy import Policy
from monitor.cli import cli
from monitor.errors import UsageError
from monitor.pipeline.deciding import decider
from monitor.settings import AlertSettings
from monitor.store import Store
from monitor.watch.rules import Watchlist

CONFIG = """
sources: [{url: https://wire.example/feed, name: Wire}]
entities: {maduro: {name: Maduro}}
watchlists:
  crisis: [entity: maduro]
notifiers: {desk: {type: console}}
notify: [desk]
"""


class Desk:
    def __init__(self, folder):
        self.config = folder / "config.yaml"
        self.url = f"sqlite:///{folder}/monitor.db"
        self.config.write_text(f"{CONFIG}store: {{url: '{self.url}'}}\n")

    def run(self, *arguments):
        return CliRunner().invoke(cli, [*arguments, "-c", str(self.config)], standalone_mode=False)

    def add(self, *arguments):
        return json.loads(self.run("silence", "add", *arguments, "--json").stdout)

    def refusal(self, *arguments):
        given = self.run("silence", "add", *arguments)
        assert isinstance(given.exception, UsageError), given.output
        return str(given.exception)

    def publish(self, guid):
        crisis = Watchlist(name="crisis", match=(), notify=("desk",))
        any_age = AlertSettings(max_age=timedelta(days=10_000))
        decide = decider(Policy(alerts=any_age, watchlists={"crisis": crisis}))
        now = datetime.now(UTC)
        with Store.open(self.url) as store:
            [state] = configure(store, WIRE, now=now)
            found = a_sighting_in(state, guid, title=f"Maduro opens bridge {guid}", now=now)
            [made] = commit(store, a_poll(state, found, now=now), decide=decide)
        return made.alerts


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_silence_is_added_counted_and_ended(desk):
    made = desk.add("--watchlist", "crisis", "--for", "2h", "--reason", "drill", "--by", "Ana")
    assert (made["id"], made["watchlist"], made["by"], made["lasts"]) == (1, "crisis", "Ana", True)
    lasts = datetime.fromisoformat(made["until"]) - datetime.fromisoformat(made["created"])
    assert lasts == timedelta(hours=2)
    assert desk.publish("1") == ()
    listed = desk.run("silence", "list", "-v").stdout
    assert "   1  watchlist crisis, until " in listed
    assert "by Ana: drill; muted 1 item\n" in listed
    ended = desk.run("silence", "end", "1")
    assert (ended.return_value, "ended" in ended.stdout) == (0, True)
    assert len(desk.publish("2")) == 1
    assert desk.run("silence", "list").stdout == ""
    [row] = json.loads(desk.run("silence", "list", "--all", "--json", "-v").stdout)
    assert (row["lasts"], row["muted"]) == (False, 1)


def test_a_story_is_muted_by_one_of_its_alerts(desk):
    [alert] = desk.publish("1")
    until = "2099-01-01T00:00:00+01:00"
    made = desk.add("--story", alert.id[:12], "--until", until, "--reason", "known")
    assert (made["story"], made["until"]) == (alert.story.id, "2098-12-31T23:00:00Z")


def test_a_source_is_muted_by_its_name_or_address(desk):
    for name in ("Wire", WIRE):
        assert desk.add("--source", name, "--for", "1h", "--reason", "x")["source"] == "Wire"


def test_a_silence_that_nobody_has_cannot_end(desk):
    given = desk.run("silence", "end", "7")
    assert given.return_value == 1
    assert "no silence 7 lasts" in given.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--for", "2h", "--reason", "x"), "name what to mute"),
        (("--watchlist", "crisis", "--reason", "x"), "--for 2h, or --until"),
        (("--watchlist", "crisis", "--for", "2", "--reason", "x"), "--for: 2 of what?"),
        (("--watchlist", "crisis", "--until", "noon", "--reason", "x"), "“noon” is not a time"),
        (("--watchlist", "crisis", "--until", "2099-01-01T00:00", "--reason", "x"), "which zone"),
        (("--watchlist", "crisis", "--until", "2020-01-01T00:00Z", "--reason", "x"), "before it begins"),
        (("--watchlist", "crisis", "--for", "2h", "--reason", " "), "--reason says why"),
        (("--watchlist", "crysis", "--for", "2h", "--reason", "x"), "did you mean “crisis”?"),
        (("--entity", "madruo", "--for", "2h", "--reason", "x"), "did you mean “maduro”?"),
        (("--source", "Wyre", "--for", "2h", "--reason", "x"), "did you mean “Wire”?"),
        (("--story", "abc", "--for", "2h", "--reason", "x"), "no story or alert is called “abc”"),
    ],
)  # fmt: skip
def test_what_would_mute_nothing_or_for_ever_is_refused(desk, arguments, said):
    assert said in desk.refusal(*arguments)
