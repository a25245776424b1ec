"""create the tables of carts and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "orders_cart",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("customer", sa.String(64), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("shipping_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("billing_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("methods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("payments", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("coupons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shown_total", sa.BigInteger(), nullable=True),
        sa.Column("shown_hash", sa.String(64), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_cart")),
    )
    with op.batch_alter_table("orders_cart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_cart_customer"), ["customer"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_cart_email"), ["email"], unique=False)
        batch_op.create_index("ix_orders_cart_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "orders_idempotency",
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("response", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_orders_idempotency")),
    )
    with op.batch_alter_table("orders_idempotency", schema=None) as batch_op:
        batch_op.create_index("ix_orders_idempotency_created_at", ["created_at"], unique=False)

    op.create_table(
        "orders_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("cart_id", sa.String(32), nullable=True),
        sa.Column("access_key", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("payment_status", sa.String(24), nullable=False),
        sa.Column("fulfilment_status", sa.String(16), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("shipping", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_added", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("accepted_hash", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("customer", sa.String(64), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("customer_name", sa.String(200), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            sa.Computed("lower(customer_name)", persisted=True),
            nullable=False,
        ),
        sa.Column("shipping_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("billing_address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("coupons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "fulfilment_status IN ('unfulfilled', 'partial', 'fulfilled', 'delivered', 'returned', 'cancelled')",
            name=op.f("ck_orders_order_fulfilment_status_known"),
        ),
        sa.CheckConstraint(
            "payment_status IN ('none', 'pending', 'authorised', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'overpaid', 'voided', 'disputed')",
            name=op.f("ck_orders_order_payment_status_known"),
        ),
        sa.CheckConstraint("status IN ('draft', 'placed', 'cancelled')", name=op.f("ck_orders_order_status_known")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_orders_order_total_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_order")),
        sa.UniqueConstraint("cart_id", name=op.f("uq_orders_order_cart_id")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_order_number")),
    )
    with op.batch_alter_table("orders_order", schema=None) as batch_op:
        batch_op.create_index("ix_orders_order_customer", ["customer", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_email", ["email", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_fulfilment_status", ["fulfilment_status", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_name_key", ["name_key", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_payment_status", ["payment_status", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_placed", ["placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_order_status", ["status", "placed_at", "id"], unique=False)

    op.create_table(
        "orders_adjustment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cut", sa.BigInteger(), nullable=True),
        sa.Column("line_id", sa.String(32), nullable=True),
        sa.Column("group_key", sa.String(64), nullable=True),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("plugin_version", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_order.id"], name=op.f("fk_orders_adjustment_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_adjustment")),
    )
    with op.batch_alter_table("orders_adjustment", schema=None) as batch_op:
        batch_op.create_index("ix_orders_adjustment_order_id", ["order_id", "position"], unique=False)

    op.create_table(
        "orders_cart_line",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("cart_id", sa.String(32), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 9999", name=op.f("ck_orders_cart_line_quantity_in_bounds")),
        sa.ForeignKeyConstraint(["cart_id"], ["orders_cart.id"], name=op.f("fk_orders_cart_line_cart_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_cart_line")),
        sa.UniqueConstraint("cart_id", "identity", name=op.f("uq_orders_cart_line_cart_id_identity")),
    )
    op.create_table(
        "orders_fulfilment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("group_key", sa.String(64), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("carrier", sa.String(64), nullable=False),
        sa.Column("tracking", sa.String(120), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'shipped', 'delivered', 'returned', 'cancelled')", name=op.f("ck_orders_fulfilment_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_order.id"], name=op.f("fk_orders_fulfilment_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_fulfilment")),
    )
    with op.batch_alter_table("orders_fulfilment", schema=None) as batch_op:
        batch_op.create_index("ix_orders_fulfilment_order_id", ["order_id", "created_at"], unique=False)

    op.create_table(
        "orders_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("method", sa.String(64), nullable=False),
        sa.Column("method_label", sa.String(200), nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=True),
        sa.Column("seller", sa.String(64), nullable=True),
        sa.Column("shippable", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_group_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_group")),
        sa.UniqueConstraint("order_id", "key", name=op.f("uq_orders_group_order_id_key")),
    )
    op.create_table(
        "orders_hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("blocks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(128), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_hold_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_hold")),
    )
    with op.batch_alter_table("orders_hold", schema=None) as batch_op:
        batch_op.create_index("ix_orders_hold_order_id", ["order_id"], unique=False)

    op.create_table(
        "orders_line",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(128), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("options", sa.String(500), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("url", sa.String(500), nullable=True),
        sa.Column("picture", sa.String(500), nullable=True),
        sa.Column("tax_class", sa.String(64), nullable=False),
        sa.Column("categories", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("seller", sa.String(64), nullable=True),
        sa.Column("shippable", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_added", sa.BigInteger(), nullable=False),
        sa.Column("demands", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("group_key", sa.String(64), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 9999", name=op.f("ck_orders_line_quantity_in_bounds")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_line_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_line")),
    )
    with op.batch_alter_table("orders_line", schema=None) as batch_op:
        batch_op.create_index("ix_orders_line_order_id", ["order_id", "position"], unique=False)
        batch_op.create_index("ix_orders_line_sku", ["sku"], unique=False)

    op.create_table(
        "orders_payment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("remote_id", sa.String(255), nullable=True),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("action", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=True),
        sa.Column("needs_review", sa.String(500), nullable=False),
        sa.Column("strange", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("accepted_review", sa.String(500), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("initiated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('remote', 'local', 'deferred')", name=op.f("ck_orders_payment_kind_known")),
        sa.CheckConstraint(
            "state IN ('created', 'requires_action', 'processing', 'authorised', 'captured', 'failed', 'cancelled', 'expired')",
            name=op.f("ck_orders_payment_state_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_orders_payment_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_payment_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_payment")),
    )
    with op.batch_alter_table("orders_payment", schema=None) as batch_op:
        batch_op.create_index("ix_orders_payment_order_id", ["order_id", "position"], unique=False)
        batch_op.create_index("ix_orders_payment_remote", ["provider", "remote_id"], unique=False)
        batch_op.create_index("ix_orders_payment_state", ["state", "expires_at"], unique=False)

    op.create_table(
        "orders_return",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("restocked", sa.Boolean(), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('requested', 'received', 'rejected')", name=op.f("ck_orders_return_state_known")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_return_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_return")),
    )
    with op.batch_alter_table("orders_return", schema=None) as batch_op:
        batch_op.create_index("ix_orders_return_order_id", ["order_id", "requested_at"], unique=False)

    op.create_table(
        "orders_tax_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("line_id", sa.String(32), nullable=True),
        sa.Column("group_key", sa.String(64), nullable=True),
        sa.CheckConstraint("mode IN ('added', 'included')", name=op.f("ck_orders_tax_line_mode_known")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_tax_line_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_tax_line")),
    )
    with op.batch_alter_table("orders_tax_line", schema=None) as batch_op:
        batch_op.create_index("ix_orders_tax_line_order_id", ["order_id", "position"], unique=False)

    op.create_table(
        "orders_timeline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("message", sa.String(2000), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_timeline_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_timeline")),
    )
    with op.batch_alter_table("orders_timeline", schema=None) as batch_op:
        batch_op.create_index("ix_orders_timeline_order_id", ["order_id", "id"], unique=False)

    op.create_table(
        "orders_allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.String(32), nullable=False),
        sa.Column("stock_key", sa.String(128), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_allocation_quantity_positive")),
        sa.CheckConstraint(
            "shipped >= 0 AND released >= 0 AND shipped + released <= quantity", name=op.f("ck_orders_allocation_within_quantity")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["orders_line.id"], name=op.f("fk_orders_allocation_line_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_order.id"], name=op.f("fk_orders_allocation_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_allocation")),
        sa.UniqueConstraint("line_id", "stock_key", "location", name=op.f("uq_orders_allocation_line_id_stock_key_location")),
    )
    with op.batch_alter_table("orders_allocation", schema=None) as batch_op:
        batch_op.create_index("ix_orders_allocation_order_id", ["order_id"], unique=False)

    op.create_table(
        "orders_fulfilment_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fulfilment_id", sa.String(32), nullable=False),
        sa.Column("line_id", sa.String(32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_fulfilment_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["orders_fulfilment.id"], name=op.f("fk_orders_fulfilment_line_fulfilment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["orders_line.id"], name=op.f("fk_orders_fulfilment_line_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_fulfilment_line")),
        sa.UniqueConstraint("fulfilment_id", "line_id", name=op.f("uq_orders_fulfilment_line_fulfilment_id_line_id")),
    )
    with op.batch_alter_table("orders_fulfilment_line", schema=None) as batch_op:
        batch_op.create_index("ix_orders_fulfilment_line_line_id", ["line_id"], unique=False)

    op.create_table(
        "orders_operation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("requested_by", sa.String(128), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('capture', 'void', 'refund')", name=op.f("ck_orders_operation_kind_known")),
        sa.CheckConstraint("state IN ('requested', 'sent', 'done', 'failed')", name=op.f("ck_orders_operation_state_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_orders_operation_amount_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_operation_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["orders_payment.id"], name=op.f("fk_orders_operation_payment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_operation")),
    )
    with op.batch_alter_table("orders_operation", schema=None) as batch_op:
        batch_op.create_index("ix_orders_operation_order_id", ["order_id", "requested_at"], unique=False)
        batch_op.create_index("ix_orders_operation_state", ["state", "requested_at"], unique=False)

    op.create_table(
        "orders_return_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.String(32), nullable=False),
        sa.Column("line_id", sa.String(32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_return_line_quantity_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["orders_line.id"], name=op.f("fk_orders_return_line_line_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["return_id"], ["orders_return.id"], name=op.f("fk_orders_return_line_return_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_return_line")),
        sa.UniqueConstraint("return_id", "line_id", name=op.f("uq_orders_return_line_return_id_line_id")),
    )
    with op.batch_alter_table("orders_return_line", schema=None) as batch_op:
        batch_op.create_index("ix_orders_return_line_line_id", ["line_id"], unique=False)

    op.create_table(
        "orders_transaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("remote_id", sa.String(255), nullable=False),
        sa.Column("message", sa.String(500), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("operation_id", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('authorisation', 'capture', 'void', 'refund', 'chargeback')", name=op.f("ck_orders_transaction_kind_known")
        ),
        sa.CheckConstraint("phase IN ('pending', 'succeeded', 'failed')", name=op.f("ck_orders_transaction_phase_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_orders_transaction_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["orders_operation.id"], name=op.f("fk_orders_transaction_operation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_order.id"], name=op.f("fk_orders_transaction_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["orders_payment.id"], name=op.f("fk_orders_transaction_payment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_transaction")),
        sa.UniqueConstraint(
            "payment_id",
            "kind",
            "remote_id",
            "phase",
            "amount",
            "currency",
            name=op.f("uq_orders_transaction_payment_id_kind_remote_id_phase_amount_currency"),
        ),
    )
    with op.batch_alter_table("orders_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_orders_transaction_order_id", ["order_id", "id"], unique=False)
