"""The tables. A change here needs a migration beside it; a test holds the two together.

No foreign keys: rows that belong together are written in one transaction and removed in one
place, and the checks would cost every new item of a busy poll. A partial index has its condition
on PostgreSQL too, from its migration; naming it here would load that dialect at every start.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from monitor.model import Habits, Rhythm
from monitor.store.columns import Id, Instant, Json, Key, Keys, RowId
from monitor.store.learned import Learned

metadata = MetaData()

# What is known of a source between polls. Rows of sources that left the configuration stay,
# inactive, so that their items stay known.
sources = Table(
    "sources",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url", String(2048), nullable=False, unique=True),
    Column("host", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("inactive_since", Instant),
    Column("next_poll_at", Instant, nullable=False),
    Column("poll_seq", BigInteger, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("validators_url", Text),
    Column("body_hash", String(64)),
    Column("first_success_at", Instant),
    Column("last_success_at", Instant),
    Column("last_polled_at", Instant),
    Column("last_new_at", Instant),
    Column("whole_at", Instant),  # when a document was last read whole, and all its keys seen
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("told_failing_at", Instant),
    Column("error_kind", String(40)),
    Column("error", Text, nullable=False),
    Column("retry_after", Instant),
    Column("rate", Float, nullable=False),
    Column("rhythm", Learned(Rhythm), nullable=False),
    Column("habits", Learned(Habits), nullable=False),
    Column("window", LargeBinary, nullable=False),
    # Of a source that left and came back, in microseconds: when its first poll before succeeded
    # and when it came back, for each time. Items know by it what was there when they came.
    Column("first_polls", Json),
)
for _name, _columns in {
    "sources_due": (sources.c.next_poll_at, sources.c.host),
    "sources_of_host": (sources.c.host, sources.c.next_poll_at),
}.items():
    Index(
        _name,
        *_columns,
        sqlite_where=sources.c.inactive_since.is_(None),
    )

# Hosts that asked, in one answer, for all their sources to leave them alone `until` then; `said`:
# they named the time.
hosts = Table(
    "hosts",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("until", Instant, nullable=False),
    Column("said", Boolean, nullable=False),
)

# `keys` repeats the item's keys as the identity gave them, the strongest first.
items = Table(
    "items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", BigInteger, nullable=False),
    Column("keys", Keys, nullable=False),
    Column("story", Id),
    Column("first_seen", Instant, nullable=False),
    Column("language", Text, nullable=False),
    Column("link_key", Key),
    Column("title_key", Key),
    Column("guid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("published", Instant),
    Column("updated", Instant),
    Column("entry_language", Text, nullable=False),
)
# Narrow on purpose: each further column of an index costs every new item a random page.
Index("items_by_age", items.c.first_seen)
for _key in (items.c.link_key, items.c.title_key):
    Index(
        f"items_by_{_key.name}",
        _key,
        sqlite_where=_key.is_not(None),
    )

# Every key ever seen in a source; it outlives the item, so that what returns is not news. `item`
# NULL: several entries of one document had it, so it names none. `fingerprint`: of the text that
# the key last stood for, NULL where it is not known.
item_keys = Table(
    "item_keys",
    metadata,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True),
    Column("last_seen", Instant, nullable=False),
    Column("item", Id),
    Column("fingerprint", LargeBinary),
    sqlite_with_rowid=False,
)

# Items that say what another said before.
copies = Table(
    "copies",
    metadata,
    Column("item", Id, primary_key=True),
    Column("of", Id, nullable=False),
    Column(
        "kind", String(10), nullable=False
    ),  # duplicate: the same text; update: its next version
)

# What an item said before each of its edits; its present text stands in `items`.
versions = Table(
    "versions",
    metadata,
    Column("item", Id, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),  # from 1 on
    Column("at", Instant, nullable=False),  # when it was edited
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("changed", Json, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sources", Json, nullable=False),
    Column("topic", Id),
    Column("merged_into", Id),
)
Index("stories_merged", stories.c.merged_into, sqlite_where=stories.c.merged_into.is_not(None))

# What the items of the last three days tell, in numbers; see monitor.stories.member. Whoever
# compares reads on from the last `id` it knows.
gists = Table(
    "gists",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("item", Id, nullable=False),
    Column("story", Id, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index("gists_by_age", "at"),
    sqlite_autoincrement=True,
)

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
# it was, by the digest `told_by`, or it need not be any more.
waiting = Table(
    "waiting",
    metadata,
    Column("alert", Id, primary_key=True),
    Column("notifier", String(200), primary_key=True),
    Column("occasion", String(20), primary_key=True),
    Column("due_at", Instant),
    Column("told_by", Id),
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
    Column("failing_since", Instant),
    Column("parked_at", Instant),
    Column("probes", Integer, nullable=False),
    Column("probe_at", Instant),
    Column("fingerprint", String(8)),
)
