"""What was bought together."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "discovery_bought",
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("product", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("order_number", "product", name=op.f("pk_discovery_bought")),
    )
    with op.batch_alter_table("discovery_bought", schema=None) as batch_op:
        batch_op.create_index("ix_discovery_bought_at", ["at"], unique=False)

    op.create_table(
        "discovery_pair",
        sa.Column("product", sa.String(120), nullable=False),
        sa.Column("other", sa.String(120), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("product", "other", name=op.f("pk_discovery_pair")),
    )
