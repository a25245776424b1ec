"""Customers and what belongs to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "users_customer",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(400), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marketing", sa.Boolean(), nullable=False),
        sa.Column("marketing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marketing_source", sa.String(40), nullable=False),
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_users_customer_email")),
        sa.CheckConstraint("id LIKE 'customer:%'", name=op.f("ck_users_customer_id")),
        sa.CheckConstraint("marketing = (marketing_at IS NOT NULL)", name=op.f("ck_users_customer_marketing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_customer")),
        sa.UniqueConstraint("email", name=op.f("uq_users_customer_email")),
    )
    with op.batch_alter_table("users_customer", schema=None) as batch_op:
        batch_op.create_index("ix_users_customer_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_users_customer_name_key", ["name_key", "id"], unique=False)

    op.create_table(
        "users_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code = lower(code) AND code <> ''", name=op.f("ck_users_group_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_group")),
        sa.UniqueConstraint("code", name=op.f("uq_users_group_code")),
    )
    op.create_table(
        "users_registration",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("marketing_source", sa.String(40), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_registration_email")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_registration")),
        sa.UniqueConstraint("hash", name=op.f("uq_users_registration_hash")),
    )
    with op.batch_alter_table("users_registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_registration_browser"), ["browser"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_registration_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_registration_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "users_address",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("line1", sa.String(200), nullable=False),
        sa.Column("line2", sa.String(200), nullable=False),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("region", sa.String(100), nullable=False),
        sa.Column("postal_code", sa.String(20), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("default_shipping", sa.Boolean(), nullable=False),
        sa.Column("default_billing", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> '' AND line1 <> ''", name=op.f("ck_users_address_filled")),
        sa.CheckConstraint("length(country) = 2 AND country = upper(country)", name=op.f("ck_users_address_country")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["users_customer.id"], name=op.f("fk_users_address_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_address")),
    )
    with op.batch_alter_table("users_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_address_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_users_address_billing",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("default_billing = 1"),
            postgresql_where=sa.text("default_billing"),
        )
        batch_op.create_index(
            "uq_users_address_shipping",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("default_shipping = 1"),
            postgresql_where=sa.text("default_shipping"),
        )

    op.create_table(
        "users_consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("wording", sa.String(500), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["users_customer.id"], name=op.f("fk_users_consent_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_consent")),
    )
    with op.batch_alter_table("users_consent", schema=None) as batch_op:
        batch_op.create_index("ix_users_consent_at", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_consent_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "users_link",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('reset', 'change_email')", name=op.f("ck_users_link_purpose")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["users_customer.id"], name=op.f("fk_users_link_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_users_link")),
    )
    with op.batch_alter_table("users_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_link_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_link_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "users_membership",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["users_customer.id"], name=op.f("fk_users_membership_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["users_group.id"], name=op.f("fk_users_membership_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "group_id", name=op.f("pk_users_membership")),
    )
    with op.batch_alter_table("users_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_membership_group_id"), ["group_id"], unique=False)

    op.create_table(
        "users_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("once", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_users_note_text")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["users_customer.id"], name=op.f("fk_users_note_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users_note")),
        sa.UniqueConstraint("customer_id", "once", name=op.f("uq_users_note_customer_id_once")),
    )
