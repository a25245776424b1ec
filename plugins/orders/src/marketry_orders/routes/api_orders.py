"""Completing a cart and reading an order over JSON."""

import re
from typing import Annotated

from fastapi import Header
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from marketry.commerce.money import Money
from marketry.crashpoints import reach
from marketry.problems import invalid
from marketry.web import Ctx, Router, public
from marketry_orders.access import opens, sign
from marketry_orders.cart_inputs import Completion, OrderAsked
from marketry_orders.cart_owners import CartKey
from marketry_orders.domain.fingerprints import fingerprint
from marketry_orders.idempotency import RequestKey, client_of
from marketry_orders.looking_up import look_up
from marketry_orders.order_json import next_payment, order_head, order_json, payment_json
from marketry_orders.order_view import find_order, no_order, payments_of, view_order
from marketry_orders.placing import Acceptance, place_order

router = Router(tags=["orders"])
KEY = re.compile(r"[\x21-\x7e]{1,255}")


@router.post("/carts/{cart}/complete", status_code=201)
@public
def complete(
    ctx: Ctx,
    cart: str,
    agreed: Completion | None = None,
    x_cart_token: Annotated[str, Header(alias="X-Cart-Token")] = "",
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", description="The same for a retry")] = "",
) -> JSONResponse:
    """Turn the cart into an order. Sent again with the same key it gives the same order, whatever happened meanwhile."""
    agreed = agreed or Completion()
    if not KEY.fullmatch(idempotency_key):
        message = ctx.gettext("Send a key of 1 to 255 visible characters, new for each order and the same when you try again.")
        raise invalid("required", message, "Idempotency-Key")
    total = Money(agreed.total.minor, agreed.total.currency) if agreed.total else None
    request = RequestKey(idempotency_key, fingerprint([cart, agreed.model_dump()]), client_of(ctx))
    number = place_order(ctx, CartKey(cart, x_cart_token), Acceptance(total, agreed.hash), request)
    with ctx.reading():
        order = find_order(ctx, number)
        payments = payments_of(ctx, order.id)
    body = {
        "order": order_head(order, sign(ctx, number, order.access_key)),
        "payment": next_payment(payments), "payments": [payment_json(p) for p in payments],
    }  # fmt: skip
    return JSONResponse(body, 201, background=BackgroundTask(reach, "placing.responded"))


@router.post("/orders/find")
@public
def find(ctx: Ctx, asked: OrderAsked) -> JSONResponse:
    """The order as below, with the token that opens it, for whoever knows its number and its e-mail address."""
    number, token = look_up(ctx, asked.number, asked.email)
    with ctx.reading():
        view = view_order(ctx, find_order(ctx, number))
    return JSONResponse(order_json(view, token))


@router.get("/orders/{number}")
def show(
    ctx: Ctx, number: str, x_order_token: Annotated[str, Header(alias="X-Order-Token", description="Came with the order")] = ""
) -> JSONResponse:
    """The order with every total explained, its payments, parcels and what happened."""
    with ctx.reading():
        order = find_order(ctx, number)
        if not opens(ctx, number, x_order_token, order.access_key):
            raise no_order(ctx)
        view = view_order(ctx, order)
    return JSONResponse(order_json(view, x_order_token))
