"""What the world publishes: sources, hosts, items with their keys and versions, stories."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from monitor.model import Habits, Rhythm
from monitor.store.columns import Id, Instant, Json, Key, Keys, RowId
from monitor.store.learned import Learned
from monitor.store.tables.metadata import metadata

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
