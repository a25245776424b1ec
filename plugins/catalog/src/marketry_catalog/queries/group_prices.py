"""Prices of a price group, laid over those of everybody; who has none asks nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from marketry import Context
from marketry_catalog.models.products import group_price, group_range

_MINE = (group_price.c.price_group == bindparam("group"), group_price.c.currency == bindparam("currency"))
_PRICES = select(group_price.c.variant_id, group_price.c.amount).where(
    group_price.c.variant_id.in_(bindparam("variants", expanding=True)), *_MINE
)
_RANGES = select(group_range.c.product_id, group_range.c.lowest, group_range.c.highest).where(
    group_range.c.product_id.in_(bindparam("products", expanding=True)),
    group_range.c.price_group == bindparam("group"),
    group_range.c.currency == bindparam("currency"),
)


def group_prices(ctx: Context, variants: Sequence[int]) -> Mapping[int, int]:
    """Minor units of the context's currency by variant, where its price group has a price of its own."""
    if not ctx.price_group or not variants:
        return {}
    rows = ctx.session.execute(_PRICES, {"variants": list(variants), **_whose(ctx)})
    return {row.variant_id: row.amount for row in rows}


def group_ranges(ctx: Context, products: Sequence[int]) -> Mapping[int, Any]:
    """`lowest` and `highest` by product, likewise."""
    if not ctx.price_group or not products:
        return {}
    return {row.product_id: row for row in ctx.session.execute(_RANGES, {"products": list(products), **_whose(ctx)})}


def _whose(ctx: Context) -> dict[str, str]:
    return {"group": ctx.price_group, "currency": ctx.currency}
