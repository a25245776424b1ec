"""Note whom to forget, and which plugins have."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "kernel_erasure",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journaled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_erasure")),
    )
    with op.batch_alter_table("kernel_erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kernel_erasure_asked_at"), ["asked_at"], unique=False)

    op.create_table(
        "kernel_erasure_part",
        sa.Column("erasure_id", sa.String(32), nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["kernel_erasure.id"], name=op.f("fk_kernel_erasure_part_erasure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("erasure_id", "plugin", name=op.f("pk_kernel_erasure_part")),
    )
