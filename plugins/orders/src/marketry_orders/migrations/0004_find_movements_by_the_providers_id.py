"""find movements by the provider's id."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("orders_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_orders_transaction_remote_id", ["remote_id"], unique=False)
