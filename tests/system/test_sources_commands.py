"""Sources by hand: listed, found, added, removed, imported, exported, by real processes."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
from desk import Desk, rss

from monitor.testing.server import Answer, LoopbackServer

CONFIG = """\
# What we read
sources:
  - https://wire.example/feed    # an address is enough
  - {url: "https://b.example/rss", name: "B: News", tags: [official]}

watchlists: {w: [airspace]}      # what we look for
poll: {timeout: 5s, host_gap: 0s, allow_networks: [127.0.0.0/8]}
web: {listen: off}
"""


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        (tmp_path / "config.yaml").write_text(CONFIG)
        yield desk


@pytest.fixture
def config(desk):
    return desk.folder / "config.yaml"


def page(*feeds, title="The Wire"):
    links = "".join(
        f'<link rel="alternate" type="application/{kind}+xml" title="{name}" href="{href}">'
        for href, kind, name in feeds
    )
    return f"<!doctype html><html><head><title>{title}</title>{links}</head><body>x</body></html>"


class Site:
    """A site with a page and feeds, on a port of its own."""

    def __init__(self, answers):
        self.answers = answers
        self.server = LoopbackServer(self.answer)

    async def __aenter__(self):
        await self.server.__aenter__()
        return self

    async def __aexit__(self, *trace):
        await self.server.__aexit__(*trace)

    def answer(self, request):
        said = self.answers.get(request.target, Answer(status=404, body=b"nothing here"))
        if callable(said):
            said = said()
        if isinstance(said, Answer):
            return said
        body = said if isinstance(said, bytes) else said.encode()
        kind = "text/html" if isinstance(said, str) else "application/rss+xml"
        return Answer(headers=(("Content-Type", kind),), body=body)

    def url(self, path="/"):
        return self.server.url(path)


@pytest.fixture
def site():
    return lambda **answers: Site({f"/{path}": said for path, said in answers.items()})


def titled(title, *items):
    return rss(*(items or (f"{title} says one", f"{title} says two"))).replace(
        b"<title>Wire</title>", f"<title>{title}</title>".encode(), 1
    )


# --- listing ------------------------------------------------------------------------------------


async def test_sources_are_listed_before_any_poll(desk):
    ran = await desk.run("sources", "--json")
    assert ran.code == 0
    wire, other = ran.json
    assert (wire["source"], wire["state"], wire["file"], wire["line"]) == (
        "wire.example", "never_polled", "config.yaml", 3,
    )  # fmt: skip
    assert (other["source"], other["tags"]) == ("B: News", ["official"])
    told = await desk.run("sources", "list")
    assert told.out.count("never polled") == 2


async def test_a_listed_source_shows_how_it_fares_and_no_secret(desk):
    good, bad = "/good?token=PlantedSecret", "/bad"
    desk.publish("/good?token=PlantedSecret", rss("One"))
    desk.configure([good, bad])
    await desk.run("poll", "--all")
    rows = {
        row["url"].rpartition("/")[2]: row for row in (await desk.run("sources", "--json")).json
    }
    assert rows["good?token=***"]["state"] == "ok"
    assert rows["good?token=***"]["interval_seconds"] == 1
    assert rows["good?token=***"]["last_new"]
    failing = rows["bad"]
    assert (failing["state"], failing["kind"], failing["failures"]) == ("failing", "http_4xx", 1)
    only = await desk.run("sources", "--failing", "--json")
    assert [row["kind"] for row in only.json] == ["http_4xx"]
    told = await desk.run("sources", "list", "--failing")
    assert "http_4xx ×1" in told.out
    assert "PlantedSecret" not in told.out + (await desk.run("sources")).out


async def test_no_failing_source_is_good_news(desk):
    ran = await desk.run("sources", "--failing", "--json")
    assert (ran.code, ran.json) == (0, [])


# --- why ----------------------------------------------------------------------------------------


async def test_why_tells_what_was_learned(desk):
    desk.publish("/wire", rss("One", "Two"), **{"Last-Modified": "Sun, 30 Nov 2025 10:00:00 GMT"})
    desk.configure(["/wire"])
    name = (await desk.run("sources", "--json")).json[0]["source"]
    assert "never polled" in (await desk.run("sources", "why", name)).out
    await desk.run("poll", "--all")
    ran = await desk.run("sources", "why", name, "--json")
    assert ran.code == 0
    told = ran.json
    assert (told["state"], told["every_seconds"], told["learned_identity"]) == ("ok", 1, "guid")
    assert told["validators"]["last_modified"] == "Sun, 30 Nov 2025 10:00:00 GMT"
    assert told["next_poll"]
    shown = (await desk.run("sources", "why", told["url"])).out
    assert "Last-Modified Sun, 30 Nov 2025" in shown
    assert "decides:" in shown


async def test_why_of_an_unknown_source_offers_the_nearest_name(desk):
    ran = await desk.run("sources", "why", "B: Nwes")
    assert ran.code == 2
    assert "did you mean “B: News”?" in ran.err


async def test_why_of_a_source_that_is_switched_off_says_so(desk, config):
    config.write_text(CONFIG.replace("tags: [official]", "enabled: no"))
    ran = await desk.run("sources", "why", "B: News")
    assert ran.code == 1
    assert "config.yaml:4" in ran.err


# --- adding -------------------------------------------------------------------------------------


async def test_the_address_of_a_feed_is_added_and_all_else_stays(desk, config):
    desk.publish("/new.xml", titled("New Wire"))
    url = desk.server.url("/new.xml")
    ran = await desk.run("sources", "add", url, "--tag", "wire", "--tag", "new", "--every", "30m")
    assert ran.code == 0, ran.err
    assert "config.yaml:5" in ran.out
    lines = CONFIG.splitlines(keepends=True)
    added = f"  - url: {url}\n    name: New Wire\n    tags: [wire, new]\n    every: 30m\n"
    assert config.read_text() == "".join(lines[:4]) + added + "".join(lines[4:])
    assert (await desk.run("check")).code == 0
    assert (await desk.run("poll", "New Wire")).code == 0


async def test_the_address_of_a_site_leads_to_its_feed(desk, config, site):
    async with site(**{"": page(("/feed.xml", "rss", "All")), "feed.xml": titled("All")}) as it:
        ran = await desk.run("sources", "add", it.url(), "--json")
        assert ran.code == 0, ran.err
        assert ran.json["added"]["source"] == "All"
        assert [each["entries"] for each in ran.json["found"]] == [2]
        assert it.url("/feed.xml") in config.read_text()
        assert len(it.server.requests) == 2


async def test_the_feed_of_comments_and_the_same_news_twice_are_no_other_feeds(desk, config, site):
    links = page(
        ("/feed", "rss", "Posts"), ("/atom", "atom", "Posts too"), ("/c", "rss", "Comments")
    )
    answers = {"": links, "feed": titled("Posts", "a", "b"), "atom": titled("Posts", "a", "b"),
               "c": titled("Comments on Posts", "x")}  # fmt: skip
    async with site(**answers) as it:
        assert (await desk.run("sources", "add", it.url())).code == 0
        assert it.url("/feed") in config.read_text()


async def test_of_several_equally_good_feeds_one_is_picked_by_hand(desk, config, site):
    links = page(("/world", "rss", "World"), ("/sport", "rss", "Sport"))
    async with site(**{"": links, "world": titled("World"), "sport": titled("Sport")}) as it:
        ran = await desk.run("sources", "add", it.url())
        assert ran.code == 1
        assert "1. World" in ran.out
        assert "2. Sport" in ran.out
        assert "--pick" in ran.err
        assert config.read_text() == CONFIG
        assert (await desk.run("sources", "add", it.url(), "--pick", "3")).code == 2
        picked = await desk.run("sources", "add", it.url(), "--pick", "2", "--json")
        assert (picked.code, picked.json["added"]["source"]) == (0, "Sport")


async def test_a_site_without_feeds_is_asked_at_most_eight_times(desk, config, site):
    async with site(**{"": page()}) as it:
        ran = await desk.run("sources", "add", it.url(), "--json")
        assert ran.code == 1
        assert (ran.json["added"], ran.json["found"]) == (None, [])
        assert ran.json["tried"][0]["kind"] == "not_a_feed"
        assert 1 <= len(it.server.requests) <= 8
        assert config.read_text() == CONFIG


async def test_a_host_that_wants_a_long_pause_is_asked_once(desk, config, site):
    config.write_text(CONFIG + "hosts: {127.0.0.1: {gap: 65s}}\n")
    async with site(**{"": page(("/feed", "rss", "All")), "feed": titled("All")}) as it:
        assert (await desk.run("sources", "add", it.url())).code == 1
        assert [request.target for request in it.server.requests] == ["/"]


async def test_a_host_that_has_had_enough_is_asked_no_more(desk, site):
    async with site(**{"": page(), "feed": Answer(status=429)}) as it:
        assert (await desk.run("sources", "add", it.url())).code == 3
        assert [request.target for request in it.server.requests][-1] == "/feed"


async def test_a_site_that_can_not_be_reached_is_not_added_unless_one_insists(desk, config):
    async with LoopbackServer(lambda _: Answer()) as server:
        url = server.url("/feed")
    ran = await desk.run("sources", "add", url)
    assert ran.code == 3
    assert "--no-fetch" in ran.err
    assert config.read_text() == CONFIG
    assert (await desk.run("sources", "add", url, "--no-fetch")).code == 0
    assert url in config.read_text()


async def test_what_is_there_already_is_not_added_again(desk, config):
    ran = await desk.run("sources", "add", "https://WIRE.example/feed#top")
    assert ran.code == 1
    assert "config.yaml:3" in ran.err
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("https://a.example/", "--every", "10"), "10 of what?"),
        (("https://me:hunter2@a.example/",), "user or a password"),
    ],
)
async def test_what_would_not_be_valid_is_not_written(desk, config, arguments, words):
    ran = await desk.run("sources", "add", *arguments, "--no-fetch")
    assert ran.code == 2
    assert words in ran.err
    assert "hunter2" not in ran.err
    assert config.read_text() == CONFIG


# --- the file -----------------------------------------------------------------------------------


async def test_what_somebody_saves_during_the_search_is_not_lost(desk, config, site):
    def feed():
        config.write_text(CONFIG.replace("# What we read", "# What WE read"))
        return titled("New")

    async with site(feed=feed) as it:
        assert (await desk.run("sources", "add", it.url("/feed"))).code == 0
    text = config.read_text()
    assert "# What WE read" in text
    assert "name: New" in text


async def test_a_configuration_broken_during_the_search_is_not_touched(desk, config, site):
    def feed():
        config.write_text("sources: [")
        return titled("New")

    async with site(feed=feed) as it:
        assert (await desk.run("sources", "add", it.url("/feed"))).code == 78
    assert config.read_text() == "sources: ["


async def test_two_at_once_both_add_theirs(desk, config):
    urls = [f"https://new{number}.example/" for number in range(3)]
    ran = await asyncio.gather(*(desk.run("sources", "add", url, "--no-fetch") for url in urls))
    assert [each.code for each in ran] == [0, 0, 0]
    assert all(url in config.read_text() for url in urls)


# --- removing -----------------------------------------------------------------------------------


async def test_a_source_is_removed_by_name_with_its_lines_alone(desk, config):
    ran = await desk.run("sources", "remove", "B: News", "--json")
    assert (ran.code, ran.json) == (0, {"removed": "B: News", "file": "config.yaml", "line": 4})
    lines = CONFIG.splitlines(keepends=True)
    assert config.read_text() == "".join(lines[:3] + lines[4:])
    assert (await desk.run("sources", "remove", "B: News")).code == 2


async def test_a_source_of_an_opml_file_is_left_to_a_person(desk, config):
    opml = (
        "<opml version='2.0'><body>\n<outline text='O' xmlUrl='https://o.example/'/></body></opml>"
    )
    (desk.folder / "feeds.opml").write_text(opml)
    config.write_text(f"include: feeds.opml\n{CONFIG}")
    ran = await desk.run("sources", "remove", "O")
    assert ran.code == 1
    assert "feeds.opml:2" in ran.err
    assert (desk.folder / "feeds.opml").read_text() == opml


def refresh(to):
    return f'<html><head><meta http-equiv="refresh" content="0; url={to}"></head></html>'


@pytest.mark.parametrize("depth", ["a feed", "a page that names it"])
async def test_a_page_that_sends_its_readers_on_is_followed_once(desk, config, depth):
    feed = titled("The Wire")
    answers = {"/": refresh("/final"), "/news": feed}
    answers["/final"] = feed if depth == "a feed" else page(("/news", "rss", ""))
    async with Site(answers) as site:
        ran = await desk.run("sources", "add", site.url("/"))
        assert ran.code == 0, ran.err
        assert site.url("/final" if depth == "a feed" else "/news") in config.read_text()
        asked = [request.target for request in site.server.requests]
    assert asked == ["/", "/final", "/news"][: len(asked)]


async def test_a_page_that_sends_its_readers_round_in_a_circle_ends_the_search(desk):
    async with Site({"/": refresh("/a"), "/a": refresh("/b"), "/b": refresh("/")}) as site:
        ran = await desk.run("sources", "add", site.url("/"))
        assert ran.code == 1
        asked = [request.target for request in site.server.requests]
    assert asked[:2] == ["/", "/a"]
    assert "/b" not in asked
    assert len(asked) <= 8


async def test_a_source_that_failed_once_is_told_of_in_the_singular(desk):
    desk.publish("/good", rss("One"))
    desk.configure(["/good", "/bad"])
    await desk.run("poll", "--all")
    assert "    failed once, at 2" in (await desk.run("status")).out
    why = await desk.run("sources", "why", desk.server.url("/bad"))
    assert "failed once; tried again" in why.out


# --- importing and exporting --------------------------------------------------------------------

OPML = """\
<?xml version="1.0"?>
<opml version="1.0"><body>
  <outline text="World"><outline text="Wires">
    <outline text="One" xmlUrl="https://one.example/rss" language="en"/>
    <outline text="Bad" xmlUrl="javascript:alert(1)"/>
  </outline></outline>
  <outline text="Same" xmlUrl="https://wire.example/feed#x"/>
  <outline text="Two" xmlUrl="feed://two.example/rss" category="a/b"/>
</body></opml>
"""


async def test_opml_is_imported_with_its_folders_as_tags(desk, config):
    (desk.folder / "feeds.opml").write_text(OPML)
    dry = await desk.run("import", "feeds.opml", "--dry-run")
    assert dry.out == "2 would be added, 1 known already, 1 unusable\n"
    assert config.read_text() == CONFIG
    ran = await desk.run("import", "feeds.opml", "--tag", "imported", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["added"], ran.json["known"], ran.json["file"]) == (2, 1, "config.yaml")
    [fault] = ran.json["unusable"]
    assert (fault["file"], fault["line"]) == ("feeds.opml", 5)
    rows = {row["source"]: row for row in (await desk.run("sources", "--json")).json}
    assert rows["One"]["tags"] == ["Wires", "World", "imported"]
    assert rows["Two"]["url"] == "http://two.example/rss"


async def test_a_plain_list_is_imported_from_stdin(desk):
    text = "# mine\nhttps://one.example/ One # yes\n\nhttps://two.example/\nnonsense here\n"
    ran = await desk.run("import", "-", stdin=text)
    assert ran.code == 0, ran.err
    assert "2 added" in ran.out
    assert "-:5: this is not a web address" in ran.err
    names = [row["source"] for row in (await desk.run("sources", "--json")).json]
    assert "One" in names
    assert "two.example" in names


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"<rss/>", 2, "feeds:1:1: it is not OPML"),
        (b"ftp://a.example/\n", 1, "feeds:1: this is not a web address"),
    ],
)
async def test_what_is_no_list_is_told(desk, config, data, code, words):
    (desk.folder / "feeds").write_bytes(data)
    ran = await desk.run("import", "feeds")
    assert ran.code == code
    assert words in ran.out + ran.err
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "feeds: nothing to import: it is empty"),
        ("# none yet\n", "feeds: nothing to import: it holds no address"),
        ("<opml version='2.0'><head/></opml>", "it has no <body>"),
        ("<opml version='2.0'><body/></opml>", "feeds: nothing to import: it lists no feed"),
    ],
)
async def test_a_file_without_feeds_is_told_as_such(desk, text, words):
    (desk.folder / "feeds").write_text(text)
    ran = await desk.run("import", "feeds", "--dry-run")
    assert ran.code == 1
    assert words in ran.err


async def test_of_an_opml_file_that_was_cut_off_what_is_whole_is_imported(desk, config):
    whole = '<outline text="One" xmlUrl="https://one.example/feed"/>'
    (desk.folder / "feeds.opml").write_text(
        f"<!DOCTYPE opml>\n<opml><body>\n{whole}\n<outline text='Two' xmlUrl='https://two.ex"
    )
    ran = await desk.run("import", "feeds.opml")
    assert (ran.code, "1 added" in ran.out) == (0, True)
    assert "feeds.opml:4: the file seems cut off here" in ran.err
    assert "two.ex" not in config.read_text()
    (desk.folder / "feeds.opml").write_text("<opml>\n<body>\n<outline text='Two' xmlUrl='https:")
    ran = await desk.run("import", "feeds.opml")
    assert ran.code == 2
    assert "cut off at line 3, before any feed; export it again" in ran.err


async def test_a_file_that_is_not_there_can_not_be_imported(desk):
    assert (await desk.run("import", "nowhere.opml")).code == 3


async def test_ten_thousand_sources_get_a_file_of_their_own(desk, config):
    lines = [f"https://host{n % 2000}.example/feed/{n} Wire {n}" for n in range(10_000)]
    (desk.folder / "my feeds.txt").write_text("\n".join(lines))
    ran = await desk.run("import", "my feeds.txt")
    assert ran.code == 0, ran.err
    assert "10000 added to my-feeds.yaml" in ran.out
    assert config.read_text() == f"{CONFIG}\ninclude:\n  - my-feeds.yaml\n"
    assert "10,002 sources" in (await desk.run("check")).out


async def test_what_is_exported_is_imported_again(desk, config):
    exported = await desk.run("export")
    assert exported.code == 0
    before = (await desk.run("sources", "--json")).json
    config.write_text("web: {listen: off}\n")
    assert (await desk.run("import", "-", stdin=exported.out)).code == 0
    after = (await desk.run("sources", "--json")).json
    assert [(row["source"], row["url"], row["tags"]) for row in before] == [
        (row["source"], row["url"], row["tags"]) for row in after
    ]


async def test_no_secret_is_exported(desk, config):
    config.write_text(
        'sources:\n  - {url: "https://a.example/?key=${PATH}", name: A}\n'
        "  - {url: https://b.example/, name: B, auth: {bearer: PlantedSecret}}\n"
    )
    ran = await desk.run("export", "--format", "yaml")
    assert "a.example" not in ran.out
    assert "PlantedSecret" not in ran.out + ran.err
    assert "left out" in ran.err
    assert "B: without auth" in ran.err


# --- the options of a source --------------------------------------------------------------------


async def test_an_exception_from_the_proxy_of_all_sources_is_one(desk, config):
    desk.publish("/wire", rss("One"))
    url = desk.server.url("/wire")
    async with LoopbackServer(lambda _: Answer()) as dead:
        proxy = dead.url("")
    sources = [
        {"url": url, "name": "Direct", "proxy": "none"},
        {"url": f"{url}?2", "name": "Other"},
    ]
    networks = "allow_networks: [127.0.0.0/8]"
    config.write_text(f"sources: {json.dumps(sources)}\npoll: {{proxy: '{proxy}', {networks}}}\n")
    ran = await desk.run("check", "--network")
    assert ran.code == 1
    assert "ok      Direct" in ran.out
    assert "failed  Other" in ran.out


# --- what the commands share --------------------------------------------------------------------


@pytest.mark.parametrize("words", [["sources", "add"], ["import"]])
async def test_each_has_help_with_an_example(desk, words):
    ran = await desk.run(*words, "--help")
    assert ran.code == 0
    assert "Example: monitor" in ran.out


async def test_a_wrong_configuration_is_told_before_anything_else(desk, config):
    config.write_text("sorces: []\n")
    assert (await desk.run("sources", "add", "a.example")).code == 78
    assert (await desk.run("import", "-")).code == 78


async def test_names_of_sources_are_completed(desk):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor", cwd=desk.folder, stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"_MONITOR_COMPLETE": "bash_complete", "COMP_WORDS": "monitor sources why B",
                          "COMP_CWORD": "3"},
    )  # fmt: skip
    out, _ = await process.communicate()
    assert out.decode().strip() == "plain,B: News"


PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


async def test_the_lines_of_the_page_on_sources_run(desk, site):
    (desk.folder / "feeds.opml").write_text(OPML)
    (desk.folder / "addresses.txt").write_text("https://three.example/ Three\n")
    async with site(**{"": page(("/rss", "rss", "News")), "rss": titled("News")}) as it:
        for line in LINES:
            program = f"{sys.executable} -m monitor"
            command = line.replace("monitor ", f"{program} ", 1).replace(
                "https://www.bbc.co.uk/news", it.url()
            )
            process = await asyncio.create_subprocess_shell(
                command,
                cwd=desk.folder,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            assert await process.wait() == 0, line
    assert json.loads((await desk.run("sources", "--json")).out)
