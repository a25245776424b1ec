"""Zones, methods and their prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shipping_zone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("countries", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("regions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("postal_prefixes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_zone")),
        sa.UniqueConstraint("code", name=op.f("uq_shipping_zone_code")),
    )
    op.create_table(
        "shipping_method",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("estimate", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["shipping_zone.id"], name=op.f("fk_shipping_method_zone_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_method")),
        sa.UniqueConstraint("zone_id", "code", name=op.f("uq_shipping_method_zone_id_code")),
    )
    op.create_table(
        "shipping_band",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("method_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("max_weight", sa.BigInteger(), nullable=True),
        sa.Column("min_subtotal", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("max_weight IS NULL OR max_weight > 0", name=op.f("ck_shipping_band_max_weight_positive")),
        sa.CheckConstraint("min_subtotal >= 0", name=op.f("ck_shipping_band_min_subtotal_not_negative")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_shipping_band_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["shipping_method.id"], name=op.f("fk_shipping_band_method_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_band")),
    )
    with op.batch_alter_table("shipping_band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipping_band_method_id"), ["method_id"], unique=False)
