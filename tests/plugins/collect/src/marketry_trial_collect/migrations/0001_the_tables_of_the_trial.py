"""The tables of the trial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "collect_slot",
        sa.Column("store", sa.String(40), nullable=False),
        sa.Column("time", sa.String(16), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_collect_slot_places_not_negative")),
        sa.PrimaryKeyConstraint("store", "time", name=op.f("pk_collect_slot")),
    )
