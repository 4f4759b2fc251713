"""Slack's Web API as a bot meets it: messages, threads, updates."""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from monitor.testing.receivers.chat import ChatReceiver, as_json
from monitor.testing.receivers.slack import slack_refusal
from monitor.testing.server import Answer, Request


@dataclass(slots=True, kw_only=True)
class SlackApi(ChatReceiver):
    """A loopback Web API with one channel; `received` holds what was posted, as it is now.

    Each has its `ts`, by which a thread and an update name it.
    """

    PATH: ClassVar[str] = "/api/"
    TOKEN: ClassVar[str] = "xoxb-" + "1234567890-loopbackloopback"
    CHANNEL: ClassVar[str] = "C0LOOPBACK"

    updates: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Do what is asked, or say in a word why not."""
        if request.header("authorization") != f"Bearer {self.TOKEN}":
            return slack_error("invalid_auth")
        payload = json.loads(request.body)
        if payload.get("channel") not in {self.CHANNEL, "#desk"}:
            return slack_error("channel_not_found")
        match request.target.removeprefix(self.PATH):
            case "chat.postMessage":
                return self._post(payload)
            case "chat.update":
                return self._update(payload)
            case _:
                return slack_error("unknown_method")

    def _post(self, payload: dict[str, Any]) -> Answer:
        if fault := slack_refusal(json.dumps(payload).encode()):
            return slack_error(fault)
        thread = payload.get("thread_ts")
        if thread and thread not in {each["ts"] for each in self.received}:
            return slack_error("thread_not_found")
        stamp = f"1700000000.{len(self.received):06}"
        self.received.append({**payload, "ts": stamp})
        return as_json({"ok": True, "channel": self.CHANNEL, "ts": stamp})

    def _update(self, payload: dict[str, Any]) -> Answer:
        found = [each for each in self.received if each["ts"] == payload.get("ts")]
        if not found:
            return slack_error("message_not_found")
        self.updates.append(payload)
        # A text alone would replace the blocks; attachments alone leave them.
        found[0].update({name: value for name, value in payload.items() if name != "channel"})
        if "text" in payload and "blocks" not in payload:
            found[0].pop("blocks", None)
        return as_json({"ok": True, "channel": self.CHANNEL, "ts": payload["ts"]})


def slack_error(word: str) -> Answer:
    """Return how the Web API refuses: with status 200."""
    return as_json({"ok": False, "error": word})
