"""The event that tells the rest of the shop of a new order: complete for books and analytics, without personal data."""

from marketry.commerce.events import OrderLineFact, OrderPlaced
from marketry_orders.order_rows import NewOrder


def placed_event(new: NewOrder) -> OrderPlaced:
    quote = new.quote
    return OrderPlaced(
        at=new.placed_at, number=new.number, currency=quote.currency, subtotal=quote.subtotal.minor,
        discount=quote.discount.minor, shipping=quote.shipping.minor, fees=quote.fees.minor, tax=quote.tax.minor,
        total=quote.total.minor, country=quote.cart.country, channel=quote.cart.channel, locale=new.locale,
        lines=tuple(
            OrderLineFact(
                line=q.id, sku=q.line.item.sku, quantity=q.line.quantity, unit_price=q.unit_price.minor,
                total=quote.line_total(q.id).minor, tax=sum(t.amount.minor for t in quote.tax_lines if t.line == q.id),
                kind=q.line.item.kind, categories=q.line.item.categories,
            )
            for q in quote.lines
        ),
        methods=tuple(g.method for g in quote.groups if g.method),
    )  # fmt: skip
