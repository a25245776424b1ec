"""The list's own pages: a visitor's, a customer's, and one that somebody shares."""

from fastapi import Response

from marketry import Context, Problem
from marketry.commerce.cart_desk import CartDesk, Wanted
from marketry.web import Ctx, Form, Router, customers_only, public, redirect, render
from marketry.web.values import ActorKind
from marketry_wishlist import sharing
from marketry_wishlist.lists import open_list, own_list
from marketry_wishlist.settings import WishlistSettings
from marketry_wishlist.showing import shown_wishes
from marketry_wishlist.wishing import forget, wish_of

router = Router(private=True)


@router.get("/wishlist")
@public
def visitors(ctx: Ctx) -> Response:
    if ctx.actor.kind is ActorKind.CUSTOMER:
        return redirect(ctx, "/account/wishlist")
    return _page(ctx, "wishlist/visitors.html")


@router.get("/account/wishlist")
@customers_only
def customers(ctx: Ctx) -> Response:
    return _page(ctx, "wishlist/customers.html")


def _page(ctx: Context, template: str) -> Response:
    with ctx.reading():
        kept = own_list(ctx)
        path = sharing.path_of(kept)
        link = ctx.url(path, absolute=True) if path else ""
        can_buy = ctx.service(CartDesk) is not None  # type: ignore[type-abstract]
        can_share = ctx.settings(WishlistSettings).sharing
        return render(ctx, template, wishes=shown_wishes(ctx, kept), link=link, can_buy=can_buy, can_share=can_share)


@router.get("/wishlist/shared/{share}")
@public
def shared(ctx: Ctx, share: str) -> Response:
    """What others see: read only, and no word about whose it is."""
    with ctx.reading():
        response = render(ctx, "wishlist/shared.html", wishes=shown_wishes(ctx, sharing.shared_list(ctx, share)))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.post("/wishlist/share")
@public
def share(ctx: Ctx, form: Form) -> Response:
    """Make the link, or with the button `withdraw` end it."""
    with ctx.writing():
        kept = open_list(ctx)
        if form.get("withdraw"):
            sharing.withdraw(ctx, kept)
            message = ctx.gettext("The link doesn't work any more.")
        else:
            sharing.share(ctx, kept)
            message = ctx.gettext("Whoever has the link can read your list.")
    return redirect(ctx, "/wishlist", message)


@router.post("/wishlist/wishes/{id}")
@public
def change(ctx: Ctx, id: int, form: Form) -> Response:
    """Take a wish off the list; with the button `cart` it goes into the cart, and stays where it can't be had now."""
    with ctx.reading():
        product = wish_of(ctx, own_list(ctx), id).product
    response = redirect(ctx, "/cart" if form.get("cart") else "/wishlist")
    problem = _put(ctx, response, form.get("sku")) if form.get("cart") else None
    if problem is not None:
        return redirect(ctx, "/wishlist", problem.message)
    with ctx.writing():
        kept = own_list(ctx)
        if kept is not None:
            forget(ctx, kept, product)
    return response


def _put(ctx: Context, response: Response, sku: str) -> Problem | None:
    desk = ctx.service(CartDesk)  # type: ignore[type-abstract]
    if desk is None or not sku:
        return Problem("choose_first", ctx.gettext("Please choose on the product's page first."), "sku")
    return desk.put(ctx, response, [Wanted(sku)])[0]
