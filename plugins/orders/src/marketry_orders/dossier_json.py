"""An order as the staff API shows it: everything, with ids to act on. Amounts are {minor, currency}, times ISO 8601 UTC."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marketry import Context
from marketry_orders.books import Book
from marketry_orders.dossier import Dossier, DossierLine
from marketry_orders.models import Operation, OrderAdjustment, OrderTaxLine
from marketry_orders.money_json import minor_json, money_json
from marketry_orders.order_lists import OrderRow


def row_json(row: OrderRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "placed_at": row.placed_at.isoformat(),
        "name": row.name,
        "email": row.email,
        "total": money_json(row.total),
        "status": row.status,
        "payment_status": row.payment,
        "channel": row.channel,
        "fulfilment_status": row.fulfilment,
    }


def dossier_json(ctx: Context, d: Dossier) -> dict[str, Any]:
    order, currency = d.order, d.order.currency
    sums = ("subtotal", "discount", "shipping", "fees", "tax", "tax_added", "total")
    figures = d.books.balance
    return {
        "number": order.number,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfilment_status": order.fulfilment_status,
        "placed_at": order.placed_at.isoformat(),
        "paid_at": _at(order.paid_at),
        "cancelled_at": _at(order.cancelled_at),
        "cancel_reason": order.cancel_reason,
        "email": order.email,
        "customer": order.customer,
        "name": order.customer_name,
        "channel": order.channel,
        "locale": order.locale,
        "currency": currency,
        "totals": {name: minor_json(getattr(order, name), currency) for name in sums},
        "balance": {
            "captured": minor_json(figures.captured, currency),
            "refunded": minor_json(figures.refunded, currency),
            "held": minor_json(figures.held, currency),
            "due": minor_json(figures.due, currency),
            "refundable": minor_json(d.books.refundable, currency),
        },
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "inputs": order.data,
        "lines": [_line(d, line) for line in d.lines],
        "adjustments": [_adjustment(a, currency) for a in d.beside],
        "taxes": [_tax(t, currency) for t in d.taxes_beside],
        "payments": [_payment(d, book) for book in d.books.books],
        "operations": operations_json(d.operations),
        "fulfilments": [_parcel(p) for p in d.parcels],
        "returns": [_return(r, lines) for r, lines in d.returns],
        "holds": [
            {"id": h.id, "code": h.code, "label": h.label, "plugin": h.plugin, "blocks": h.blocks, "lifted_at": _at(h.lifted_at)}
            for h in d.holds
        ],
        "timeline": [
            {"kind": e.kind, "at": e.at.isoformat(), "actor": e.actor, "message": e.message, "data": e.data, "public": e.public}
            for e in d.timeline
        ],
    }


def operations_json(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    return [
        {
            "id": o.id,
            "payment": o.payment_id,
            "kind": o.kind,
            "state": o.state,
            "reason": o.reason,
            "problem": o.problem,
            "amount": minor_json(o.amount, o.currency),
            "requested_at": o.requested_at.isoformat(),
        }
        for o in operations
    ]


def _line(d: Dossier, line: DossierLine) -> dict[str, Any]:
    row, currency = line.row, d.order.currency
    return {
        "id": row.id,
        "sku": row.sku,
        "title": row.title,
        "options": row.options,
        "quantity": row.quantity,
        "unit_price": minor_json(row.unit_price, currency),
        "total": minor_json(row.total, currency),
        "inputs": row.data,
        "adjustments": [_adjustment(a, currency) for a in line.adjustments],
        "taxes": [_tax(t, currency) for t in line.tax_lines],
        "stock": [
            {name: getattr(a, name) for name in ("stock_key", "location", "quantity", "shipped", "released")}
            for a in line.allocations
        ],
    }


def _adjustment(a: OrderAdjustment, currency: str) -> dict[str, Any]:
    return {
        "code": a.code,
        "label": a.label,
        "amount": minor_json(a.amount, currency),
        "group": a.group_key,
        "cut": minor_json(a.cut, currency) if a.cut else None,
        "plugin": a.plugin,
        "version": a.plugin_version,
        "rule": a.rule,
    }


def _tax(t: OrderTaxLine, currency: str) -> dict[str, Any]:
    return {
        "name": t.name,
        "rate": t.rate,
        "amount": minor_json(t.amount, currency),
        "mode": t.mode,
        "provider": t.provider,
        "reason": t.reason,
        "group": t.group_key,
    }


def _payment(d: Dossier, book: Book) -> dict[str, Any]:
    payment, currency = book.payment, book.payment.currency
    return {
        "id": payment.id,
        "code": payment.provider,
        "kind": payment.kind,
        "label": payment.label,
        "state": payment.state,
        "amount": minor_json(payment.amount, currency),
        "remote_id": payment.remote_id,
        "problem": payment.problem,
        "review": "" if book.trusted else payment.needs_review,
        "refundable": minor_json(book.refundable, currency),
        "capturable": minor_json(book.capturable, currency),
        "expires_at": _at(payment.expires_at),
        "transactions": [
            {
                "kind": t.kind,
                "phase": t.phase,
                "amount": minor_json(t.amount, t.currency),
                "remote_id": t.remote_id,
                "message": t.message,
                "operation": t.operation_id,
                "at": t.at.isoformat(),
            }
            for t in d.transactions
            if t.payment_id == payment.id
        ],
    }


def _parcel(parcel: Any) -> dict[str, Any]:
    row = parcel.row
    return {
        "id": row.id,
        "state": row.state,
        "location": row.location,
        "carrier": row.carrier,
        "tracking": row.tracking,
        "tracking_url": parcel.tracking_url,
        "shipped_at": _at(row.shipped_at),
        "delivered_at": _at(row.delivered_at),
        "lines": {line.id: quantity for line, quantity in parcel.lines},
    }


def _return(row: Any, lines: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "reason": row.reason,
        "restocked": row.restocked,
        "location": row.location,
        "received_at": _at(row.received_at),
        "lines": {line.id: quantity for line, quantity in lines},
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
