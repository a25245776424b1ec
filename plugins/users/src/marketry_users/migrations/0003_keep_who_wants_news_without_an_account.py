"""Keep who wants news without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "users_subscriber",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wording", sa.String(500), nullable=False),
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_users_subscriber_email")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_subscriber")),
        sa.UniqueConstraint("email", name=op.f("uq_users_subscriber_email")),
    )
    with op.batch_alter_table("users_subscriber", schema=None) as batch_op:
        batch_op.create_index("ix_users_subscriber_at", ["at", "id"], unique=False)
