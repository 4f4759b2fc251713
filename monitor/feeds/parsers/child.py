"""A process that does one piece of work after another, with little it could do besides.

It reads frames from standard input and answers on standard output until its input ends. The
parent may kill it at any time; it keeps nothing.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from monitor.feeds.parsers.frames import ANSWER, READY, REQUEST, Skill

if sys.platform != "win32":  # there the parent's deadline is the only limit
    import resource

_OPEN_FILES = 16
_HIGHEST_FILE = 65536
_PAGE = 4096  # bytes, the least a page has


def main(skill: Skill, seconds: float, memory: int) -> None:
    """Serve until standard input ends: `seconds` for each request, `memory` bytes in all."""
    do = _learnt(skill)
    _give_up_rights(memory)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    target.write(READY)
    target.flush()
    gc.freeze()
    while header := source.read(REQUEST.size):
        head_length, body_length = REQUEST.unpack(header)
        head = source.read(head_length)
        _end_after(seconds)
        answer = do(head, source.read(body_length))
        _end_after(0)
        grown = _has_grown(memory)
        _send(target, answer, last=grown)
        if grown:
            return


def _learnt(skill: Skill) -> Callable[[bytes, bytes], bytes]:
    """Return what makes an answer of a head and a body; only what it needs is imported."""
    if skill == "templates":
        from monitor.feeds.parsers.rendering import answer
    else:
        from monitor.feeds.parsers.documents import answer
    return answer


def _end_after(seconds: float) -> None:
    """Have the kernel end this process then, should the parent that kills it be gone; 0: don't."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _send(target: BinaryIO, answer: bytes, *, last: bool) -> None:
    target.write(ANSWER.pack(len(answer), last))
    target.write(answer)
    target.flush()


def _give_up_rights(memory: int) -> None:
    """Cap memory and open files, write to none, start no process, fall silent."""
    with suppress(OSError):  # when memory runs out, the kernel should take us before the daemon
        Path("/proc/self/oom_score_adj").write_text("500")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stderr.fileno())
    os.closerange(3, _HIGHEST_FILE)  # uvloop lets a child inherit what others left inheritable
    if sys.platform == "win32":
        return
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with suppress(ValueError, OSError):  # a limit that is lower already stays
            resource.setrlimit(limit, (most, most))


def _has_grown(memory: int) -> bool:
    """Tell whether this process holds a quarter of what it may, as after a very large document.

    Not by getrusage: on Linux its peak includes that of the process that started this one.
    """
    try:
        resident = Path("/proc/self/statm").read_bytes().split()[1]
    except OSError:
        return False
    return int(resident) * _PAGE > memory // 4
