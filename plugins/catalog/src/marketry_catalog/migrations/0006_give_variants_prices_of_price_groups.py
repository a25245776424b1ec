"""Give variants prices of price groups."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "catalog_group_range",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("price_group", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("lowest", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_group_range_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "price_group", "currency", name=op.f("pk_catalog_group_range")),
    )
    op.create_table(
        "catalog_group_price",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("price_group", sa.String(64), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_catalog_group_price_amount")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_group_price_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("variant_id", "price_group", "currency", name=op.f("pk_catalog_group_price")),
    )
