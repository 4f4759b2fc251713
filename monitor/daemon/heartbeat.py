"""Tells an address that the monitor lives, so that somebody notices when it does not."""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from monitor.store.engine import UnavailableError

if TYPE_CHECKING:
    from monitor.settings import HeartbeatSettings

log = logging.getLogger(__name__)


class Heartbeat:
    """Pings by its settings while all is well; says once that a ping fails.

    `settings` are those of the moment, `well` tells whether everything works, `touch` writes to
    the store, `ping` returns what went wrong, "" if nothing did. Nothing is asked of a monitor
    that is not well: its silence is the message.
    """

    def __init__(
        self,
        *,
        settings: "Callable[[], HeartbeatSettings]",
        well: Callable[[], bool],
        touch: Callable[[], Awaitable[None]],
        ping: "Callable[[HeartbeatSettings], Awaitable[str]]",
        steady: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._well = well
        self._touch = touch
        self._ping = ping
        self._steady = steady
        self._beat_at: float | None = None
        self._fault = ""

    async def beat(self) -> None:
        """Ping if it is time and all is well."""
        settings, now = self._settings(), self._steady()
        is_time = self._beat_at is None or now - self._beat_at >= settings.every.total_seconds()
        if not settings.url or not is_time or not self._well():
            return
        try:
            await self._touch()
        except UnavailableError as refused:
            log.warning("no heartbeat: the store takes nothing: %s", refused)
            return
        self._beat_at = now
        fault = await self._ping(settings)
        if fault and not self._fault:
            log.warning("the heartbeat does not arrive: %s", fault)
        elif self._fault and not fault:
            log.info("the heartbeat arrives again")
        self._fault = fault
