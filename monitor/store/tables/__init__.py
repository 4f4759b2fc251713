"""The tables. A change here needs a migration beside it; a test holds the two together.

No foreign keys: rows that belong together are written in one transaction and removed in one
place, and the checks would cost every new item of a busy poll. A partial index has its condition
on PostgreSQL too, from its migration; naming it here would load that dialect at every start.
"""

from monitor.store.tables.metadata import metadata
from monitor.store.tables.news import (
    copies,
    gists,
    hosts,
    item_keys,
    items,
    sources,
    stories,
    versions,
)
from monitor.store.tables.outbox import deliveries, destinations
from monitor.store.tables.telling import (
    alert_digests,
    alerts,
    cases,
    notices,
    rulings,
    running,
    silences,
    waiting,
)

__all__ = [
    "alert_digests",
    "alerts",
    "cases",
    "copies",
    "deliveries",
    "destinations",
    "gists",
    "hosts",
    "item_keys",
    "items",
    "metadata",
    "notices",
    "rulings",
    "running",
    "silences",
    "sources",
    "stories",
    "versions",
    "waiting",
]
