"""Child processes that do what could hang or grow without end, so that none can stop the daemon.

A child has a deadline and a memory limit, sees no secrets, and is replaced when it dies. What had
one killed shares a process of its own from then on, where it waits for its like only.
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
from typing import Literal, Self, TypeAlias, TypeVar

from monitor.feeds.parsers.frames import ANSWER, READY, REQUEST, Skill

_LONGEST_ANSWER = 64 * 1024 * 1024
_BUFFER = 1024 * 1024
_LONG_ANSWER = 256 * 1024  # reading a longer one would hold up the loop
_TIME_TO_START = timedelta(seconds=30)
_TIME_TO_END = timedelta(seconds=1)
_MOST_REMEMBERED = 1_024  # names, of each kind
_GRACE = timedelta(seconds=5)  # past our deadline, after which a child ends itself

# The child imports what the parent would, from where the parent would; `-I` keeps the working
# directory and the user's site out of its path.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[4:]; from monitor.feeds.parsers.child import main; "
    "main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))"
)
_ROOT = str(Path(__file__).parents[3])
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # the interpreter may need them


@dataclass(slots=True, eq=False)
class Child:
    """One process, and how much it was asked."""

    process: Process
    source: asyncio.StreamWriter
    answers: asyncio.StreamReader
    documents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Why there is no answer: nothing was free in time, it took too long, died, or talked rot."""

    why: Literal["waits", "late", "ended", "unusable"]
    detail: str = ""


Free: TypeAlias = "asyncio.LifoQueue[Child | None]"
T = TypeVar("T")


class Children:
    """Up to `size` processes and one for offenders, started when first needed.

    Use it as an async context manager; leaving it ends the processes.
    """

    def __init__(
        self, skill: Skill, size: int, *, deadline: timedelta, memory: int, recycle_after: int
    ) -> None:
        self._skill = skill
        self._deadline = deadline
        self._memory = memory
        self._recycle_after = recycle_after
        self._children: set[Child] = set()
        self._free = _places(max(1, size))
        self._apart = _places(1)
        self._offenders: OrderedDict[str, None] = OrderedDict()  # by what they go by

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        for child in self._children:
            _kill(child)
        for child in tuple(self._children):
            await child.process.wait()

    async def have(
        self, head: bytes, body: bytes, decode: Callable[[bytes], T], *, offender: str
    ) -> T | Stopped:
        """Have a child do its work; `offender` is what to remember should it be killed for it.

        The deadline runs from when a process is free. Cancelling kills the process.
        """
        places = self._apart if offender in self._offenders else self._free
        try:
            async with asyncio.timeout(self._patience(places)):
                child = await places.get()
        except TimeoutError:
            return Stopped(why="waits")
        keep = False
        try:
            if child is None or child.process.returncode is not None:
                child = None
                child = await self._start()
            answer, keep = await self._ask(child, head, body)
            self._offenders.pop(offender, None)
            return await _read(answer, decode)
        except TimeoutError:
            remember(self._offenders, offender)
            return Stopped(why="late", detail=f"{self._deadline.total_seconds():g} s")
        except (OSError, EOFError):
            if child is not None:
                remember(self._offenders, offender)
            return Stopped(why="ended", detail=await _ending(child))
        except ValueError as wrong:
            keep = False
            return Stopped(why="unusable", detail=str(wrong))
        finally:
            if child is not None and not keep:
                _kill(child)
            places.put_nowait(child if keep else None)

    def _patience(self, places: Free) -> float | None:
        """Return for how many seconds one waits: what is kept apart must not hold up anybody."""
        return self._deadline.total_seconds() if places is self._apart else None

    async def _start(self) -> Child:
        """Start a process and wait until it has imported what it needs.

        Raises OSError or EOFError when that fails.
        """
        self._children = {child for child in self._children if child.process.returncode is None}
        path = [place or str(Path.cwd()) for place in sys.path]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _PROGRAM, self._skill),
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
        child = Child(process=process, source=process.stdin, answers=process.stdout)
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

    async def _ask(self, child: Child, head: bytes, body: bytes) -> tuple[bytes, bool]:
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


def remember(names: OrderedDict[str, None], name: str) -> None:
    """Keep a name, and so many at most; the oldest go first."""
    if name:
        names[name] = None
    while len(names) > _MOST_REMEMBERED:
        names.popitem(last=False)


def _places(number: int) -> Free:
    """Return as many places for children, none of them taken."""
    # The child used last is used next, so that a quiet pool keeps few processes.
    places: Free = asyncio.LifoQueue()
    for _ in range(number):
        places.put_nowait(None)
    return places


async def _read(answer: bytes, decode: Callable[[bytes], T]) -> T:
    """Return what a child said; raise ValueError where no child would say it."""
    if len(answer) > _LONG_ANSWER:
        return await asyncio.to_thread(decode, answer)
    return decode(answer)


def _kill(child: Child) -> None:
    """End a process and whatever it may have started: it leads a session of its own."""
    if child.process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


async def _ending(child: Child | None) -> str:
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
