"""When each host was last asked, so that it is left alone for its gap."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.feeds.servers.groups import gap_of
from monitor.model import SourceState
from monitor.settings import HostSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """`usual` is the gap of hosts without a preset; presets are looked up by a source's url."""

    usual: timedelta
    preset: Callable[[str], HostSettings | None]
    _asked: dict[str, float] = field(default_factory=dict)  # host → when its last poll ended

    def of(self, state: SourceState) -> timedelta:
        """Return the gap of a source's host."""
        return gap_of(self.preset(state.url), self.usual)

    def note(self, host: str) -> None:
        """Begin a host's gap."""
        self._asked[host] = asyncio.get_running_loop().time()

    def left(self, state: SourceState) -> float:
        """Return the seconds for which a source's host is to be left alone."""
        asked = self._asked.get(state.host)
        if asked is None:
            return 0.0
        since = asyncio.get_running_loop().time() - asked
        return max(0.0, self.of(state).total_seconds() - since)
