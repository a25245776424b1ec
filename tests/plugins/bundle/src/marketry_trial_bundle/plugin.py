"""Sets: one line in the cart, several demands on stock. The sets are settings; the stock is whoever's keeps it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from marketry import Context, Money, Plugin, Problem, hookimpl
from marketry.commerce.items import Demand, Item
from marketry.commerce.quote import Quote
from marketry.commerce.stock import StockKeeper


class BundleSet(BaseModel):
    """`prices` in minor units per currency; `parts` units per stock key; `weight` in grams; `most` sets in one cart."""

    model_config = ConfigDict(strict=True, extra="forbid")
    title: str
    prices: dict[str, int]
    parts: dict[str, int] = Field(min_length=1)
    weight: int = 0
    most: int = Field(default=100, ge=1)


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


@hookimpl
def validate_cart(ctx: Context, quote: Quote) -> Sequence[Problem]:
    """A set is wanted by many: no cart takes more of one than its `most`, in however many lines."""
    sets = ctx.settings(BundleSettings).sets
    wanted = Counter[str]()
    for quoted in quote.lines:
        wanted[quoted.line.item.sku] += quoted.line.quantity
    return tuple(
        Problem(
            "too_many_sets", ctx.gettext("At most %(n)s of %(title)s, please.", n=one.most, title=one.title), "lines", status=409
        )
        for sku, one in sets.items()
        if wanted[sku] > one.most
    )


@hookimpl
def search_documents(ctx: Context, skus: Sequence[str]) -> Mapping[str, str]:
    """A part is found by the names of the sets that it belongs to."""
    sets = ctx.settings(BundleSettings).sets.values()
    titles = {sku: " ".join(one.title for one in sets if sku in one.parts) for sku in skus}
    return {sku: words for sku, words in titles.items() if words}


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
