"""What the dashboard says of orders (what came in, what waits to be sent, what needs a person), and the account of its own."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from marketry import Context, Money
from marketry.database import capped_count
from marketry.web.values import Card
from marketry_orders.attention import CAP, waiting
from marketry_orders.customer_orders import own_orders
from marketry_orders.domain.states import FulfilmentStatus, PaymentStatus, Status
from marketry_orders.models import Order
from marketry_orders.order_words import wording

RECENT = 3
_c = Order.__table__.c  # type: ignore[attr-defined]


def dashboard_cards(ctx: Context) -> list[Card]:
    """One card; its figures are counted over indexes and no further than CAP."""
    if not ctx.allows("orders.order.read"):
        return []
    values = {"taken": _taken_today(ctx), "to_send": _to_send(ctx), "to_look_at": waiting(ctx), "cap": CAP}
    return [Card(ctx.gettext("Orders"), "orders/admin/card.html", values, "orders.order.read")]


def account_cards(ctx: Context) -> list[Card]:
    """The customer's latest orders, for the first page of their account."""
    values = {"orders": own_orders(ctx, ctx.actor.id, limit=RECENT).items, "words": wording(ctx)}
    return [Card(ctx.gettext("Recent orders"), "orders/account/card.html", values, "", wide=True)]


def _taken_today(ctx: Context) -> list[tuple[int, Money]]:
    """Orders placed since midnight in the site's time zone, per currency."""
    zone = ZoneInfo(ctx.site.timezone)
    midnight = datetime.combine(ctx.now().astimezone(zone).date(), time(), zone)
    placed = (
        select(_c.currency, func.count(), func.sum(_c.total))
        .where(_c.placed_at >= midnight.astimezone(ctx.now().tzinfo), _c.status == Status.PLACED)
        .group_by(_c.currency)
        .order_by(_c.currency)
    )
    return [(count, Money(int(total), currency)) for currency, count, total in ctx.session.execute(placed)]


def _to_send(ctx: Context) -> int:
    """Paid orders of which something is still to be sent."""
    count = 0
    for status in (FulfilmentStatus.UNFULFILLED, FulfilmentStatus.PARTIAL):
        paid = select(_c.id).where(
            _c.fulfilment_status == status,
            _c.status == Status.PLACED,
            _c.payment_status.in_([PaymentStatus.PAID, PaymentStatus.OVERPAID, PaymentStatus.AUTHORISED]),
            _c.placed_at > ctx.now() - timedelta(days=365),
        )
        count += capped_count(ctx.session, paid, CAP)[0]
    return min(count, CAP)
