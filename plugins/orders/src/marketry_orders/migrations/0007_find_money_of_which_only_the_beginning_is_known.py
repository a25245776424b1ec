"""find money of which only the beginning is known."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("orders_transaction", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_transaction_pending",
            ["at"],
            unique=False,
            postgresql_where=sa.text("phase = 'pending'"),
            sqlite_where=sa.text("phase = 'pending'"),
        )
