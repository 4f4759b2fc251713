"""A webhook that verifies signatures and notices repeats."""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from monitor.testing.server import Answer, LoopbackServer, Request

TOLERANCE = timedelta(minutes=5)  # between a signature's time and the receiver's clock


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
