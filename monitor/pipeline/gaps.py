"""How long a source's host is left alone, by the book that everything that asks hosts shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.feeds.fetch.turns import Turns
from monitor.feeds.servers.groups import gap_of
from monitor.model import SourceState
from monitor.settings import HostSettings

# A host whose gap is longer is not kept waiting for: whoever polls it comes back.
LONG_GAP_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """`usual` is the gap of hosts without a preset; presets are looked up by a source's url."""

    turns: Turns
    usual: timedelta
    preset: Callable[[str], HostSettings | None]

    def of(self, state: SourceState) -> timedelta:
        """Return the gap of a source's host."""
        return gap_of(self.preset(state.url), self.usual)

    def note(self, host: str) -> None:
        """Begin a host's gap."""
        self.turns.note(host)

    def left(self, state: SourceState) -> float:
        """Return the seconds for which a source's host is to be left alone."""
        return self.turns.left(state.host, self.of(state))
