"""Alerts for a person at a terminal, or for a file that collects standard output."""

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


async def deliver(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
) -> Answer:
    """Write the message as a block of lines with an empty line after it."""
    del settings, webhook_id, plain
    block = text(message, now=edge.now(), paint=_paint if edge.colour else unpainted)
    try:
        edge.out.write(_writable(block, edge.out) + "\n\n")
        edge.out.flush()
    except (OSError, ValueError) as error:  # a closed pipe, a full disk, a closed stream
        return Answer(verdict=Retry(reason=f"not_written: {error}", maybe_sent=True))
    return Answer(verdict=Delivered())


def _paint(part: Part, words: str) -> str:
    look = _BOLD if part == "matched" else _SEVERITY.get(words.rsplit(maxsplit=1)[-1], _BOLD)
    return f"{look}{words}{_RESET}"


def _writable(block: str, out: TextIO) -> str:
    # A terminal of another age shows question marks; the alert still arrives.
    encoding = out.encoding or "utf-8"
    return block.encode(encoding, "replace").decode(encoding)
