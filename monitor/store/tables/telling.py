"""What people are told: rulings, alerts, cases, what waits, silences, our own notices."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.store.columns import Id, Instant, Json, RowId
from monitor.store.tables.metadata import metadata

rulings = Table(
    "rulings",
    metadata,
    Column("item", Id, primary_key=True),
    Column("watchlist", String(200), primary_key=True),
    Column("outcome", String(20), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("vetoed_by", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("alert", Id),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("story", Id, nullable=False),
    Column("watchlist", String(200), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("item", Id, nullable=False),
    Column("created", Instant, nullable=False),
    Column("message", Json, nullable=False),
    UniqueConstraint("story", "watchlist", "sequence", name="alerts_once"),
    Index("alerts_of_item", "item"),
    Index("alerts_by_age", "watchlist", "created"),
)

# What each watchlist has told of each story, and when it tells more of it; `told` holds what only
# decisions read.
cases = Table(
    "cases",
    metadata,
    Column("story", Id, primary_key=True),
    Column("watchlist", String(200), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("opened", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("sequence", Integer, nullable=False),  # of the last alert
    Column("told_at", Instant),
    Column("due_at", Instant),
    Column("held_until", Instant),
    Column("item", Id),
    Column("told", Json, nullable=False),
)
Index("cases_due", cases.c.due_at, sqlite_where=cases.c.due_at.is_not(None))

# Alerts that a notifier is told later than they were made, and on what occasion. `due_at` NULL:
# it was, by the digest `told_by`, or it need not be any more. Before `full_until` it is told as
# soon as it fills a list with others.
waiting = Table(
    "waiting",
    metadata,
    Column("alert", Id, primary_key=True),
    Column("notifier", String(200), primary_key=True),
    Column("occasion", String(20), primary_key=True),
    Column("due_at", Instant),
    Column("told_by", Id),
    Column("full_until", Instant),
    Index("waiting_due", "due_at"),
)

# Messages made of alerts that waited; deliveries carry them as they carry an alert's own.
alert_digests = Table(
    "alert_digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message", Json, nullable=False),
    Column("created", Instant, nullable=False),
)

# What nobody wants to hear of until then; '' names nothing. Those that ended stay, as answers to
# why an item did not alert.
silences = Table(
    "silences",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("watchlist", String(200), nullable=False),
    Column("entity", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("story", Id, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# What people were to hear about the monitor's own work, every single notice. What tells of it is
# the notice `told_by`: often itself, else one whose `summary` speaks for several.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("created", Instant, nullable=False),
    Column("message", Json, nullable=False),
    Column("told_by", Id, nullable=False),
    Column("summary", Json),
    Index("notices_by_age", "type", "created"),
    Index("notices_told_by", "told_by"),
)

# What the `monitor run` of this store does by: one row, written when it loads a configuration.
running = Table(
    "running",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("configuration", Json, nullable=False),
)
