"""The commands as a person types them, in a process of their own."""

import asyncio
import gzip
import json
import sys
import zlib

import pytest
from desk import Desk, rss

from monitor.testing.server import Answer

CONFIG = """\
sources:
  - {url: "https://wire.example/feed", name: Wire, tags: [wire]}
entities:
  maduro:
    name: Nicolás Maduro
    ambiguous: [=Maduro]
    context: [Venezuela]
    exclude: [cigar*]
watchlists:
  crisis:
    severity: high
    match: [entity: maduro]
    none: [baseball]
    tests:
      match: ["Maduro speaks"]
      no_match: ["Best maduro cigars"]
  airspace: [airspace]
"""


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        (tmp_path / "config.yaml").write_text(CONFIG)
        yield desk


async def test_help_lists_every_command_with_its_line(desk):
    ran = await desk.run("--help")
    assert ran.code == 0
    for name in ("demo", "run", "check", "explain", "completion"):
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize(
    "name",
    [
        "demo",
        "init",
        "run",
        "check",
        "test",
        "poll",
        "parse",
        "match",
        "backtest",
        "explain",
        "status",
        "send-test",
        "deliveries",
        "config",
        "schema",
        "version",
        "completion",
    ],
)
async def test_every_command_has_help_with_an_example(desk, name):
    ran = await desk.run(name, "--help")
    assert ran.code == 0
    assert "Example: " in ran.out


async def test_a_wrong_command_and_a_wrong_option_are_usage_errors(desk):
    assert (await desk.run("chekc")).code == 2
    assert (await desk.run("check", "--nope")).code == 2


async def test_check_says_what_is_there(desk):
    ran = await desk.run("check")
    assert (ran.code, ran.err) == (0, "")
    assert "1 source, 2 watchlists" in ran.out


async def test_check_prints_every_mistake_with_its_place_and_exits_78(desk):
    wrong = CONFIG.replace("severity: high", "severity: hihg").replace("exclude:", "exclud:")
    (desk.folder / "config.yaml").write_text(wrong)
    ran = await desk.run("check")
    assert ran.code == 78
    assert ran.out == ""
    assert "config.yaml:11:15" in ran.err
    assert ran.err.count("did you mean") == 2
    problems = (await desk.run("check", "--json")).json
    assert {"file", "line", "col", "code", "message", "help"} <= problems[0].keys()
    assert (await desk.run("run")).code == 78


async def test_no_configuration_says_how_to_write_one(desk):
    (desk.folder / "config.yaml").unlink()
    ran = await desk.run("run")
    assert ran.code == 78
    assert "monitor init" in ran.err


async def test_init_writes_a_configuration_that_checks_and_whose_tests_pass(desk):
    (desk.folder / "config.yaml").unlink()
    assert (await desk.run("init")).code == 0
    assert (await desk.run("check", "--strict")).code == 0
    assert (await desk.run("test")).code == 0
    assert (await desk.run("init")).code == 3


async def test_the_tests_in_watchlists_pass_and_fail_with_what_is_missing(desk):
    ran = await desk.run("test")
    assert (ran.code, ran.out) == (0, "2 passed, 0 failed\n")
    failing = CONFIG.replace('["Maduro speaks"]', '["Caracas is quiet"]')
    (desk.folder / "config.yaml").write_text(failing)
    ran = await desk.run("test", "crisis")
    assert ran.code == 1
    assert "config.yaml:15" in ran.out
    assert "Caracas is quiet" in ran.out
    assert (await desk.run("test", "nobody")).code == 2


async def test_match_says_which_watchlists_fire_and_why(desk):
    ran = await desk.run("match", "--json", "--text", "Maduro closes the airspace")
    result = ran.json
    assert result["outcome"] == {"crisis": "alerted", "airspace": "alerted"}
    [crisis, _] = result["matches"]
    assert (
        crisis["evidence"][0] | {"term": "=Maduro", "start": 0, "end": 6, "text": "Maduro"}
        == (crisis["evidence"][0])
    )
    quiet = await desk.run("match", "--text", "Weather")
    assert quiet.code == 1


async def test_match_takes_items_as_json_lines_and_joins_copies(desk):
    items = [
        {"title": "Maduro speaks to the nation", "published": "2025-11-30T10:00:00Z"},
        {"title": "Maduro speaks – to the Nation!", "published": "2025-11-30T11:00:00Z"},
        {"title": "Maduro plays baseball", "summary": None},
        {"title": "Weather"},
    ]
    stdin = "".join(json.dumps(item) + "\n" for item in items)
    ran = await desk.run("match", "--items", "-", stdin=stdin)
    first, copy, vetoed, none = ran.lines
    assert ran.code == 0
    assert [r["outcome"]["crisis"] for r in (first, copy, vetoed, none)] == [
        "alerted", "similar", "vetoed", "no_match",
    ]  # fmt: skip
    assert copy["story"] == first["story"]
    assert (first["duplicate_of"], copy["duplicate_of"]) == (None, 0)


async def test_match_names_the_item_whose_story_another_joined_by_likeness(desk):
    titles = [
        "Maduro seizes oil tanker Centuries off Barbados",
        "Weather",
        "Maduro releases oil tanker Centuries seized off Barbados",
    ]
    rows = [
        {"title": title, "source": f"https://{place}.example/", "language": "en"}
        | {"published": f"2025-11-30T1{place}:00:00Z"}
        for place, title in enumerate(titles)
    ]
    stdin = "".join(json.dumps(row) + "\n" for row in rows)
    ran = await desk.run("match", "--items", "-", stdin=stdin)
    assert [row["duplicate_of"] for row in ran.lines] == [None, None, 0]
    assert [row["outcome"]["crisis"] for row in ran.lines] == ["alerted", "no_match", "updated"]


@pytest.mark.parametrize("line", ["nope", "[1]", '{"summary": "no title"}', '{"title": 7}'])
async def test_match_names_the_line_it_cannot_read(desk, line):
    ran = await desk.run("match", "--items", "-", stdin=f'{{"title": "x"}}\n{line}\n')
    assert ran.code == 2
    assert "-:2" in ran.err


async def test_parse_shows_a_file_as_the_monitor_reads_it(desk):
    (desk.folder / "feed.xml").write_bytes(rss("One", "Two"))
    shown = (await desk.run("parse", "feed.xml", "--json")).json
    assert (shown["outcome"], shown["error"], shown["feed"]["format"]) == ("ok", None, "rss20")
    assert [entry["title"] for entry in shown["entries"]] == ["One", "Two"]
    assert all(entry["keys"] for entry in shown["entries"])
    (desk.folder / "page.html").write_text("<!doctype html><title>Not a feed</title>")
    ran = await desk.run("parse", "page.html", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (1, "not_a_feed")
    assert (await desk.run("parse", "missing.xml")).code == 3


@pytest.mark.parametrize("compressed", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
async def test_parse_reads_a_compressed_file_and_says_where_it_is_damaged(desk, compressed):
    body = compressed(rss("One", "Two"))
    (desk.folder / "feed.gz").write_bytes(body)
    shown = (await desk.run("parse", "feed.gz", "--json")).json
    assert [entry["title"] for entry in shown["entries"]] == ["One", "Two"]
    (desk.folder / "feed.gz").write_bytes(body[:-20])
    ran = await desk.run("parse", "feed.gz", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (1, "bad_encoding")
    (desk.folder / "feed.gz").write_bytes(compressed(bytes(30_000_000)))
    ran = await desk.run("parse", "feed.gz", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (1, "too_large")


async def test_parse_fetches_an_address_only_where_that_is_allowed(desk):
    desk.publish("/wire", rss("One"))
    url = desk.server.url("/wire")
    ran = await desk.run("parse", url, "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (1, "blocked_address")
    assert desk.server.requests == []
    allowed = await desk.run("parse", url, "--json", "--allow-network", "127.0.0.0/8")
    assert allowed.json["entries"][0]["title"] == "One"


async def test_send_test_prints_the_answer_and_the_verdict(desk):
    desk.configure(["/wire"])
    ran = await desk.run("send-test", "desk", "--json")
    assert (ran.code, ran.json["verdict"], ran.json["body"]) == (0, "delivered", "ok")
    assert "Test alert" in json.dumps(desk.slack.received)
    assert (await desk.run("send-test", "siem")).code == 0
    assert desk.siem.verified[0].message["type"] == "test"
    assert (await desk.run("send-test", "nobody")).code == 2


async def test_a_fresh_desk_has_an_empty_outbox_and_is_not_running(desk):
    assert (await desk.run("deliveries", "list", "--json")).json == []
    status = await desk.run("status", "--json")
    assert (status.code, status.json["running"]) == (1, False)


async def test_config_and_schema_and_version_and_completion_print(desk):
    assert '"Nicolás Maduro"' in (await desk.run("config")).out
    assert (await desk.run("schema")).json["properties"]["watchlists"]
    assert (
        (await desk.run("version", "--json"))
        .json["python"]
        .startswith(f"{sys.version_info.major}.")
    )
    assert "monitor" in (await desk.run("completion", "bash")).out


async def test_a_veto_alone_is_a_no(desk):
    ran = await desk.run("match", "--json", "--text", "Maduro plays baseball")
    assert (ran.code, ran.json["outcome"]["crisis"]) == (1, "vetoed")


async def test_items_that_are_not_utf_8_are_named_and_odd_characters_cleaned(desk):
    (desk.folder / "items").write_bytes(b'{"title": "fine"}\n{"title": "caf\xe9"}\n')
    ran = await desk.run("match", "--items", "items")
    assert (ran.code, "items:2" in ran.err) == (2, True)
    odd = await desk.run("match", "--items", "-", stdin='{"title": "Maduro \\ud800speaks"}\n')
    assert odd.lines[0]["outcome"]["crisis"] == "alerted"


async def test_evidence_points_into_the_texts_that_come_back(desk):
    item = '{"title": "\\ufeffThe\\u0000 Maduro files", "tags": "\\ufeffoil", "x": 1}\n'
    ran = await desk.run("match", "--items", "-", stdin=item)
    [answer] = ran.lines
    [hit] = answer["matches"][0]["evidence"]
    assert answer["item"]["title"][hit["start"] : hit["end"]] == hit["text"] == "Maduro"
    assert (answer["item"]["tags"], answer["item"]["x"]) == (["oil"], 1)


async def test_items_and_tests_have_an_author_and_tags(desk):
    (desk.folder / "config.yaml").write_text(
        "sources: [https://wire.example/feed]\n"
        "watchlists:\n"
        "  who: {match: [{query: author:Smith AND tag:oil}], tests: {\n"
        "    match: [{title: x, author: John Smith, tags: [oil]}, {title: x, author: Smith,\n"
        "      tags: oil}], no_match: [{title: Smith on oil, tags: [gas]}]}}\n"
    )
    assert (await desk.run("test")).out == "3 passed, 0 failed\n"
    both = '{"title": "x", "author": "John Smith", "tags": ["oil", "gas"]}\n'
    ran = await desk.run("match", "--items", "-", stdin=both + '{"title": "x", "tags": null}\n')
    assert [len(each["matches"]) for each in ran.lines] == [1, 0]
    wrong = await desk.run("match", "--items", "-", stdin='{"title": "x", "tags": [1]}\n')
    assert (wrong.code, "“tags” must be a list of texts" in wrong.err) == (2, True)


async def test_quiet_says_only_what_is_wrong(desk):
    ran = await desk.run("check", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


async def test_check_network_asks_one_host_one_after_another(desk):
    open_now, most = 0, 0

    async def answer(request):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        return Answer(body=rss("One"))

    desk.server.handler = answer
    desk.configure([f"/{n}" for n in range(5)])
    ran = await desk.run("check", "--network")
    assert (ran.code, most, len(desk.server.requests)) == (0, 1, 5)
    assert ran.out.count("ok ") == 5


async def test_what_is_said_before_a_subcommand_counts_for_it(desk):
    (desk.folder / "config.yaml").rename(desk.folder / "other.yaml")
    ran = await desk.run("deliveries", "-c", "other.yaml", "--json", "list")
    assert (ran.code, ran.json) == (0, [])


async def test_a_limit_met_on_the_way_spares_the_hosts_other_sources(desk):
    paths = [f"/feed{number}" for number in range(4)]
    desk.configure(paths)
    desk.server.handler = lambda request: Answer(status=429, headers=(("Retry-After", "600"),))
    ran = await desk.run("poll", "--all", "--json")
    outcomes = [line["outcome"] for line in ran.lines]
    assert sorted(outcomes) == ["deferred", "deferred", "deferred", "failed"]
    assert len(desk.server.requests) == 1
    again = await desk.run("poll", "--all", "--json", "--force")
    assert [line["kind"] for line in again.lines] == ["rate_limited"] * 4


# --- an analyst's day -------------------------------------------------------------------------

DESK = """\
watchlists:
  crisis:
    match:
      - near: {within: 3, groups: [[airspace], [closed]]}
      - all: [Venezuela, {any: [amnesty, =US]}]
      - entity: maduro
    none: [baseball]
    languages: [en, pl]
    tests:
      match:
        - The airspace over the whole north stays closed
        - They told us that Venezuela waits
        - Baseball under a closed airspace
        - {title: El espacio, language: es}
        - Weather
      no_match:
        - Trump says the airspace is closed
  quiet: [NOTAM]
entities:
  maduro: {name: Nicolás Maduro, ambiguous: [=Maduro]}
"""


async def test_a_failing_test_shows_what_fired_or_what_came_nearest(desk):
    (desk.folder / "config.yaml").write_text(DESK)
    ran = await desk.run("test")
    assert (ran.code, ran.err) == (1, "")
    assert (
        ran.out
        == """\
config.yaml:11: crisis should fire but doesn't: The airspace over the whole north stays closed
    nearest, read as en: airspace near closed within 3 words
      “airspace” and “closed” stand 6 words apart in the title; at most 3 were asked for
config.yaml:12: crisis should fire but doesn't: They told us that Venezuela waits
    nearest, read as en: all of Venezuela, (one of amnesty, =US)
      found: “Venezuela” in title 18–27 (Venezuela)
      missing: one of amnesty, =US
      =US: “us” in the title is not the exact case asked for
config.yaml:13: crisis should fire but is vetoed: Baseball under a closed airspace
    title: Baseball under a closed airspace
                            ^^^^^^ closed
                                   ^^^^^^^^ airspace
    title: Baseball under a closed airspace
           ^^^^^^^^ vetoed by baseball
config.yaml:14: crisis should fire but doesn't: El espacio
    not read: language es is not one of en, pl
config.yaml:15: crisis should fire but doesn't: Weather
    nothing that it looks for stands there: airspace near closed within 3 words; all of Venezuela, \
(one of amnesty, =US); entity maduro
config.yaml:17: crisis fires but should not: Trump says the airspace is closed
    title: Trump says the airspace is closed
                          ^^^^^^^^ airspace
                                      ^^^^^^ closed
0 passed, 6 failed
"""
    )
    told = (await desk.run("test", "--json")).json
    assert [trial["outcome"] for trial in told] == [
        "no_match", "no_match", "vetoed", "no_match", "no_match", "fired",
    ]  # fmt: skip
    assert told[5]["evidence"][0]["term"] == "airspace"
    assert {"watchlist", "file", "line", "title", "expect", "passed", "why"} <= told[0].keys()


async def test_with_v_a_test_run_names_what_passed_and_what_has_no_tests(desk):
    ran = await desk.run("test", "-v")
    assert "config.yaml:15: crisis fires, as it should: Maduro speaks\n" in ran.out
    assert ran.err == "without tests: airspace\n"


async def test_a_possible_match_says_so(desk):
    ran = await desk.run("match", "crisis", "--json", "--text", "Maduro speaks")
    [match] = ran.json["matches"]
    assert (match["possible"], match["severity"]) == (True, "medium")
    sure = await desk.run("match", "crisis", "--json", "--text", "Maduro leaves Venezuela")
    assert "possible" not in sure.json["matches"][0]
    shown = await desk.run("match", "crisis", "--text", "Maduro speaks")
    assert shown.out.startswith("crisis: would alert, possible, so only medium\n")
    assert "  title: Maduro speaks\n         ^^^^^^ =Maduro (entity maduro)" in shown.out


async def test_match_with_v_says_what_a_quiet_watchlist_misses(desk):
    (desk.folder / "config.yaml").write_text(DESK)
    ran = await desk.run("match", "-v", "--text", "Venezuela waits")
    assert ran.code == 1
    assert "  nearest: all of Venezuela, (one of amnesty, =US)\n" in ran.out
    assert "quiet: no_match\n  nothing that it looks for stands there: NOTAM\n" in ran.out
    assert "nearest" not in (await desk.run("match", "--text", "Venezuela waits")).out


async def test_strict_counts_warnings_and_not_hints(desk):
    assert (await desk.run("check", "--strict", "-v")).code == 0
    assert "[no-tests]" in (await desk.run("check", "-v")).err
    (desk.folder / "config.yaml").write_text(CONFIG.replace("[airspace]", "[airspace, US]"))
    ran = await desk.run("check", "--strict")
    assert ran.code == 78
    assert ran.out.endswith("config.yaml has 1 warning, and --strict fails on them\n")
    assert "config.yaml:17:24: warning: “US” finds “us” too" in ran.err
    assert (await desk.run("check")).code == 0
    assert (await desk.run("check", "--json")).json[0]["code"] == "acronym-word"
