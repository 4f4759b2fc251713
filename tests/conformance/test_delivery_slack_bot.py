"""Slack by a bot's token: threads, updates of the first message, and Slack's words for refusals."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from alert_builders import a_notifier, an_alert, attempt
from builders import NOW
from outbox_builders import SECOND, a_destination, bench, news, put

from monitor.alerts.digests import digests
from monitor.alerts.render import message
from monitor.model import Dead, Delivered, Reason, Retry
from monitor.store import Store
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


REPLIED = Answer(body=b'{"ok":true,"channel":"C0","ts":"2.0"}')
LIMITED = rate_limit(20)


async def followed_up(slack, trouble, *, left=""):
    """Return what becomes of a follow-up whose update of the first message meets trouble."""
    if not left:
        slack.script.append(REPLIED)
    slack.script.append(trouble)
    return (await posted(slack, follow_up(), parent="C0LOOPBACK:1.0", left=left)).verdict


def asked(slack):
    return [request.target.rpartition("/")[2] for request in slack.server.requests]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (slack_error("message_not_found"), "message_not_found"),
        (slack_error("cant_update_message"), "cant_update_message"),
        (slack_error("edit_window_closed"), "edit_window_closed"),
        (slack_error("channel_not_found"), "channel_not_found"),
        (slack_error("invalid_blocks"), "invalid_blocks"),
        (Answer(status=500), "http_5xx"),
        (Answer(raw=b""), "no_answer"),
    ],
)
async def test_the_reply_counts_whatever_becomes_of_the_update_and_its_note_says_so(
    slack, trouble, reason, caplog
):
    verdict = await followed_up(slack, trouble)
    assert verdict.ref == "C0:2.0"
    assert verdict.note.startswith(f"the first message is not up to date: {reason}")
    assert verdict.wait is None
    assert caplog.records[-1].answer.startswith(reason)


async def test_case_17_a_limit_at_the_update_pauses_all_and_the_update_alone_is_made_again(slack):
    verdict = await followed_up(slack, LIMITED)
    assert (verdict.after, verdict.scope, verdict.counts) == (
        timedelta(seconds=20),
        "destination",
        False,
    )
    assert verdict.reason.startswith("rate_limited: ")
    again = await followed_up(slack, REPLIED, left=verdict.left)
    assert again == Delivered(ref="C0:2.0")
    assert asked(slack) == ["chat.postMessage", "chat.update", "chat.update"]


@pytest.mark.parametrize(
    ("limit", "wait"),
    [(LIMITED, timedelta(seconds=20)), (slack_error("ratelimited"), timedelta(seconds=30))],
)
async def test_an_update_that_is_limited_twice_is_left_to_the_next_follow_up(slack, limit, wait):
    first = await followed_up(slack, limit)
    again = await followed_up(slack, limit, left=first.left)
    assert again == Delivered(
        ref="C0:2.0", note="the first message is not up to date: rate_limited", wait=wait
    )


@pytest.mark.parametrize("trouble", [slack_error("token_revoked"), Answer(status=401)])
async def test_a_token_refused_at_the_update_closes_the_destination_and_posts_nothing_twice(
    slack, trouble
):
    first = await followed_up(slack, trouble)
    assert isinstance(first, Retry)
    assert first.after == timedelta(0)
    again = await followed_up(slack, trouble, left=first.left)
    assert isinstance(again, Dead)
    assert again.scope == "destination"
    mended = await followed_up(slack, REPLIED, left=first.left)
    assert mended == Delivered(ref="C0:2.0")
    assert asked(slack) == ["chat.postMessage", *["chat.update"] * 3]


async def test_silence_at_the_update_holds_up_nothing_for_long_and_does_not_undo_the_reply(slack):
    async with asyncio.timeout(60):  # without a deadline of its own it would last a day
        slack.script.extend([REPLIED, Answer(raw=b"", hang=True)])
        told = await posted(slack, follow_up(), parent="C0:1.0", deadline=timedelta(days=1))
    assert told.verdict.ref == "C0:2.0"
    assert told.verdict.note.endswith("timeout: no answer in time")


async def test_what_mail_left_to_do_is_nothing_to_slack(slack):
    left = '{"to": ["ann@desk.example"], "refused": {}, "had": true}'
    assert isinstance((await posted(slack, left=left)).verdict, Delivered)
    assert asked(slack) == ["chat.postMessage"]


@pytest.mark.parametrize("reset", [False, True])
async def test_case_31_an_answer_that_breaks_off_is_none(slack, reset):
    whole = b'{"ok":true,"channel":"C0","ts":"2.0"}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    slack.script.append(Answer(raw=head + whole, reset=reset))
    verdict = (await posted(slack)).verdict
    assert isinstance(verdict, Retry)
    assert verdict.maybe_sent


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


# --- through the outbox ---------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/monitor.db") as store:
        yield store


async def after_a_story(desk, store, slack, *troubles):
    """Tell story 1, then its follow-up and story 2, whose first update meets these troubles."""
    put(store, news(1))
    await desk.run(2 * SECOND)
    slack.script.extend([Answer(body=b'{"ok":true,"channel":"C0LOOPBACK","ts":"2.0"}'), *troubles])
    put(store, news(1, sequence=2, reason=Reason.MORE_SOURCES, detail="told by 3 sources"))
    put(store, news(2))
    await desk.send()


def a_bot(slack):
    return a_destination("desk", slack.url, "slack", token=SlackApi.TOKEN, channel="#desk")


async def test_case_17_a_limit_at_an_update_holds_for_all_and_the_update_is_made_after_it(
    slack, store
):
    async with bench(store, a_bot(slack)) as desk:
        await after_a_story(desk, store, slack, LIMITED)
        await desk.run(19 * SECOND)
        assert asked(slack) == ["chat.postMessage", "chat.postMessage", "chat.update"]
        assert "rate_limited" in desk.rows()[1].reason
        await desk.run(10 * SECOND)
        assert asked(slack)[3:] == ["chat.update", "chat.postMessage"]
        assert desk.states() == ["delivered"] * 3
        assert [row.maybe_duplicate for row in desk.rows()] == [0, 0, 0]
    [line] = slack.updates
    assert "told by 3 sources" in line["attachments"][0]["fallback"]


async def test_case_9_a_token_revoked_at_an_update_parks_all_and_repeats_no_reply(slack, store):
    revoked = slack_error("token_revoked")
    async with bench(store, a_bot(slack)) as desk:
        await after_a_story(desk, store, slack, revoked, revoked, revoked)
        await desk.run(30 * SECOND)
        assert desk.states() == ["delivered", "parked", "parked"]
        assert desk.rows()[2].reason == "token_revoked"
        slack.script.clear()
        store.unpark("desk")
        await desk.run(10 * SECOND)
        assert desk.states() == ["delivered"] * 3
    assert len(slack.updates) == 1
    assert [("report 001" in show_slack(each)) for each in slack.received] == [True, False]


async def test_what_stands_against_an_update_is_kept_with_the_delivery(slack, store):
    async with bench(store, a_bot(slack)) as desk:
        await after_a_story(desk, store, slack, slack_error("edit_window_closed"))
        await desk.run(5 * SECOND)
        assert desk.states() == ["delivered"] * 3
        told = desk.rows()[1]
    assert told.reason == "the first message is not up to date: edit_window_closed"
