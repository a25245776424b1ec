"""A cart as hooks see it: lines of items, addresses, choices and plugins' data; no prices yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NewType

from marketry.commerce.addresses import Address
from marketry.commerce.items import Item

LineId = NewType("LineId", str)
GroupId = NewType("GroupId", str)
Data = Mapping[str, Mapping[str, Any]]  # plugin -> key -> validated value (JSON)


@dataclass(frozen=True, slots=True)
class CartLine:
    id: LineId
    item: Item
    quantity: int
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cart:
    """`coupons` are codes as typed; `methods` the chosen delivery method per group; `data[plugin][key]` checkout inputs."""

    id: str
    currency: str
    locale: str
    lines: tuple[CartLine, ...]
    channel: str = "web"
    country: str | None = None
    email: str | None = None
    customer: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    coupons: tuple[str, ...] = ()
    methods: Mapping[GroupId, str] = field(default_factory=dict)
    payments: tuple[str, ...] = ()
    data: Data = field(default_factory=dict)

    @property
    def shippable(self) -> bool:
        """Whether anything in it must be delivered."""
        return any(line.item.shippable for line in self.lines)
