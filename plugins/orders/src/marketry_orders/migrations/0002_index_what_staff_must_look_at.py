"""index what staff must look at."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("orders_hold", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_hold_active",
            ["id"],
            unique=False,
            postgresql_where=sa.text("lifted_at IS NULL"),
            sqlite_where=sa.text("lifted_at IS NULL"),
        )

    with op.batch_alter_table("orders_payment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_payment_review",
            ["id"],
            unique=False,
            postgresql_where=sa.text("needs_review <> ''"),
            sqlite_where=sa.text("needs_review <> ''"),
        )
