"""Delivery groups, rates, parcels, carriers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketry.commerce.fulfilment import Carrier, FulfilmentOrder, ParcelPlan, ShippingRate
from marketry.commerce.quote import DeliveryGroup, Quote
from marketry.plugins.markers import Failure, hookspec

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.CLOSED, first=True)
def delivery_groups(ctx: "Context", quote: Quote) -> Sequence[DeliveryGroup] | None:
    """Split the lines into groups that travel together; the first answer wins, None: one group with all shippable lines.

    Called inside a session, after LINE and ORDER stages' facts are known, before rates. Every shippable line must be in
    exactly one group.
    """


@hookspec(Failure.CLOSED)
def shipping_rates(ctx: "Context", quote: Quote, group: DeliveryGroup) -> Sequence[ShippingRate]:  # type: ignore[empty-body]
    """Return the methods that you offer for one group, with prices in the cart's currency.

    Called inside a session for each shippable group. All plugins' rates are offered together. If no enabled plugin
    implements this hook, delivery is free and nothing is asked.
    """


@hookspec(Failure.CLOSED, first=True)
def plan_fulfilment(ctx: "Context", order: FulfilmentOrder) -> Sequence[ParcelPlan] | None:
    """Propose parcels for what is still to be sent; the first answer wins, None: one parcel per stock location reserved from.

    Called inside a session when staff look at an order that has something to pack, and when they pack several orders at once.
    A proposal: staff may pack otherwise, and more than is open is refused when it is packed.
    """


@hookspec(Failure.BOOT)
def carriers() -> Sequence[Carrier]:  # type: ignore[empty-body]
    """Return carriers that staff can choose for a parcel, each with a unique code. Called once at boot."""
