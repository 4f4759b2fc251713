"""Alerts for a person at a terminal, or for a file that collects standard output."""

import asyncio
from threading import Lock
from typing import TextIO

from monitor.alerts.wording import Part, text, unpainted
from monitor.model import Delivered, Message, Retry
from monitor.notify.post import Answer, Edge
from monitor.settings import NotifierSettings

_BOLD = "\x1b[1m"
_RESET = "\x1b[0m"
_SEVERITY = {
    "LOW": "\x1b[1;36m",
    "MEDIUM": "\x1b[1;33m",
    "HIGH": "\x1b[1;31m",
    "CRITICAL": "\x1b[1;97;41m",
}
# One message at a time: lines must not mix, and what a reader holds up must not hold a second
# thread for longer than its own deadline.
_WRITING = Lock()


async def deliver(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
    parent: str = "",
    left: str = "",
) -> Answer:
    """Write the message as a block of lines with an empty line after it.

    A thread writes, so that a stopped terminal or a full pipe holds up nothing else. What has
    been given up may still appear once somebody reads on.
    """
    del settings, webhook_id, plain, parent, left
    told = text(message, now=edge.now(), paint=_paint if edge.colour else unpainted)
    block = "\n".join(line for line in told.split("\n") if line)  # an empty line ends a message
    patience = max(0.0, edge.deadline - asyncio.get_running_loop().time())
    try:
        async with asyncio.timeout_at(edge.deadline):
            await asyncio.to_thread(_write, block, edge.out, patience)
    except TimeoutError:
        return _not_sent("nobody has read on in time")
    except (OSError, ValueError) as error:  # a reader gone, a full disk, a closed stream
        return _not_sent(str(error))
    return Answer(verdict=Delivered())


def _not_sent(words: str) -> Answer:
    # Every other message would meet the same; part of this one may have been written.
    verdict = Retry(reason=f"not_sent: {words}", scope="destination", maybe_sent=True)
    return Answer(verdict=verdict)


def _write(block: str, out: TextIO, patience: float) -> None:
    if not _WRITING.acquire(timeout=patience):
        raise TimeoutError
    try:
        out.write(_writable(block, out) + "\n\n")
        out.flush()
    finally:
        _WRITING.release()


def _paint(part: Part, words: str) -> str:
    look = _BOLD if part == "matched" else _SEVERITY.get(words.rsplit(maxsplit=1)[-1], _BOLD)
    return f"{look}{words}{_RESET}"


def _writable(block: str, out: TextIO) -> str:
    # A terminal of another age shows question marks; the alert still arrives.
    encoding = out.encoding or "utf-8"
    return block.encode(encoding, "replace").decode(encoding)
