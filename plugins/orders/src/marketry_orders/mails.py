"""What buyers are told by mail. Each mail has one key, so it is queued once, whatever is repeated."""

from typing import Any

from marketry import Context, Money
from marketry.commerce.events import FulfilmentShipped, OrderCancelled, OrderPaid, OrderPlaced, RefundSettled
from marketry.commerce.payment import Action
from marketry.crashpoints import reach
from marketry.postal import address_lines
from marketry_orders.access import order_link
from marketry_orders.dossier import Dossier, dossier_of
from marketry_orders.models import OrderLine
from marketry_orders.order_view import action_of
from marketry_orders.order_words import totals
from marketry_orders.reinstating import UNPAID
from marketry_orders.timeline import record


def mail_confirmation(ctx: Context, event: OrderPlaced) -> None:
    _tell(ctx, event.number, "confirmation", f"order:{event.number}:confirmation")


def mail_payment(ctx: Context, event: OrderPaid) -> None:
    """Not for an order that cost nothing."""
    if event.amount > 0:
        _tell(ctx, event.number, "paid", f"order:{event.number}:paid", amount=Money(event.amount, event.currency))


def mail_shipment(ctx: Context, event: FulfilmentShipped) -> None:
    _tell(ctx, event.number, "shipped", f"order:{event.number}:shipped:{event.fulfilment}", parcel_id=event.fulfilment)


def mail_cancellation(ctx: Context, event: OrderCancelled) -> None:
    """An order can be cancelled, reinstated and cancelled again: the moment is part of the key."""
    key = f"order:{event.number}:cancelled:{event.at.isoformat()}"
    unpaid = event.reason == UNPAID
    _tell(ctx, event.number, "cancelled", key, reason="" if unpaid else event.reason, unpaid=unpaid)


def mail_refund(ctx: Context, event: RefundSettled) -> None:
    amount = Money(event.amount, event.currency)
    key = f"order:{event.number}:refunded:{event.payment}:{event.at.isoformat()}:{event.amount}"
    _tell(ctx, event.number, "refunded", key, amount=amount, reason=event.reason)


def ask_for_payment(ctx: Context, number: str, payment: str) -> None:
    """An order was placed for them with nobody present, and what they saved couldn't be charged: they come and pay."""
    _tell(ctx, number, "payment_needed", f"order:{number}:payment_needed:{payment}")


def _tell(ctx: Context, number: str, mail: str, key: str, **values: Any) -> None:
    """Queue one mail in the buyer's language; nobody is told about an order whose buyer was erased."""
    dossier = dossier_of(ctx, number)
    order = dossier.order
    if not order.email:
        return
    locale = order.locale if order.locale in ctx.site.locales else ctx.site.locales[0]
    reader = ctx.with_locale(locale)
    values |= {
        "dossier": dossier,
        "order": order,
        "link": order_link(reader, order.number),
        "parcel": _parcel(dossier, values),
        "lines": [(x.row.title, _detail(x.row), x.row.quantity, reader.money(dossier.money(x.row.total))) for x in dossier.lines],
        "totals": [(label, reader.money(amount)) for label, amount in totals(reader, order)],
        "address": address_lines(order.shipping_address, locale),
        "actions": _actions(dossier),
        "refunding": any(o.kind == "refund" and o.state != "failed" for o in dossier.operations),
    }
    queued = ctx.mail.queue(reader, to=order.email, template=f"orders/mail/{mail}", values=values, key=key, locale=locale)
    reach("orders.mailing.queued")
    if queued:
        record(ctx, order, f"mail.{mail}")


def _detail(line: OrderLine) -> str:
    """The variant, and what the buyer told plugins about this line (the words of a gift note)."""
    told = [value for inputs in line.data.values() for value in inputs.values()]
    words = [part for value in told for part in (value.values() if isinstance(value, dict) else [value]) if part]
    return " · ".join([*([line.options] if line.options else []), *map(str, words)])


def _parcel(dossier: Dossier, values: dict[str, Any]) -> Any:
    return next((parcel for parcel in dossier.parcels if parcel.row.id == values.get("parcel_id")), None)


def _actions(dossier: Dossier) -> list[Action]:
    """What the buyer still has to do to pay by instructions (bank details); links to gateways stand on the order's page."""
    stored = (book.payment.action for book in dossier.books.books if book.payment.action)
    return [action for action in map(action_of, stored) if action.instructions]
