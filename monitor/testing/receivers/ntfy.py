"""An ntfy server that checks what it is sent, as far as its limits go."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from monitor.testing.receivers.chat import ChatReceiver, as_json
from monitor.testing.server import Answer, Request

MAX_MESSAGE_BYTES = 4_096  # what is longer becomes a file
PRIORITIES = range(1, 6)


class NtfyReceiver(ChatReceiver):
    """A loopback ntfy server that takes messages as JSON; with `token`, from its bearer alone."""

    PATH: ClassVar[str] = "/"
    TOPIC: ClassVar[str] = "airspace-desk"

    def answer(self, request: Request) -> Answer:
        """Take a message and name it, or refuse it with ntfy's numbers."""
        if fault := ntfy_refusal(request.body):
            return ntfy_error(400, 40024, fault)
        message = json.loads(request.body)
        if message["topic"] != self.TOPIC:
            return ntfy_error(403, 40301, "forbidden")
        self.received.append(message)
        return as_json({"id": f"n{len(self.received)}", "event": "message", **message})


def ntfy_error(status: int, code: int, words: str) -> Answer:
    """Return ntfy's account of a refusal; its server names no time to wait."""
    return as_json({"code": code, "http": status, "error": words}, status=status)


def ntfy_refusal(body: bytes) -> str:
    """Return what is wrong with a message, "" for one that arrives as such."""
    try:
        message = json.loads(body)
    except ValueError:
        return "invalid request: request body must be valid JSON"
    faults = {
        "topic": not message.get("topic"),
        "priority": message.get("priority", 3) not in PRIORITIES,
        "message": not 0 < len(str(message.get("message", "")).encode()) <= MAX_MESSAGE_BYTES,
        "tags": not isinstance(message.get("tags", []), list),
    }
    return ", ".join(name for name, wrong in faults.items() if wrong)


def show_ntfy(message: Mapping[str, Any]) -> str:
    """Return a message as lines."""
    return "\n".join([message["title"], message["message"], message.get("click", "")]).strip()
