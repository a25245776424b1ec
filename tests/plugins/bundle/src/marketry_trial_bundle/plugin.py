"""Sets: one line in the cart, several demands on stock. The sets are settings; the stock is whoever's keeps it."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from marketry import Context, Money, Plugin, hookimpl
from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockKeeper


class BundleSet(BaseModel):
    """`prices` in minor units per currency; `parts` units per stock key; `weight` in grams."""

    model_config = ConfigDict(strict=True, extra="forbid")
    title: str
    prices: dict[str, int]
    parts: dict[str, int] = Field(min_length=1)
    weight: int = 0


class BundleSettings(BaseModel):
    """All sets by SKU."""

    model_config = ConfigDict(strict=True, extra="forbid")
    sets: dict[str, BundleSet] = Field(default_factory=dict)


plugin = Plugin(id="bundle", title="Sets", settings=BundleSettings, after=("catalog",))


@hookimpl
def resolve_items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]:
    sets = ctx.settings(BundleSettings).sets
    wanted = {sku: sets[sku] for sku in skus if sku in sets}
    left = _left(ctx, [key for one in wanted.values() for key in one.parts])
    return {sku: _item(ctx, sku, one, left) for sku, one in wanted.items()}


def _left(ctx: Context, keys: Sequence[str]) -> Mapping[str, int | None]:
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    return keeper.available(ctx, keys) if keeper and keys else dict.fromkeys(keys)


def _item(ctx: Context, sku: str, one: BundleSet, left: Mapping[str, int | None]) -> Item:
    minor = one.prices.get(ctx.currency)
    units = [(left.get(key, 0), n) for key, n in one.parts.items()]
    return Item(
        sku=sku, title=one.title, kind="bundle", weight=one.weight,
        demands=tuple(Demand(key, n) for key, n in one.parts.items()),
        price=None if minor is None else Money(minor, ctx.currency),
        available=min((free // n for free, n in units if free is not None), default=None),
    )  # fmt: skip
