"""Note when goods that don't travel were handed over; until now that was the moment of payment."""

import sqlalchemy as sa
from alembic import op

from marketry.database import UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("orders_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handed_over_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE orders_order SET handed_over_at = paid_at")
