"""What is sent: deliveries and their destinations."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    literal_column,
)

from monitor.store.columns import Id, Instant, RowId
from monitor.store.tables.metadata import metadata

# The outbox; `alert` is an alert, a notice or a digest. `due_at` is when the row may next be
# claimed: at once (0), after a wait, or when the lease of whoever is sending it ends. NULL: it
# won't be sent (delivered, dead, parked).
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("webhook_id", String(100), nullable=False, unique=True),
    Column("notifier", String(200), nullable=False),
    Column("alert", Id, nullable=False),
    Column("urgency", SmallInteger, nullable=False),  # 0 goes first
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claims", Integer, nullable=False),  # only ever grows: a fence, unlike the attempts
    Column("reason", Text, nullable=False),
    Column("due_at", Instant),
    Column("created", Instant, nullable=False),
    Column("ref", Text, nullable=False),  # the receiver's name for it, once it arrived
    Column("left", Text, nullable=False),  # what the attempt before left to do
    Column("maybe_duplicate", Integer, nullable=False),
    Column("replayed", Instant),
    Column("ended", Instant),  # when it was settled for good
    Column("bundle", BigInteger),  # the delivery under whose id several are told; 0: it goes alone
    Index("deliveries_of_alert", "alert"),
    sqlite_autoincrement=True,
)
Index(
    "deliveries_open",
    deliveries.c.notifier,
    deliveries.c.urgency,
    deliveries.c.id,
    deliveries.c.due_at,
    sqlite_where=deliveries.c.due_at.is_not(None),
)
Index(
    "deliveries_parked",
    deliveries.c.notifier,
    deliveries.c.id,
    sqlite_where=deliveries.c.state == literal_column("'parked'"),
)
Index("deliveries_of_bundle", deliveries.c.bundle, sqlite_where=deliveries.c.bundle.is_not(None))

# One row per notifier that was ever configured or had a delivery. `busy_until` and `busy_with` (a
# delivery) fence two claimers from each other; `ready_at` is when the receiver's rate lets the next
# message leave; `fingerprint` tells a changed configuration of the notifier. The rest is its
# Standing.
destinations = Table(
    "destinations",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("paused_until", Instant),
    Column("parked_reason", Text),
    Column("busy_until", Instant),
    Column("busy_with", BigInteger),
    Column("ready_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("parked_at", Instant),
    Column("probes", Integer, nullable=False),
    Column("probe_at", Instant),
    Column("fingerprint", String(8)),
)
