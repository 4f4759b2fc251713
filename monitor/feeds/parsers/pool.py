"""Documents are parsed in child processes that can be killed, so that none can stop the daemon.

feedparser needs more than linear time, or more memory than there is, for some documents of a few
kilobytes; so does a template somebody wrote, which has processes of its own. Documents that had
one killed share a process, where they wait for each other only.
Small documents that need no feedparser need no child either: reading them has bounds of its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, TypeVar

from monitor.alerts.variables import Misfit
from monitor.feeds.parsers import templates, wire
from monitor.feeds.parsers.children import Children, Stopped, remember
from monitor.model import Document, ErrorKind, Failed, Parsed

_FLAWS = {"ill_formed", "control_characters", "trailing", "truncated"}
_STOPPED = {
    "waits": "its parser had to be stopped last time, and others like it are being parsed",
    "late": "parsing it took longer than {}",
    "ended": "the parser ended while it read this ({})",
    "unusable": "the parser's answer can't be used: {}",
}

T = TypeVar("T")


class ParserPool(Children):
    """Up to `size` parser processes and one for offenders, started when first needed.

    Use it as an async context manager; leaving it ends the processes.
    """

    def __init__(
        self,
        size: int,
        *,
        deadline: timedelta = timedelta(seconds=5),
        memory: int = 1024**3,
        recycle_after: int = 500,
    ) -> None:
        super().__init__(
            "documents", size, deadline=deadline, memory=memory, recycle_after=recycle_after
        )
        # A message that is due must not wait behind documents, nor behind one slow template.
        self._templates = Children(
            "templates",
            2,
            deadline=templates.DEADLINE,
            memory=templates.MEMORY,
            recycle_after=recycle_after,
        )
        self._flawed: OrderedDict[str, None] = OrderedDict()  # what could not be read at once

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        await super().__aexit__(_type, _e, _tb)
        await self._templates.__aexit__(_type, _e, _tb)

    async def parse(
        self, body: bytes, *, url: str = "", content_type: str = "", known: bytes = b""
    ) -> Parsed:
        """Return what monitor.feeds.reading.parse.parse would, or Failed when that took too much.

        A document that can be read at once is, unless the last one from its address could not.
        Any other waits for a free process; the deadline runs from then on. Cancelling kills the
        process.
        """
        if url not in self._flawed:
            # Only news need it: a command that finds none starts sooner.
            from monitor.feeds.reading.strict import parse_at_once

            document = parse_at_once(body, url=url, content_type=content_type, known=known)
            if document is not None:
                return document
        head = wire.ask("parse", url=url, content_type=content_type, known=known.hex())
        parsed = await self._read(head, body, wire.decode, offender=url)
        self._flawed.pop(url, None)
        if isinstance(parsed, Document) and _is_flawed(parsed):
            remember(self._flawed, url)
        return parsed

    async def extract(self, page: bytes, *, content_type: str = "", url: str = "") -> str | Failed:
        """Return what monitor.feeds.parsers.fulltext.extract would, or Failed as `parse` does.

        With `url`, a page that had its process killed is kept apart from then on, as feeds are.
        """
        head = wire.ask("extract", content_type=content_type)
        return await self._read(head, page, wire.decode_text, offender=url)

    async def render(
        self, source: str, given: Mapping[str, Any], *, owner: str = ""
    ) -> str | tuple[Misfit, ...]:
        """Return what monitor.alerts.template.render would, or why that had to be stopped.

        With `owner`, whose template had its process killed waits apart from then on.
        """
        said = await self._templates.have(
            b"", templates.ask(source, given), templates.decode, offender=owner
        )
        return (templates.stopped(said),) if isinstance(said, Stopped) else said

    async def _read(
        self, head: bytes, body: bytes, decode: Callable[[bytes], T], *, offender: str
    ) -> T | Failed:
        said = await self.have(head, body, decode, offender=offender)
        if not isinstance(said, Stopped):
            return said
        return Failed(kind=ErrorKind.PARSE, message=_STOPPED[said.why].format(said.detail))


def _is_flawed(document: Document) -> bool:
    """Tell whether a document like this one would be tried at once in vain."""
    return document.path == "lenient" or any(
        problem.kind in _FLAWS for problem in document.problems
    )
