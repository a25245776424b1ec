"""The kernel's tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "kernel_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("action", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_audit")),
    )
    with op.batch_alter_table("kernel_audit", schema=None) as batch_op:
        batch_op.create_index("ix_kernel_audit_actor", ["actor", "id"], unique=False)
        batch_op.create_index("ix_kernel_audit_subject", ["subject", "id"], unique=False)

    op.create_table(
        "kernel_generation",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_kernel_generation")),
    )
    op.create_table(
        "kernel_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("template", sa.String(160), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(998), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sent', 'kept', 'refused')", name=op.f("ck_kernel_mail_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_kernel_mail_key")),
    )
    with op.batch_alter_table("kernel_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kernel_mail_recipient"), ["recipient"], unique=False)

    op.create_table(
        "kernel_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handler", sa.String(160), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(80), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'parked')", name=op.f("ck_kernel_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_outbox")),
        sa.UniqueConstraint("handler", "key", name="uq_kernel_outbox_key"),
    )
    with op.batch_alter_table("kernel_outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_kernel_outbox_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("ix_kernel_outbox_finished", ["state", "finished_at"], unique=False)
        batch_op.create_index(
            "ix_kernel_outbox_order",
            ["handler", "subject", "id"],
            unique=False,
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        )

    op.create_table(
        "kernel_plugin_schema",
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("min_version", sa.String(32), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_kernel_plugin_schema")),
    )
    op.create_table(
        "kernel_schedule",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kernel_schedule")),
    )
    op.create_table(
        "kernel_session",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('customer', 'staff')", name=op.f("ck_kernel_session_kind")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_kernel_session")),
    )
    with op.batch_alter_table("kernel_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kernel_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_kernel_session_subject"), ["subject"], unique=False)

    op.create_table(
        "kernel_setting",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name=op.f("pk_kernel_setting")),
    )
    op.create_table(
        "kernel_webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_webhook")),
        sa.UniqueConstraint("plugin", "account", "event_id", name="uq_kernel_webhook_event"),
    )
    with op.batch_alter_table("kernel_webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kernel_webhook_received_at"), ["received_at"], unique=False)
