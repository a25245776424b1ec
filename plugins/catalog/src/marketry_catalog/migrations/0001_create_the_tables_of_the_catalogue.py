"""Create the tables of the catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "catalog_attribute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("filterable", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('text', 'number', 'boolean', 'choice')", name=op.f("ck_catalog_attribute_kind")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 6", name=op.f("ck_catalog_attribute_decimals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_attribute")),
        sa.UniqueConstraint("code", name=op.f("uq_catalog_attribute_code")),
    )
    op.create_table(
        "catalog_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("description", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("slug", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.String(200), nullable=True),
        sa.Column("picture_alt", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("picture_width", sa.Integer(), nullable=True),
        sa.Column("picture_height", sa.Integer(), nullable=True),
        sa.Column("picture_digest", sa.String(64), nullable=False),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_catalog_category_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["catalog_category.id"], name=op.f("fk_catalog_category_parent_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_category")),
        sa.UniqueConstraint("handle", name=op.f("uq_catalog_category_handle")),
    )
    with op.batch_alter_table("catalog_category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "catalog_location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_location")),
        sa.UniqueConstraint("code", name=op.f("uq_catalog_location_code")),
    )
    op.create_table(
        "catalog_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("description", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("materials", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("care", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seo_title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("related", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_in", sa.String(2), nullable=True),
        sa.Column("tax_class", sa.String(40), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "publish_until IS NULL OR publish_at IS NULL OR publish_until > publish_at", name=op.f("ck_catalog_product_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_product")),
        sa.UniqueConstraint("handle", name=op.f("uq_catalog_product_handle")),
    )
    with op.batch_alter_table("catalog_product", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_product_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_catalog_product_unindexed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("indexed_at IS NULL"),
            postgresql_where=sa.text("indexed_at IS NULL"),
        )

    op.create_table(
        "catalog_scene",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("media", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("alt", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_scene")),
        sa.UniqueConstraint("file", name=op.f("uq_catalog_scene_file")),
    )
    with op.batch_alter_table("catalog_scene", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_scene_kind"), ["kind"], unique=False)

    op.create_table(
        "catalog_attribute_value",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("choice", sa.String(60), nullable=True),
        sa.ForeignKeyConstraint(
            ["attribute_id"], ["catalog_attribute.id"], name=op.f("fk_catalog_attribute_value_attribute_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_attribute_value_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "attribute_id", name=op.f("pk_catalog_attribute_value")),
    )
    with op.batch_alter_table("catalog_attribute_value", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_attribute_value_choice", ["attribute_id", "choice", "product_id"], unique=False)
        batch_op.create_index("ix_catalog_attribute_value_number", ["attribute_id", "number", "product_id"], unique=False)

    op.create_table(
        "catalog_category_path",
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["catalog_category.id"], name=op.f("fk_catalog_category_path_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("locale", "path", name=op.f("pk_catalog_category_path")),
    )
    with op.batch_alter_table("catalog_category_path", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_category_path_category_id"), ["category_id"], unique=False)
        batch_op.create_index(
            "uq_catalog_category_path_current",
            ["category_id", "locale"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "catalog_category_product",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["catalog_category.id"], name=op.f("fk_catalog_category_product_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_category_product_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "category_id", name=op.f("pk_catalog_category_product")),
    )
    with op.batch_alter_table("catalog_category_product", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_category_product_order", ["category_id", "rank", "product_id"], unique=False)

    op.create_table(
        "catalog_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(200), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("alt", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_picture_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_picture")),
        sa.UniqueConstraint("product_id", "file", name="uq_catalog_picture_file"),
        sa.UniqueConstraint("product_id", "position", name="uq_catalog_picture_position"),
    )
    op.create_table(
        "catalog_price_range",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("lowest", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.Column("compare_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_price_range_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "currency", name=op.f("pk_catalog_price_range")),
    )
    with op.batch_alter_table("catalog_price_range", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_price_range_order", ["currency", "lowest", "product_id"], unique=False)

    op.create_table(
        "catalog_product_slug",
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("slug", sa.String(160), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_product_slug_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("locale", "slug", name=op.f("pk_catalog_product_slug")),
    )
    with op.batch_alter_table("catalog_product_slug", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_product_slug_product_id"), ["product_id"], unique=False)
        batch_op.create_index(
            "uq_catalog_product_slug_current",
            ["product_id", "locale"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "catalog_search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_search_document_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_search_document")),
        sa.UniqueConstraint("product_id", "locale", name="uq_catalog_search_document"),
    )
    with op.batch_alter_table("catalog_search_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_search_document_locale"), ["locale"], unique=False)

    op.create_table(
        "catalog_variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("options_key", sa.String(400), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("depth_mm", sa.Integer(), nullable=True),
        sa.Column("barcode", sa.String(32), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("shippable", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_catalog_variant_weight")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["catalog_picture.id"], name=op.f("fk_catalog_variant_picture_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_variant_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_variant")),
        sa.UniqueConstraint("product_id", "options_key", name="uq_catalog_variant_options"),
        sa.UniqueConstraint("sku", name=op.f("uq_catalog_variant_sku")),
    )
    with op.batch_alter_table("catalog_variant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_variant_picture_id"), ["picture_id"], unique=False)

    op.create_table(
        "catalog_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("sku", sa.String(64), nullable=False),
        sa.Column("location", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["catalog_location.id"], name=op.f("fk_catalog_movement_location_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_movement_variant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_movement")),
    )
    with op.batch_alter_table("catalog_movement", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_movement_variant", ["variant_id", "id"], unique=False)
        batch_op.create_index(
            "uq_catalog_movement_reference",
            ["subject", "kind", "reference", "sku", "location"],
            unique=True,
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )

    op.create_table(
        "catalog_price",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("compare_at", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_catalog_price_amount")),
        sa.CheckConstraint("compare_at IS NULL OR compare_at > amount", name=op.f("ck_catalog_price_compare_at")),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_catalog_price_cost")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_price_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("variant_id", "currency", name=op.f("pk_catalog_price")),
    )
    op.create_table(
        "catalog_reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 AND shipped >= 0 AND released >= 0", name=op.f("ck_catalog_reservation_units")),
        sa.CheckConstraint("shipped + released <= quantity", name=op.f("ck_catalog_reservation_open")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["catalog_location.id"], name=op.f("fk_catalog_reservation_location_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_reservation_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_reservation")),
        sa.UniqueConstraint("subject", "variant_id", "location_id", name="uq_catalog_reservation"),
    )
    with op.batch_alter_table("catalog_reservation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_catalog_reservation_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_catalog_reservation_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "catalog_stock_level",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.CheckConstraint("allocated <= on_hand", name=op.f("ck_catalog_stock_level_promise")),
        sa.CheckConstraint("allocated >= 0", name=op.f("ck_catalog_stock_level_allocated")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_catalog_stock_level_on_hand")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["catalog_location.id"], name=op.f("fk_catalog_stock_level_location_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_stock_level_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("variant_id", "location_id", name=op.f("pk_catalog_stock_level")),
    )
