"""Tells what no poll brings: cases that waited, digests, what nobody has acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from monitor import metrics
from monitor.pipeline.deciding import decide_due
from monitor.pipeline.setup import policy_of
from monitor.settings import Settings
from monitor.store import Store, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """What telling needs; it goes by the `settings` of its moment."""

    settings: Settings
    store: Store
    writer: Writer

    async def tell_due(self, now: datetime) -> frozenset[str]:
        """Tell all that is due; return the notifiers with something to send now."""
        destinations: frozenset[str] = frozenset()
        decide = partial(decide_due, now=now, policy=policy_of(self.settings))
        due: datetime | None = now
        # Many cases are told in several transactions, so that polls are stored in between.
        while due and due <= now:
            told = await self.writer.tell_due(decide, now)
            for alert in told.alerts:
                severity = alert.severity.value
                metrics.ALERTS.labels(watchlist=alert.watchlist, severity=severity).inc()
            destinations |= told.destinations
            due = await self.writer.do(self.store.next_due)
        return destinations
