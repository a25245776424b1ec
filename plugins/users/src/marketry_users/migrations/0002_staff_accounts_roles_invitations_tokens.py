"""Staff: accounts, roles, invitations, tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "users_invitation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("invited_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_invitation")),
        sa.UniqueConstraint("hash", name=op.f("uq_users_invitation_hash")),
    )
    with op.batch_alter_table("users_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_invitation_email"), ["email"], unique=False)

    op.create_table(
        "users_role",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("limits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_users_role")),
        sa.UniqueConstraint("name", name=op.f("uq_users_role_name")),
    )
    op.create_table(
        "users_recovery_code",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["backoffice_staff.id"], name=op.f("fk_users_recovery_code_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_users_recovery_code")),
    )
    with op.batch_alter_table("users_recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_recovery_code_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "users_role_holder",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["backoffice_staff.id"], name=op.f("fk_users_role_holder_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_users_role_holder")),
    )
    with op.batch_alter_table("users_role_holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_role_holder_role"), ["role"], unique=False)

    op.create_table(
        "users_staff",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("factor", sa.String(255), nullable=False),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("factor_pending", sa.String(255), nullable=False),
        sa.Column("factor_step", sa.BigInteger(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("wrong_code_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["backoffice_staff.id"], name=op.f("fk_users_staff_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_users_staff")),
    )
    op.create_table(
        "users_token",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("start", sa.String(16), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["backoffice_staff.id"], name=op.f("fk_users_token_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_users_token_hash")),
    )
    with op.batch_alter_table("users_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_token_staff_id"), ["staff_id"], unique=False)
