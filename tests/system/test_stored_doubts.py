"""Warnings of `monitor check` that only a store can tell."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from builders import a_source
from desk import Desk
from store_builders import PARTS, a_poll, a_sighting_in, again, decide_for

from monitor.store import Store

CONFIG = """\
sources: [{url: "https://wire.example/feed", name: Wire, language: en}]
watchlists:
  desk: [Caracas, {all: [Trump, NOTAM]}, {query: "Miraflores OR Trump"}]
  silent: [Esequibo]
"""
URL = "https://wire.example/feed"


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        (tmp_path / "config.yaml").write_text(CONFIG)
        yield desk


def fill(desk, *, days, items=300):
    """Store items over so many days; one in fifty names Trump, one of all Caracas."""
    now = datetime.now(UTC)
    with Store.open(f"sqlite:///{desk.folder}/monitor.db") as store:
        store.sync_sources([a_source(url=URL)], now=now, rng=random.Random(1))
        for day in range(days, -1, -30):
            at = now - timedelta(days=day) + timedelta(minutes=1)
            [state] = store.source_states()
            titles = [
                f"{'Trump' if n % 50 == 0 else 'Somebody'} says {n}" + " in Caracas" * (n == 7)
                for n in range(items)
            ]
            found = [
                a_sighting_in(state, f"{day}-{n}", title=title, matches=(), now=at)
                for n, title in enumerate(titles)
            ]
            store.commit([a_poll(again(store, state), *found, now=at)], decide_for(), **PARTS)


async def test_a_frequent_term_and_a_silent_watchlist_are_doubtful(desk):
    fill(desk, days=60)
    ran = await desk.run("check", "--json")
    assert [(each["code"], each["line"], each["col"]) for each in ran.json] == [
        ("frequent-term", 3, 65),
        ("never-matched", 4, 3),
    ]
    assert "2.0 % of 600 stored items" in ran.json[0]["message"]
    assert "none of 600 stored items matches it now" in ran.json[1]["message"]
    assert (await desk.run("check", "--strict")).code == 78


async def test_a_young_store_says_nothing_of_silence(desk):
    fill(desk, days=0)
    assert [each["code"] for each in (await desk.run("check", "--json")).json] == ["frequent-term"]


async def test_a_few_items_prove_nothing(desk):
    fill(desk, days=0, items=100)
    assert (await desk.run("check", "--json")).json == []


async def test_without_a_store_nothing_is_made_and_nothing_said(desk):
    ran = await desk.run("check", "--json", "--strict")
    assert (ran.code, ran.json) == (0, [])
    assert not (desk.folder / "monitor.db").exists()
    (desk.folder / "monitor.db").write_text("not a database at all, but something else entirely")
    assert (await desk.run("check", "--json")).json == []
