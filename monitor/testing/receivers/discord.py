"""A Discord that checks what it is sent: sizes, mentions, and whether an answer is waited for."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.testing.receivers.chat import ChatReceiver, as_json, calls
from monitor.testing.server import Answer, Request

MAX_CONTENT = 2_000
MAX_EMBEDS = 10
MAX_EMBED_SUM = 6_000  # over all embeds of a message
LIMITS = {"title": 256, "description": 4_096}


class DiscordReceiver(ChatReceiver):
    """A loopback Discord webhook."""

    PATH: ClassVar[str] = "/api/webhooks/112233445566778899/loopbackloopbackloopback"

    def answer(self, request: Request) -> Answer:
        """Take a message and show it, or refuse it with Discord's numbers."""
        address = urlsplit(request.target)
        if address.path != self.PATH:
            return as_json({"message": "Unknown Webhook", "code": 10015}, status=404)
        if fault := discord_refusal(request.body):
            said = {"message": "Invalid Form Body", "code": 50035, "errors": fault}
            return as_json(said, status=400)
        self.received.append(json.loads(request.body))
        if parse_qs(address.query).get("wait") != ["true"]:
            return Answer(status=204)
        left = {"X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "2"}
        return as_json({"id": str(1_000 + len(self.received))}, headers=left)


def discord_limit(seconds: float, *, everywhere: bool = False) -> Answer:
    """Return Discord's answer to whoever sends too fast; the header holds whole seconds."""
    said = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    return as_json(said, status=429, headers={"Retry-After": str(int(seconds))})


def discord_refusal(body: bytes) -> str:
    """Return what Discord finds wrong with a payload, "" for one it takes."""
    try:
        payload = json.loads(body)
    except ValueError:
        return "no JSON"
    content, embeds = payload.get("content", ""), payload.get("embeds", [])
    faults = {
        "empty": not content and not embeds,
        "content": len(content) > MAX_CONTENT,
        "embeds": len(embeds) > MAX_EMBEDS,
        "an embed": any(_oversized(embed) for embed in embeds),
        "the sum of embeds": sum(map(_size, embeds)) > MAX_EMBED_SUM,
    }
    return ", ".join(name for name, wrong in faults.items() if wrong)


def discord_mentions(payload: Mapping[str, Any]) -> list[str]:
    """Return everything in a payload that would call for somebody's attention."""
    said = [
        payload.get("content", ""),
        *(e.get("description", "") for e in payload.get("embeds", [])),
    ]
    found = [sign for words in said for sign in calls(words)]
    allowed = payload.get("allowed_mentions") == {"parse": []}
    return found if allowed else [*found, "mentions are on"]


def show_discord(payload: Mapping[str, Any]) -> str:
    """Return a message as lines, in Discord's own Markdown."""
    parts = [payload.get("content", "")]
    for embed in payload.get("embeds", []):
        parts += [embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    return "\n".join(part for part in parts if part)


def _oversized(embed: Mapping[str, Any]) -> bool:
    footer = embed.get("footer", {}).get("text", "")
    return len(footer) > 2_048 or any(len(embed.get(n, "")) > most for n, most in LIMITS.items())


def _size(embed: Mapping[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", "")]
    return sum(map(len, [*texts, embed.get("footer", {}).get("text", "")]))
