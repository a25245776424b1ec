"""A customer's orders, in their account."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from marketry.web import Ctx, Router, customers_only, render
from marketry_orders.customer_orders import own_orders
from marketry_orders.order_view import Row, find_order, no_order
from marketry_orders.order_words import wording
from marketry_orders.routes.orders import order_page

router = Router(private=True, prefix="/account/orders")
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("")
@customers_only
def orders(ctx: Ctx, q: Annotated[str, Query(max_length=40)] = "", cursor: Cursor = None) -> Response:
    """Newest first; `q` is an order's number or its beginning."""
    with ctx.reading():
        page = own_orders(ctx, ctx.actor.id, q=q, cursor=cursor)
    return render(ctx, "orders/account/orders.html", "list", page=page, q=q.strip(), words=wording(ctx))


@router.get("/{number}")
@customers_only
def order(ctx: Ctx, number: str) -> Response:
    return order_page(ctx, own_order(ctx, number), in_account=True)


def own_order(ctx: Ctx, number: str) -> Row:
    """The order of the customer who acts; another's is none."""
    with ctx.reading():
        found = find_order(ctx, number)
    if found.customer != ctx.actor.id:
        raise no_order(ctx)
    return found
