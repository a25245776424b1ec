"""The tables of the trial."""

import sqlalchemy as sa
from alembic import op

from marketry.database import UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "refill_refill",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("instrument", sa.String(32), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("last_order", sa.String(32), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
    )
