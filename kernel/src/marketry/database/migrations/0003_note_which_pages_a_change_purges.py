"""Note which pages a change purges."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "kernel_page_purge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=True),
        sa.Column("tag", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_page_purge")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("kernel_page_purge", schema=None) as batch_op:
        batch_op.create_index("ix_kernel_page_purge_at", ["at"], unique=False)
        batch_op.create_index("ix_kernel_page_purge_xid", ["xid"], unique=False)
