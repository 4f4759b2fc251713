"""Slack by a bot's token: threads, updates of the first message, and Slack's words for refusals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alert_builders import a_notifier, an_alert, attempt
from builders import NOW

from monitor.alerts.digests import digests
from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Reason, Retry
from monitor.testing.receivers import mentions, rate_limit, show_slack
from monitor.testing.receivers.slack_api import SlackApi, slack_error
from monitor.testing.server import Answer


@pytest.fixture
async def slack():
    async with SlackApi() as api:
        yield api


async def posted(slack, whole=None, *, token=SlackApi.TOKEN, channel="#desk", **options):
    return await attempt(
        a_notifier("slack", slack.url, token=token, channel=channel), whole, **options
    )


def follow_up(number=2, sources=("Wire", "UN News", "DW")):
    story = replace(an_alert().story, size=len(sources) + 2, sources=tuple(sources))
    detail = f"told by {len(sources)} sources"
    return message(
        an_alert(sequence=number, reason=Reason.MORE_SOURCES, detail=detail, story=story)
    )


async def test_an_alert_is_posted_and_its_place_remembered(slack):
    told = await posted(slack)
    assert told.verdict == Delivered(ref="C0LOOPBACK:1700000000.000000")
    [said] = slack.received
    assert "Trump says Venezuelan" in show_slack(said)
    assert mentions(said) == []
    assert (said["unfurl_links"], said["unfurl_media"]) == (False, False)
    assert "thread_ts" not in said


async def test_a_follow_up_is_a_reply_and_the_first_message_says_who_tells_it_too(slack):
    first = await posted(slack)
    before = show_slack(slack.received[0])
    second = await posted(slack, follow_up(), parent=first.verdict.ref)
    assert isinstance(second.verdict, Delivered)
    parent, reply = slack.received
    assert reply["thread_ts"] == parent["ts"]
    assert show_slack(parent) == before
    [attachment] = parent["attachments"]
    assert attachment["fallback"] == (
        "also told by UN News, DW · 5 reports · more sources: told by 3 sources"
    )


async def test_the_line_of_a_later_follow_up_replaces_the_one_before(slack):
    first = await posted(slack)
    await posted(slack, follow_up(), parent=first.verdict.ref)
    names = [f"<!channel> {n}" for n in range(30)]
    await posted(slack, follow_up(3, names), parent=first.verdict.ref)
    [attachment] = slack.received[0]["attachments"]
    assert "and others · 32 reports" in attachment["fallback"]
    assert "<" not in attachment["fallback"]


@pytest.mark.parametrize(
    "trouble",
    [slack_error("message_not_found"), rate_limit(30), Answer(status=500), Answer(raw=b"")],
)
async def test_the_reply_counts_whatever_becomes_of_the_update(slack, trouble):
    first = await posted(slack)
    # The first answer is for the reply, the second for the update.
    slack.script.extend([Answer(body=b'{"ok":true,"channel":"C0","ts":"2.0"}'), trouble])
    told = await posted(slack, follow_up(), parent=first.verdict.ref)
    assert told.verdict == Delivered(ref="C0:2.0")


async def test_silence_at_the_update_does_not_undo_the_reply(slack):
    slack.script.extend(
        [Answer(body=b'{"ok":true,"channel":"C0","ts":"2.0"}'), Answer(raw=b"", hang=True)]
    )
    told = await posted(slack, follow_up(), parent="C0:1.0", deadline=timedelta(seconds=0.5))
    assert told.verdict == Delivered(ref="C0:2.0")


async def test_news_of_a_story_whose_first_message_was_deleted_stands_by_itself(slack):
    told = await posted(slack, follow_up(), parent="C0LOOPBACK:1.0")
    assert isinstance(told.verdict, Delivered)
    [said] = slack.received
    assert "thread_ts" not in said


async def test_a_digest_belongs_to_no_thread(slack):
    alerts = [message(an_alert())] * 3
    [whole] = digests(alerts, occasion="digest", identity="x", now=NOW)
    assert isinstance((await posted(slack, whole)).verdict, Delivered)


async def test_blocks_that_are_refused_go_out_once_more_as_text(slack):
    slack.script.append(slack_error("invalid_blocks"))
    assert isinstance((await posted(slack)).verdict, Delivered)
    assert "blocks" not in slack.received[0]


async def test_a_rate_limit_pauses_the_channel_for_as_long_as_it_says(slack):
    limited = Answer(
        status=429, headers=(("Retry-After", "7"),), body=b'{"ok":false,"error":"ratelimited"}'
    )
    slack.script.append(limited)
    verdict = (await posted(slack)).verdict
    assert verdict == Retry(
        reason="rate_limited", after=timedelta(seconds=7), scope="destination", counts=False
    )


@pytest.mark.parametrize(
    "word",
    [
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "is_archived",
        "channel_not_found",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "accesslimited",
        "two_factor_setup_required",
        "team_not_found",
        "method_deprecated",
        "deprecated_endpoint",
    ],
)
async def test_what_only_a_person_can_mend_closes_the_destination(slack, word):
    slack.script.append(slack_error(word))
    assert (await posted(slack)).verdict == Dead(reason=word, scope="destination")


@pytest.mark.parametrize("word", ["msg_too_long", "no_text"])
async def test_what_is_wrong_with_a_message_is_dead_with_it(slack, word):
    slack.script.append(slack_error(word))
    assert (await posted(slack)).verdict == Dead(reason=word)


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "request_timeout"])
async def test_what_passes_is_tried_again(slack, word):
    slack.script.append(slack_error(word))
    assert (await posted(slack)).verdict == Retry(reason=word, maybe_sent=True)


@pytest.mark.parametrize("word", ["a_word_of_tomorrow", "team_added_to_org"])
async def test_a_word_nobody_knows_yet_is_tried_again(slack, word):
    slack.script.append(slack_error(word))
    assert (await posted(slack)).verdict == Retry(reason=word)


@pytest.mark.parametrize(
    "word", [SlackApi.TOKEN, f"restricted_action {SlackApi.TOKEN}", "a" * 61, "a\nb", "Wort"]
)
async def test_what_is_no_word_of_slack_is_never_repeated(slack, word):
    slack.script.append(slack_error(word))
    assert (await posted(slack)).verdict == Retry(reason="unknown_error")


async def test_the_line_under_the_first_message_counts_one_report_as_one(slack):
    first = await posted(slack)
    alone = follow_up()
    alone.data["story"]["size"] = 1
    await posted(slack, alone, parent=first.verdict.ref)
    [attachment] = slack.received[0]["attachments"]
    assert " · 1 report · " in attachment["fallback"]


@pytest.mark.parametrize("body", [b"ok", b"<html>", b"[]", b'{"ok":"yes"}', b"[" * 60_000])
async def test_an_answer_slack_does_not_give_took_nothing(slack, body):
    slack.script.append(Answer(body=body))
    verdict = (await posted(slack)).verdict
    assert (verdict.reason, verdict.maybe_sent) == ("unexpected_body", True)


async def test_a_token_that_is_none_is_told_as_such(slack):
    told = await posted(slack, token="xoxb-wrong")
    assert told.verdict == Dead(reason="invalid_auth", scope="destination")


@pytest.mark.parametrize("token", ["xoxb-\r\nX: y", "жетон"])
async def test_a_token_no_header_can_hold_is_the_destinations_fault(slack, token):
    verdict = (await posted(slack, token=token)).verdict
    assert isinstance(verdict, Dead)
    assert verdict.scope == "destination"
    assert verdict.reason.startswith("unsendable")
