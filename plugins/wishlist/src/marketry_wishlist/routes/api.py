"""The wish list as JSON. A customer's opens with their bearer token, a visitor's with `X-Wishlist-Token`."""

from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from marketry import Context
from marketry.problems import not_found
from marketry.web import Ctx, Router, public
from marketry.web.values import ActorKind
from marketry_wishlist.lists import guest_list, new_list, open_list, own_list, token_of, touch
from marketry_wishlist.models import List
from marketry_wishlist.showing import ShownWish, shown_wishes
from marketry_wishlist.wishing import forget, wish

router = Router(prefix="/wishlist", tags=["wishlist"])
Token = Annotated[str, Header(alias="X-Wishlist-Token", description="The secret of a visitor's list")]


class NewWish(BaseModel):
    """`product` is its slug's handle as `GET /products` names it, `sku` the variant that is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    product: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00]*$")
    sku: str = Field("", max_length=64, pattern=r"^[^\x00]*$")


@router.post("", status_code=201)
@public
def create(ctx: Ctx) -> JSONResponse:
    """Open a list; a visitor's `token` opens it from then on."""
    with ctx.writing():
        kept = open_list(ctx) if _is_customer(ctx) else new_list(ctx)
        return JSONResponse({"token": None if kept.customer else token_of(ctx, kept), "items": []}, 201)


@router.get("")
def show(ctx: Ctx, x_wishlist_token: Token = "") -> JSONResponse:
    """The list, newest first."""
    with ctx.reading():
        return _listed(ctx, _opened(ctx, x_wishlist_token))


@router.post("/items", status_code=201)
@public
def add(ctx: Ctx, sent: NewWish, x_wishlist_token: Token = "") -> JSONResponse:
    """Put a product on the list; a second time only notes the variant."""
    with ctx.writing():
        kept = _opened(ctx, x_wishlist_token)
        touch(ctx, kept)
        wish(ctx, kept, sent.product, sent.sku)
        return _listed(ctx, kept, 201)


@router.delete("/items/{product}")
@public
def remove(ctx: Ctx, product: str, x_wishlist_token: Token = "") -> JSONResponse:
    """Take a product off the list; a second time changes nothing."""
    with ctx.writing():
        kept = _opened(ctx, x_wishlist_token)
        forget(ctx, kept, product)
        return _listed(ctx, kept)


def _is_customer(ctx: Context) -> bool:
    return ctx.actor.kind is ActorKind.CUSTOMER


def _opened(ctx: Context, token: str) -> List:
    kept = guest_list(ctx, token) if token else own_list(ctx)
    if kept is None and _is_customer(ctx) and not token and ctx.can_write:
        kept = open_list(ctx)
    if kept is None:
        raise not_found(ctx.gettext("There is no such wish list, or its token is missing or wrong."), "wishlist_not_found")
    return kept


def _listed(ctx: Context, kept: List, status: int = 200) -> JSONResponse:
    return JSONResponse({"items": [_item(ctx, one) for one in shown_wishes(ctx, kept)], "next_cursor": None}, status)


def _item(ctx: Context, one: ShownWish) -> dict[str, Any]:
    def amount(money: Any) -> dict[str, Any] | None:
        return {"minor": money.minor, "currency": money.currency} if money is not None else None

    return {
        "product": one.product, "title": one.title, "url": ctx.url(one.url, absolute=True), "sku": one.sku or None,
        "price": amount(one.price), "price_when_added": amount(one.before), "sold_out": one.sold_out,
        "shown": one.card is not None,
    }  # fmt: skip
