"""Putting products on a list and taking them off. Inside `ctx.writing()`."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.items import Item
from marketry.hookspecs import goods
from marketry.problems import conflict, invalid, not_found
from marketry_catalog.api import products_by_handle, products_by_sku, skus_by_handle
from marketry_wishlist.models import List, Wish
from marketry_wishlist.settings import WishlistSettings


def wish(ctx: Context, kept: List, product: str, sku: str = "") -> Wish:
    """Put `product` (its handle) on the list, or only note that `sku` of it is meant. Refuses what the shop doesn't have."""
    _refuse_unknown(ctx, product, sku)
    found = ctx.session.scalars(select(Wish).where(col(Wish.list_id) == kept.id, col(Wish.product) == product)).first()
    if found is not None:
        found.sku = sku or found.sku
    else:
        _refuse_too_many(ctx, kept)
        found = Wish(list_id=kept.id, product=product, sku=sku, added_at=ctx.now())
        ctx.session.add(found)
    price = _price(ctx, product, found.sku)
    if price is not None:
        found.price, found.currency = price
    ctx.session.flush()
    return found


def _refuse_unknown(ctx: Context, product: str, sku: str) -> None:
    if product not in products_by_handle(ctx, [product]):
        raise invalid("product_unknown", ctx.gettext("There is no such product."), "product")
    if sku and (sku not in (known := products_by_sku(ctx, [sku])) or known[sku].handle != product):
        raise invalid("sku_unknown", ctx.gettext("This product isn't sold under that number."), "sku")


def _refuse_too_many(ctx: Context, kept: List) -> None:
    most = ctx.settings(WishlistSettings).most_wishes
    held = ctx.session.scalar(select(func.count()).select_from(Wish).where(col(Wish.list_id) == kept.id)) or 0
    if held >= most:
        raise conflict("list_full", ctx.gettext("A wish list holds at most %(most)s products.", most=most), "product")


def _price(ctx: Context, product: str, sku: str) -> tuple[int, str] | None:
    """What the variant costs now, else the product's cheapest."""
    skus = [sku] if sku else skus_by_handle(ctx, [product]).get(product, ())
    prices = [item.price for item in items(ctx, skus).values() if item.price is not None]
    return min((price.minor, price.currency) for price in prices) if prices else None


def items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]:
    """What is sold under each of `skus` now."""
    found = ctx.hooks.merged(goods.resolve_items, skus, lambda missing: (ctx, missing))
    return {sku: answer.value for sku, answer in found.items()}


def forget(ctx: Context, kept: List, product: str) -> None:
    """Take `product` off the list; a second time changes nothing."""
    ctx.session.execute(delete(Wish).where(col(Wish.list_id) == kept.id, col(Wish.product) == product))


def wish_of(ctx: Context, kept: List | None, id: int) -> Wish:
    """The wish `id`, 404 where it stands on another list."""
    found = ctx.session.get(Wish, id) if kept is not None else None
    if found is None or kept is None or found.list_id != kept.id:
        raise not_found(ctx.gettext("This isn't on your wish list any more."))
    return found


def wished(ctx: Context, kept: List | None) -> Sequence[str]:
    """The handles on the list."""
    if kept is None:
        return ()
    newest = (
        select(col(Wish.product)).where(col(Wish.list_id) == kept.id).order_by(col(Wish.added_at).desc(), col(Wish.id).desc())
    )
    return ctx.session.scalars(newest).all()
