"""What is learned of sources, versions of items, what each key names, notices, what runs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY_BYTES = 16
AT_ONCE = 1_000  # items
ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("sources") as sources:
        sources.alter_column("document_at", new_column_name="whole_at")
        sources.add_column(sa.Column("told_failing_at", sa.BigInteger))
        sources.add_column(sa.Column("rhythm", sa.Text, nullable=False, server_default="{}"))
        sources.add_column(sa.Column("habits", sa.Text, nullable=False, server_default="{}"))
        sources.add_column(
            sa.Column("window", sa.LargeBinary, nullable=False, server_default=sa.text("''"))
        )
        sources.add_column(sa.Column("first_polls", sa.Text))
    _hosts()
    _notices()
    _versions()
    _running()
    _name_items()


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("said", sa.Boolean, nullable=False),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("told_by", ID, nullable=False),
        sa.Column("summary", sa.Text),
    )
    op.create_index("notices_by_age", "notices", ["type", "created"])
    op.create_index("notices_told_by", "notices", ["told_by"])


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("item", ID, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
    )


def _running() -> None:
    op.create_table(
        "running",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("configuration", sa.Text, nullable=False),
    )


def _name_items() -> None:
    """Have each key name its item; one whose item was removed names one that is not there."""
    op.add_column("item_keys", sa.Column("item", ID))
    op.add_column("item_keys", sa.Column("fingerprint", sa.LargeBinary))
    connection = op.get_bind()
    in_hex = "lower(hex(key))" if connection.dialect.name == "sqlite" else "encode(key, 'hex')"
    connection.exec_driver_sql(f"UPDATE item_keys SET item = {in_hex}")  # noqa: S608 - ours alone
    items = sa.table("items", sa.column("id"), sa.column("source_id"), sa.column("keys"))
    stored = connection.execute(sa.select(items.c.id, items.c.source_id, items.c["keys"]))
    name = sa.text("UPDATE item_keys SET item = :item WHERE source_id = :source AND key = :key")
    for rows in stored.partitions(AT_ONCE):
        named = [
            {"item": item, "source": source, "key": bytes(keys[at : at + KEY_BYTES])}
            for item, source, keys in rows
            for at in range(0, len(keys), KEY_BYTES)
        ]
        if named:
            connection.execute(name, named)
    # From now on a key that left its document was last seen before that was read whole; until
    # now it was up to a day older.
    connection.exec_driver_sql("UPDATE sources SET whole_at = whole_at - 86400000000")
