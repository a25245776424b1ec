"""Note with which account and in which mode something was saved to pay with."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("orders_saved_means", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.String(255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("live", sa.Boolean(), nullable=True))
