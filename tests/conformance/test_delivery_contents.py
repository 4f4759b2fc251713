"""Cases 43 to 58 of docs/delivery-cases.md: signatures, hostile texts, addresses and secrets."""

import json
import logging
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from alert_builders import OLD_SECRET, SECRET, TOKEN, a_message, a_notifier, attempt, told
from builders import NOW
from standardwebhooks import Webhook, WebhookVerificationError
from visits import resolver_of

from monitor.alerts.render import body
from monitor.feeds.transport import GuardedTransport
from monitor.model import Delivered, Retry
from monitor.testing.receivers import SlackReceiver, WebhookReceiver, mentions, show_slack
from monitor.testing.server import Answer, LoopbackServer

SHORT = timedelta(seconds=0.4)
OK = Answer(body=b"ok")
HTTP_KINDS = pytest.mark.parametrize("kind", ["slack", "webhook"])


@pytest.mark.parametrize("known", [SECRET, OLD_SECRET])
async def test_case_43_while_secrets_rotate_old_and_new_receivers_verify(known):
    now = datetime.now(UTC)
    async with WebhookReceiver(secrets=(known,), now=lambda: now) as receiver:
        siem = a_notifier("webhook", receiver.url, secrets=(SECRET, OLD_SECRET))
        assert (await attempt(siem, now=lambda: now)).verdict == Delivered()
        [request] = receiver.server.requests
    headers = {name.decode(): value.decode() for name, value in request.headers}
    Webhook(known).verify(request.body, headers)


async def test_case_44_a_retry_two_hours_later_verifies_within_five_minutes():
    now = NOW
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: now) as receiver:
        siem = a_notifier("webhook", receiver.url, secrets=(SECRET,))
        receiver.script.append(Answer(status=503))
        assert isinstance((await attempt(siem)).verdict, Retry)
        now = NOW + timedelta(hours=2)
        assert (await attempt(siem, now=lambda: now)).verdict == Delivered()
        first, second = receiver.server.requests
        assert first.header("webhook-id") == second.header("webhook-id")
        assert first.body == second.body


async def test_case_45_the_bytes_on_the_wire_are_the_bytes_that_were_signed():
    now = datetime.now(UTC)
    whole = a_message(title="Мадуро / “马杜罗” 🇻🇪 e\u0301 <&>", link="https://x.example/a/b")
    async with LoopbackServer(lambda _: OK) as server:
        siem = a_notifier("webhook", server.url("/hook"), secrets=(SECRET,))
        await attempt(siem, whole, now=lambda: now)
        [request] = server.requests
    headers = {name.decode(): value.decode() for name, value in request.headers}
    assert request.body == body(whole)
    Webhook(SECRET).verify(request.body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(json.dumps(json.loads(request.body)), headers)


async def test_case_46_a_hostile_title_is_one_literal_message_within_the_limits():
    hostile = "<!channel> & <@U1> *b* <https://evil|x>" + "\x00\u202e" + "x" * 10_000
    async with SlackReceiver() as receiver:
        desk = a_notifier("slack", receiver.url)
        assert (await attempt(desk, a_message(title=hostile))).verdict == Delivered()
        [payload] = receiver.received
    assert mentions(payload) == []
    assert "<!channel> & <@U1> *b* <https://evil|x>xxx" in show_slack(payload)
    assert not set("\x00\u202e") & set(json.dumps(payload, ensure_ascii=False))


async def test_case_47_a_very_long_title_is_cut_between_characters():
    family = "👩\u200d👩\u200d👧\u200d👦"
    long = ("e\u0301" + family) * 600
    async with SlackReceiver() as receiver:
        desk = a_notifier("slack", receiver.url)
        assert (await attempt(desk, a_message(title=long))).verdict == Delivered()
        [payload] = receiver.received
    headline = show_slack(payload).split("\n")[1].removesuffix("…")
    assert headline.replace(family, "").replace("e\u0301", "") == ""
    assert len(payload["blocks"]) <= 50


@HTTP_KINDS
async def test_case_55_a_private_address_is_not_reached_unless_it_is_allowed(kind):
    async with LoopbackServer(lambda _: OK) as server:
        blocked = await attempt(a_notifier(kind, server.url("/hook"), allow_networks=()))
        assert server.requests == []
        assert blocked.verdict.reason.startswith("blocked_address: ")
        assert "notifiers.desk.allow_networks" in blocked.verdict.reason
        assert isinstance(blocked.verdict, Retry)
        assert not blocked.verdict.maybe_sent
        allowed = await attempt(a_notifier(kind, server.url("/hook")))
        assert allowed.verdict == Delivered()


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.2"], ["::1"], ["::ffff:127.0.0.2"], ["10.1.2.3"], ["169.254.169.254"], ["0.0.0.0"]],
    ids=lambda addresses: addresses[0],
)
async def test_case_55_a_name_that_comes_to_lead_elsewhere_is_not_followed_there(addresses):
    names = {"hook.example": ["127.0.0.1"]}
    only_here = (ip_network("127.0.0.1/32"),)
    async with LoopbackServer(lambda _: OK) as server:
        async with LoopbackServer(lambda _: OK, host="127.0.0.2", port=server.port) as other:
            url = f"http://hook.example:{server.port}/hook"
            siem = a_notifier("webhook", url, allow_networks=only_here)
            for leads_to, verdict in ((names["hook.example"], Delivered), (addresses, Retry)):
                names["hook.example"] = leads_to
                door = GuardedTransport(resolver=resolver_of(names))
                seen = await attempt(siem, transport=door)
                assert isinstance(seen.verdict, verdict)
            assert (len(server.requests), other.accepted) == (1, 0)
        assert seen.verdict.reason.startswith("blocked_address: ")


@HTTP_KINDS
async def test_case_58_no_secret_is_logged_or_told(kind, caplog):
    caplog.set_level(logging.DEBUG)
    echo = TOKEN.encode() + b" " + SECRET.encode()
    answers = [
        OK,
        Answer(status=302, headers=(("Location", f"https://x.example/{TOKEN}"),), body=echo),
        Answer(status=404, body=echo),
        Answer(status=429, body=echo),
        Answer(status=500, body=echo),
        Answer(raw=b"", reset=True),
        Answer(raw=echo),
        Answer(raw=b"", hang=True),
    ]
    said = []
    for answer in answers:
        seen, _ = await told(kind, answer, secrets=(SECRET,), deadline=SHORT)
        said.append(repr(seen))
    for url in (f"ftp://x.example/{TOKEN}", f"https://[bad/{TOKEN}", f"http://127.0.0.1:1/{TOKEN}"):
        settings = a_notifier(kind, url, secrets=(SECRET,))
        said += [repr(await attempt(settings)), repr(settings)]
    everything = "\n".join([*said, caplog.text])
    for secret in (*TOKEN.split("/"), SECRET[6:]):
        assert secret not in everything
