"""Wish lists."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "wishlist_list",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("customer", sa.String(64), nullable=True),
        sa.Column("share", sa.String(32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishlist_list")),
        sa.UniqueConstraint("customer", name=op.f("uq_wishlist_list_customer")),
        sa.UniqueConstraint("share", name=op.f("uq_wishlist_list_share")),
    )
    with op.batch_alter_table("wishlist_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishlist_list_used_at"), ["used_at"], unique=False)

    op.create_table(
        "wishlist_wish",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("product", sa.String(120), nullable=False),
        sa.Column("sku", sa.String(64), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["wishlist_list.id"], name=op.f("fk_wishlist_wish_list_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishlist_wish")),
        sa.UniqueConstraint("list_id", "product", name="uq_wishlist_wish_product"),
    )
    with op.batch_alter_table("wishlist_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishlist_wish_product"), ["product"], unique=False)
