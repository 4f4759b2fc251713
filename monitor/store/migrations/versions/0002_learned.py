"""What is learned of sources, versions of items, and what each key names."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("sources") as sources:
        sources.alter_column("document_at", new_column_name="whole_at")
        sources.add_column(sa.Column("told_failing_at", sa.BigInteger))
        sources.add_column(sa.Column("rhythm", sa.Text, nullable=False, server_default="{}"))
        sources.add_column(sa.Column("habits", sa.Text, nullable=False, server_default="{}"))
        sources.add_column(
            sa.Column("window", sa.LargeBinary, nullable=False, server_default=sa.text("''"))
        )
