"""What a template of a notifier is given to tell, and what it says where it does not fit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.render import rfc3339
from monitor.alerts.wording import headline, is_own, text
from monitor.model import Message

MOST = 16_384  # code points of what is rendered

# What a message does not have is None, or empty where it is a list.
_PARTS = ("alert", "watchlist", "story", "item", "digest")
_LISTS = ("matches", "alerts")
NAMES: tuple[str, ...] = ("type", "timestamp", *_PARTS, *_LISTS, "notice", "title", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Why a template says nothing: in words for people, and where, as far as that is known."""

    message: str
    line: int = 0  # of the template, from 1; 0: as a whole
    name: str = ""  # that it asks for and that is not there
    known: tuple[str, ...] = ()  # what is there
    absent: bool = False  # this message lacks it, another may have it


def variables(message: Message, *, now: datetime) -> Mapping[str, Any]:
    """Return what a template is given, JSON-ready: the message by its parts, and our own words.

    `notice` is what the monitor says of itself; `now` is the time of the attempt.
    """
    data = message.data
    return {
        "type": message.type,
        "timestamp": rfc3339(message.timestamp),
        **{name: data.get(name) for name in _PARTS},
        **{name: data.get(name, []) for name in _LISTS},
        "notice": data if is_own(message) else None,
        "title": headline(message),
        "text": text(message, now=now),
    }
