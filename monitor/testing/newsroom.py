"""Loopback feeds that are published, changed and taken down while a monitor reads them."""

from collections import Counter
from dataclasses import dataclass, field

from monitor.testing.server import Answer, Request


@dataclass(slots=True)
class Newsroom:
    """Serves documents by path, with validators; use it as a LoopbackServer's handler."""

    documents: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)  # these paths answer 500
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)  # (path, status) → how often

    def publish(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        """Serve `body` under `path` from now on; an `ETag` among the headers is honoured."""
        self.documents[path] = body, headers

    def __call__(self, request: Request) -> Answer:
        """Answer one request: 200, 304, 404, or 500 for what is down."""
        answer = self._answer(request)
        self.answers[request.target, answer.status] += 1
        return answer

    def count(self, path: str, *statuses: int) -> int:
        """Return how often `path` was answered with one of `statuses`."""
        return sum(self.answers[path, status] for status in statuses)

    def _answer(self, request: Request) -> Answer:
        if request.target in self.down:
            return Answer(status=500, body=b"the newsroom is dark")
        if request.target not in self.documents:
            return Answer(status=404)
        body, headers = self.documents[request.target]
        etag = headers.get("ETag")
        if etag and request.header("If-None-Match") == etag:
            return Answer(status=304, headers=(("ETag", etag),))
        return Answer(headers=tuple(headers.items()), body=body)
