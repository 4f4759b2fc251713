"""Stories by what their items tell, and copies of one text."""

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
    op.add_column("stories", sa.Column("topic", ID))
    op.create_table(
        "copies",
        sa.Column("item", ID, primary_key=True),
        sa.Column("of", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
    )
