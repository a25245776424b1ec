"""The tables of the trial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "giftcard_card",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_giftcard_card_balance_not_negative")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_giftcard_card")),
    )
    op.create_table(
        "giftcard_sold",
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("line", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_number", "line", name=op.f("pk_giftcard_sold")),
    )
    op.create_table(
        "giftcard_move",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("payment", sa.String(64), nullable=False),
        sa.Column("card", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["giftcard_card.hash"], name=op.f("fk_giftcard_move_card"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_giftcard_move")),
    )
    with op.batch_alter_table("giftcard_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_giftcard_move_payment"), ["payment"], unique=False)
