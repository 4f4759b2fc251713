"""The kinds of notifiers. Adding one is a file here, a line in KINDS and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from monitor.model import Message
from monitor.notify import console, slack, webhook
from monitor.notify.post import Answer, Edge, post
from monitor.settings import NotifierSettings


class Deliver(Protocol):
    """One way to deliver."""

    async def __call__(
        self,
        message: Message,
        settings: NotifierSettings,
        *,
        webhook_id: str,
        plain: bool,
        edge: Edge,
        parent: str = "",
    ) -> Answer:
        """Try once; `plain` asks for the form that is left when the full one was refused.

        `parent` is the `ref` with which the first message of the same story and watchlist was
        delivered here, "" where there is none.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a receiver takes: `burst` messages at once, and one more every `every`."""

    every: timedelta
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the monitor knows of one kind of notifier."""

    deliver: Deliver
    ttl: timedelta = timedelta(hours=24)  # nobody reads yesterday's chat
    rate: Rate | None = None
    bundles: bool = False  # many waiting alerts may be told in one message


KINDS: Mapping[str, Kind] = {
    "console": Kind(deliver=console.deliver),
    "slack": Kind(
        deliver=partial(post, slack), rate=Rate(every=timedelta(seconds=1), burst=3), bundles=True
    ),
    # A machine catches up after a long weekend.
    "webhook": Kind(deliver=partial(post, webhook), ttl=timedelta(hours=72)),
}
