"""Documents are parsed in child processes that can be killed, so that none can stop the daemon.

feedparser needs more than linear time, or more memory than there is, for some documents of a few
kilobytes. A child has a deadline and a memory limit, sees no secrets, and is replaced when it dies.
Documents that had one killed share a process of their own, where they wait for each other only.
Small documents that need no feedparser need no child either: reading them has bounds of its own.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from monitor.feeds.parsers import wire
from monitor.feeds.parsers.wire import ANSWER, READY, REQUEST
from monitor.model import Document, ErrorKind, Failed, Parsed

_LONGEST_ANSWER = 64 * 1024 * 1024
_BUFFER = 1024 * 1024
_LONG_ANSWER = 256 * 1024  # reading a longer one would hold up the loop
_TIME_TO_START = timedelta(seconds=30)
_TIME_TO_END = timedelta(seconds=1)
_MOST_REMEMBERED = 1_024  # addresses, of each kind
_FLAWS = {"ill_formed", "control_characters", "trailing", "truncated"}
_GRACE = timedelta(seconds=5)  # past our deadline, after which a child ends itself

# The child imports what the parent would, from where the parent would; `-I` keeps the working
# directory and the user's site out of its path.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[3:]; from monitor.feeds.parsers.child import main; "
    "main(float(sys.argv[1]), int(sys.argv[2]))"
)
_ROOT = str(Path(__file__).parents[3])
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # the interpreter may need them


@dataclass(slots=True, eq=False)
class _Child:
    process: Process
    source: asyncio.StreamWriter
    answers: asyncio.StreamReader
    documents: int = 0


Free: TypeAlias = "asyncio.LifoQueue[_Child | None]"
T = TypeVar("T")


class ParserPool:
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
        self._deadline = deadline
        self._memory = memory
        self._recycle_after = recycle_after
        self._children: set[_Child] = set()
        self._free = _places(max(1, size))
        self._apart = _places(1)
        self._offenders: OrderedDict[str, None] = OrderedDict()  # addresses
        self._flawed: OrderedDict[str, None] = OrderedDict()  # what could not be read at once

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        for child in self._children:
            _kill(child)
        for child in tuple(self._children):
            await child.process.wait()

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
        parsed = await self._have(head, body, wire.decode, offender=url)
        self._flawed.pop(url, None)
        if isinstance(parsed, Document) and _is_flawed(parsed):
            _remember(self._flawed, url)
        return parsed

    async def extract(self, page: bytes, *, content_type: str = "", url: str = "") -> str | Failed:
        """Return what monitor.feeds.parsers.fulltext.extract would, or Failed as `parse` does.

        With `url`, a page that had its process killed is kept apart from then on, as feeds are.
        """
        head = wire.ask("extract", content_type=content_type)
        return await self._have(head, page, wire.decode_text, offender=url)

    async def _have(
        self, head: bytes, body: bytes, decode: Callable[[bytes], T], *, offender: str
    ) -> T | Failed:
        """Have a child do its work; `offender` is what to remember should it be killed for it."""
        places = self._apart if offender in self._offenders else self._free
        try:
            async with asyncio.timeout(self._patience(places)):
                child = await places.get()
        except TimeoutError:
            return _failed(
                "its parser had to be stopped last time, and others like it are being parsed"
            )
        keep = False
        try:
            if child is None or child.process.returncode is not None:
                child = None
                child = await self._start()
            answer, keep = await self._ask(child, head, body)
            self._offenders.pop(offender, None)
            return await _read(answer, decode)
        except TimeoutError:
            _remember(self._offenders, offender)
            seconds = self._deadline.total_seconds()
            return _failed(f"parsing it took longer than {seconds:g} s")
        except (OSError, EOFError):
            if child is not None:
                _remember(self._offenders, offender)
            return _failed(f"the parser ended while it read this ({await _ending(child)})")
        except ValueError as wrong:
            keep = False
            return _failed(f"the parser's answer can't be used: {wrong}")
        finally:
            if child is not None and not keep:
                _kill(child)
            places.put_nowait(child if keep else None)

    def _patience(self, places: Free) -> float | None:
        """Return for how many seconds a document waits: one kept apart must not hold up a poll."""
        return self._deadline.total_seconds() if places is self._apart else None

    async def _start(self) -> _Child:
        """Start a process and wait until it has imported what it needs.

        Raises OSError or EOFError when that fails.
        """
        self._children = {child for child in self._children if child.process.returncode is None}
        path = [place or str(Path.cwd()) for place in sys.path]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _PROGRAM),
            str((self._deadline + _GRACE).total_seconds()),
            str(self._memory),
            *dict.fromkeys([*path, _ROOT]),
            stdin=PIPE,
            stdout=PIPE,
            limit=_BUFFER,
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            start_new_session=True,  # Ctrl-C is for the daemon, which ends in good order
        )
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "it was asked for"
        child = _Child(process=process, source=process.stdin, answers=process.stdout)
        self._children.add(child)
        try:
            async with asyncio.timeout(_TIME_TO_START.total_seconds()):
                await child.answers.readexactly(len(READY))
        except TimeoutError as late:
            _kill(child)
            raise ChildProcessError("it does not start") from late
        except BaseException:
            _kill(child)
            raise
        return child

    async def _ask(self, child: _Child, head: bytes, body: bytes) -> tuple[bytes, bool]:
        """Return the child's answer, and whether it may be asked again."""
        child.documents += 1
        async with asyncio.timeout(self._deadline.total_seconds()):
            child.source.write(REQUEST.pack(len(head), len(body)) + head)
            child.source.write(body)
            await child.source.drain()
            length, last = ANSWER.unpack(await child.answers.readexactly(ANSWER.size))
            if length > _LONGEST_ANSWER:
                raise ValueError("it is too long")
            answer = await child.answers.readexactly(length)
        return answer, not last and child.documents < self._recycle_after


def _places(number: int) -> Free:
    """Return as many places for children, none of them taken."""
    # The child used last is used next, so that a quiet pool keeps few processes.
    places: Free = asyncio.LifoQueue()
    for _ in range(number):
        places.put_nowait(None)
    return places


def _is_flawed(document: Document) -> bool:
    """Tell whether a document like this one would be tried at once in vain."""
    return document.path == "lenient" or any(
        problem.kind in _FLAWS for problem in document.problems
    )


def _remember(addresses: OrderedDict[str, None], url: str) -> None:
    if url:
        addresses[url] = None
    while len(addresses) > _MOST_REMEMBERED:
        addresses.popitem(last=False)


async def _read(answer: bytes, decode: Callable[[bytes], T]) -> T:
    """Return what a child said; raise ValueError where no child would say it."""
    if len(answer) > _LONG_ANSWER:
        return await asyncio.to_thread(decode, answer)
    return decode(answer)


def _failed(message: str) -> Failed:
    return Failed(kind=ErrorKind.PARSE, message=message)


def _kill(child: _Child) -> None:
    """End a process and whatever it may have started: it leads a session of its own."""
    if child.process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


async def _ending(child: _Child | None) -> str:
    """Say how a process ended that closed its side."""
    if child is None:
        return "it could not be started"
    # Killing one that is on its way out would hide how it ended.
    with suppress(TimeoutError):
        async with asyncio.timeout(_TIME_TO_END.total_seconds()):
            await child.process.wait()
    _kill(child)
    status = await child.process.wait()
    return f"signal {-status}" if status < 0 else f"exit status {status}"
