"""Stories by what their items tell, copies of one text, how destinations fare."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is compared, and what came of it; older items are compared with none."""
    op.create_table(
        "gists",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("item", ID, nullable=False),
        sa.Column("story", ID, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("said_at", sa.BigInteger, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("gists_by_age", "gists", ["at"])
    for name in ("topic", "merged_into"):
        op.add_column("stories", sa.Column(name, ID))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "stories_merged",
        "stories",
        ["merged_into"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    op.create_table(
        "copies",
        sa.Column("item", ID, primary_key=True),
        sa.Column("of", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
    )
    _outbox()
    _cases()
    _calm()


def _outbox() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        for name in ("ref", "left"):
            deliveries.add_column(
                sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))
            )
        deliveries.add_column(
            sa.Column("maybe_duplicate", sa.Integer, nullable=False, server_default="0")
        )
        for name in ("replayed", "ended"):
            deliveries.add_column(sa.Column(name, sa.BigInteger))
        deliveries.add_column(sa.Column("bundle", sa.BigInteger))
    for index, columns, condition in (
        ("deliveries_parked", ["notifier", "id"], "state = 'parked'"),
        ("deliveries_of_bundle", ["bundle"], "bundle IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(index, "deliveries", columns, sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table("destinations") as destinations:
        for name in ("ready_at", "failing_since", "parked_at", "probe_at"):
            destinations.add_column(sa.Column(name, sa.BigInteger))
        for name in ("failures", "refusals", "probes"):
            destinations.add_column(sa.Column(name, sa.Integer, nullable=False, server_default="0"))
        destinations.add_column(sa.Column("fingerprint", sa.String(8)))


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("story", ID, primary_key=True),
        sa.Column("watchlist", sa.String(200), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("told_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("held_until", sa.BigInteger),
        sa.Column("item", ID),
        sa.Column("told", sa.Text, nullable=False),
    )
    where = sa.text("due_at IS NOT NULL")
    op.create_index("cases_due", "cases", ["due_at"], sqlite_where=where, postgresql_where=where)
    # What was told before this release is told: only what changes it is told again.
    op.execute(
        "INSERT INTO cases (story, watchlist, state, opened, last_seen, severity, sequence,"
        " told_at, told) SELECT story, watchlist, 'closed', created, created, severity, sequence,"
        " created, '{}' FROM alerts WHERE sequence = 1"
    )


def _calm() -> None:
    op.create_index("alerts_by_age", "alerts", ["watchlist", "created"])
    op.create_table(
        "waiting",
        sa.Column("alert", ID, primary_key=True),
        sa.Column("notifier", sa.String(200), primary_key=True),
        sa.Column("occasion", sa.String(20), primary_key=True),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("told_by", ID),
        sa.Column("full_until", sa.BigInteger),
    )
    op.create_index("waiting_due", "waiting", ["due_at"])
    op.create_table(
        "alert_digests",
        sa.Column("id", ID, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "silences",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("watchlist", sa.String(200), nullable=False),
        sa.Column("entity", sa.String(200), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("story", ID, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
