"""What commands say where something is not found, not reached or left out.

What polls and asks servers is a process of its own; what only reads runs in this one.
"""

import atexit
import gc
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from desk import Desk, Ran, rss
from poller import Poller

from monitor.cli import main
from monitor.cli.standing import duration
from monitor.model import Source
from monitor.testing.server import Answer, LoopbackServer

CONFIG = """\
sources:
  - {{url: "{wire}", name: Wire}}
  - {{url: "{gone}", name: Gone}}
  - {{url: "http://127.0.0.1:1/never", name: Later}}
watchlists: {{crisis: [Maduro]}}
health: {{notify: [console]}}
poll: {{host_gap: 0s, timeout: 5s, allow_networks: [127.0.0.0/8]}}
web: {{listen: off}}
"""
LINK = "https://www.paper.example/news/maduro-speaks?id=7&utm_source=rss#comments"


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        urls = {name: desk.server.url(f"/{name}") for name in ("wire", "gone")}
        (tmp_path / "config.yaml").write_text(CONFIG.format(**urls))
        yield desk


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command that reads, in a folder with a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "__all__")  # main would, and leave it set
    collecting = gc.get_threshold()
    urls = {name: f"https://{name}.example/feed" for name in ("wire", "gone")}
    (tmp_path / "config.yaml").write_text(CONFIG.format(**urls))

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        return Ran(stopped.value.code, *capsys.readouterr())

    yield run
    gc.set_threshold(*collecting)
    atexit.unregister(gc.freeze)


@pytest.fixture
async def poller(tmp_path):
    async with Poller(tmp_path) as poller:
        yield poller


def linked(link, *titles):
    return re.sub(rb"<link>[^<]*</link>", f"<link>{link}</link>".encode(), rss(*titles)).replace(
        b"&", b"&amp;"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("match", "--text", "Maduro speaks"),
        ("config",),
        ("backtest",),
        ("entities", "suggest", "Nicolás Maduro"),
        ("status",),
        ("schema",),
        ("version",),
        ("--help",),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_told_in_one_line(tmp_path, arguments, unbuffered):
    (tmp_path / "config.yaml").write_text("watchlists: {crisis: [Maduro]}\n")
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=tmp_path,
            env=dict(os.environ, PYTHONUNBUFFERED=unbuffered),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 3
    last = ended.stderr.splitlines()[-1]
    assert last == "error: the output can't be written: No space left on device"
    assert "Traceback" not in ended.stderr


def test_commands_that_only_look_make_no_database(run, tmp_path):
    for arguments, code, words in (
        (("status",), 1, "until it is restarted"),
        (("status", "--json"), 1, "nothing is stored yet: there is no sqlite:///monitor.db"),
        (("explain", "abc"), 1, "nothing is stored yet"),
        (("backtest",), 1, "--items FILE"),
        (("backtest", "crisis", "--since", "1d", "--alert"), 2, ""),
        (("sources",), 0, ""),
        (("sources", "why", "Wire"), 0, ""),
        (("deliveries",), 0, ""),
    ):
        ran = run(*arguments)
        assert ran.code == code, ran.err
        assert words in ran.err
    assert [each.name for each in tmp_path.iterdir()] == ["config.yaml"]


# --- status -------------------------------------------------------------------------------------


async def test_status_counts_what_is_configured_and_not_yet_polled(run, poller):
    before = run("status", "--json").json["sources"]
    assert before == {"configured": 3, "ok": 0, "failing": 0, "never_polled": 3}
    wire, gone = (Source(url=poller.url(path), name=path) for path in ("/wire", "/gone"))
    config = CONFIG.format(wire=wire.url, gone=gone.url)
    (poller.folder / "config.yaml").write_text(config)
    old = Source(url=poller.url("/old"), name="Old")  # it was configured once, and failed
    poller.publish(rss("One"), "/wire")
    await poller.configure(wire, gone, old)
    for path in ("/wire", "/gone", "/old"):
        await poller.poll(path)
    after = run("status", "--json").json
    assert after["sources"] == {"configured": 3, "ok": 1, "failing": 1, "never_polled": 1}
    assert [each["source"] for each in after["failing"]] == ["/gone"]
    assert "3 configured, 1 ok, 1 failing, 1 never polled yet" in run("status").out


# --- explain ------------------------------------------------------------------------------------


@pytest.mark.parametrize("titles", [["Maduro speaks"], ["Maduro speaks", "Rain", "Elections"]])
async def test_a_link_is_found_however_it_is_written(run, poller, titles):
    poller.publish(linked(LINK, *titles))
    await poller.poll()
    for pasted in (
        LINK,
        "https://www.paper.example/news/maduro-speaks?id=7",
        "http://paper.example/news/maduro-speaks/?fbclid=abc&id=7#top",
        "HTTPS://Paper.example:443/news/maduro-speaks?id=7",
        "paper.example/news/maduro-speaks?id=7",
        "  https://paper.example/news/maduro%2Dspeaks?id=7  ",
    ):
        found = run("explain", pasted, "--json")
        assert sorted(each["item"]["title"] for each in found.json) == sorted(titles), pasted
    assert run("explain", "paper.example/news/maduro-speaks?id=8").code == 1


async def test_an_item_is_found_by_the_beginning_of_its_id_and_by_its_alert(run, poller):
    poller.publish(rss("Rain"))
    await poller.poll()
    poller.publish(rss("Rain", "Maduro speaks"))
    await poller.poll()
    [row] = run("deliveries", "--json").json
    [by_alert] = run("explain", row["alert"], "--json").json
    assert by_alert["item"]["title"] == "Maduro speaks"
    assert run("explain", by_alert["item"]["id"][:8], "--json").json == [by_alert]
    assert run("explain", row["alert"][:8], "--json").json == [by_alert]


async def test_one_watchlist_is_asked_about_alone_and_a_title_tells_what_to_ask(run, poller):
    poller.publish(rss("Rain"))
    await poller.poll()
    poller.publish(rss("Rain", "Maduro speaks"))
    await poller.poll()
    untold = run("explain", "maduro SPEAKS")
    assert untold.code == 1
    [line] = [each for each in untold.err.splitlines() if "monitor explain" in each]
    assert line.endswith("“Maduro speaks”")
    item = line.split()[2]
    path = Path("config.yaml")
    path.write_text(
        path.read_text().replace("{crisis: [Maduro]}", "{crisis: [Maduro], other: [oil]}")
    )
    [both] = run("explain", item, "--json").json
    assert ([x["watchlist"] for x in both["rulings"]], [*both["no_match"]]) == (
        ["crisis"],
        ["other"],
    )
    [one] = run("explain", item, "--watchlist", "crisis", "--json").json
    assert (one["rulings"], one["no_match"]) == (both["rulings"], {})
    assert one["deliveries"] == both["deliveries"] != []
    [other] = run("explain", item, "--watchlist", "other", "--json").json
    assert (other["rulings"], other["deliveries"], [*other["no_match"]]) == ([], [], ["other"])
    slip = run("explain", item, "--watchlist", "crises")
    assert (slip.code, "did you mean “crisis”?" in slip.err) == (2, True)


async def test_the_next_poll_is_as_far_from_the_last_as_it_is(run, poller):
    path = Path("config.yaml")
    path.write_text(path.read_text().replace("https://wire.example/feed", poller.url()))
    poller.publish(rss("Rain"))
    await poller.poll()
    told = run("sources", "why", "Wire", "--json").json
    times = [datetime.fromisoformat(told[each]) for each in ("last_polled", "next_poll")]
    apart = duration(round((times[1] - times[0]).total_seconds()))
    assert (
        f"next poll:   {told['next_poll']}, {apart} after the last"
        in run("sources", "why", "Wire").out
    )


def test_what_counts_for_nothing_in_given_items_is_said_once(run, tmp_path):
    items = [
        {"title": "Maduro speaks", "sumary": "in Caracas", "language": "klingon"},
        {"title": "Maduro waits", "sumary": "in Caracas", "published": "yesterday"},
        {"title": "Maduro sleeps", "language": "tlh", "tags": ["a"], "author": "b"},
    ]
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in items))
    for command in ("match", "backtest"):
        ran = run(command, "--items", str(path))
        assert ran.code == 0
        lines = [line.removeprefix(f"{path}:") for line in ran.err.splitlines()]
        assert sorted(line.partition(" (said")[0] for line in lines) == [
            "1: warning: an item has no “sumary”; did you mean “summary”?",
            "1: warning: “language” is no language code, as in en or pt-BR: “klingon”",
            "2: warning: “published” is no time that can be read: “yesterday”; it counts as not given",
        ]
        with path.open("a") as file:
            file.write("{}\n")
        ran = run(command, "--items", str(path), "--quiet")
        assert ran.code == 2
        assert ran.err == f"error: {path}:4: an item needs a “title”; 3 items before it were read\n"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))


async def test_a_message_about_the_monitors_own_work_is_explained(desk):
    desk.server.handler = lambda _: Answer(status=410)
    await desk.run("poll", "Gone")
    await desk.run("poll", "Gone")
    [row] = (await desk.run("deliveries", "--json")).json
    told = await desk.run("explain", row["alert"])
    assert told.code == 0
    assert told.out.startswith("system.source_failing: ")
    assert "console: delivered, 1 attempt\n" in told.out
    assert "monitor sources why 'Gone'" in told.out
    [shown] = (await desk.run("explain", row["alert"][:10], "--json")).json
    assert (shown["notice"]["id"], shown["notice"]["kind"]) == (row["alert"], "gone")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("https://paper.example/other", "monitor deliveries --json"),
        ("https://[bad/other", "was never seen"),
        ("Later", "monitor sources why 'Later'"),
        ("http://127.0.0.1:1/never#top", "monitor sources why 'Later'"),
    ],
)
def test_where_nothing_is_found_it_is_said_what_to_try(run, wanted, words):
    ran = run("explain", wanted)
    assert (ran.code, ran.out) == (1, "")
    assert f"nothing stored is called “{wanted}”" in ran.err
    assert words in ran.err
    assert run("explain", wanted, "--json").json == []


# --- parse --------------------------------------------------------------------------------------


async def test_parse_of_a_private_address_names_its_own_option(desk):
    desk.publish("/wire", rss("One"))
    url = desk.server.url("/wire")
    ran = await desk.run("parse", url, "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (1, "blocked_address")
    assert "--allow-network CIDR" in ran.json["error"]["message"]
    assert "poll." not in ran.json["error"]["message"]
    assert (await desk.run("parse", url, "--allow-network", "127.0.0.0/8")).code == 0


# --- sources add --------------------------------------------------------------------------------

CHALLENGE = Answer(
    status=403, headers=(("cf-mitigated", "challenge"),), body=b"<title>Just a moment...</title>"
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(status=429), "wants fewer requests"),
        (Answer(status=429, headers=(("Retry-After", "7200"),)), "try again in 2h"),
        (Answer(status=403), "--user-agent"),
        (Answer(status=401), "with auth:"),
        (CHALLENGE, "asks for proof of a person"),
        (Answer(status=503), "trouble of its own"),
        (Answer(raw=b"", hang=True), "did not answer in time"),
    ],
    ids=["429", "429 until", "403", "401", "challenge", "503", "silence"],
)
async def test_a_site_that_lets_nobody_look_is_not_added(desk, answer, words):
    config = desk.folder / "config.yaml"
    config.write_text(config.read_text().replace("timeout: 5s", "timeout: 1s"))
    before = config.read_bytes()
    async with LoopbackServer(lambda _: answer) as server:
        ran = await desk.run("sources", "add", server.url("/"))
        assert len(server.requests) <= 8
    assert (ran.code, ran.out) == (3, "")
    last = ran.err.splitlines()[-1]
    assert last.startswith(f"error: {server.url('/')} ")
    assert words in last
    assert "nothing is added" in last
    assert "--no-fetch" in last
    assert config.read_bytes() == before


# --- import and export --------------------------------------------------------------------------

OPML = """\
<?xml version="1.0" encoding="UTF-16"?>
<opml version="1.0"><body><outline text="R&D"><outline text="Caf&eacute; & bar">
  <outline type="rss" text="One" url="https://one.example/rss?a=1&b=2"/>
  <outline type="rss" text="Two" htmlUrl="https://two.example/"/></outline>
  <outline text="One again" xmlUrl="https://ONE.example/rss?a=1&b=2"/></outline>
  <outline text="Wire" xmlUrl="{wire}"/>
</body></opml>
"""


def test_an_odd_export_of_another_reader_is_imported_and_what_is_left_is_told(run, tmp_path):
    (tmp_path / "odd.opml").write_text(OPML.format(wire="https://WIRE.example/feed#x"))
    ran = run("import", "odd.opml", "--json")
    assert ran.code == 0, ran.err
    counts = {name: ran.json[name] for name in ("added", "known", "repeated")}
    assert counts == {"added": 1, "known": 1, "repeated": 1}
    [fault] = ran.json["unusable"]
    assert (fault["line"], fault["address"]) == (4, "https://two.example/")
    assert "names a site and no feed" in fault["reason"]
    [row] = [row for row in run("sources", "--json").json if row["source"] == "One"]
    assert row["tags"] == ["Café & bar", "R&D"]
    again = run("import", "odd.opml")
    assert again.out == "0 added, 3 known already, 1 unusable\n"


@pytest.mark.parametrize("data", [b"<opml", b"\xff\xfe<", b"<\0o\0", b"\0<\0o", b"<opml>\xff&"])
def test_bytes_that_are_no_list_never_end_in_a_traceback(run, tmp_path, data):
    (tmp_path / "odd.opml").write_bytes(data)
    ran = run("import", "odd.opml")
    assert ran.code == 2
    assert ran.err.startswith("error: odd.opml:")
    config = tmp_path / "config.yaml"
    config.write_text(f"include: odd.opml\n{config.read_text()}")
    assert run("check").code == 78


def test_an_export_says_what_it_leaves_out(run, tmp_path):
    sources = [
        {"url": "https://a.example/", "name": "A", "headers": {"X-Key": "PlantedSecret"}},
        {"url": "https://b.example/", "name": "B", "proxy": "http://u:PlantedSecret@p.example:1"},
        {
            "url": "https://c.example/",
            "name": "C",
            "every": "10m",
            "auth": {"bearer": "PlantedSecret"},
        },
        {"url": "https://d.example/", "name": "D", "tags": ["wire"]},
    ]
    (tmp_path / "config.yaml").write_text(f"sources: {json.dumps(sources)}\n")
    told = {form: run("export", "--format", form) for form in ("opml", "list", "yaml")}
    assert told["opml"].err == "A: without headers\nB: without proxy\nC: without auth, every\n"
    assert told["yaml"].err == "A: without headers\nB: without proxy\nC: without auth\n"
    assert "D: without tags" in told["list"].err
    assert not any("PlantedSecret" in ran.out + ran.err for ran in told.values())


# --- slips of the pen ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["poll", "Wier"], "did you mean “Wire”?"),
        (["sources", "why", "Wier"], "did you mean “Wire”?"),
        (["sources", "remove", "Laterr"], "did you mean “Later”?"),
        (["test", "crisus"], "did you mean “crisis”?"),
        (["send-test", "consle"], "did you mean “console”?"),
        (["poll", "--forse"], "'--force'"),
        (["sources", "lisst"], "'list'"),
        (["explian", "x"], "Did you mean “explain”?"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(run, arguments, words):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


async def test_a_source_is_polled_by_any_spelling_of_its_address(desk):
    desk.publish("/wire", rss("One"))
    ran = await desk.run("poll", f"{desk.server.url('/wire')}#top", "--json")
    assert [line["source"] for line in ran.lines] == ["Wire"]


def test_a_source_that_is_switched_off_is_not_polled_by_name(run, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("name: Later", "name: Later, enabled: no"))
    ran = run("poll", "Later")
    assert ran.code == 2
    assert "config.yaml:4: this source has enabled: no" in ran.err
