"""Cases 1 to 34 of docs/delivery-cases.md: what a server does, and what is made of it."""

import asyncio
import gzip
import json
import random
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme
from alert_builders import SECRET, TOKEN, WEBHOOK_ID, a_notifier, attempt, told
from builders import NOW

from monitor.feeds.transport import GuardedTransport
from monitor.model import Dead, Delivered, Retry
from monitor.notify import KINDS
from monitor.notify.post import MAX_ANSWER_BYTES
from monitor.notify.retry import next_attempt
from monitor.testing.receivers import (
    SlackReceiver,
    TeamsReceiver,
    connector_error,
    discord_limit,
    rate_limit,
)
from monitor.testing.receivers.chat import as_json
from monitor.testing.server import Answer, LoopbackServer

SHORT = timedelta(seconds=0.4)
OK = Answer(body=b"ok")
HTTP_KINDS = pytest.mark.parametrize("kind", ["slack", "webhook", "discord", "teams", "mattermost"])
# Those for which `ok` is an answer that delivers.
OK_KINDS = pytest.mark.parametrize("kind", ["slack", "webhook", "mattermost"])


def retried_in(verdict, *, attempts=1):
    when = next_attempt(
        verdict,
        attempts=attempts,
        created=NOW,
        now=NOW,
        rng=random.Random(7),
        ttl=KINDS["slack"].ttl,
    )
    return when - NOW


async def test_case_1_ok_is_delivered_with_one_request():
    seen, requests = await told("slack", OK)
    assert (seen.verdict, seen.status, seen.body) == (Delivered(), 200, "ok")
    assert len(requests) == 1


@pytest.mark.parametrize("said", [b"invalid_token", b"<html>Sign in to the hotel</html>", b""])
async def test_case_2_an_unknown_200_is_not_a_delivery(said):
    seen, _ = await told("slack", Answer(body=said))
    assert isinstance(seen.verdict, Retry)
    assert seen.verdict.reason == "unexpected_body"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_case_3_a_webhook_takes_any_2xx(status):
    seen, requests = await told("webhook", Answer(status=status))
    assert seen.verdict == Delivered()
    assert len(requests) == 1


async def test_case_3_teams_accepts_before_it_posts():
    async with TeamsReceiver() as receiver:
        seen = await attempt(a_notifier("teams", receiver.url))
    assert (seen.verdict, seen.status) == (Delivered(), 202)


async def test_case_4_a_rate_limit_that_teams_reports_behind_200_pauses_the_destination():
    seen, requests = await told("teams", connector_error(429))
    assert seen.verdict == Retry(reason="rate_limited", scope="destination")
    assert retried_in(seen.verdict) >= timedelta(seconds=1)
    assert len(requests) == 1


@HTTP_KINDS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_case_5_a_redirect_is_never_followed(kind, status):
    async with LoopbackServer(lambda _: OK) as target:
        moved = Answer(status=status, headers=(("Location", target.url("/elsewhere")),))
        seen, requests = await told(kind, moved)
        assert target.requests == []
    assert isinstance(seen.verdict, Dead)
    assert seen.verdict.reason.startswith("redirect: ")
    assert "url" in seen.verdict.reason
    assert len(requests) == 1


async def test_case_6_a_refused_payload_is_dead_and_the_destination_stays_open():
    seen, requests = await told("slack", Answer(status=400, body=b"invalid_payload"))
    assert seen.verdict == Dead(reason="invalid_payload")
    assert len(requests) == 1


async def test_case_7_refused_blocks_go_out_once_more_as_plain_text():
    refused = Answer(status=400, body=b"invalid_blocks")
    seen, requests = await told("slack", refused, OK)
    assert seen.verdict == Delivered()
    first, second = (json.loads(request.body) for request in requests)
    assert "blocks" in first
    assert "blocks" not in second
    assert "Trump says Venezuelan airspace is closed" in second["text"]


async def test_case_7_refused_plain_text_is_dead():
    seen, requests = await told("slack", Answer(status=400, body=b"invalid_blocks"))
    assert seen.verdict == Dead(reason="invalid_blocks")
    assert len(requests) == 2


@pytest.mark.parametrize("word", ["no_text", "too_many_attachments"])
async def test_case_8_a_message_slack_will_never_take_is_dead_at_once(word):
    seen, requests = await told("slack", Answer(status=400, body=word.encode()))
    assert seen.verdict == Dead(reason=word)
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("kind", "status", "said", "reason"),
    [
        ("webhook", 401, b"", "auth"),
        ("webhook", 403, b"", "auth"),
        ("slack", 403, b"invalid_token", "invalid_token"),
    ],
)
async def test_case_9_bad_credentials_close_the_destination(kind, status, said, reason):
    seen, requests = await told(kind, Answer(status=status, body=said))
    assert seen.verdict == Dead(reason=reason, scope="destination")
    assert len(requests) == 1


@pytest.mark.parametrize(
    "word", ["action_prohibited", "posting_to_general_channel_denied", "team_disabled"]
)
async def test_case_10_a_forbidden_channel_closes_the_destination(word):
    seen, _ = await told("slack", Answer(status=403, body=word.encode()))
    assert seen.verdict == Dead(reason=word, scope="destination")


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("word", ["no_service", "no_active_hooks", "channel_not_found"])
async def test_case_11_a_removed_hook_closes_the_destination(word, status):
    seen, requests = await told("slack", Answer(status=status, body=word.encode()))
    assert seen.verdict == Dead(reason=word, scope="destination")
    assert len(requests) == 1


async def test_case_12_a_404_of_a_webhook_is_tried_again():
    seen, _ = await told("webhook", Answer(status=404))
    assert seen.verdict == Retry(reason="not_found")


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [("webhook", b"", "gone"), ("slack", b"channel_is_archived", "channel_is_archived")],
)
async def test_case_13_gone_closes_the_destination(kind, said, reason):
    seen, _ = await told(kind, Answer(status=410, body=said))
    assert seen.verdict == Dead(reason=reason, scope="destination")


@HTTP_KINDS
@pytest.mark.parametrize("status", [408, 425])
async def test_case_14_too_slow_and_too_early_are_tried_again(kind, status):
    seen, _ = await told(kind, Answer(status=status))
    assert isinstance(seen.verdict, Retry)
    assert not seen.verdict.maybe_sent


async def test_case_15_a_message_found_too_large_goes_out_once_more_without_its_summary():
    seen, requests = await told("webhook", Answer(status=413), Answer(status=204))
    assert seen.verdict == Delivered()
    first, second = (json.loads(request.body)["data"]["item"] for request in requests)
    assert first["summary"]
    assert second["summary"] is None
    assert {r.header("webhook-id") for r in requests} == {WEBHOOK_ID}


@HTTP_KINDS
async def test_case_15_a_message_still_too_large_is_dead(kind):
    seen, requests = await told(kind, Answer(status=413))
    assert seen.verdict == Dead(reason="too_large")
    assert len(requests) == 2


@HTTP_KINDS
@pytest.mark.parametrize("status", [415, 422])
async def test_case_16_other_refusals_are_dead(kind, status):
    seen, _ = await told(kind, Answer(status=status))
    assert seen.verdict == Dead(reason="rejected")


@HTTP_KINDS
async def test_case_17_a_rate_limit_pauses_the_destination_and_uses_up_no_attempt(kind):
    seen, requests = await told(kind, rate_limit(2))
    assert seen.verdict == Retry(
        reason="rate_limited", after=timedelta(seconds=2), scope="destination", counts=False
    )
    assert retried_in(seen.verdict) == timedelta(seconds=2)
    assert len(requests) == 1


@HTTP_KINDS
async def test_case_18_a_rate_limit_until_a_date_waits_for_it(kind):
    until = format_datetime(NOW + timedelta(seconds=30), usegmt=True)
    seen, _ = await told(kind, Answer(status=429, headers=(("Retry-After", until),)))
    assert seen.verdict.after == timedelta(seconds=30)


async def test_case_19_a_wait_in_json_counts_with_its_fraction():
    said = b'{"ok":false,"error":"rate_limited","retry_after":1.5}'
    seen, _ = await told("slack", Answer(status=429, body=said))
    assert seen.verdict.after == timedelta(seconds=1.5)


@HTTP_KINDS
@pytest.mark.parametrize(
    ("value", "seconds"), [("-1", None), ("abc", None), ("1e9", 86_400), ("0", 1)]
)
async def test_case_20_odd_waits_are_bounded_or_left_to_the_schedule(kind, value, seconds):
    seen, _ = await told(kind, Answer(status=429, headers=(("Retry-After", value),)))
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert seen.verdict.after == expected
    assert retried_in(seen.verdict) >= timedelta(seconds=1)


@pytest.mark.parametrize("everywhere", [False, True])
async def test_case_22_a_global_limit_of_discord_is_for_every_destination_there(everywhere):
    seen, _ = await told("discord", discord_limit(1.5, everywhere=everywhere))
    assert seen.verdict == Retry(
        reason="rate_limited",
        after=timedelta(seconds=1.5),
        scope="destination",
        counts=False,
        everywhere=everywhere,
    )


async def test_case_23_the_last_message_discord_allows_asks_for_a_pause():
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.2"}
    seen, _ = await told("discord", as_json({"id": "7"}, headers=left))
    assert seen.verdict == Delivered(ref="7", wait=timedelta(seconds=1.2))


async def test_case_24_trouble_inside_slack_is_tried_again_after_about_five_seconds():
    async with SlackReceiver() as receiver:
        receiver.script.append(Answer(status=500, body=b"rollup_error"))
        desk = a_notifier("slack", receiver.url)
        first = await attempt(desk)
        assert first.verdict == Retry(reason="rollup_error", maybe_sent=True)
        assert timedelta(seconds=4) <= retried_in(first.verdict) <= timedelta(seconds=6)
        assert (await attempt(desk)).verdict == Delivered()
        first_body, second_body = (request.body for request in receiver.server.requests)
    assert first_body == second_body


@HTTP_KINDS
async def test_case_25_an_unavailable_server_is_left_alone_as_long_as_it_asks(kind):
    seen, _ = await told(kind, Answer(status=503, headers=(("Retry-After", "120"),)))
    assert (seen.verdict.after, seen.verdict.scope) == (timedelta(seconds=120), "destination")


@HTTP_KINDS
async def test_case_27_a_refused_connection_is_tried_again_as_not_sent(kind):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/hook"
    seen = await attempt(a_notifier(kind, url))
    assert seen.verdict.reason.startswith("not_sent: ")
    assert not seen.verdict.maybe_sent


@pytest.mark.parametrize(
    ("name", "ends", "cause"),
    [
        ("127.0.0.2", None, "another"),
        ("127.0.0.1", datetime(2020, 1, 1, tzinfo=UTC), "expired"),
    ],
)
async def test_case_27_a_certificate_that_does_not_hold_is_named(name, ends, cause):
    authority = trustme.CA()
    serving, trusting = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        (ssl.create_default_context()),
    )
    authority.issue_cert(name, not_after=ends).configure_cert(serving)
    authority.configure_trust(trusting)
    async with LoopbackServer(lambda _: OK, tls=serving) as server:
        desk = a_notifier("webhook", server.url("/hook"))
        seen = await attempt(desk, transport=GuardedTransport(tls=trusting))
        assert server.requests == []
    assert seen.verdict.reason.startswith("not_sent: ")
    assert cause in seen.verdict.reason


@OK_KINDS
async def test_case_28_a_server_that_never_answers_is_given_up_at_the_deadline(kind):
    async with LoopbackServer(lambda _: OK) as other:
        silent, quick = await asyncio.gather(
            told(kind, Answer(raw=b"", hang=True), deadline=SHORT),
            attempt(a_notifier(kind, other.url("/hook"))),
        )
    assert silent[0].verdict.reason.startswith("timeout")
    assert silent[0].verdict.maybe_sent
    assert quick.verdict == Delivered()


async def test_case_28_the_deadline_is_over_the_plain_form_too():
    refused = Answer(status=400, body=b"invalid_blocks", delay=0.25)
    seen, requests = await told("slack", refused, Answer(raw=b"", hang=True), deadline=3 * SHORT)
    assert seen.verdict.reason.startswith("timeout")
    assert len(requests) == 2


async def test_case_29_a_dripping_body_is_judged_by_its_status_at_the_deadline():
    drip = Answer(body=b"x" * 2_000, chunk=60, pause=0.05)
    seen, _ = await told("webhook", drip, deadline=3 * SHORT)
    assert (seen.verdict, seen.status) == (Delivered(), 200)


async def test_case_29_a_dripping_head_ends_at_the_deadline():
    drip = Answer(body=b"", chunk=1, pause=0.05)
    seen, _ = await told("webhook", drip, deadline=SHORT)
    assert seen.verdict.reason.startswith("timeout")


@pytest.mark.parametrize(("status", "verdict"), [(200, Delivered), (500, Retry), (400, Dead)])
async def test_case_29_of_an_endless_body_no_more_than_64_kib_is_kept(status, verdict):
    head = f"HTTP/1.1 {status} X\r\nContent-Length: 10000000000\r\n\r\n".encode()
    endless = Answer(raw=head + b"x" * (4 * MAX_ANSWER_BYTES), hang=True)
    async with asyncio.timeout(60):  # whoever waits for the end, or for the deadline, never ends
        seen, _ = await told("webhook", endless, deadline=timedelta(days=1))
    assert isinstance(seen.verdict, verdict)
    assert len(seen.body.encode()) <= 1024


@HTTP_KINDS
async def test_case_30_a_connection_reset_after_the_request_may_have_been_sent(kind):
    seen, requests = await told(kind, Answer(raw=b"", reset=True))
    assert isinstance(seen.verdict, Retry)
    assert seen.verdict.maybe_sent
    assert len(requests) == 1


async def test_case_31_a_body_cut_short_behind_200_delivers_a_webhook_and_not_slack():
    cut_short = Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", reset=True)
    webhook, _ = await told("webhook", cut_short)
    slack, _ = await told("slack", cut_short)
    assert webhook.verdict == Delivered()
    assert slack.verdict == Retry(reason="unexpected_body", maybe_sent=True)


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        b"Content-Length: 500\r\n\r\nok",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ],
)
async def test_case_31_an_ok_that_is_not_the_whole_body_is_none(answer, reset):
    cut_short = Answer(raw=b"HTTP/1.1 200 OK\r\n" + answer, reset=reset)
    for kind in ("slack", "mattermost"):
        seen, requests = await told(kind, cut_short)
        assert isinstance(seen.verdict, Retry)
        assert seen.verdict.maybe_sent
        assert seen.verdict.reason.startswith("no_answer: ")
        assert len(requests) == 1
    webhook, _ = await told("webhook", cut_short)
    assert webhook.verdict == Delivered()


async def test_case_31_what_a_broken_answer_refuses_is_refused():
    answer = b"HTTP/1.1 403 X\r\nContent-Length: 500\r\n\r\ninvalid_token"
    seen, _ = await told("slack", Answer(raw=answer))
    assert seen.verdict == Dead(reason="invalid_token", scope="destination")


async def test_case_32_every_attempt_has_a_connection_of_its_own():
    async with LoopbackServer(lambda _: OK) as server:
        desk = a_notifier("slack", server.url("/services/a/b/c"))
        for _ in range(3):
            assert (await attempt(desk)).verdict == Delivered()
        assert [request.connection for request in server.requests] == [1, 2, 3]


@HTTP_KINDS
@pytest.mark.parametrize(
    "answer",
    [
        Answer(
            status=500,
            headers=(("Content-Encoding", "gzip"),),
            body=gzip.compress(bytes(20_000_000)),
        ),
        Answer(status=500, body=b"\xff\xfe\x00 bad \xc3\x28 bytes"),
        Answer(
            status=500, headers=(("Content-Type", "text/plain; charset=klingon"),), body=b"qapla"
        ),
    ],
    ids=["gzip bomb", "invalid UTF-8", "unknown charset"],
)
async def test_case_33_hostile_error_bodies_are_bounded_and_readable(kind, answer):
    seen, _ = await told(kind, answer)
    assert isinstance(seen.verdict, Retry)
    assert len(seen.body.encode()) <= 1024
    assert seen.body.isprintable()


@HTTP_KINDS
async def test_case_33_a_body_that_repeats_the_secret_is_redacted(kind):
    said = f"no hook at /services/{TOKEN} for {SECRET}".encode()
    seen, _ = await told(kind, Answer(status=500, body=said), secrets=(SECRET,))
    assert "plantedtoken" not in seen.body
    assert SECRET[6:] not in seen.body
    assert "no hook at" in seen.body


@OK_KINDS
@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 2\r\n\r\nok",
    ],
    ids=["100-continue", "chunked", "HTTP/1.0", "lower case", "upper case"],
)
async def test_case_34_every_dialect_of_http_delivers(kind, raw):
    seen, requests = await told(kind, Answer(raw=raw))
    assert (seen.verdict, seen.body) == (Delivered(), "ok")
    assert len(requests) == 1
