"""Apprise, for what has no notifier of its own: its results as verdicts, and no secret of it told."""

import json
import logging
import re
import sys
from datetime import timedelta

import pytest
from alert_builders import a_message, a_notifier, an_alert, attempt
from builders import an_item

from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Retry
from monitor.testing.server import Answer, LoopbackServer

# Apprise 2.2 imports it for mail that it signs; Python 3.13 has it no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PLANTED = "plantedtokenplantedtoken"


async def through(answer, whole=None, *, query="", **options):
    async with LoopbackServer(lambda _: answer) as server:
        url = f"json://127.0.0.1:{server.port}/{PLANTED}{query}"
        return await attempt(a_notifier("apprise", url), whole, **options), server.requests


async def test_a_success_is_a_delivery():
    told, [request] = await through(Answer())
    assert told.verdict == Delivered()
    said = json.loads(request.body)
    assert said["title"] == "HIGH Trump says Venezuelan airspace is closed"
    assert "matched airspace" in said["message"]


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_failure_is_tried_again_and_tells_no_secret(status, caplog):
    with caplog.at_level(logging.DEBUG):
        told, requests = await through(Answer(status=status, body=PLANTED.encode()))
    assert isinstance(told.verdict, Retry)
    assert told.verdict.maybe_sent
    assert PLANTED not in told.verdict.reason + told.body + caplog.text
    assert len(requests) == 1


@pytest.mark.parametrize("query", ["", "?redirect=yes"])
async def test_a_redirect_is_never_followed(query):
    async with LoopbackServer(lambda _: Answer()) as target:
        moved = Answer(status=307, headers=(("Location", target.url("/elsewhere")),))
        told, _ = await through(moved, query=query)
        assert target.requests == []
    assert isinstance(told.verdict, Retry)


async def test_silence_ends_at_the_deadline():
    told, _ = await through(Answer(raw=b"", hang=True), deadline=timedelta(seconds=0.5))
    assert isinstance(told.verdict, Retry)
    assert told.verdict.reason.startswith("timeout")
    assert told.verdict.maybe_sent


@pytest.mark.parametrize("url", ["", "nosuchservice://x", f"https//{PLANTED}"])
async def test_an_address_apprise_does_not_know_is_the_destinations_fault(url, caplog):
    told = await attempt(a_notifier("apprise", url))
    assert isinstance(told.verdict, Dead)
    assert told.verdict.scope == "destination"
    assert PLANTED not in told.verdict.reason + caplog.text


async def test_marks_of_other_languages_stay_letters():
    told, [request] = await through(Answer(), a_message(title="*x* [y](z) & `q`"))
    assert isinstance(told.verdict, Delivered)
    assert "*x* [y](z) & `q`" in json.loads(request.body)["message"]


@pytest.mark.parametrize("call", ["@everyone", "<@U123>", "<!channel>", "http://x/<!here>@all"])
async def test_nobody_is_called_by_what_a_feed_says(call):
    told, [request] = await through(Answer(), a_message(title=f"Look {call}"))
    assert isinstance(told.verdict, Delivered)
    said = json.loads(request.body)
    assert "Look" in said["title"]
    for words in (said["title"], said["message"]):
        assert not re.search(r"@(?!\u200b)|<(?!\u200b)", words)


async def test_an_address_with_an_at_sign_still_leads_to_the_article():
    alert = an_alert(item=an_item(title="Look", link="https://blog.example/@writer/1"))
    _, [request] = await through(Answer(), message(alert))
    assert "https://blog.example/%40writer/1" in json.loads(request.body)["message"]


async def test_without_the_extra_it_says_what_to_install():
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name == "apprise"}
    sys.modules["apprise"] = None
    try:
        told = await attempt(a_notifier("apprise", "json://127.0.0.1:1/x"))
    finally:
        del sys.modules["apprise"]
        sys.modules.update(hidden)
    assert isinstance(told.verdict, Dead)
    assert "news-feed-monitor[apprise]" in told.verdict.reason
