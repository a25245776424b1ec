"""A customer's cart and orders over JSON: with their bearer token, and none but their own."""

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import JSONResponse

from marketry.problems import not_found
from marketry.web import Ctx, Router, customers_only
from marketry_orders.access import sign
from marketry_orders.cart_json import cart_json
from marketry_orders.cart_owners import own_cart
from marketry_orders.carts import show_cart
from marketry_orders.customer_orders import OwnOrder, own_orders
from marketry_orders.money_json import money_json
from marketry_orders.order_json import order_json
from marketry_orders.order_view import view_order
from marketry_orders.quoting import in_terms_of
from marketry_orders.reordering import again_json, order_again
from marketry_orders.routes.account import own_order

router = Router(prefix="/customer", tags=["customers: orders"])
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/orders")
@customers_only
def orders(ctx: Ctx, q: Annotated[str, Query(max_length=40)] = "", cursor: Cursor = None, limit: Limit = 20) -> dict[str, Any]:
    """Newest first; `q` is an order's number or its beginning."""
    with ctx.reading():
        page = own_orders(ctx, ctx.actor.id, q=q, cursor=cursor, limit=limit)
    return {
        "items": [_row(one) for one in page.items],
        "next_cursor": page.next_cursor,
        "previous_cursor": page.previous_cursor,
    }


@router.get("/orders/{number}")
@customers_only
def order(ctx: Ctx, number: str) -> JSONResponse:
    """As `GET /orders/{number}`, with a fresh token for that."""
    row = own_order(ctx, number)
    with ctx.reading():
        view = view_order(ctx, row)
    return JSONResponse(order_json(view, sign(ctx, number, row.access_key)))


@router.post("/orders/{number}/again")
@customers_only
def again(ctx: Ctx, number: str) -> dict[str, Any]:
    """Put the same into the customer's cart, as far as it can still be bought, at today's prices."""
    row = own_order(ctx, number)
    with ctx.reading():
        lines = view_order(ctx, row).lines
    return again_json(ctx, order_again(ctx, own_cart(ctx), lines))


@router.get("/cart")
@customers_only
def cart(ctx: Ctx) -> JSONResponse:
    """The customer's open cart, from whatever device it was filled; 404 where there is none. Its id opens it with the bearer."""
    key = own_cart(ctx)
    if key is None:
        raise not_found(ctx.gettext("You have no open cart."), "cart_not_found")
    priced = show_cart(ctx, key)
    return JSONResponse(cart_json(in_terms_of(ctx, priced.cart), priced))


def _row(one: OwnOrder) -> dict[str, Any]:
    return {
        "number": one.number,
        "placed_at": one.placed_at.isoformat(),
        "total": money_json(one.total),
        "status": one.status,
        "payment_status": one.payment,
        "fulfilment_status": one.fulfilment,
        "units": one.units,
    }
