"""The first tables: sources, items, stories, alerts, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    _sources()
    _items()
    _alerts()
    _outbox()


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("url", sa.String(2048), nullable=False, unique=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("inactive_since", sa.BigInteger),
        sa.Column("next_poll_at", sa.BigInteger, nullable=False),
        sa.Column("poll_seq", sa.BigInteger, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("validators_url", sa.Text),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("first_success_at", sa.BigInteger),
        sa.Column("last_success_at", sa.BigInteger),
        sa.Column("last_polled_at", sa.BigInteger),
        sa.Column("last_new_at", sa.BigInteger),
        sa.Column("document_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("error_kind", sa.String(40)),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("retry_after", sa.BigInteger),
        sa.Column("rate", sa.Float, nullable=False),
    )
    _partial_index("sources_due", "sources", ["next_poll_at", "host"], "inactive_since IS NULL")
    _partial_index("sources_of_host", "sources", ["host", "next_poll_at"], "inactive_since IS NULL")


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("keys", sa.LargeBinary, nullable=False),
        sa.Column("story", ID),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("link_key", sa.LargeBinary),
        sa.Column("title_key", sa.LargeBinary),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("published", sa.BigInteger),
        sa.Column("updated", sa.BigInteger),
        sa.Column("entry_language", sa.Text, nullable=False),
    )
    op.create_index("items_by_age", "items", ["first_seen"])
    _partial_index("items_by_link_key", "items", ["link_key"], "link_key IS NOT NULL")
    _partial_index("items_by_title_key", "items", ["title_key"], "title_key IS NOT NULL")
    op.create_table(
        "item_keys",
        sa.Column("source_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stories",
        sa.Column("id", ID, primary_key=True),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
    )


def _alerts() -> None:
    op.create_table(
        "rulings",
        sa.Column("item", ID, primary_key=True),
        sa.Column("watchlist", sa.String(200), primary_key=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("vetoed_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("alert", ID),
    )
    op.create_table(
        "alerts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("story", ID, nullable=False),
        sa.Column("watchlist", sa.String(200), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("item", ID, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.UniqueConstraint("story", "watchlist", "sequence", name="alerts_once"),
    )
    op.create_index("alerts_of_item", "alerts", ["item"])


def _outbox() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("webhook_id", sa.String(100), nullable=False, unique=True),
        sa.Column("notifier", sa.String(200), nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("urgency", sa.SmallInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("created", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_of_alert", "deliveries", ["alert"])
    _partial_index(
        "deliveries_open",
        "deliveries",
        ["notifier", "urgency", "id", "due_at"],
        "due_at IS NOT NULL",
    )
    op.create_table(
        "destinations",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("paused_until", sa.BigInteger),
        sa.Column("parked_reason", sa.Text),
        sa.Column("busy_until", sa.BigInteger),
        sa.Column("busy_with", sa.BigInteger),
    )


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
