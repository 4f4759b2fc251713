"""What every kind of notifier promises, whatever it speaks."""

import io
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from alert_builders import SECRET, a_message, a_notifier, attempt
from builders import NOW

from monitor.alerts.render import test_message as marked_test_message
from monitor.model import Dead, Delivered, Retry
from monitor.notify import KINDS
from monitor.settings import NotifierSettings
from monitor.testing.receivers import SlackReceiver, WebhookReceiver, show_slack
from monitor.testing.server import Answer, LoopbackServer

SHORT = timedelta(seconds=0.3)


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Somewhere messages arrive; `arrived` tells each as text."""

    settings: NotifierSettings
    out: io.StringIO
    arrived: Callable[[], list[str]]

    async def take(self, whole=None, **options):
        return await attempt(self.settings, whole, out=self.out, **options)


@asynccontextmanager
async def a_console():
    out = io.StringIO()
    yield Destination(
        settings=a_notifier("console"),
        out=out,
        arrived=lambda: [block for block in out.getvalue().split("\n\n") if block],
    )


@asynccontextmanager
async def a_slack():
    async with SlackReceiver() as receiver:
        yield Destination(
            settings=a_notifier("slack", receiver.url),
            out=io.StringIO(),
            arrived=lambda: [show_slack(payload) for payload in receiver.received],
        )


@asynccontextmanager
async def a_webhook():
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: NOW) as receiver:
        yield Destination(
            settings=a_notifier("webhook", receiver.url, secrets=(SECRET,)),
            out=io.StringIO(),
            arrived=lambda: [receipt.body.decode() for receipt in receiver.verified],
        )


DESTINATIONS = {"console": a_console, "slack": a_slack, "webhook": a_webhook}
HTTP_KINDS = ["slack", "webhook"]


@pytest.fixture(params=sorted(KINDS))
async def destination(request):
    async with DESTINATIONS[request.param]() as place:
        yield place


async def test_an_alert_arrives_once_with_all_that_matters(destination):
    told = await destination.take()
    assert told.verdict == Delivered()
    assert told.elapsed >= timedelta(0)
    [said] = destination.arrived()
    for words in ("airspace", "Trump says Venezuelan", "Wire", "3f2a9c1e", "new story"):
        assert words in said
    assert "high" in said.lower()


async def test_a_test_message_is_marked(destination):
    assert (await destination.take(marked_test_message("desk", NOW))).verdict == Delivered()
    [said] = destination.arrived()
    assert "test" in said.lower()


async def test_hostile_text_arrives_and_does_nothing(destination):
    hostile = "<!channel> & <@U1> *b* <https://evil.example|x> \x00\x1b[2J\u202e" + "x" * 10_000
    told = await destination.take(a_message(title=hostile, summary=hostile, author=hostile))
    assert told.verdict == Delivered()
    [said] = destination.arrived()
    assert "\x00" not in said
    assert "\x1b" not in said


async def test_a_message_without_title_summary_or_link_arrives(destination):
    bare = a_message(title="", summary="", link="", published=None)
    assert (await destination.take(bare)).verdict == Delivered()
    assert len(destination.arrived()) == 1


async def test_a_second_attempt_says_the_same(destination):
    await destination.take()
    await destination.take()
    first, second = destination.arrived()
    assert first == second


@pytest.mark.parametrize("kind", HTTP_KINDS)
async def test_a_refused_connection_was_certainly_not_sent(kind):
    async with LoopbackServer(lambda _: Answer()) as server:
        url = server.url("/hook")
    verdict = (await attempt(a_notifier(kind, url))).verdict
    assert isinstance(verdict, Retry)
    assert verdict.reason.startswith("not_sent: ")
    assert not verdict.maybe_sent


@pytest.mark.parametrize("kind", HTTP_KINDS)
async def test_silence_ends_at_the_deadline_and_may_have_been_sent(kind):
    async with LoopbackServer(lambda _: Answer(raw=b"", hang=True)) as server:
        told = await attempt(a_notifier(kind, server.url("/hook")), deadline=SHORT)
    assert isinstance(told.verdict, Retry)
    assert told.verdict.maybe_sent
    assert (told.status, told.body) == (None, "")


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize(
    "url", ["ftp://x.example/hook", "https://[bad/hook", "https://x.example:0/", "https://\x01/"]
)
async def test_an_address_nothing_can_be_sent_to_is_the_destinations_fault(kind, url):
    verdict = (await attempt(a_notifier(kind, url))).verdict
    assert isinstance(verdict, Dead)
    assert verdict.scope == "destination"
    assert verdict.reason.startswith("unsendable")


async def test_a_secret_that_cannot_sign_is_the_destinations_fault():
    verdict = (
        await attempt(a_notifier("webhook", "https://x.example/", secrets=("whsec_!",)))
    ).verdict
    assert isinstance(verdict, Dead)
    assert verdict.reason.startswith("unsendable")


def test_every_kind_is_held_to_this_suite():
    assert set(DESTINATIONS) == set(KINDS)
