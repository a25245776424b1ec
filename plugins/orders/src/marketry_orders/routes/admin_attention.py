"""The back office's page of what waits for a person."""

from fastapi import Response

from marketry.commerce.money import Money
from marketry.web import Ctx, Router, permission, render
from marketry_orders.attention import SHOWN, in_review, on_hold, what_is_odd
from marketry_orders.order_words import wording

router = Router(private=True)


@router.get("/attention")
@permission("orders.order.read")
def attention(ctx: Ctx) -> Response:
    """Payments in review and orders on hold; each is dealt with on its order's page."""
    with ctx.reading():
        reviews = [(p, number, Money(p.amount, p.currency), what_is_odd(ctx, p)) for p, number in in_review(ctx)]
        holds = on_hold(ctx)
        return render(ctx, "orders/admin/attention.html", reviews=reviews, holds=holds, most=SHOWN, words=wording(ctx))
