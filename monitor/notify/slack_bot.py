"""Slack by a bot's token: follow-ups go into the thread of the story's first message.

The first message is then brought up to date: a line under it says who else tells the story.
Sources: docs.slack.dev on chat.postMessage, chat.update and the Web API's rate limits.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from monitor.alerts.excerpt import cut, printable
from monitor.alerts.render import to_json
from monitor.alerts.wording import news
from monitor.model import Dead, Delivered, Fallback, Message, Retry, Verdict
from monitor.notify import slack
from monitor.notify.answers import judge, rate_limited, retry_after
from monitor.notify.post import Answer, Edge, ask, post, unsendable
from monitor.settings import NotifierSettings

log = logging.getLogger(__name__)

API = "https://slack.com/api/"
UPDATE_DEADLINE = timedelta(seconds=2.5)  # news must not wait for a line under an old message
UNSAID_PAUSE = timedelta(seconds=30)

_NAMED = 10  # sources in the line under the first message
_NAME = 80
_LINE = 1_000

# Slack's words look so; anything else may repeat what it was sent, a token among it.
_WORD = re.compile(r"[a-z_]{1,60}")
_UNKNOWN = "unknown_error"

_RATE = {"rate_limited", "ratelimited", "message_limit_exceeded"}
_FLAKY = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_FORM_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
_MESSAGE_REFUSED = {"msg_too_long", "no_text", "invalid_arguments"}
_NO_THREAD = {"thread_not_found", "message_not_found", "cannot_reply_to_message"}
# Whatever is asked with this token is refused.
_TOKEN_REFUSED = {
    "auth",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "team_access_not_granted",
    "org_login_required",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "accesslimited",
    "two_factor_setup_required",
    "team_not_found",
}
_CLOSED = _TOKEN_REFUSED | {
    "missing_scope",
    "is_archived",
    "channel_not_found",
    "not_in_channel",
    "no_permission",
    "not_allowed_token_type",
    "access_denied",
    "method_deprecated",
    "deprecated_endpoint",
}


async def deliver(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
    parent: str = "",
    left: str = "",
) -> Answer:
    """Send by the bot where there is a token, and by the incoming webhook where there is none.

    A Retry says in `left` what the posted message is called, where the line under the first one
    is all that is left to do.
    """
    if not settings.token:
        return await post(
            slack, message, settings, webhook_id=webhook_id, plain=plain, edge=edge, parent=parent
        )
    thread = parent.partition(":")[2]
    before = str(_read(left.encode()).get("told", ""))
    if before:
        answer = Answer(verdict=Delivered(ref=before))
    else:
        answer = await _say(message, settings, plain=plain, edge=edge, thread=thread)
    if thread and isinstance(answer.verdict, Dead) and answer.verdict.reason in _NO_THREAD:
        # Somebody has deleted the first message; the news stands by itself.
        return await _say(message, settings, plain=plain, edge=edge, thread="")
    if thread and isinstance(answer.verdict, Delivered) and "story" in message.data:
        line = await _bring_up_to_date(message, settings, parent=parent, edge=edge)
        verdict = _after_update(answer.verdict, line, settings, again=bool(before))
        return replace(answer, verdict=verdict)
    return answer


async def _bring_up_to_date(
    message: Message, settings: NotifierSettings, *, parent: str, edge: Edge
) -> Verdict:
    """Put the line under a story's first message, or say what stands against it."""
    channel, _, thread = parent.partition(":")
    payload = update(message, channel=channel, thread=thread)
    soon = asyncio.get_running_loop().time() + UPDATE_DEADLINE.total_seconds()
    brief = replace(edge, deadline=min(edge.deadline, soon))
    return (await _call("chat.update", payload, settings, edge=brief)).verdict


def _after_update(
    told: Delivered, line: Verdict, settings: NotifierSettings, *, again: bool
) -> Verdict:
    """Say what becomes of a message that was told, after the line under the first one was tried.

    The line is tried once more where Slack wants a pause, and where it takes the token no more:
    the attempt that closes the destination must be one that posts nothing. Otherwise the next
    follow-up says it.
    """
    left = "" if again else json.dumps({"told": told.ref})
    half = "the message is told, the line under the first one is not"
    wait = None
    match line:
        case Delivered():
            return told
        case Dead(reason=reason) if reason in _TOKEN_REFUSED:
            again_at_once = Retry(reason=f"{reason}: {half}", after=timedelta(0), left=left)
            return again_at_once if left else line
        case Retry(reason=reason, scope="destination") if left:
            return replace(line, reason=f"{reason}: {half}", maybe_sent=False, left=left)
        case Retry(scope="destination"):
            wait = line.after or UNSAID_PAUSE
        case _:
            pass
    log.warning(
        "the line under a story's first message is left out",
        extra={"notifier": settings.name, "answer": line.reason},
    )
    return replace(told, note=f"the first message is not up to date: {line.reason}", wait=wait)


def said(
    message: Message, *, channel: str, now: datetime, plain: bool, thread: str = ""
) -> dict[str, Any]:
    """Return what chat.postMessage is asked to say; the plain form is the text alone."""
    payload: dict[str, Any] = {
        "channel": channel,
        "text": slack.notification(message, now=now),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if thread:
        payload["thread_ts"] = thread
    if not plain:
        payload["blocks"] = slack.blocks(message, now=now)
    return payload


def update(message: Message, *, channel: str, thread: str) -> dict[str, Any]:
    """Return what chat.update is asked to put under a story's first message.

    It is an attachment alone: without a text the message keeps its blocks, so that what was said
    first need not be known any more. The one of an earlier follow-up is replaced.
    """
    line = cut(_also(message), _LINE)
    element = {"type": "plain_text", "text": line, "emoji": False}
    block = {"type": "context", "elements": [element]}
    attachment = {"fallback": slack.fallback(line), "blocks": [block]}
    return {"channel": channel, "ts": thread, "attachments": [attachment]}


def classify(status: int, headers: httpx.Headers, body: bytes, *, now: datetime) -> Verdict:
    """Say what an answer means: Slack says `ok` or why not in JSON, most often with status 200."""
    answer = _read(body)
    word = _word(answer)
    if word in _RATE or status == httpx.codes.TOO_MANY_REQUESTS:
        return rate_limited(retry_after(headers.get("retry-after"), headers, now=now))
    if status != httpx.codes.OK:
        return _by_word(word) or judge(status, headers, now=now)
    if answer.get("ok") is True:
        return Delivered(ref=f"{answer.get('channel', '')}:{answer.get('ts', '')}")
    if not word:
        return Retry(reason="unexpected_body", maybe_sent=True)
    # Slack has many words for what passes, such as a workspace that moves, and finds new ones.
    return _by_word(word) or Retry(reason=word)


def _also(message: Message) -> str:
    story = message.data["story"]
    # The first one told what stands above; a message does not name more than fit it.
    others = [cut(printable(name), _NAME) for name in story["sources"][1:]]
    shown = ", ".join(others[:_NAMED]) + (" and others" if len(others) > _NAMED else "")
    parts = [f"also told by {shown}"] if shown else []
    return " · ".join([*parts, _reports(story["size"]), news(message)])


def _reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number} reports"


def _by_word(word: str) -> Verdict | None:
    if word in _FLAKY:
        return Retry(reason=word, maybe_sent=True)
    if word in _FORM_REFUSED:
        return Fallback(reason=word)
    if word in _CLOSED or word.startswith("restricted_action"):
        return Dead(reason=word, scope="destination")
    return Dead(reason=word) if word in _MESSAGE_REFUSED | _NO_THREAD else None


async def _say(
    message: Message, settings: NotifierSettings, *, plain: bool, edge: Edge, thread: str
) -> Answer:
    payload = said(message, channel=settings.channel, now=edge.now(), plain=plain, thread=thread)
    return await _call("chat.postMessage", payload, settings, edge=edge)


async def _call(
    method: str, payload: Mapping[str, Any], settings: NotifierSettings, *, edge: Edge
) -> Answer:
    try:
        request = httpx.Request(
            "POST",
            f"{(settings.url or API).removesuffix('/')}/{method}",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Authorization": f"Bearer {settings.token}",
            },
            content=to_json(payload),
        )
    except (httpx.InvalidURL, ValueError) as error:
        return Answer(verdict=unsendable(error, settings))
    return await ask(request, settings, edge=edge, classify=classify)


def _word(answer: Mapping[str, Any]) -> str:
    """Return why an answer says no, "" where it does not say."""
    said = answer.get("error")
    if not said:
        return ""
    return said if isinstance(said, str) and _WORD.fullmatch(said) else _UNKNOWN


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
