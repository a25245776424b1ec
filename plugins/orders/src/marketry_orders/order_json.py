"""An order as the JSON surface shows it to its buyer."""

from typing import Any

from marketry.commerce.quote import Stage
from marketry_orders.money_json import minor_json
from marketry_orders.order_view import OrderView, Row, Shipment


def order_head(order: Row, token: str) -> dict[str, Any]:
    """What a client needs right after completion."""
    return {
        "number": order.number, "token": token, "status": order.status, "payment_status": order.payment_status,
        "fulfilment_status": order.fulfilment_status, "currency": order.currency, "email": order.email,
        "placed_at": order.placed_at.isoformat(), "totals": _totals(order),
        "total": minor_json(order.total, order.currency),
    }  # fmt: skip


def order_json(view: OrderView, token: str) -> dict[str, Any]:
    order = view.order
    return {
        **order_head(order, token), "shipping_address": order.shipping_address, "billing_address": order.billing_address,
        "lines": [_line(view, line) for line in view.lines],
        "groups": [_group(g, order.currency) for g in view.groups],
        "adjustments": [_adjustment(a, order.currency) for a in view.adjustments],
        "taxes": [_tax(t, order.currency) for t in view.taxes],
        "payments": [payment_json(p) for p in view.payments],
        "fulfilments": [_parcel(p) for p in view.parcels], "inputs": order.data, "coupons": order.coupons,
        "timeline": [{"kind": e.kind, "at": e.at.isoformat(), "data": e.data} for e in view.timeline],
    }  # fmt: skip


def payment_json(payment: Row) -> dict[str, Any]:
    """One attempt; `action` is what the buyer does next, null when there is nothing to do."""
    return {
        "code": payment.provider, "label": payment.label, "amount": minor_json(payment.amount, payment.currency),
        "state": payment.state, "action": payment.action,
        "expires_at": payment.expires_at.isoformat() if payment.expires_at else None,
    }  # fmt: skip


def next_payment(payments: list[Row] | Any) -> dict[str, Any]:
    """The attempt that needs the buyer, else the last; an order that costs nothing has none and is `captured`."""
    if not payments:
        return {"state": "captured", "action": None}
    needy = next((p for p in payments if p.action), payments[-1])
    return payment_json(needy)


def _totals(order: Row) -> dict[str, Any]:
    names = ("subtotal", "discount", "shipping", "fees", "tax", "tax_added", "total")
    return {name: minor_json(getattr(order, name), order.currency) for name in names} | {"estimated": False}


def _line(view: OrderView, line: Row) -> dict[str, Any]:
    currency = view.order.currency
    return {
        "id": line.id, "sku": line.sku, "title": line.title, "options": line.options, "kind": line.kind, "url": line.url,
        "picture": line.picture, "quantity": line.quantity, "unit_price": minor_json(line.unit_price, currency),
        "total": minor_json(line.total, currency), "inputs": line.data,
        "adjustments": [_adjustment(a, currency) for a in view.of_line(line.id)],
    }  # fmt: skip


def _group(group: Row, currency: str) -> dict[str, Any]:
    return {
        "id": group.key, "label": group.label, "method": group.method or None, "method_label": group.method_label,
        "price": minor_json(group.amount, currency),
    }  # fmt: skip


def _adjustment(a: Row, currency: str) -> dict[str, Any]:
    return {
        "code": a.code, "label": a.label, "amount": minor_json(a.amount, currency), "stage": Stage(a.stage).name.lower(),
        "plugin": a.plugin, "version": a.plugin_version, "rule": a.rule, "line": a.line_id, "group": a.group_key,
        "cut": minor_json(a.cut, currency) if a.cut else None,
    }  # fmt: skip


def _tax(t: Row, currency: str) -> dict[str, Any]:
    return {
        "name": t.name, "rate": t.rate, "amount": minor_json(t.amount, currency), "mode": t.mode, "provider": t.provider,
        "reason": t.reason, "line": t.line_id, "group": t.group_key,
    }  # fmt: skip


def _parcel(parcel: Shipment) -> dict[str, Any]:
    row = parcel.row
    return {
        "id": row.id, "state": row.state, "carrier": parcel.carrier, "tracking": row.tracking,
        "tracking_url": parcel.tracking_url, "shipped_at": row.shipped_at.isoformat() if row.shipped_at else None,
        "lines": [{"line": line.id, "quantity": quantity} for line, quantity in parcel.lines],
    }  # fmt: skip
