"""Pages, their addresses and revisions, redirects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "pages_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seo_title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seo_description", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("picture", sa.String(200), nullable=True),
        sa.Column("picture_alt", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("author", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("products", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("placement", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('page', 'policy', 'post')", name=op.f("ck_pages_entry_kind")),
        sa.CheckConstraint("placement IN ('', 'header', 'footer', 'legal')", name=op.f("ck_pages_entry_placement")),
        sa.CheckConstraint("publish_until IS NULL OR publish_until > publish_at", name=op.f("ck_pages_entry_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages_entry")),
        sa.UniqueConstraint("handle", name=op.f("uq_pages_entry_handle")),
    )
    with op.batch_alter_table("pages_entry", schema=None) as batch_op:
        batch_op.create_index("ix_pages_entry_changed", ["kind", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_pages_entry_newest", ["kind", "publish_at", "id"], unique=False)

    op.create_table(
        "pages_missing",
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_pages_missing")),
    )
    with op.batch_alter_table("pages_missing", schema=None) as batch_op:
        batch_op.create_index("ix_pages_missing_last", ["last_at"], unique=False)
        batch_op.create_index("ix_pages_missing_most", ["asked", "path"], unique=False)

    op.create_table(
        "pages_redirect",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("prefix", sa.Boolean(), nullable=False),
        sa.Column("target", sa.String(800), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("last_hit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 410) = (target = '')", name=op.f("ck_pages_redirect_target")),
        sa.CheckConstraint("status IN (301, 302, 410)", name=op.f("ck_pages_redirect_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages_redirect")),
        sa.UniqueConstraint("source", name=op.f("uq_pages_redirect_source")),
    )
    with op.batch_alter_table("pages_redirect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_redirect_hits"), ["hits"], unique=False)

    op.create_table(
        "pages_address",
        sa.Column("space", sa.String(16), nullable=False),
        sa.Column("slug", sa.String(120), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["pages_entry.id"], name=op.f("fk_pages_address_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("space", "slug", "locale", name=op.f("pk_pages_address")),
    )
    with op.batch_alter_table("pages_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_address_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_pages_address_current",
            ["entry_id", "locale"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "pages_label",
        sa.Column("tag", sa.String(60), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["pages_entry.id"], name=op.f("fk_pages_label_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag", "entry_id", name=op.f("pk_pages_label")),
    )
    with op.batch_alter_table("pages_label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_label_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "pages_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["pages_entry.id"], name=op.f("fk_pages_revision_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages_revision")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_pages_revision_entry_id_number")),
    )
