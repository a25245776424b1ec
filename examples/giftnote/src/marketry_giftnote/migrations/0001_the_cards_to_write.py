"""The cards to write."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "giftnote_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("sender", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(text) <= 300", name=op.f("ck_giftnote_card_text_fits_the_card")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_giftnote_card")),
    )
    with op.batch_alter_table("giftnote_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_giftnote_card_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_giftnote_card_order_number"), ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_giftnote_card_ordered_at"), ["ordered_at"], unique=False)
