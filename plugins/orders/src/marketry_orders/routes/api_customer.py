"""A customer's orders over JSON: with their bearer token, and none but their own."""

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import JSONResponse

from marketry.web import Ctx, Router, customers_only
from marketry_orders.access import sign
from marketry_orders.customer_orders import OwnOrder, own_orders
from marketry_orders.money_json import money_json
from marketry_orders.order_json import order_json
from marketry_orders.order_view import view_order
from marketry_orders.routes.account import own_order

router = Router(prefix="/customer/orders", tags=["customers: orders"])
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
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


@router.get("/{number}")
@customers_only
def order(ctx: Ctx, number: str) -> JSONResponse:
    """As `GET /orders/{number}`, with a fresh token for that."""
    row = own_order(ctx, number)
    with ctx.reading():
        view = view_order(ctx, row)
    return JSONResponse(order_json(view, sign(ctx, number, row.access_key)))


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
