"""A person's right to their data: everything by e-mail address and account, and forgetting them while the books stay whole."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, false, or_, select, update
from sqlmodel import col

from marketry import Context
from marketry_orders.forgetting import give_up_all
from marketry_orders.models import Cart, Order, OrderLine, Payment, SavedMeans, TimelineEntry
from marketry_orders.wallet import saved_by

CHUNK = 500


def export_subject(ctx: Context, who: str, customer: str) -> Mapping[str, Any]:
    """Orders and carts under the address or of the account, newest first."""
    orders = ctx.session.scalars(select(Order).where(_of(Order, who, customer)).order_by(Order.placed_at.desc())).all()  # type: ignore[attr-defined]
    carts = ctx.session.scalars(select(Cart).where(_of(Cart, who, customer))).all()
    saved = [_saved(one) for one in saved_by(ctx, customer)] if customer else []
    return {"orders": [_exported(ctx, order) for order in orders], "carts": [_cart(cart) for cart in carts], "cards": saved}


def _saved(one: SavedMeans) -> dict[str, Any]:
    return {"provider": one.provider, "label": one.label, "expires": one.expires, "created_at": one.created_at.isoformat()}


def _exported(ctx: Context, order: Order) -> dict[str, Any]:
    lines = ctx.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position))  # type: ignore[arg-type]
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "email": order.email,
        "name": order.customer_name,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "currency": order.currency,
        "total": order.total,
        "data": order.data,
        "lines": [
            {"sku": line.sku, "title": line.title, "quantity": line.quantity, "total": line.total, "data": line.data}
            for line in lines
        ],
    }


def _cart(cart: Cart) -> dict[str, Any]:
    return {
        "email": cart.email,
        "shipping_address": cart.shipping_address,
        "billing_address": cart.billing_address,
        "data": cart.data,
        "updated_at": cart.updated_at.isoformat(),
    }


def erase_subject(ctx: Context, who: str, customer: str) -> int:
    """Blank what names them on orders, delete their carts, and give up what they saved to pay with, at its provider, too.
    Amounts, goods and the country (for tax) stay."""
    orders = list(ctx.session.scalars(select(Order.id).where(_of(Order, who, customer))))  # type: ignore[call-overload]
    for start in range(0, len(orders), CHUNK):
        _forget(ctx, orders[start : start + CHUNK])
    carts = ctx.session.execute(delete(Cart).where(_of(Cart, who, customer)))
    saved = give_up_all(ctx, customer) if customer else 0
    return len(orders) + int(carts.rowcount) + saved  # type: ignore[attr-defined]


def _forget(ctx: Context, ids: list[int]) -> None:
    run = ctx.session.execute
    run(
        update(Order)
        .where(Order.id.in_(ids))  # type: ignore[attr-defined]
        .values(
            email="",
            customer=None,
            customer_name="",
            shipping_address=None,
            billing_address=None,
            data={},
            access_key="",
            updated_at=ctx.now(),
        )
    )
    run(update(OrderLine).where(OrderLine.order_id.in_(ids)).values(data={}))  # type: ignore[attr-defined]
    run(update(Payment).where(Payment.order_id.in_(ids)).values(data={}, action=None))  # type: ignore[attr-defined]
    run(update(TimelineEntry).where(col(TimelineEntry.order_id).in_(ids), col(TimelineEntry.kind) == "note").values(message=""))


def _of(model: Any, who: str, customer: str) -> Any:
    """Under the address or of the account. Addresses are stored in lower case; `func.lower` would pass the index by."""
    address = who.strip().lower()
    return or_(model.email == address if address else false(), model.customer == customer if customer else false())
