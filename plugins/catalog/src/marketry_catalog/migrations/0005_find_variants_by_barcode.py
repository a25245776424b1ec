"""Find variants by barcode."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("catalog_variant", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_variant_barcode", ["barcode"], unique=False)
