"""A Mattermost that checks what it is sent and reads Slack's signs as the real one does."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from monitor.testing.receivers.chat import ChatReceiver, as_json, calls
from monitor.testing.server import Answer, Request

MAX_TEXT = 16_383  # a longer one is split, which the tests count as a fault
MAX_PROPS = 8_000  # of older servers

_SLACK_LINK = re.compile(r"<([^<|]+)\|([^>]+)>")


class MattermostReceiver(ChatReceiver):
    """A loopback incoming webhook of Mattermost."""

    PATH: ClassVar[str] = "/hooks/l00pbackl00pbackl00pback00"

    def answer(self, request: Request) -> Answer:
        """Take a message, or refuse it with the id of the server's error."""
        if request.target != self.PATH:
            return mattermost_error(400, "web.incoming_webhook.invalid.app_error")
        if refusal := mattermost_refusal(request.body):
            return mattermost_error(400, f"web.incoming_webhook.{refusal}.app_error")
        self.received.append(json.loads(request.body))
        return Answer(body=b"ok")


def mattermost_error(status: int, name: str) -> Answer:
    """Return an error as the server words it."""
    return as_json({"id": name, "message": "refused", "status_code": status}, status=status)


def mattermost_refusal(body: bytes) -> str:
    """Return the word with which a payload is refused, "" for one that makes one whole post."""
    try:
        payload = json.loads(body)
    except ValueError:
        return "parse"
    if not payload.get("text") and not payload.get("attachments"):
        return "text"
    if len(payload.get("text", "")) > MAX_TEXT:
        return "text.length"
    attachments = json.dumps(payload.get("attachments", []), ensure_ascii=False)
    return "split_props_length" if len(attachments) > MAX_PROPS else ""


def mattermost_mentions(payload: Mapping[str, Any]) -> list[str]:
    """Return everything that would call for attention, or would become a link nobody wrote."""
    found = [sign for words in _texts(payload) for sign in calls(words)]
    linked = [_SLACK_LINK.sub(r"[\2](\1)", words) for words in _texts(payload)]
    return found + [words for words in linked if re.search(r"[^\\]\]\(\u200b", words)]


def show_mattermost(payload: Mapping[str, Any]) -> str:
    """Return a message as lines, in Mattermost's own Markdown."""
    footers = [str(each["footer"]) for each in payload.get("attachments", [])]
    return "\n".join([*_texts(payload), *footers])


def _texts(payload: Mapping[str, Any]) -> list[str]:
    return [
        str(each["text"]) for each in (payload, *payload.get("attachments", [])) if "text" in each
    ]
