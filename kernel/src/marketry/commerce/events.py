"""Domain events: complete for their readers (books, analytics), free of personal data, versioned by adding fields.

Published with `ctx.publish(event)` inside the transaction that makes them true; subscribers run after commit. `subject`
keeps the order of events per subscriber. Amounts are minor units of `currency`; times are aware UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`type` names it in the outbox; `version` rises with each added field."""

    type: ClassVar[str] = "event"
    version: ClassVar[int] = 1
    at: datetime

    @property
    def subject(self) -> str:
        raise TypeError(f"{self.type} has no subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineFact:
    line: str
    sku: str
    quantity: int
    unit_price: int
    total: int
    tax: int
    kind: str = "product"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    number: str
    currency: str

    @property
    def subject(self) -> str:
        return f"order:{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(OrderEvent):
    type: ClassVar[str] = "order.placed"
    subtotal: int
    discount: int
    shipping: int
    fees: int
    tax: int
    total: int
    country: str | None
    channel: str
    locale: str
    lines: tuple[OrderLineFact, ...] = field(default_factory=tuple)
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(OrderEvent):
    type: ClassVar[str] = "order.paid"
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderEvent):
    type: ClassVar[str] = "order.cancelled"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(OrderEvent):
    type: ClassVar[str] = "payment.captured"
    payment: str
    provider: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSettled(OrderEvent):
    type: ClassVar[str] = "refund.settled"
    payment: str
    provider: str
    amount: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReversed(OrderEvent):
    """A refund that had settled came back (the buyer's account was closed): the shop holds the money again."""

    type: ClassVar[str] = "refund.reversed"
    payment: str
    provider: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentShipped(OrderEvent):
    type: ClassVar[str] = "fulfilment.shipped"
    fulfilment: str
    lines: tuple[tuple[str, int], ...]
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentDelivered(OrderEvent):
    type: ClassVar[str] = "fulfilment.delivered"
    fulfilment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceived(OrderEvent):
    type: ClassVar[str] = "return.received"
    lines: tuple[tuple[str, int], ...]
    restocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChanged(Event):
    type: ClassVar[str] = "stock.changed"
    stock_key: str
    location: str
    on_hand: int
    allocated: int

    @property
    def subject(self) -> str:
        return f"stock:{self.stock_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChanged(Event):
    type: ClassVar[str] = "product.changed"
    product: str
    skus: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return f"product:{self.product}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartChanged(Event):
    type: ClassVar[str] = "cart.changed"
    cart: str
    skus: tuple[str, ...] = ()
    removed: bool = False

    @property
    def subject(self) -> str:
        return f"cart:{self.cart}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered(Event):
    """`customer` is the id (`customer:…`)."""

    type: ClassVar[str] = "customer.registered"
    customer: str

    @property
    def subject(self) -> str:
        return self.customer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAccepted(Event):
    type: ClassVar[str] = "review.accepted"
    product: str
    rating: int

    @property
    def subject(self) -> str:
        return f"product:{self.product}"
