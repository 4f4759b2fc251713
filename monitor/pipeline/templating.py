"""Has a notifier's template say a message; where it can't, our own words are sent, and a note."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.variables import Misfit, variables
from monitor.feeds.parsers.pool import ParserPool
from monitor.model import Message, Words
from monitor.settings import NotifierSettings

log = logging.getLogger(__name__)

# That a notifier's template fails is said so often.
SAY_EVERY = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Templating:
    """What it needs to render, and when it last said that a notifier's template fails."""

    parsers: ParserPool
    now: Callable[[], datetime]
    _said_at: dict[str, datetime] = field(init=False, default_factory=dict)

    async def worded(self, message: Message, settings: NotifierSettings) -> Message:
        """Return the message with what the notifier's templates say, or with a note why not."""
        if not (settings.template or settings.title):
            return message
        said = await self._say(message, settings)
        if isinstance(said, Words):
            return replace(message, words=said)
        where = f" (line {said.line})" if said.line else ""
        why = f"the template of {settings.name} failed: {said.message}{where}"
        self._log(settings.name, why)
        return replace(message, words=Words(note=f"{why}; these are our own words"))

    async def _say(self, message: Message, settings: NotifierSettings) -> Words | Misfit:
        given = variables(message, now=self.now())
        words = {}
        for part, source in (("text", settings.template), ("title", settings.title)):
            said = await self.parsers.render(source, given, owner=settings.name) if source else ""
            if not isinstance(said, str):
                return said[0]
            words[part] = said
        return Words(**words)

    def _log(self, name: str, why: str) -> None:
        now, said_at = self.now(), self._said_at.get(name)
        if said_at is None or not timedelta(0) <= now - said_at < SAY_EVERY:
            self._said_at[name] = now
            log.warning("%s; our own words are sent", why, extra={"notifier": name})
