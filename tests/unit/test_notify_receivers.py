"""The receivers we test against refuse what the real ones refuse."""

import json
from datetime import timedelta

import pytest
from alert_builders import OLD_SECRET, SECRET, a_notifier, attempt
from builders import NOW

from monitor.model import Dead, Delivered
from monitor.testing.receivers import (
    SlackReceiver,
    WebhookReceiver,
    discord_mentions,
    discord_refusal,
    mattermost_mentions,
    mattermost_refusal,
    mentions,
    show_slack,
    slack_refusal,
    teams_mentions,
    teams_refusal,
)


def rich_text(*elements):
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [section]}


def words(text):
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ({"text": "hello"}, ""),
        ({"text": ""}, "no_text"),
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "invalid_payload"),
        ({"text": "x", "blocks": [rich_text(words("y"))] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [rich_text(words(""))]}, "invalid_blocks"),
        ({"text": "x", "blocks": [rich_text(words("y" * 3_001))]}, "invalid_blocks"),
        ({"text": "x", "blocks": [rich_text(*[words("y" * 3_000)] * 5)]}, "msg_blocks_too_long"),
    ],
)
def test_slack_refuses_in_its_own_words(payload, word):
    assert slack_refusal(json.dumps(payload).encode()) == word


def test_slack_refuses_what_is_no_json():
    assert slack_refusal(b"{") == "invalid_payload"


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "<!channel>"},
        {"text": "<@U1>"},
        {"text": "x", "blocks": [rich_text({"type": "broadcast", "range": "here"})]},
        {"text": "x", "link_names": 1},
        {"text": "x", "parse": "full"},
    ],
)
def test_a_mention_is_found(payload):
    assert mentions(payload)


def test_a_plain_message_is_shown_unescaped():
    assert show_slack({"text": "a &amp; b &lt;c&gt; &amp;lt;"}) == "a & b <c> &lt;"


async def test_a_wrong_hook_is_unknown_to_slack():
    async with SlackReceiver() as receiver:
        seen = await attempt(a_notifier("slack", receiver.server.url("/services/other")))
    assert seen.verdict == Dead(reason="no_service", scope="destination")
    assert receiver.received == []


@pytest.mark.parametrize(
    ("secrets", "ahead"),
    [
        ((OLD_SECRET,), timedelta(0)),
        ((), timedelta(0)),
        ((SECRET,), timedelta(minutes=6)),
        ((SECRET,), timedelta(minutes=-6)),
    ],
    ids=["another secret", "unsigned", "too early", "too late"],
)
async def test_a_webhook_that_does_not_verify_is_refused(secrets, ahead):
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: NOW) as receiver:
        siem = a_notifier("webhook", receiver.url, secrets=secrets)
        seen = await attempt(siem, now=lambda: NOW + ahead)
    assert seen.status == 401
    assert receiver.verified == []
    assert receiver.receipts[0].refused


async def test_a_repeat_is_counted_by_its_id():
    async with WebhookReceiver(secrets=(SECRET,), now=lambda: NOW) as receiver:
        siem = a_notifier("webhook", receiver.url, secrets=(SECRET,))
        for identity in ("msg_1", "msg_2", "msg_1"):
            assert (await attempt(siem, webhook_id=identity)).verdict == Delivered()
    assert receiver.duplicates == 1
    assert receiver.verified[0].message["type"] == "alert.created"


def card(text, version="1.4"):
    content = {"version": version, "body": [{"type": "TextBlock", "text": text}]}
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


QUIET = {"allowed_mentions": {"parse": []}}


@pytest.mark.parametrize(
    ("refusal", "payload", "word"),
    [
        (discord_refusal, {"content": "x" * 2_000}, ""),
        (discord_refusal, {"content": "x" * 2_001}, "content"),
        (discord_refusal, {}, "empty"),
        (discord_refusal, {"embeds": [{"description": "x"}] * 11}, "embeds"),
        (discord_refusal, {"embeds": [{"description": "x" * 4_097}]}, "an embed"),
        (discord_refusal, {"embeds": [{"description": "x" * 3_001}] * 2}, "the sum of embeds"),
        (teams_refusal, card("x"), ""),
        (teams_refusal, card(""), "an empty block"),
        (teams_refusal, card("x", "1.6"), "no card that is shown"),
        (teams_refusal, {"text": "x"}, "no message with one card"),
        (mattermost_refusal, {"text": "x"}, ""),
        (mattermost_refusal, {}, "text"),
        (mattermost_refusal, {"text": "x" * 16_384}, "text.length"),
        (mattermost_refusal, {"attachments": [{"text": "x" * 8_000}]}, "split_props_length"),
    ],
)
def test_each_chat_refuses_what_it_would_not_show(refusal, payload, word):
    assert refusal(json.dumps(payload).encode()) == word


@pytest.mark.parametrize(
    ("called", "payload"),
    [
        (discord_mentions, {"content": "quiet"}),
        (discord_mentions, {"content": "@everyone", **QUIET}),
        (discord_mentions, {"embeds": [{"description": "<@1>"}], **QUIET}),
        (teams_mentions, card("<at>desk</at>")),
        (mattermost_mentions, {"text": "@channel"}),
        (mattermost_mentions, {"attachments": [{"text": "<!here>"}]}),
    ],
)
def test_a_mention_is_found_in_each_chat(called, payload):
    assert called(payload)


def test_quiet_messages_call_nobody():
    assert discord_mentions({"content": "a @\u200beveryone", **QUIET}) == []
    assert teams_mentions(card("a <\u200bat\\>")) == []
    assert mattermost_mentions({"text": "a <\u200b!here\\>"}) == []
