"""Who waits for what."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "backinstock_supply",
        sa.Column("stock_key", sa.String(128), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("stock_key", "sku", name=op.f("pk_backinstock_supply")),
    )
    with op.batch_alter_table("backinstock_supply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backinstock_supply_sku"), ["sku"], unique=False)

    op.create_table(
        "backinstock_waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'waiting', 'told')", name=op.f("ck_backinstock_waiting_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backinstock_waiting")),
        sa.UniqueConstraint("key", name=op.f("uq_backinstock_waiting_key")),
        sa.UniqueConstraint("sku", "email", name="uq_backinstock_waiting_person"),
    )
    with op.batch_alter_table("backinstock_waiting", schema=None) as batch_op:
        batch_op.create_index("ix_backinstock_waiting_changed", ["state", "changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_backinstock_waiting_email"), ["email"], unique=False)
        batch_op.create_index("ix_backinstock_waiting_turn", ["sku", "state", "since", "id"], unique=False)
