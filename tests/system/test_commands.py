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
    assert "1 sources, 2 watchlists" in ran.out


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
