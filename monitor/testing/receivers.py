"""Where alerts arrive in tests and in the demo: a Slack that checks, a webhook that verifies."""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from monitor.testing.server import Answer, LoopbackServer, Request

TOLERANCE = timedelta(minutes=5)  # between a signature's time and the receiver's clock

MAX_BLOCKS = 50
MAX_SLACK_TEXT = 40_000
MAX_BLOCK_TEXT = 12_000  # in the sum over all blocks, as others measured it
MAX_PLAIN_TEXT = 3_000

# Slack's own elements that call for somebody's attention.
MENTIONS = {"user", "usergroup", "channel", "broadcast"}


@dataclass(slots=True, kw_only=True)
class SlackReceiver:
    """A loopback incoming webhook: it takes what Slack would take and keeps it in `received`.

    Answers in `script` are given first, one to each request, whatever that request says.
    """

    script: deque[Answer] = field(default_factory=deque)
    received: list[dict[str, Any]] = field(default_factory=list)
    token: str = "T0FAKE/B0FAKE/loopbackloopbackloopback"  # noqa: S105 - nobody else's, and false
    server: LoopbackServer = field(init=False)

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
    for block in payload["blocks"]:
        for element in block["elements"]:
            words = "".join(map(_said, element.get("elements", [element])))
            quoted = element["type"] == "rich_text_quote"
            parts.append("\n".join(f"> {line}" for line in words.split("\n")) if quoted else words)
    return "\n".join(part.strip() for part in parts)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A webhook that arrived. `refused` says why its signature did not hold, "" if it did."""

    id: str
    body: bytes
    refused: str

    @property
    def message(self) -> Any:
        """Return the body's JSON."""
        return json.loads(self.body)


@dataclass(slots=True, kw_only=True)
class WebhookReceiver:
    """A loopback webhook that verifies Standard Webhooks signatures and notices repeats.

    It computes them by itself: a fault in the signer's library must not hide behind the same
    library. `now` is its clock. A signature that does not hold is answered 401.
    """

    secrets: tuple[str, ...]
    now: Callable[[], datetime]
    script: deque[Answer] = field(default_factory=deque)
    receipts: list[Receipt] = field(default_factory=list)
    server: LoopbackServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Return the webhook's address."""
        return self.server.url("/hook")

    @property
    def verified(self) -> list[Receipt]:
        """Return what arrived with a signature that held."""
        return [receipt for receipt in self.receipts if not receipt.refused]

    @property
    def duplicates(self) -> int:
        """Return how many verified webhooks repeat the id of another."""
        return len(self.verified) - len({receipt.id for receipt in self.verified})

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
        refused = self._refusal(request)
        identity = request.header("webhook-id") or ""
        self.receipts.append(Receipt(id=identity, body=request.body, refused=refused))
        return Answer(status=401, body=refused.encode()) if refused else Answer(status=204)

    def _refusal(self, request: Request) -> str:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        identity, moment, signatures = (request.header(name) or "" for name in names)
        if not identity or not moment.isdecimal():
            return "headers are missing"
        if abs(self.now().timestamp() - int(moment)) > TOLERANCE.total_seconds():
            return "the signature's time is too far from now"
        signed = f"{identity}.{moment}.".encode() + request.body
        given = {words.encode() for words in signatures.split(" ")}
        good = {_signature(secret, signed) for secret in self.secrets}
        held = any(hmac.compare_digest(a, b) for a in given for b in good)
        return "" if held else "no signature holds"


def _signature(secret: str, signed: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    return b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
