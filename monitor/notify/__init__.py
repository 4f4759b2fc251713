"""The kinds of notifiers. Adding one is a file here, a line in KINDS and its settings."""

from collections.abc import Mapping
from typing import Protocol

from monitor.model import Message
from monitor.notify import console, slack, webhook
from monitor.notify.post import Answer, Edge
from monitor.settings import NotifierSettings


class Kind(Protocol):
    """One way to deliver; a module satisfies it.

    Kinds that speak HTTP keep two pure functions beside it: `request` builds what is sent,
    `classify` says what the answer means.
    """

    async def deliver(
        self,
        message: Message,
        settings: NotifierSettings,
        *,
        webhook_id: str,
        plain: bool,
        edge: Edge,
    ) -> Answer:
        """Try once; `plain` asks for the form that is left when the full one was refused."""


KINDS: Mapping[str, Kind] = {"console": console, "slack": slack, "webhook": webhook}
