"""A placed order as the quote it came from, for providers that are asked again whether they suit it."""

from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.items import Demand, Item
from marketry.commerce.quote import Adjustment, DeliveryGroup, Quote, QuoteLine, Source, Stage, TaxLine, TaxMode
from marketry_orders.order_view import OrderView, Row
from marketry_orders.quoting import address_value


def quote_of(view: OrderView) -> Quote:
    """Totals of the result are those of the order; nothing is priced anew."""
    order, money = view.order, view.money
    lines = tuple(QuoteLine(_line(line), money(line.unit_price)) for line in view.lines)
    cart = Cart(
        id=order.cart_id or order.number, currency=order.currency, locale=order.locale, lines=tuple(q.line for q in lines),
        channel=order.channel, country=order.country, email=order.email, customer=order.customer,
        shipping_address=address_value(order.shipping_address), billing_address=address_value(order.billing_address),
        coupons=tuple(order.coupons), data=order.data,
    )  # fmt: skip
    adjustments = tuple(
        Adjustment(
            a.code, a.label, money(a.amount), Stage(a.stage), Source(a.plugin, a.plugin_version, a.rule),
            LineId(a.line_id) if a.line_id else None, GroupId(a.group_key) if a.group_key else None,
        )
        for a in view.adjustments
    )  # fmt: skip
    taxes = tuple(TaxLine(t.name, t.rate, money(t.amount), TaxMode(t.mode), t.provider, t.reason) for t in view.taxes)
    return Quote(cart, lines, tuple(_group(view, g) for g in view.groups), adjustments, taxes, tax_estimated=False)


def _line(line: Row) -> CartLine:
    item = Item(
        line.sku, line.title, line.kind, line.options, line.url, line.picture, line.tax_class, tuple(line.categories),
        line.weight, line.seller, line.shippable, tuple(Demand(key, n) for key, n in line.demands),
    )  # fmt: skip
    return CartLine(LineId(line.id), item, line.quantity, line.data)


def _group(view: OrderView, group: Row) -> DeliveryGroup:
    lines = tuple(LineId(line.id) for line in view.lines if line.group_key == group.key)
    return DeliveryGroup(
        GroupId(group.key), lines, group.label, group.source, group.seller, group.shippable, group.method or None,
        group.method_label,
    )  # fmt: skip
