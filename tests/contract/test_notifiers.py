"""What every kind of notifier promises, whatever it speaks."""

import io
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from alert_builders import SECRET, a_message, a_notifier, an_alert, attempt
from builders import NOW
from mail_builders import a_mail_notifier

from monitor.alerts.digests import digests
from monitor.alerts.notices import message as notice_message
from monitor.alerts.render import body, message
from monitor.alerts.render import test_message as marked_test_message
from monitor.model import Dead, Delivered, Notice, Reason, Retry, Severity, SourceRef, Words
from monitor.notify import KINDS
from monitor.settings import NotifierSettings
from monitor.testing.receivers import (
    DiscordReceiver,
    MattermostReceiver,
    SlackReceiver,
    TeamsReceiver,
    WebhookReceiver,
    show_discord,
    show_mattermost,
    show_slack,
    show_teams,
)
from monitor.testing.receivers.mailbox import MailServer, show_mail
from monitor.testing.receivers.ntfy import NtfyReceiver, show_ntfy
from monitor.testing.receivers.pagerduty import PagerDutyReceiver, show_pagerduty
from monitor.testing.server import Answer, LoopbackServer

# Apprise 2.2 imports it for mail that it signs; Python 3.13 has it no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
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


def a_chat(kind, receiver, show):
    """Return a place with a loopback chat behind it."""

    @asynccontextmanager
    async def place():
        async with receiver() as chat:
            yield Destination(
                settings=a_notifier(kind, chat.url),
                out=io.StringIO(),
                arrived=lambda: [show(payload) for payload in chat.received],
            )

    return place


@asynccontextmanager
async def a_webhook():
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: NOW) as receiver:
        yield Destination(
            settings=a_notifier("webhook", receiver.url, secrets=(SECRET,)),
            out=io.StringIO(),
            arrived=lambda: [receipt.body.decode() for receipt in receiver.verified],
        )


@asynccontextmanager
async def an_ntfy():
    async with NtfyReceiver() as receiver:
        yield Destination(
            settings=a_notifier("ntfy", receiver.url, channel=receiver.TOPIC),
            out=io.StringIO(),
            arrived=lambda: [show_ntfy(message) for message in receiver.received],
        )


@asynccontextmanager
async def a_pagerduty():
    async with PagerDutyReceiver() as receiver:
        yield Destination(
            settings=a_notifier("pagerduty", receiver.url, routing_key=receiver.KEY),
            out=io.StringIO(),
            arrived=lambda: [show_pagerduty(event) for event in receiver.received],
        )


@asynccontextmanager
async def a_mailbox():
    async with MailServer() as server:
        yield Destination(
            settings=a_mail_notifier(server, tls="none"),
            out=io.StringIO(),
            arrived=lambda: [show_mail(mail) for mail in server.mails],
        )


@asynccontextmanager
async def an_apprise():
    async with LoopbackServer(lambda _: Answer()) as server:
        yield Destination(
            settings=a_notifier("apprise", f"json://127.0.0.1:{server.port}/hook"),
            out=io.StringIO(),
            arrived=lambda: [
                "{title}\n{message}".format(**json.loads(request.body))
                for request in server.requests
            ],
        )


DESTINATIONS = {
    "console": a_console,
    "slack": a_slack,
    "webhook": a_webhook,
    "discord": a_chat("discord", DiscordReceiver, show_discord),
    "teams": a_chat("teams", TeamsReceiver, show_teams),
    "mattermost": a_chat("mattermost", MattermostReceiver, show_mattermost),
    "ntfy": an_ntfy,
    "pagerduty": a_pagerduty,
    "email": a_mailbox,
    "apprise": an_apprise,
}
HTTP_KINDS = ["slack", "webhook", "discord", "teams", "mattermost", "ntfy", "pagerduty"]


@pytest.fixture(params=sorted(KINDS))
async def destination(request):
    async with DESTINATIONS[request.param]() as place:
        yield place


async def test_an_alert_arrives_once_with_all_that_matters(destination):
    told = await destination.take()
    assert isinstance(told.verdict, Delivered)
    assert told.elapsed >= timedelta(0)
    [said] = destination.arrived()
    for words in ("airspace", "Trump says Venezuelan", "Wire", "3f2a9c1e", "new story"):
        assert words in said
    assert "high" in said.lower()


async def test_a_test_message_is_marked(destination):
    told = await destination.take(marked_test_message("desk", NOW))
    assert isinstance(told.verdict, Delivered)
    [said] = destination.arrived()
    assert "test" in said.lower()


async def test_hostile_text_arrives_and_does_nothing(destination):
    hostile = "<!channel> & <@U1> *b* <https://evil.example|x> \x00\x1b[2J\u202e" + "x" * 10_000
    told = await destination.take(a_message(title=hostile, summary=hostile, author=hostile))
    assert isinstance(told.verdict, Delivered)
    [said] = destination.arrived()
    assert "\x00" not in said
    assert "\x1b" not in said


async def test_a_message_without_title_summary_or_link_arrives(destination):
    bare = a_message(title="", summary="", link="", published=None)
    assert isinstance((await destination.take(bare)).verdict, Delivered)
    assert len(destination.arrived()) == 1


async def test_a_second_attempt_says_the_same(destination):
    await destination.take()
    await destination.take()
    first, second = destination.arrived()
    assert first == second


@pytest.mark.parametrize("count", [1, 20])
async def test_a_digest_tells_each_of_its_alerts_once(destination, count):
    alerts = [
        a_message(title=f"Event number {n:02d} near Caracas", link=f"https://wire.example/{n:02d}")
        for n in range(count)
    ]
    [whole] = digests(alerts, occasion="quiet hours", identity="night", now=NOW)
    assert isinstance((await destination.take(whole)).verdict, Delivered)
    [said] = destination.arrived()
    assert all(said.count(f"Event number {n:02d}") == 1 for n in range(count))
    assert f"{count} alert" in said


async def test_a_follow_up_says_what_is_new(destination):
    later = an_alert(sequence=2, reason=Reason.MORE_SOURCES, detail="now 12 outlets")
    assert isinstance((await destination.take(message(later))).verdict, Delivered)
    [said] = destination.arrived()
    assert "12 outlets" in said
    assert "update" in said.lower()


async def test_what_the_monitor_says_of_itself_arrives(destination):
    notice = Notice(
        type="system.source_failing",
        source=SourceRef(name="Wire", url="https://wire.example/feed"),
        created=NOW,
        severity=Severity.HIGH,
        title="Wire has not answered for 25 hours",
        text="Connection refused",
    )
    assert isinstance((await destination.take(notice_message(notice))).verdict, Delivered)
    [said] = destination.arrived()
    assert "Wire has not answered for 25 hours" in said
    assert "Connection refused" in said


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


WORDS = "Look at **this**: <!channel> @everyone\n\nfrom the desk"


async def test_words_of_a_template_stand_for_ours_but_in_a_webhook(destination):
    whole = replace(message(an_alert()), words=Words(text=WORDS, title="Read: this"))
    assert isinstance((await destination.take(whole)).verdict, Delivered)
    [said] = destination.arrived()
    if destination.settings.kind == "webhook":
        assert said == body(whole).decode()
        return
    assert "Look at" in said
    assert "from the desk" in said
    if destination.settings.kind != "pagerduty":  # where it is the summary, above the details
        assert "Airlines were told" not in said
    titled = destination.settings.kind in {"email", "ntfy", "apprise"}
    assert said.startswith("Read: this") == titled


async def test_a_note_stands_below_our_own_words(destination):
    note = "the template of desk failed; these are our own words"
    whole = replace(message(an_alert()), words=Words(note=note))
    assert isinstance((await destination.take(whole)).verdict, Delivered)
    [said] = destination.arrived()
    assert "Trump says Venezuelan" in said
    assert (note in said.replace("\\", "")) == (destination.settings.kind != "webhook")
