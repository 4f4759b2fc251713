"""A Slack that checks what it is sent, and refuses it in Slack's own words."""

import json
import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from monitor.testing.server import Answer, LoopbackServer, Request

MAX_BLOCKS = 50
MAX_SLACK_TEXT = 40_000
MAX_BLOCK_TEXT = 12_000  # in the sum over all blocks, as others measured it
MAX_PLAIN_TEXT = 3_000

# Slack's own elements that call for somebody's attention.
MENTIONS = {"user", "usergroup", "channel", "broadcast"}


@dataclass(slots=True, kw_only=True)
class SlackReceiver:
    """A loopback incoming webhook: it takes what Slack would take and keeps it in `received`.

    Answers in `script` are given first, one to each request, whatever that request says. With a
    `pace` it takes one message in so many seconds and answers 429 to all others.
    """

    script: deque[Answer] = field(default_factory=deque)
    received: list[dict[str, Any]] = field(default_factory=list)
    pace: float = 0.0  # seconds
    limited: int = 0  # how often it answered 429 by itself
    token: str = "T0FAKE/B0FAKE/loopbackloopbackloopback"  # noqa: S105 - nobody else's, and false
    server: LoopbackServer = field(init=False)
    _took_at: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Return the webhook's address."""
        return self.server.url(f"/services/{self.token}")

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.server.__aexit__(kind, error, tb)

    def _answer(self, request: Request) -> Answer:
        if self.script:
            return self.script.popleft()
        if request.target != f"/services/{self.token}":
            return Answer(status=404, body=b"no_service")
        refusal = slack_refusal(request.body)
        if refusal:
            return Answer(status=400, body=refusal.encode())
        if request.at - self._took_at < self.pace:
            self.limited += 1
            return rate_limit(math.ceil(self.pace))
        self._took_at = request.at
        self.received.append(json.loads(request.body))
        return Answer(body=b"ok")


def rate_limit(seconds: int) -> Answer:
    """Return Slack's answer to whoever sends too fast."""
    body = {"ok": False, "error": "rate_limited", "retry_after": seconds}
    return Answer(
        status=429, headers=(("Retry-After", str(seconds)),), body=json.dumps(body).encode()
    )


def slack_refusal(body: bytes) -> str:
    """Return the word with which Slack refuses a payload, or "" for one it takes."""
    try:
        payload = json.loads(body)
    except ValueError:
        return "invalid_payload"
    words, blocks = (payload.get("text", ""), payload.get("blocks", [])) if payload else ("", [])
    if not words and not blocks:
        return "no_text"
    if len(words) > MAX_SLACK_TEXT:
        return "invalid_payload"
    texts = [words for element in _elements(blocks) for words in _texts(element)]
    if len(blocks) > MAX_BLOCKS or any(not 0 < len(words) <= MAX_PLAIN_TEXT for words in texts):
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(map(len, texts)) > MAX_BLOCK_TEXT else ""


def mentions(payload: Mapping[str, Any]) -> list[str]:
    """Return everything in a payload that would call for somebody's attention."""
    found = [sign for sign in ("<!", "<@", "<#") if sign in payload.get("text", "")]
    found += [str(e["type"]) for e in _elements(payload.get("blocks", [])) if e["type"] in MENTIONS]
    found += [key for key in ("parse", "link_names") if payload.get(key)]
    return found


def show_slack(payload: Mapping[str, Any]) -> str:
    """Return a Slack message as lines for a terminal: what matched in asterisks, no emoji."""
    if "blocks" not in payload:
        words = str(payload["text"])
        return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    parts = []
    for element in (each for block in payload["blocks"] for each in block["elements"]):
        if element["type"] == "rich_text_list":
            parts += [f"• {_joined(item)}" for item in element["elements"]]
        elif element["type"] == "rich_text_quote":
            parts += [f"> {line}" for line in _joined(element).split("\n")]
        else:
            parts.append(_joined(element))
    return "\n".join(part.strip() for part in parts)


def _joined(element: Mapping[str, Any]) -> str:
    return "".join(map(_said, element.get("elements", [element])))


def _said(element: Mapping[str, Any]) -> str:
    words = str(element.get("text", ""))
    return f"*{words.strip()}*" if element.get("style", {}).get("bold") else words


def _elements(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object with a type, at any depth."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _elements(part)


def _texts(element: Mapping[str, Any]) -> list[str]:
    return [element[key] for key in ("text", "url") if isinstance(element.get(key), str)]
