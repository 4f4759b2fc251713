"""How many alerts each watchlist told at once in an hour: what max_per_hour is held against."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, func, select

from monitor.alerts.calm import hour_of
from monitor.model import Alert
from monitor.store.bulk import Prepared
from monitor.store.tables import alerts, deliveries

_HOUR = timedelta(hours=1)

# Built once, as everything that each poll asks: to build a statement costs as much as to run it.
_TOLD = Prepared(
    select(func.count())
    .select_from(alerts)
    .where(alerts.c.watchlist == bindparam("watchlist"))
    .where(alerts.c.created >= bindparam("begun"), alerts.c.created < bindparam("ended"))
    # What waits has no delivery of its own.
    .where(exists().where(deliveries.c.alert == alerts.c.id))
)


class Sent(Mapping[tuple[str, datetime], int]):
    """Counts by watchlist and the beginning of the hour, each read when it is asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counts: dict[tuple[str, datetime], int] = {}

    def __getitem__(self, key: tuple[str, datetime]) -> int:
        """Return a count; no watchlist is unknown."""
        if key not in self._counts:
            self._counts[key] = self._read(*key)
        return self._counts[key]

    def __iter__(self) -> Iterator[tuple[str, datetime]]:
        """Iterate over what was asked for."""
        return iter(self._counts)

    def __len__(self) -> int:
        """Return how many counts were asked for."""
        return len(self._counts)

    def add(self, alert: Alert) -> None:
        """Count an alert that is not written yet."""
        if alert.notify:
            key = alert.watchlist, hour_of(alert.created)
            self._counts[key] = self[key] + 1

    def _read(self, watchlist: str, hour: datetime) -> int:
        [(count,)] = _TOLD(self._connection, watchlist=watchlist, begun=hour, ended=hour + _HOUR)
        return int(count)
