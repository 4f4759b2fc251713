"""The kinds of notifiers. Adding one is a file here, a line in KINDS and its settings."""

from collections.abc import Mapping
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
    ) -> Answer:
        """Try once; `plain` asks for the form that is left when the full one was refused."""


KINDS: Mapping[str, Deliver] = {
    "console": console.deliver,
    "slack": partial(post, slack),
    "webhook": partial(post, webhook),
}
