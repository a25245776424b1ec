"""What an order copies of its quote: lines, reasons of totals, taxes, deliveries."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from marketry.database import BigId, JSONValue
from marketry_orders.models.base import Table, one_of


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
