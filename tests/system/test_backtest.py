"""`monitor backtest` over what a real poll stored, and alerts by a watchlist that is new."""

import json

import pytest
from desk import Desk, rss

LATER = """
watchlists:
  later: {match: [airspace], none: [baseball]}
"""


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        desk.configure(["/wire"])
        desk.publish(
            "/wire",
            rss(
                "Maduro closes the airspace over Caracas",
                "Airspace is closed to baseball teams",
                "The airspace closed again, say pilots",
                "Weather is fine in the north today",
            ),
        )
        assert (await desk.run("poll", "--all")).code == 0
        yield desk


def add_watchlist(desk):
    (desk.folder / "later.yaml").write_text(LATER)
    text = (desk.folder / "config.yaml").read_text()
    (desk.folder / "config.yaml").write_text("include: [later.yaml]\n" + text)


async def test_a_watchlist_that_does_not_run_yet_is_tested_on_stored_items(desk):
    add_watchlist(desk)
    ran = await desk.run("backtest", "later", "--since", "1d", "--json")
    assert (ran.code, ran.json["items"]) == (0, 4)
    [later] = ran.json["watchlists"]
    assert (later["matches"], later["vetoed"], later["alerts"]) == (2, 1, 0)
    assert later["outcome"] == {"first_poll": 2, "vetoed": 1}
    assert {row["term"]: row["items"] for row in later["terms"]} == {"airspace": 3, "baseball": 1}
    assert "first_poll" in ran.json["simulated"]
    text = await desk.run("backtest", "later")
    assert "2 matches (50.0 % of items): 2 first_poll, 1 vetoed" in text.out
    assert desk.slack.received == desk.siem.verified == []


async def test_a_file_of_items_is_tested_with_alerts_by_day_and_a_curve(desk):
    items = [
        {"title": f"Maduro speaks again, part {n}", "published": f"2025-11-{day}T10:00:00Z"}
        for n, day in enumerate([10, 10, 12])
    ]
    stdin = "".join(json.dumps(item) + "\n" for item in items)
    ran = await desk.run("backtest", "--items", "-", stdin=stdin)
    assert ran.code == 0
    assert "crisis: 3 alerts, 1.0 a day, at most 2 in an hour (2025-11-10 10:00)" in ran.out
    assert "█ ▄  at most 2 a day" in ran.out
    assert "  vetoes never found: baseball" in ran.out
    ran = await desk.run("backtest", "--items", "-", "--json", stdin=stdin)
    [crisis] = ran.json["watchlists"]
    assert crisis["alerts_per_day"] == {"2025-11-10": 2, "2025-11-11": 0, "2025-11-12": 1}
    assert crisis["never"] == ["baseball"]
    quiet = await desk.run("backtest", "--items", "-", stdin='{"title": "Weather"}\n')
    assert quiet.code == 1


async def test_a_new_watchlist_alerts_on_stored_items_once(desk):
    add_watchlist(desk)
    ran = await desk.run("backtest", "--alert", "later", "--since", "6h")
    assert ran.code == 2
    assert "2 alerts" in ran.err
    ran = await desk.run("backtest", "--alert", "later", "--since", "6h", "--yes", "--json")
    assert (ran.code, len(ran.json)) == (0, 2)
    assert len(desk.siem.verified) == len(desk.slack.received) == 2
    alert = desk.siem.verified[0].message["data"]
    assert (alert["alert"]["reason"], alert["watchlist"]["name"]) == ("backtest", "later")
    again = await desk.run("backtest", "--alert", "later", "--since", "6h", "--yes")
    assert (again.code, again.out) == (0, "nothing that the watchlist has not ruled on already\n")
    assert len(desk.siem.verified) == 2
    told = await desk.run("explain", alert["item"]["id"])
    assert "later: alerted — a backtest was asked to alert" in told.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--items", "-", "--since", "1d"],
        ["--items", "-", "--alert"],
        ["--alert", "crisis"],
        ["--alert", "--since", "1d"],
        ["nobody"],
        ["--since", "30"],
    ],
)
async def test_what_a_backtest_cannot_do_is_a_usage_error(desk, arguments):
    assert (await desk.run("backtest", *arguments)).code == 2


async def test_a_backtest_over_nothing_stored_says_no(tmp_path):
    async with Desk(tmp_path) as desk:
        desk.configure(["/wire"])
        ran = await desk.run("backtest", "--since", "1d")
        assert ran.code == 1
        assert "0 items" in ran.out
