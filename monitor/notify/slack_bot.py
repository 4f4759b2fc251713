"""Slack by a bot's token: follow-ups go into the thread of the story's first message.

The first message is then brought up to date: a line under it says who else tells the story.
Sources: docs.slack.dev on chat.postMessage, chat.update and the Web API's rate limits.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
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

API = "https://slack.com/api/"

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
_CLOSED = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "is_archived",
    "channel_not_found",
    "not_in_channel",
    "no_permission",
    "not_allowed_token_type",
    "team_access_not_granted",
    "access_denied",
    "org_login_required",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "accesslimited",
    "two_factor_setup_required",
    "team_not_found",
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
    """Send by the bot where there is a token, and by the incoming webhook where there is none."""
    if not settings.token:
        return await post(
            slack, message, settings, webhook_id=webhook_id, plain=plain, edge=edge, parent=parent
        )
    del left
    channel, _, thread = parent.partition(":")
    answer = await _say(message, settings, plain=plain, edge=edge, thread=thread)
    if thread and isinstance(answer.verdict, Dead) and answer.verdict.reason in _NO_THREAD:
        # Somebody has deleted the first message; the news stands by itself.
        return await _say(message, settings, plain=plain, edge=edge, thread="")
    if thread and isinstance(answer.verdict, Delivered) and "story" in message.data:
        # What was said is said, whatever becomes of the line under the first message.
        await _call(
            "chat.update", update(message, channel=channel, thread=thread), settings, edge=edge
        )
    return answer


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
