"""The tables of the trial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "loyalty_account",
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_loyalty_account_points_not_negative")),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_loyalty_account")),
    )
    op.create_table(
        "loyalty_claim",
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_number", name=op.f("pk_loyalty_claim")),
    )
