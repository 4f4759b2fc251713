"""What a server asks of one command, the next ones heed and explain."""

import json

import pytest
from desk import CONFIG, Desk, rss

from monitor.testing.server import Answer, LoopbackServer


@pytest.fixture
async def desk(tmp_path):
    async with Desk(tmp_path) as desk:
        yield desk


@pytest.mark.parametrize("status", [429, 503])
async def test_a_hosts_wish_holds_for_its_other_sources_in_the_next_command_too(desk, status):
    desk.configure(["/busy", "/calm"])
    limit = Answer(status=status, headers=(("Retry-After", "3600"),))
    desk.server.handler = lambda request: limit if request.target == "/busy" else Answer(body=rss())
    calm = desk.server.url("/calm")
    await desk.run("poll", calm)
    both = await desk.run("poll", desk.server.url("/busy"), calm, "--json")
    before = len(desk.server.requests)
    ran = await desk.run("poll", calm, "--json")
    assert len(desk.server.requests) == before
    [report] = ran.lines
    assert report["outcome"] == "deferred"
    stored = (await desk.run("sources", "why", calm, "--json")).json
    assert stored["bound_by"] == "host_wish"
    wish = stored["reasons"]["host_wish"]
    assert wish["text"].startswith("host asked: until ")
    assert wish["value"] in report["message"]
    assert report["next_poll"] == stored["next_poll"] >= wish["value"]
    said = {line["url"]: line for line in both.lines}
    if said[calm]["outcome"] == "deferred":  # the busy one was first
        assert said[calm]["next_poll"] == stored["next_poll"]
    forced = await desk.run("poll", calm, "--json", "--force")
    assert forced.lines[0]["outcome"] == "unchanged"


async def test_a_limit_that_names_no_time_keeps_nobody_from_asking_by_name(desk):
    desk.configure(["/busy", "/calm"])
    limit = Answer(status=429)
    desk.server.handler = lambda request: limit if request.target == "/busy" else Answer(body=rss())
    await desk.run("poll", desk.server.url("/busy"))
    for path, outcome in (("/calm", "unchanged"), ("/busy", "failed")):
        ran = await desk.run("poll", desk.server.url(path), "--json")
        assert [line["outcome"] for line in ran.lines] == [outcome]


async def test_a_redirect_to_a_host_that_is_to_be_left_alone_is_followed_only_with_force(desk):
    def answer(request):
        if request.target == "/busy":
            return Answer(status=429, headers=(("Retry-After", "3600"),))
        return Answer(body=rss("One"))

    async with LoopbackServer(answer, host="127.0.0.2") as hub:
        sources = json.dumps([hub.url("/busy"), desk.server.url("/way")])
        desk.configure(text=CONFIG.replace("{sources}", sources))
        to_hub = Answer(status=302, headers=(("Location", hub.url("/calm")),))
        desk.server.handler = lambda _: to_hub
        await desk.run("poll", hub.url("/busy"))
        way = desk.server.url("/way")
        ran = await desk.run("poll", way, "--json")
        [report] = ran.lines
        assert (ran.code, report["outcome"], report["kind"]) == (0, "deferred", None)
        assert "127.0.0.2 wants to be left alone until" in report["message"]
        assert len(hub.requests) == 1
        before = len(desk.server.requests)
        again = await desk.run("poll", way, "--json")  # known by now: nobody is asked
        assert again.lines[0]["outcome"] == "deferred"
        assert len(desk.server.requests) == before
        forced = await desk.run("poll", way, "--json", "--force")
        assert forced.lines[0]["outcome"] == "new"
        assert len(hub.requests) == 2
