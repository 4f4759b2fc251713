"""`monitor explain`, `ack` and `unack` tell and change how a watchlist stands with a story."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from store_builders import WIRE, a_poll, a_sighting_in, commit, configure

from monitor.alerts.policy import Policy
from monitor.cli import cli
from monitor.pipeline.deciding import decider
from monitor.settings import AlertSettings
from monitor.store import Store
from monitor.watch.rules import Watchlist

CONFIG = """
sources: [https://wire.example/feed]
watchlists:
  crisis: [Maduro]
notifiers:
  desk: {type: console}
notify: [desk]
"""
OUTLETS = [WIRE, *[f"https://outlet-{n}.example/rss" for n in range(3)]]
ANY_AGE = AlertSettings(max_age=timedelta(days=10_000))
TITLE = "Maduro says explosion at fuel depot kills 27"


class Desk:
    """A stored story that four outlets told in the last half hour."""

    def __init__(self, folder):
        self.config = folder / "config.yaml"
        url = f"sqlite:///{folder}/monitor.db"
        self.config.write_text(f"{CONFIG}store: {{url: '{url}'}}\n")
        crisis = Watchlist(name="crisis", match=(), notify=("desk",))
        decide = decider(Policy(alerts=ANY_AGE, watchlists={"crisis": crisis}))
        began = datetime.now(UTC) - timedelta(minutes=30)
        with Store.open(url) as store:
            for number, state in enumerate(configure(store, *OUTLETS, now=began)):
                at = began + timedelta(minutes=number)
                found = a_sighting_in(state, "1", title=TITLE, now=at)
                commit(store, a_poll(state, found, now=at), decide=decide)
            [self.alert] = [row.alert for row in store.deliveries()]
            self.item = min(store.items(), key=lambda item: item.first_seen)

    def run(self, *arguments):
        return CliRunner().invoke(cli, [*arguments, "-c", str(self.config)], standalone_mode=False)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_explain_says_what_was_told_and_what_would_be_told_next(desk):
    shown = desk.run("explain", desk.alert).output
    assert "case open, begun" in shown
    assert f"new story (alert {desk.alert})" in shown
    assert "next: a follow-up leaves at" in shown
    assert "more sources: told by 4 sources" in shown
    [told] = json.loads(desk.run("explain", desk.item.id, "--json").output)
    case = told["cases"]["crisis"]
    assert (case["state"], case["similar"], len(case["told"])) == ("open", 2, 1)
    assert case["due_at"]
    assert case["acknowledged"] is None


def test_an_alert_is_acknowledged_and_that_is_taken_back(desk):
    ran = desk.run("ack", desk.alert[:10], "--by", "Ana", "--note", "called them")
    assert (ran.return_value, "acknowledged" in ran.output) == (0, True)
    shown = desk.run("explain", desk.item.id).output
    assert "case acked, begun" in shown
    assert "acknowledged by Ana" in shown
    assert "called them" in shown
    assert "next: only what changes it is told: other numbers" in shown
    back = json.loads(desk.run("unack", desk.alert, "--json").output)
    assert back[0]["state"] == "open"
    assert "acknowledged" not in desk.run("explain", desk.item.id).output


@pytest.mark.parametrize("wanted", ["nothing", " "])
def test_an_alert_that_is_none_is_not_acknowledged(desk, wanted):
    ran = desk.run("ack", wanted)
    assert ran.return_value == 1


def items():
    """Return a story of a rising toll and its copies, as lines of a file."""
    text = "The fire destroyed a depot beside the river port, firefighters told reporters there."
    rows = [(0, 27), (3, 27), (20, 28), (25, 27), (70, 31)]
    return "\n".join(
        json.dumps(
            {
                "title": f"Maduro says explosion at fuel depot kills {toll}",
                "summary": text,
                "source": f"https://outlet-{minute}.example/rss",
                "published": f"2025-11-30T{21 + minute // 60}:{minute % 60:02}:00Z",
                "language": "en",
            }
        )
        for minute, toll in rows
    )


def test_match_says_which_items_are_follow_ups(desk, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text(items())
    told = desk.run("match", "--items", str(file)).output.splitlines()
    outcomes = [json.loads(line)["outcome"]["crisis"] for line in told]
    assert outcomes == ["alerted", "similar", "updated", "similar", "updated"]


def test_a_backtest_counts_follow_ups_apart(desk, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text(items())
    [told] = json.loads(desk.run("backtest", "--items", str(file), "--json").output)["watchlists"]
    assert (told["alerts"], told["follow_ups"]) == (1, 2)
    shown = desk.run("backtest", "--items", str(file)).output
    assert "crisis: 1 alert," in shown
    assert "2 follow-ups on the same stories" in shown
