"""A Teams workflow that checks the card it is sent and answers before it has posted anything."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from monitor.testing.receivers.chat import ChatReceiver, as_json, calls, objects
from monitor.testing.server import Answer, Request

MAX_BYTES = 20_000  # what is sure to stay below the 28 KB counted after Teams' own additions
CARD = "application/vnd.microsoft.card.adaptive"
KNOWN_VERSIONS = {"1.0", "1.1", "1.2", "1.3", "1.4"}


class TeamsReceiver(ChatReceiver):
    """A loopback workflow whose address must arrive byte for byte as it was given out."""

    PATH: ClassVar[str] = (
        "/workflows/0f1e2d/triggers/manual/paths/invoke"
        "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=l00pback-%2b_%7E~"
    )

    def answer(self, request: Request) -> Answer:
        """Accept a card, or refuse it as the workflow's trigger does."""
        if request.target != self.PATH:
            return teams_error(401, "DirectApiAuthorizationRequired")
        if len(request.body) > MAX_BYTES:
            return Answer(status=413)
        if teams_refusal(request.body):
            return teams_error(400, "TriggerInputSchemaMismatch")
        self.received.append(json.loads(request.body))
        return Answer(status=202)


def teams_error(status: int, code: str) -> Answer:
    """Return a refusal as workflows word it."""
    return as_json({"error": {"code": code, "message": "refused"}}, status=status)


def connector_error(status: int) -> Answer:
    """Return how an old connector reports trouble inside Teams: behind 200."""
    words = f"Microsoft Teams endpoint returned HTTP error {status} with ContextId tcid=0."
    return Answer(body=f"Webhook message delivery failed with error: {words}".encode())


def teams_refusal(body: bytes) -> str:
    """Return what is wrong with a payload, "" for one that can be shown."""
    try:
        payload = json.loads(body)
        [attachment] = payload["attachments"]
        card = attachment["content"]
        blocks = card["body"]
    except (ValueError, KeyError, TypeError):
        return "no message with one card"
    if attachment["contentType"] != CARD or card.get("version") not in KNOWN_VERSIONS:
        return "no card that is shown"
    texts = [block.get("text") for block in blocks if block["type"] == "TextBlock"]
    return "" if texts and all(texts) else "an empty block"


def teams_mentions(payload: Mapping[str, Any]) -> list[str]:
    """Return everything in a card that would call for somebody's attention."""
    found = [sign for words in _texts(payload) for sign in (*calls(words), "<at>") if sign in words]
    return found + ["entities" for each in objects(payload) if "entities" in each]


def show_teams(payload: Mapping[str, Any]) -> str:
    """Return a card as lines, in its own Markdown, and the addresses of its buttons."""
    buttons = [
        str(each["url"]) for each in objects(payload) if each.get("type") == "Action.OpenUrl"
    ]
    return "\n".join([*_texts(payload), *buttons])


def _texts(payload: Mapping[str, Any]) -> list[str]:
    return [str(each["text"]) for each in objects(payload) if each.get("type") == "TextBlock"]
