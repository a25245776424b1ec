"""Keep what customers saved to pay with, and what providers kept for themselves."""

import sqlalchemy as sa
from alembic import op

from marketry.database import JSONValue

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "orders_saved_means",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("customer", sa.String(64), nullable=True),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("token", sa.String(500), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("expires", sa.String(7), nullable=False),
        sa.Column("same_as", sa.String(128), nullable=False),
        sa.Column("whole_person", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_saved_means")),
    )
    with op.batch_alter_table("orders_saved_means", schema=None) as batch_op:
        batch_op.create_index("ix_orders_saved_means_customer", ["customer", "provider"], unique=False)
    with op.batch_alter_table("orders_payment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("problem_code", sa.String(64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("saves", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("off_session", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("instrument_id", sa.String(32), nullable=True))
    with op.batch_alter_table("orders_reconciled_day", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fees", JSONValue, server_default="{}", nullable=False))
