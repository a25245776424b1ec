"""What can be sold: an Item is what a cart line holds, whoever offers it (a catalogue variant, a bundle, a gift card)."""

from dataclasses import dataclass

from marketry.commerce.money import Money


@dataclass(frozen=True, slots=True)
class Demand:
    """`quantity` units of stock that one unit of an item takes. `stock_key` is the SKU under which stock is counted."""

    stock_key: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that can be put into a cart, resolved for one locale.

    `demands` empty: no stock is counted (gift card, service). `price` is the item's base price in the currency asked
    for, None where `base_prices` must answer. `weight` in grams. `picture` is a media name.
    """

    sku: str
    title: str
    kind: str = "product"
    options: str = ""
    url: str | None = None
    picture: str | None = None
    tax_class: str = "standard"
    categories: tuple[str, ...] = ()
    weight: int = 0
    seller: str | None = None
    shippable: bool = True
    demands: tuple[Demand, ...] = ()
    price: Money | None = None
    compare_at: Money | None = None
    available: int | None = None
