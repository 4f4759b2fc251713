"""`monitor explain` says why an item is told with others: which one it is like, and in what."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from store_builders import WIRE, a_poll, a_sighting_in, commit, configure

from monitor.alerts.policy import Policy
from monitor.cli import cli
from monitor.pipeline.deciding import decider
from monitor.pipeline.gists import Gists
from monitor.settings import AlertSettings
from monitor.store import Store
from monitor.watch.rules import Watchlist

SHORE, COAST = "https://shore.example/rss", "https://coast.example/rss"
CONFIG = "sources: [https://wire.example/feed]\nwatchlists: {crisis: [refinery]}\n"
FIRST = (
    "Explosion at Amuay refinery kills dozens of workers",
    "A gas leak set storage tanks at the Amuay refinery alight before dawn, officials said.",
)
ALIKE = (
    "Dozens killed in blast at Venezuela's Amuay refinery",
    "Storage tanks were still burning hours after the explosion, which followed a gas leak.",
)


class Desk:
    def __init__(self, folder):
        self.url = f"sqlite:///{folder}/monitor.db"
        self.config = folder / "config.yaml"
        self.config.write_text(f"{CONFIG}store: {{url: '{self.url}'}}\n")
        crisis = Watchlist(name="crisis", match=(), notify=("console",))
        self.decide = decider(Policy(alerts=AlertSettings(), watchlists={"crisis": crisis}))
        self.now = datetime.now(UTC) - timedelta(hours=2)
        with Store.open(self.url) as store:
            configure(store, WIRE, SHORE, COAST, now=self.now)

    def publish(self, url, title, summary, **changes):
        """Have a source publish an article; return its id."""
        self.now += timedelta(minutes=10)
        with Store.open(self.url) as store:
            [state] = store.source_states([url])
            found = a_sighting_in(state, title, title=title, now=self.now)
            entry = replace(found.item.entry, summary=summary, published=self.now)
            item = replace(found.item, entry=entry, language="en", **changes)
            found = replace(found, item=item, gist=Gists().of(item, "en"))
            commit(store, a_poll(state, found, now=self.now), decide=self.decide)
        return item.id

    def explain(self, item):
        def run(*more):
            arguments = ["explain", item, "-c", str(self.config), *more]
            return CliRunner().invoke(cli, arguments, standalone_mode=False).output

        [told] = json.loads(run("--json"))
        return told["story"]["joined"], run()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_an_item_that_is_like_another_says_which_and_by_what_words(desk):
    first = desk.publish(WIRE, *FIRST)
    alike = desk.publish(SHORE, *ALIKE)
    joined, shown = desk.explain(alike)
    assert (joined["by"], joined["item"]) == ("likeness", first)
    assert {"amuay", "refinery"} <= set(joined["words"])
    assert f"much the same as “{FIRST[0]}” (wire.example" in shown
    assert "both say" in shown


def test_the_item_that_began_a_story_joined_nothing(desk):
    first = desk.publish(WIRE, *FIRST)
    desk.publish(SHORE, *ALIKE)
    joined, shown = desk.explain(first)
    assert joined is None
    assert "told in it because" not in shown


def test_of_several_items_the_one_most_alike_is_named(desk):
    desk.publish(WIRE, *FIRST)
    alike = desk.publish(SHORE, *ALIKE)
    again = "Venezuela's Amuay refinery: dozens killed in blast, tanks burning"
    later = desk.publish(COAST, again, ALIKE[1].replace("hours", "a day"))
    joined, _ = desk.explain(later)
    assert joined["item"] == alike


def test_a_copy_and_the_same_link_and_headline_are_named_as_such(desk):
    link = "a1" * 16
    first = desk.publish(WIRE, *FIRST, link_key=link)
    copied = desk.publish(SHORE, "Amuay refinery: " + FIRST[0], FIRST[1])
    linked = desk.publish(COAST, "Read this", "", link_key=link)
    assert desk.explain(copied)[0]["by"] == "duplicate"
    assert desk.explain(linked)[0]["by"] == "link"
    titled = desk.publish(COAST, *FIRST)
    joined, shown = desk.explain(titled)
    assert (joined["by"], joined["item"]) == ("headline", first)
    assert "its headline is that of" in shown
