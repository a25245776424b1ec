"""List the newest products of a category."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("catalog_category_product", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_category_product_newest", ["category_id", "product_id"], unique=False)
