"""Staff and their one-time links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "backoffice_staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_backoffice_staff_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backoffice_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_backoffice_staff_email")),
    )
    op.create_table(
        "backoffice_link",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["backoffice_staff.id"], name=op.f("fk_backoffice_link_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_backoffice_link")),
    )
    with op.batch_alter_table("backoffice_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backoffice_link_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_backoffice_link_staff_id"), ["staff_id"], unique=False)
