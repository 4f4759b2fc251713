"""What Discord, Teams and Mattermost are sent, and what their answers mean."""

import json
from datetime import timedelta

import httpx
import pytest
from alert_builders import a_message, a_notifier, an_alert, attempt
from builders import NOW, an_item

from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Fallback, Retry
from monitor.notify import discord, mattermost, teams
from monitor.notify.markdown import escape
from monitor.notify.parts import link
from monitor.testing.receivers import (
    DiscordReceiver,
    MattermostReceiver,
    TeamsReceiver,
    mattermost_error,
    show_discord,
    show_mattermost,
    show_teams,
    teams_error,
)
from monitor.testing.receivers.chat import as_json

KINDS = {"discord": discord, "teams": teams, "mattermost": mattermost}


def request(kind, whole=None, *, url="https://chat.example/hook/x", plain=False):
    settings = a_notifier(kind, url)
    return KINDS[kind].request(whole or a_message(), settings, webhook_id="m", now=NOW, plain=plain)


def payload(kind, whole=None, **options):
    return json.loads(request(kind, whole, **options).content)


def answered(kind, status, body=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    return KINDS[kind].classify(status, httpx.Headers(named), said, now=NOW)


def test_discord_shows_the_headline_in_notifications_and_the_rest_in_an_embed():
    assert show_discord(payload("discord")).split("\n") == [
        "**HIGH** airspace · new story",
        "Trump says Venezuelan **airspace** is closed",
        "Wire · published 2025-11-30 21:04 UTC · +2 similar \\(UN News, DW\\)",
        "“Airlines were told to treat the **airspace** above Caracas as closed.”",
        "matched airspace in title, summary",
        "Closure affects crews within hours.",
        "[read the article](https://wire.example/1?a=1&b=2)",
        "alert 3f2a9c1e",
    ]


def test_mattermost_says_the_same_without_a_link_in_the_text_that_its_server_would_fetch():
    sent = payload("mattermost")
    assert "https://" not in sent["text"]
    assert show_mattermost(sent).split("\n")[:2] == [
        "**HIGH** airspace · new story",
        "Trump says Venezuelan **airspace** is closed",
    ]
    assert "[read the article](https://wire.example/1?a=1&b=2)" in show_mattermost(sent)


def test_teams_is_sent_one_card_with_a_button_for_the_article():
    sent = payload("teams")
    [attachment] = sent["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Read the article",
            "url": "https://wire.example/1?a=1&b=2",
        }
    ]
    assert "Trump says Venezuelan **airspace** is closed" in show_teams(sent)


@pytest.mark.parametrize("kind", KINDS)
def test_the_alerts_own_page_is_linked_when_there_is_one(kind):
    whole = message(an_alert(), public_url="https://monitor.example")
    assert "https://monitor.example/alerts/3f2a" in request(kind, whole).content.decode()


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("*b* _i_ `c` ~s~ |p|", "\\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\|p\\|"),
        ("[a](b)", "\\[a\\]\\(b\\)"),
        ("@everyone <!channel>", "@\u200beveryone <\u200b!channel\\>"),
        ("see https://evil.example", "see https:\u200b//evil.example"),
        ("see www.evil.example", "see www\u200b.evil.example"),
        ("- a", "\u200b- a"),
        ("7. a", "\u200b7. a"),
        ("# a", "\\# a"),
        ("plain words, and an end.", "plain words, and an end."),
    ],
)
def test_what_markdown_would_read_is_shown_as_it_is(said, sent):
    assert escape(said) == sent


def test_a_link_keeps_its_address_inside_its_brackets():
    whole = a_message(title="a", link="https://x.example/a_(b) c")
    said = show_discord(payload("discord", whole))
    assert "(https://x.example/a_%28b%29%20c)" in said
    assert link("javascript:alert(1)") == ""


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://d.example/api/webhooks/1/t", "/api/webhooks/1/t?wait=true"),
        ("https://d.example/api/webhooks/1/t?wait=false", "/api/webhooks/1/t?wait=true"),
        ("https://d.example/w/1/t?thread_id=7", "/w/1/t?thread_id=7&wait=true"),
    ],
)
def test_discord_is_always_asked_to_wait(url, asked):
    assert request("discord", url=url).url.raw_path.decode() == asked


async def test_a_workflows_address_arrives_byte_for_byte():
    async with TeamsReceiver() as receiver:
        seen = await attempt(a_notifier("teams", receiver.url))
        assert (seen.verdict, seen.status) == (Delivered(), 202)
        assert receiver.server.requests[0].target == TeamsReceiver.PATH


def test_the_longest_addresses_get_no_button_that_cannot_work():
    whole = a_message(link="https://x.example/" + "a" * 1_900)
    assert "actions" not in payload("teams", whole)["attachments"][0]["content"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_plain_form_tells_the_alert_too(kind):
    said = request(kind, plain=True).content.decode()
    assert "Trump says Venezuelan airspace is closed" in said
    assert "embeds" not in said
    assert '"attachments":[{"fallback"' not in said


@pytest.mark.parametrize("kind", KINDS)
def test_long_texts_in_the_plain_form_are_cut_within_the_limit(kind):
    whole = message(an_alert(item=an_item("i", title="*" * 600), description="<" * 600))
    said = request(kind, whole, plain=True).content.decode()
    assert "…" in said


async def test_a_discord_that_refuses_the_embed_gets_the_text_alone():
    refused = {"message": "Invalid Form Body", "code": 50035}
    async with DiscordReceiver() as receiver:
        receiver.script.append(as_json(refused, status=400))
        seen = await attempt(a_notifier("discord", receiver.url))
        assert isinstance(seen.verdict, Delivered)
        assert "embeds" not in receiver.received[0]


def test_discords_name_for_a_message_is_kept():
    assert answered("discord", 200, {"id": "123"}) == Delivered(ref="123")
    assert answered("discord", 204) == Delivered()


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        (200, b"<html>", Retry(reason="unexpected_body", maybe_sent=True)),
        (400, {"code": 50035}, Fallback(reason="invalid_form")),
        (400, {"code": 50006}, Dead(reason="rejected")),
        (401, {"code": 50027}, Dead(reason="auth", scope="destination")),
        (403, b"", Dead(reason="auth", scope="destination")),
        (404, {"code": 10015}, Dead(reason="unknown_webhook", scope="destination")),
        (413, b"", Fallback(reason="too_large")),
        (502, b"", Retry(reason="http_5xx", maybe_sent=True)),
    ],
)
def test_discords_refusals(status, said, verdict):
    assert answered("discord", status, said) == verdict


def test_a_forums_webhook_without_a_thread_says_what_to_write():
    verdict = answered("discord", 400, {"code": 220001})
    assert verdict.scope == "destination"
    assert "thread_id" in verdict.reason


@pytest.mark.parametrize(
    ("said", "headers", "after"),
    [
        ({"retry_after": 1.5}, {"retry_after": "1"}, 1.5),
        ({"retry_after": 1.5}, {"retry_after": "3"}, 3),
        ({}, {"x_ratelimit_reset_after": "2.5"}, 2.5),
        (b"error code: 1015", {"retry_after": "60"}, 60),
    ],
)
def test_discords_longest_wish_counts(said, headers, after):
    verdict = answered("discord", 429, said, **headers)
    assert verdict == Retry(
        reason="rate_limited",
        after=timedelta(seconds=after),
        scope="destination",
        counts=False,
    )


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        (202, b"", Delivered()),
        (202, b'{"anything":1}', Delivered()),
        (200, b"1", Delivered()),
        (200, b"<html>Sign in</html>", Retry(reason="unexpected_body", maybe_sent=True)),
        (400, b"", Dead(reason="rejected")),
        (401, b"", Dead(reason="auth", scope="destination")),
        (404, b"", Dead(reason="no_workflow", scope="destination")),
        (410, b"", Dead(reason="gone", scope="destination")),
        (413, b"", Fallback(reason="too_large")),
        (504, b"", Retry(reason="http_5xx", maybe_sent=True)),
    ],
)
def test_teams_answers(status, said, verdict):
    assert answered("teams", status, said) == verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("WorkflowTriggerIsNotEnabled", Dead(reason="no_workflow", scope="destination")),
        ("WorkflowNotFound", Dead(reason="no_workflow", scope="destination")),
        ("TriggerInputSchemaMismatch", Fallback(reason="invalid_card")),
        ("Another", Dead(reason="rejected")),
    ],
)
def test_a_workflow_that_is_off_or_gone_closes_the_destination(code, verdict):
    assert answered("teams", 400, teams_error(400, code).body) == verdict


@pytest.mark.parametrize(
    ("status", "name", "verdict"),
    [
        (400, "invalid", Dead(reason="invalid", scope="destination")),
        (501, "disabled", Dead(reason="disabled", scope="destination")),
        (404, "channel", Dead(reason="channel", scope="destination")),
        (403, "permissions", Dead(reason="permissions", scope="destination")),
        (400, "split_props_length", Fallback(reason="split_props_length")),
        (400, "text", Dead(reason="rejected")),
        (500, "other", Retry(reason="http_5xx", maybe_sent=True)),
    ],
)
def test_mattermosts_word_counts_before_its_status(status, name, verdict):
    said = mattermost_error(status, f"web.incoming_webhook.{name}.app_error").body
    assert answered("mattermost", status, said) == verdict


def test_only_a_whole_ok_is_a_post_in_mattermost():
    assert answered("mattermost", 200, b"ok") == Delivered()
    assert answered("mattermost", 200, b"<html>").reason == "unexpected_body"


async def test_a_hook_mattermost_does_not_know_closes_the_destination():
    async with MattermostReceiver() as receiver:
        seen = await attempt(a_notifier("mattermost", receiver.server.url("/hooks/other")))
    assert seen.verdict == Dead(reason="invalid", scope="destination")
