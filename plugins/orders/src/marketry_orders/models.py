"""Tables of carts, orders, payments and parcels. Amounts are minor units of the order's currency; times are aware UTC.

What shows in a URL (cart, line, payment, fulfilment, return) has a random text id; an order is known by its `number`.
JSON columns hold copies: an order reads the same when the plugin that filled them is gone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketry.database import BigId, JSONValue, UTCDateTime, plugin_registry

STATUSES = ("draft", "placed", "cancelled")
PAYMENT_STATUSES = (
    "none",
    "pending",
    "authorised",
    "partially_paid",
    "paid",
    "partially_refunded",
    "refunded",
    "overpaid",
    "voided",
    "disputed",
)
FULFILMENT_STATUSES = ("unfulfilled", "partial", "fulfilled", "delivered", "returned", "cancelled")
PARCEL_STATES = ("pending", "shipped", "delivered", "returned", "cancelled")
RETURN_STATES = ("requested", "received", "rejected")
OPERATION_STATES = ("requested", "sent", "done", "failed")


# Compared by code point on both databases, so that a prefix is a range of the index.
CODE_POINTS = String(200).with_variant(String(200, collation="C"), "postgresql")


# What staff must look at is rare; these indexes hold nothing else.
_IN_REVIEW = text("needs_review <> ''")
_ACTIVE = text("lifted_at IS NULL")


class Table(SQLModel, registry=plugin_registry("orders")):
    """Base of the tables of orders."""


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Cart(Table, table=True):
    """`version` rises with every change and guards placing; `shown_*` is the total that the buyer saw last.

    `methods` is {group: code}; `payments` [{code, amount?, data?}]; `data` {plugin: {key: value}}; the token is kept hashed.
    """

    __tablename__ = "orders_cart"
    __table_args__ = (Index("ix_orders_cart_expires_at", "expires_at"),)

    id: str = Field(primary_key=True, max_length=32)
    token_hash: str = Field(max_length=64)
    version: int = 1
    currency: str = Field(max_length=3)
    locale: str = Field(max_length=16)
    channel: str = Field(max_length=32)
    country: str | None = Field(default=None, max_length=2)
    customer: str | None = Field(default=None, max_length=64, index=True)
    email: str | None = Field(default=None, max_length=254, index=True)
    shipping_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    billing_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    methods: dict[str, str] = Field(default_factory=dict, sa_type=JSONValue)
    payments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONValue)
    coupons: list[str] = Field(default_factory=list, sa_type=JSONValue)
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    shown_total: int | None = Field(default=None, sa_type=BigInteger)
    shown_hash: str | None = Field(default=None, max_length=64)
    completed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class CartLine(Table, table=True):
    """`identity` is the hash of SKU and inputs: two different engravings are two lines."""

    __tablename__ = "orders_cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "identity"),
        CheckConstraint("quantity BETWEEN 1 AND 9999", name="quantity_in_bounds"),
    )

    id: str = Field(primary_key=True, max_length=32)
    cart_id: str = Field(foreign_key="orders_cart.id", ondelete="CASCADE", max_length=32)
    sku: str = Field(max_length=128)
    quantity: int
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    identity: str = Field(max_length=64)
    added_at: datetime = Field(sa_type=UTCDateTime)


class Order(Table, table=True):
    """What was agreed. `access_key` is signed into the buyer's links: changing it revokes them.

    `total` = subtotal + discount (negative) + shipping + fees + tax_added; `tax` also counts included tax. `accepted_hash`
    is the hash of the quote that the buyer agreed to. `name_key` is computed by the database, for search.
    """

    __tablename__ = "orders_order"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("payment_status", PAYMENT_STATUSES),
        one_of("fulfilment_status", FULFILMENT_STATUSES),
        CheckConstraint("total >= 0", name="total_not_negative"),
        Index("ix_orders_order_placed", "placed_at", "id"),
        Index("ix_orders_order_status", "status", "placed_at", "id"),
        Index("ix_orders_order_payment_status", "payment_status", "placed_at", "id"),
        Index("ix_orders_order_fulfilment_status", "fulfilment_status", "placed_at", "id"),
        Index("ix_orders_order_email", "email", "placed_at", "id"),
        Index("ix_orders_order_customer", "customer", "placed_at", "id"),
        Index("ix_orders_order_name_key", "name_key", "placed_at", "id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    number: str = Field(max_length=16, unique=True)
    cart_id: str | None = Field(default=None, max_length=32, unique=True)
    access_key: str = Field(max_length=32)
    status: str = Field(default="placed", max_length=16)
    payment_status: str = Field(default="none", max_length=24)
    fulfilment_status: str = Field(default="unfulfilled", max_length=16)
    currency: str = Field(max_length=3)
    subtotal: int = Field(sa_type=BigInteger)
    discount: int = Field(default=0, sa_type=BigInteger)
    shipping: int = Field(default=0, sa_type=BigInteger)
    fees: int = Field(default=0, sa_type=BigInteger)
    tax: int = Field(default=0, sa_type=BigInteger)
    tax_added: int = Field(default=0, sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    accepted_hash: str = Field(default="", max_length=64)
    locale: str = Field(max_length=16)
    channel: str = Field(max_length=32)
    country: str | None = Field(default=None, max_length=2)
    customer: str | None = Field(default=None, max_length=64)
    email: str = Field(default="", max_length=254)
    customer_name: str = Field(default="", max_length=200)
    name_key: str = Field(default=None, sa_type=CODE_POINTS, sa_column_args=(Computed("lower(customer_name)", persisted=True),))
    shipping_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    billing_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    coupons: list[str] = Field(default_factory=list, sa_type=JSONValue)
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    extra: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    placed_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    paid_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    cancel_reason: str = Field(default="", max_length=500)


class OrderLine(Table, table=True):
    """A copy of what was bought; `id` is the cart line's. `total` is after all adjustments, without added tax (`tax_added`).

    `demands` [[stock_key, units per item], …]; `group_key` names the delivery group, empty where nothing is delivered.
    """

    __tablename__ = "orders_line"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 9999", name="quantity_in_bounds"),
        Index("ix_orders_line_order_id", "order_id", "position"),
        Index("ix_orders_line_sku", "sku"),
    )

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    sku: str = Field(max_length=128)
    title: str = Field(max_length=500)
    options: str = Field(default="", max_length=500)
    kind: str = Field(default="product", max_length=32)
    url: str | None = Field(default=None, max_length=500)
    picture: str | None = Field(default=None, max_length=500)
    tax_class: str = Field(default="standard", max_length=64)
    categories: list[str] = Field(default_factory=list, sa_type=JSONValue)
    weight: int = 0
    seller: str | None = Field(default=None, max_length=64)
    shippable: bool = True
    quantity: int
    unit_price: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    tax: int = Field(default=0, sa_type=BigInteger)
    tax_added: int = Field(default=0, sa_type=BigInteger)
    demands: list[list[Any]] = Field(default_factory=list, sa_type=JSONValue)
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    group_key: str = Field(default="", max_length=64)


class OrderAdjustment(Table, table=True):
    """One reason of a total: what, how much, why and by which plugin. `stage` is the number of `Stage`."""

    __tablename__ = "orders_adjustment"
    __table_args__ = (Index("ix_orders_adjustment_order_id", "order_id", "position"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    stage: int
    code: str = Field(max_length=64)
    label: str = Field(max_length=300)
    amount: int = Field(sa_type=BigInteger)
    cut: int | None = Field(default=None, sa_type=BigInteger)
    line_id: str | None = Field(default=None, max_length=32)
    group_key: str | None = Field(default=None, max_length=64)
    plugin: str = Field(max_length=64)
    plugin_version: str = Field(default="", max_length=32)
    rule: str = Field(default="", max_length=120)


class OrderTaxLine(Table, table=True):
    """Tax on a line, a group or (neither) the fees. `rate` in basis points, `mode` added | included."""

    __tablename__ = "orders_tax_line"
    __table_args__ = (Index("ix_orders_tax_line_order_id", "order_id", "position"), one_of("mode", ("added", "included")))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    name: str = Field(max_length=120)
    rate: int
    amount: int = Field(sa_type=BigInteger)
    mode: str = Field(max_length=16)
    provider: str = Field(max_length=64)
    reason: str = Field(default="", max_length=120)
    line_id: str | None = Field(default=None, max_length=32)
    group_key: str | None = Field(default=None, max_length=64)


class OrderGroup(Table, table=True):
    """Lines that travel together, with the method the buyer chose; `amount` is what delivery costs after discounts."""

    __tablename__ = "orders_group"
    __table_args__ = (UniqueConstraint("order_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    key: str = Field(max_length=64)
    label: str = Field(default="", max_length=200)
    method: str = Field(default="", max_length=64)
    method_label: str = Field(default="", max_length=200)
    plugin: str = Field(default="", max_length=64)
    source: str | None = Field(default=None, max_length=64)
    seller: str | None = Field(default=None, max_length=64)
    shippable: bool = True
    amount: int = Field(default=0, sa_type=BigInteger)


class Allocation(Table, table=True):
    """Which stock serves which line: `quantity` units of `stock_key` at `location`, of them `shipped` and `released`."""

    __tablename__ = "orders_allocation"
    __table_args__ = (
        UniqueConstraint("line_id", "stock_key", "location"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("shipped >= 0 AND released >= 0 AND shipped + released <= quantity", name="within_quantity"),
        Index("ix_orders_allocation_order_id", "order_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    stock_key: str = Field(max_length=128)
    location: str = Field(max_length=64)
    quantity: int
    shipped: int = 0
    released: int = 0


class Payment(Table, table=True):
    """One attempt. `id` is also its idempotency key (`Charge.key`). `needs_review` says why staff must look, else empty.

    `data` is the buyer's input for the method; `action` what they do next; `initiated_at` empty: the provider was not
    asked yet, or its answer was lost. `strange` keeps what only snapshots showed, as [code, detail]; `accepted_review` is the
    text of a review that staff looked into and accepted.
    """

    __tablename__ = "orders_payment"
    __table_args__ = (
        one_of("kind", ("remote", "local", "deferred")),
        one_of(
            "state",
            ("created", "requires_action", "processing", "authorised", "captured", "failed", "cancelled", "expired"),
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_orders_payment_order_id", "order_id", "position"),
        Index("ix_orders_payment_remote", "provider", "remote_id"),
        Index("ix_orders_payment_state", "state", "expires_at"),
        Index("ix_orders_payment_review", "id", postgresql_where=_IN_REVIEW, sqlite_where=_IN_REVIEW),
    )

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    position: int = 0
    provider: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    label: str = Field(default="", max_length=200)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    state: str = Field(default="created", max_length=24)
    remote_id: str | None = Field(default=None, max_length=255)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    action: dict[str, Any] | None = Field(default=None, sa_type=JSONValue)
    account: str = Field(default="", max_length=255)
    live: bool | None = None
    needs_review: str = Field(default="", max_length=500)
    strange: list[list[str]] = Field(default_factory=list, sa_type=JSONValue)
    accepted_review: str = Field(default="", max_length=500)
    problem: str = Field(default="", max_length=500)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    initiated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class Transaction(Table, table=True):
    """The ledger, append-only: a movement that goes from pending to succeeded is two rows of one `remote_id`.

    `announced`: its event was published (not while the payment is in review).
    """

    __tablename__ = "orders_transaction"
    __table_args__ = (
        one_of("kind", ("authorisation", "capture", "void", "refund", "chargeback")),
        one_of("phase", ("pending", "succeeded", "failed")),
        UniqueConstraint("payment_id", "kind", "remote_id", "phase", "amount", "currency"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("ix_orders_transaction_order_id", "order_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    payment_id: str = Field(foreign_key="orders_payment.id", ondelete="CASCADE", max_length=32)
    kind: str = Field(max_length=16)
    phase: str = Field(max_length=16)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    remote_id: str = Field(max_length=255)
    message: str = Field(default="", max_length=500)
    announced: bool = False
    operation_id: str | None = Field(default=None, foreign_key="orders_operation.id", ondelete="SET NULL", max_length=32)
    at: datetime = Field(sa_type=UTCDateTime)


class Operation(Table, table=True):
    """Something asked of a provider; its `id` is the idempotency key, stored before the call is made."""

    __tablename__ = "orders_operation"
    __table_args__ = (
        one_of("kind", ("capture", "void", "refund")),
        one_of("state", OPERATION_STATES),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("ix_orders_operation_order_id", "order_id", "requested_at"),
        Index("ix_orders_operation_state", "state", "requested_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    payment_id: str = Field(foreign_key="orders_payment.id", ondelete="CASCADE", max_length=32)
    kind: str = Field(max_length=16)
    state: str = Field(default="requested", max_length=16)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    reason: str = Field(default="", max_length=500)
    requested_by: str = Field(default="", max_length=128)
    problem: str = Field(default="", max_length=500)
    attempts: int = 0
    requested_at: datetime = Field(sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Fulfilment(Table, table=True):
    """A parcel from one location."""

    __tablename__ = "orders_fulfilment"
    __table_args__ = (one_of("state", PARCEL_STATES), Index("ix_orders_fulfilment_order_id", "order_id", "created_at"))

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    state: str = Field(default="pending", max_length=16)
    group_key: str = Field(default="", max_length=64)
    location: str = Field(default="", max_length=64)
    carrier: str = Field(default="", max_length=64)
    tracking: str = Field(default="", max_length=120)
    created_by: str = Field(default="", max_length=128)
    created_at: datetime = Field(sa_type=UTCDateTime)
    shipped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class FulfilmentLine(Table, table=True):
    __tablename__ = "orders_fulfilment_line"
    __table_args__ = (
        UniqueConstraint("fulfilment_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_orders_fulfilment_line_line_id", "line_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    fulfilment_id: str = Field(foreign_key="orders_fulfilment.id", ondelete="CASCADE", max_length=32)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    quantity: int


class Return(Table, table=True):
    """Goods on their way back; `restocked` once received: whether they went back on the shelf."""

    __tablename__ = "orders_return"
    __table_args__ = (one_of("state", RETURN_STATES), Index("ix_orders_return_order_id", "order_id", "requested_at"))

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    state: str = Field(default="requested", max_length=16)
    reason: str = Field(default="", max_length=500)
    restocked: bool = False
    location: str = Field(default="", max_length=64)
    created_by: str = Field(default="", max_length=128)
    requested_at: datetime = Field(sa_type=UTCDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ReturnLine(Table, table=True):
    __tablename__ = "orders_return_line"
    __table_args__ = (
        UniqueConstraint("return_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_orders_return_line_line_id", "line_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    return_id: str = Field(foreign_key="orders_return.id", ondelete="CASCADE", max_length=32)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    quantity: int


class OrderHold(Table, table=True):
    """A plugin's brake on an order: `blocks` holds `capture`, `fulfil` or both. Lifted holds stay, to be read."""

    __tablename__ = "orders_hold"
    __table_args__ = (
        Index("ix_orders_hold_order_id", "order_id"),
        Index("ix_orders_hold_active", "id", postgresql_where=_ACTIVE, sqlite_where=_ACTIVE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    code: str = Field(max_length=64)
    label: str = Field(max_length=300)
    plugin: str = Field(default="", max_length=64)
    blocks: list[str] = Field(default_factory=list, sa_type=JSONValue)
    placed_at: datetime = Field(sa_type=UTCDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lifted_by: str = Field(default="", max_length=128)


class TimelineEntry(Table, table=True):
    """What happened to an order, append-only. `kind` is `order.placed`, `payment.captured`, `note` …; notes hold `message`.

    `public` entries are shown to the buyer, too.
    """

    __tablename__ = "orders_timeline"
    __table_args__ = (Index("ix_orders_timeline_order_id", "order_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    kind: str = Field(max_length=64)
    message: str = Field(default="", max_length=2000)
    actor: str = Field(default="", max_length=128)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    public: bool = False
    at: datetime = Field(sa_type=UTCDateTime)


class IdempotentRequest(Table, table=True):
    """An answered request: the same key with the same body gives the same order; another body is refused."""

    __tablename__ = "orders_idempotency"
    __table_args__ = (Index("ix_orders_idempotency_created_at", "created_at"),)

    scope: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=255)
    request_hash: str = Field(max_length=64)
    response: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    created_at: datetime = Field(sa_type=UTCDateTime)
