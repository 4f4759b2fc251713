"""What the loopback chats have in common: a script that is played first, and what was taken."""

import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Self

from monitor.testing.server import Answer, LoopbackServer, Request


@dataclass(slots=True, kw_only=True)
class ChatReceiver(ABC):
    """A loopback chat: it takes what the real one would take and keeps it in `received`.

    Answers in `script` are given first, one to each request, whatever that request says.
    """

    PATH: ClassVar[str] = "/hook"  # with what the address is asked for

    script: deque[Answer] = field(default_factory=deque)
    received: list[dict[str, Any]] = field(default_factory=list)
    server: LoopbackServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self._scripted)

    @property
    def url(self) -> str:
        """Return the webhook's address."""
        return self.server.url(self.PATH)

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

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Return what the real service answers; what it takes goes into `received`."""

    def _scripted(self, request: Request) -> Answer:
        return self.script.popleft() if self.script else self.answer(request)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value, at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from objects(part)


def calls(words: str) -> list[str]:
    """Return every sign in a text that would call for somebody's attention."""
    return [
        sign for sign in ("@everyone", "@here", "@channel", "@all", "<@", "<!") if sign in words
    ]


def as_json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Return an answer in JSON."""
    said = {"Content-Type": "application/json", **(headers or {})}
    return Answer(status=status, headers=tuple(said.items()), body=json.dumps(value).encode())
