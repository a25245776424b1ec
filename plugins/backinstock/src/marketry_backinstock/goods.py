"""Whether something can be bought now, whoever sells it: asked through the kernel's contracts alone."""

from collections.abc import Mapping, Sequence

from marketry import Context
from marketry.commerce.items import Item
from marketry.hookspecs import goods


def items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]:
    """What is sold under each of `skus`; what isn't published is missing. Inside a session."""
    found = ctx.hooks.merged(goods.resolve_items, skus, lambda missing: (ctx, missing))
    return {sku: answer.value for sku, answer in found.items()}


def buyable_units(item: Item | None) -> int | None:
    """Units that can be bought now; 0: none. None: as many as one likes, stock isn't counted."""
    if item is None:
        return 0
    return None if item.available is None else max(0, item.available)
