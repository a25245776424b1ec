"""Delivery: rates offered for a group, parcels planned for an order, carriers that track them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from marketry.commerce.cart import Data, GroupId
from marketry.commerce.money import Money

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class ShippingRate:
    """A method offered for one group. `code` is unique within the site; `estimate` a text for people ("2–4 days")."""

    code: str
    label: str
    price: Money
    group: GroupId
    estimate: str = ""
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class ParcelPlan:
    """Lines (order line id, quantity) that leave together from `location`."""

    location: str
    lines: tuple[tuple[str, int], ...]


class Carrier(Protocol):
    """`code` is stored with the parcel; `tracking_url` answers None where there is no page to follow it."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    def tracking_url(self, ctx: "Context", number: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class FulfilmentOrder:
    """What `plan_fulfilment` sees: the order's number, the open (line id, sku, quantity) still to be sent, and what plugins
    keep with the order (`data`) and with its lines (`line_data`, by line id)."""

    number: str
    open_lines: Sequence[tuple[str, str, int]]
    country: str | None
    data: Data = field(default_factory=dict)
    line_data: Mapping[str, Data] = field(default_factory=dict)
