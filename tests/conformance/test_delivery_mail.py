"""Case 53 of docs/delivery-cases.md and what belongs to it: mail servers, and what is made of them."""

import json
import logging
from collections import deque
from datetime import timedelta

import pytest
from alert_builders import WEBHOOK_ID, a_message, an_alert, attempt
from builders import NOW
from mail_builders import ANN, BEN, EVA, a_certificate, a_mail_notifier, a_trusting_transport
from outbox_builders import MINUTE, SECOND, bench, news, put
from visits import resolver_of

from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Reason, Retry
from monitor.store import Store
from monitor.testing.receivers.mailbox import HANG_UP, SILENCE, MailServer

SHORT = timedelta(seconds=0.4)


@pytest.fixture
async def server():
    async with MailServer(tls=a_certificate()) as made:
        yield made


async def mailed(server, whole=None, *, to=(ANN,), left="", settings=None, names=None, **options):
    settings = settings or a_mail_notifier(server, to=to)
    door = a_trusting_transport(resolver=resolver_of(names or {}))
    return await attempt(settings, whole, transport=door, left=left, **options)


def follow_up():
    return message(an_alert(sequence=2, reason=Reason.NUMBERS, detail="27 → 28"))


async def test_a_mail_arrives_encrypted_at_all_recipients_in_one_message(server):
    told = await mailed(server, to=(ANN, BEN))
    [mail] = server.mails
    assert told.verdict == Delivered(ref=f"<{WEBHOOK_ID}@news.example>")
    assert told.status == 250
    assert mail.encrypted
    assert mail.recipients == (ANN, BEN)
    assert mail.sender == "monitor@news.example"
    assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize("place", ["MAIL", f"RCPT {ANN}", "DATA", "TEXT"])
async def test_case_53_a_greylisting_server_is_asked_again(server, place):
    server.script[place] = deque(["451 4.7.1 greylisted, come back"])
    first = await mailed(server)
    assert isinstance(first.verdict, Retry)
    assert "451" in first.verdict.reason
    assert not first.verdict.maybe_sent
    again = await mailed(server, left=first.verdict.left)
    assert isinstance(again.verdict, Delivered)
    assert len(server.mails) == 1


async def test_case_53_one_of_two_recipients_refused_leaves_the_other_delivered(server, caplog):
    server.script[f"RCPT {BEN}"] = deque(["550 5.1.1 no such user"])
    with caplog.at_level(logging.WARNING):
        told = await mailed(server, to=(ANN, BEN))
    assert isinstance(told.verdict, Delivered)
    assert told.verdict.note == f"refused: {BEN}: 550 5.1.1 no such user"
    assert server.mails[0].recipients == (ANN,)
    assert [record.recipient for record in caplog.records] == [BEN]


async def test_case_53_a_connection_lost_after_the_text_is_tried_again_with_the_same_identity(
    server,
):
    server.script["TEXT"] = deque([HANG_UP])
    first = await mailed(server)
    assert isinstance(first.verdict, Retry)
    assert first.verdict.maybe_sent
    assert isinstance((await mailed(server)).verdict, Delivered)
    one, other = (mail.message["Message-ID"] for mail in server.mails)
    assert one == other == f"<{WEBHOOK_ID}@news.example>"


async def test_who_was_put_off_is_tried_again_alone(server):
    server.script[f"RCPT {BEN}"] = deque(["450 4.2.1 mailbox busy"])
    server.script[f"RCPT {EVA}"] = deque(["550 gone"])
    first = await mailed(server, to=(ANN, BEN, EVA))
    assert isinstance(first.verdict, Retry)
    assert BEN in first.verdict.reason
    again = await mailed(server, to=(ANN, BEN, EVA), left=first.verdict.left)
    assert isinstance(again.verdict, Delivered)
    assert again.verdict.note == f"refused: {EVA}: 550 gone"
    assert [mail.recipients for mail in server.mails] == [(ANN,), (BEN,)]


async def test_who_is_no_recipient_any_more_is_not_tried_again(server):
    server.script[f"RCPT {BEN}"] = deque(["450 busy"])
    server.script[f"RCPT {EVA}"] = deque(["450 busy"])
    first = await mailed(server, to=(ANN, BEN, EVA))
    assert isinstance(
        (await mailed(server, to=(ANN, EVA), left=first.verdict.left)).verdict, Delivered
    )
    assert [mail.recipients for mail in server.mails] == [(ANN,), (EVA,)]


async def test_when_everybody_is_refused_the_destination_is_closed(server):
    server.script["RCPT"] = deque(["550 relaying denied"] * 2)
    told = await mailed(server, to=(ANN, BEN))
    assert isinstance(told.verdict, Dead)
    assert told.verdict.scope == "destination"
    assert server.mails == []


async def test_a_refused_text_is_dead_and_the_destination_stays_open(server):
    server.script["TEXT"] = deque(["554 5.7.1 looks like spam"])
    told = await mailed(server)
    assert told.verdict == Dead(reason="rejected: 554 5.7.1 looks like spam")


async def test_what_is_too_large_goes_out_once_more_without_html(server):
    server.script["TEXT"] = deque(["552 5.3.4 too big"])
    assert isinstance((await mailed(server)).verdict, Delivered)
    assert not server.mails[0].message.is_multipart()


async def test_case_53_a_server_without_starttls_gets_nothing_and_is_asked_again():
    async with MailServer() as server:
        told = await mailed(server)
        commands = [line.split()[0] for line in server.commands]
    assert isinstance(told.verdict, Retry)
    assert told.verdict.reason.startswith("not_sent: ")
    assert "STARTTLS" in told.verdict.reason
    assert not told.verdict.maybe_sent
    assert "MAIL" not in commands


async def test_a_server_that_stays_without_starttls_is_parked_and_a_probe_reopens_it(tmp_path):
    async with MailServer() as server:
        settings = a_mail_notifier(server)
        with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
            async with bench(store, settings) as desk:
                desk.delivering.transport = a_trusting_transport()
                put(store, news(1))
                await desk.run(MINUTE)
                assert desk.states() == ["retrying"]  # one greeting, or a few, close nothing
                put(store, news(2), news(3), news(4))
                await desk.run(5 * MINUTE, step=5 * SECOND)
                assert set(desk.states()) == {"parked"}
                server.tls = a_certificate()
                await desk.run(10 * MINUTE, step=10 * SECOND)
                assert set(desk.states()) == {"delivered"}
                await desk.delivering.transport.aclose()
    assert all(mail.encrypted for mail in server.mails)


@pytest.mark.parametrize("words", ["454 TLS not available", "502 not now"])
async def test_a_refused_starttls_gets_nothing_and_is_asked_again(server, words):
    server.script["STARTTLS"] = deque([words])
    refused = await mailed(server)
    assert refused.verdict == Retry(reason=f"not_sent: no encryption: {words}")
    assert isinstance((await mailed(server)).verdict, Delivered)
    assert all(mail.encrypted for mail in server.mails)


async def test_a_server_that_offers_no_login_is_asked_again():
    async with MailServer(tls=a_certificate(), offers=()) as server:
        told = await mailed(server, settings=a_mail_notifier(server, user="desk", password="p"))
    assert isinstance(told.verdict, Retry)
    assert "AUTH" in told.verdict.reason


async def test_what_another_kind_left_to_do_is_nothing_to_mail(server):
    told = await mailed(server, left='{"told": "C0:2.0"}')
    assert isinstance(told.verdict, Delivered)


async def test_a_server_is_found_by_its_name_and_known_by_its_certificate():
    names = {"mail.example": ["127.0.0.1"]}
    async with MailServer(tls=a_certificate("mail.example")) as server:
        told = await mailed(
            server, settings=a_mail_notifier(server, server="mail.example"), names=names
        )
        assert isinstance(told.verdict, Delivered)
        lost = await mailed(server, settings=a_mail_notifier(server, server="post.example"))
    assert lost.verdict.reason.startswith("not_sent: post.example can't be looked up")


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_for_another_name_gets_nothing(tls):
    certificate = a_certificate("other.example")
    async with MailServer(tls=certificate, from_the_start=tls == "tls") as server:
        told = await mailed(server, settings=a_mail_notifier(server, tls=tls))
    assert isinstance(told.verdict, Retry)
    assert told.verdict.reason.startswith("not_sent: ")
    assert "certificate" in told.verdict.reason
    assert server.mails == []


async def test_tls_from_the_start():
    async with MailServer(tls=a_certificate(), from_the_start=True) as server:
        told = await mailed(server, settings=a_mail_notifier(server, tls="tls"))
        assert isinstance(told.verdict, Delivered)
        assert server.mails[0].encrypted
        assert "STARTTLS" not in server.commands


async def test_unencrypted_mail_is_for_networks_that_were_opened():
    async with MailServer() as server:
        told = await mailed(server, settings=a_mail_notifier(server, tls="none"))
        assert isinstance(told.verdict, Delivered)
        assert not server.mails[0].encrypted


async def test_a_private_mail_server_needs_its_network(server):
    settings = a_mail_notifier(server, allow_networks=())
    told = await mailed(server, settings=settings)
    assert isinstance(told.verdict, Retry)
    assert told.verdict.reason.startswith("blocked_address: ")
    assert server.commands == []


async def test_a_login_is_made_behind_encryption_and_its_refusal_closes_the_destination(server):
    settings = a_mail_notifier(server, user="desk", password="plantedpassword")
    assert isinstance((await mailed(server, settings=settings)).verdict, Delivered)
    verbs = [line.split()[0] for line in server.commands]
    assert verbs.index("STARTTLS") < verbs.index("AUTH")
    server.script["AUTH"] = deque(["535 5.7.8 not with plantedpassword"])
    told = await mailed(server, settings=settings)
    assert told.verdict == Dead(
        reason="auth: 535, the server refused the login", scope="destination"
    )
    assert "planted" not in told.body
    server.script["AUTH"] = deque(["454 4.7.0 plantedpassword may be good later"])
    told = await mailed(server, settings=settings)
    assert isinstance(told.verdict, Retry)
    assert "planted" not in told.verdict.reason + told.body


async def test_silence_ends_at_the_deadline_and_says_whether_it_may_have_arrived(server):
    server.script["MAIL"] = deque([SILENCE])
    before = await mailed(server, deadline=SHORT)
    assert (before.verdict.reason, before.verdict.maybe_sent) == (
        "timeout: no answer in time",
        False,
    )
    server.script["TEXT"] = deque([SILENCE])
    assert (await mailed(server, deadline=SHORT)).verdict.maybe_sent


async def test_silence_after_the_server_took_the_mail_is_a_delivery(server):
    server.script["QUIT"] = deque([SILENCE])
    assert isinstance((await mailed(server, deadline=SHORT)).verdict, Delivered)


async def test_a_server_that_is_closing_gets_the_mail_later(server):
    for place in ("GREETING", "RCPT"):
        server.script[place] = deque(["421 shutting down"])
        told = await mailed(server)
        assert told.verdict == Retry(reason="later: 421 shutting down")


async def test_nobody_listening_was_certainly_not_sent(server):
    async with MailServer() as gone:
        pass
    told = await mailed(gone)
    assert isinstance(told.verdict, Retry)
    assert told.verdict.reason.startswith("not_sent: ")
    assert not told.verdict.maybe_sent


@pytest.mark.parametrize(
    "changes", [{"sender": "nobody"}, {"to": ("josé@exämple.org",)}, {"server": ""}]
)
async def test_what_can_never_be_sent_is_the_destinations_fault(server, changes):
    told = await mailed(server, settings=a_mail_notifier(server, **changes))
    assert isinstance(told.verdict, Dead)
    assert told.verdict.scope == "destination"
    assert told.verdict.reason.startswith("unsendable")


async def test_follow_ups_belong_to_the_thread_of_the_first_mail(server):
    first = await mailed(server)
    await mailed(server, follow_up(), webhook_id="msg_second", parent=first.verdict.ref)
    await mailed(server, follow_up(), webhook_id="msg_third")
    one, other, unparented = (mail.message for mail in server.mails)
    assert one["In-Reply-To"] is None
    assert other["In-Reply-To"] == one["Message-ID"]
    root = one["References"]
    assert other["References"].split() == [root, one["Message-ID"]]
    assert unparented["References"] == unparented["In-Reply-To"] == root


async def test_machines_can_tell_where_it_came_from(server):
    await mailed(server)
    mail = server.mails[0].message
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<airspace.news-feed-monitor.news.example>"
    assert mail["Importance"] == "high"
    assert mail["From"].addresses[0].display_name == "News desk"
    assert mail["Date"].datetime == NOW


async def test_hostile_text_is_text_in_both_parts(server):
    hostile = '<script>alert(1)</script> <img src=x onerror=y> "\r\nBcc: x@evil.example'
    whole = a_message(title=hostile, summary=hostile, link="javascript:alert(1)")
    assert isinstance((await mailed(server, whole)).verdict, Delivered)
    mail = server.mails[0].message
    markup = mail.get_body(preferencelist=("html",)).get_content()
    assert "<script" not in markup
    assert "<img" not in markup
    assert "href" not in markup
    assert mail["Bcc"] is None
    assert "Bcc" in mail["Subject"]


async def test_every_line_fits_and_is_plain_ascii(server):
    whole = a_message(title="空域 " * 300, summary="Мадуро " * 900)
    await mailed(server, whole)
    raw = server.mails[0].whole
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert "空域" in server.mails[0].message["Subject"]


async def test_what_is_left_is_json_that_a_store_can_keep(server):
    server.script[f"RCPT {BEN}"] = deque(["450 busy"])
    left = (await mailed(server, to=(ANN, BEN))).verdict.left
    assert json.loads(left) == {"to": [BEN], "refused": {}, "had": True}
