"""Copying a quote into the tables of an order. Columns and lists of rows, a statement per table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketry.commerce.payment import AttemptState, Charge, PaymentProvider, ProviderKind, Snapshot
from marketry.commerce.quote import Quote
from marketry_orders.domain.fingerprints import agreement
from marketry_orders.domain.numbers import new_id
from marketry_orders.models import (
    Allocation,
    Order,
    OrderAdjustment,
    OrderGroup,
    OrderLine,
    OrderTaxLine,
    Payment,
    TimelineEntry,
)
from marketry_orders.posting import action_values
from marketry_orders.stock_planning import LineSource

_orders = Order.__table__  # type: ignore[attr-defined]
_orders = Order.__table__  # type: ignore[attr-defined]
_COPIED: tuple[Any, ...] = (OrderLine, OrderAdjustment, OrderTaxLine, OrderGroup, Allocation, Payment, TimelineEntry)
_COPIES = [insert(model.__table__) for model in _COPIED]
_PAYMENT = insert(_COPIED[5].__table__)
_ORDER = insert(_orders).returning(_orders.c.id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment about to be written: the charge it makes, and what the provider answered where it was asked already."""

    provider: PaymentProvider
    plugin: str
    label: str
    charge: Charge
    snapshot: Snapshot | None = None
    instrument_id: str | None = None
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class NewOrder:
    number: str
    quote: Quote
    placed_at: datetime
    locale: str
    attempts: Sequence[Attempt] = ()
    allocations: Sequence[LineSource] = ()
    deadline: datetime | None = None
    rate_plugins: dict[str, str] = field(default_factory=dict)


def insert_order(session: Session, new: NewOrder) -> int:
    """Write the order and everything below it; returns its row id."""
    order_id = int(session.execute(_ORDER, _order(new)).scalar_one())
    quote = new.quote
    copies = (
        _lines(order_id, quote), _adjustments(order_id, quote), _taxes(order_id, quote), _groups(order_id, new),
        _allocations(order_id, new), _payments(order_id, new), _beginning(order_id, new),
    )  # fmt: skip
    for statement, rows in zip(_COPIES, copies, strict=True):
        if rows:
            session.execute(statement, rows)
    return order_id


def _order(new: NewOrder) -> dict[str, Any]:
    quote, cart = new.quote, new.quote.cart
    shipping, billing = cart.shipping_address, cart.billing_address or cart.shipping_address
    name = (shipping or billing).name if shipping or billing else ""  # type: ignore[union-attr]
    return {
        "number": new.number, "cart_id": cart.id, "access_key": new_id(), "status": "placed",
        "payment_status": "pending" if new.attempts else "none", "fulfilment_status": "unfulfilled",
        "currency": quote.currency, "subtotal": quote.subtotal.minor, "discount": quote.discount.minor,
        "shipping": quote.shipping.minor, "fees": quote.fees.minor, "tax": quote.tax.minor,
        "tax_added": quote.tax_added.minor, "total": quote.total.minor, "accepted_hash": agreement(quote),
        "locale": new.locale, "channel": cart.channel, "country": cart.country, "customer": cart.customer,
        "email": cart.email or "", "customer_name": name,
        "shipping_address": shipping.as_dict() if shipping else None, "billing_address": billing.as_dict() if billing else None,
        "coupons": list(cart.coupons), "data": {p: dict(keys) for p, keys in cart.data.items()}, "extra": {},
        "placed_at": new.placed_at, "updated_at": new.placed_at,
    }  # fmt: skip


def _lines(order_id: int, quote: Quote) -> list[dict[str, Any]]:
    group_of = {line: group.id for group in quote.groups for line in group.lines}
    rows = []
    for position, quoted in enumerate(quote.lines):
        item, line = quoted.line.item, quoted.line
        taxes = [t for t in quote.tax_lines if t.line == line.id]
        rows.append(
            {
                "id": line.id, "order_id": order_id, "position": position, "sku": item.sku, "title": item.title,
                "options": item.options, "kind": item.kind, "url": item.url, "picture": item.picture,
                "tax_class": item.tax_class, "categories": list(item.categories), "weight": item.weight,
                "seller": item.seller, "shippable": item.shippable, "quantity": line.quantity,
                "unit_price": quoted.unit_price.minor, "total": quote.line_total(line.id).minor,
                "tax": sum(t.amount.minor for t in taxes),
                "tax_added": sum(t.amount.minor for t in taxes if t.mode == "added"),
                "demands": [[d.stock_key, d.quantity] for d in item.demands],
                "data": {p: dict(keys) for p, keys in line.data.items()}, "group_key": group_of.get(line.id, ""),
            }
        )  # fmt: skip
    return rows


def _adjustments(order_id: int, quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order_id, "position": position, "stage": int(a.stage), "code": a.code, "label": a.label,
            "amount": a.amount.minor, "cut": a.cut.minor if a.cut else None, "line_id": a.line, "group_key": a.group,
            "plugin": a.source.plugin, "plugin_version": a.source.version, "rule": a.source.rule,
        }
        for position, a in enumerate(quote.adjustments)
    ]  # fmt: skip


def _taxes(order_id: int, quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order_id, "position": position, "name": t.name, "rate": t.rate, "amount": t.amount.minor,
            "mode": t.mode.value, "provider": t.provider, "reason": t.reason, "line_id": t.line, "group_key": t.group,
        }
        for position, t in enumerate(quote.tax_lines)
    ]  # fmt: skip


def _groups(order_id: int, new: NewOrder) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order_id, "key": g.id, "label": g.label, "method": g.method or "", "method_label": g.method_label,
            "plugin": new.rate_plugins.get(g.id, ""), "source": g.source, "seller": g.seller, "shippable": g.shippable,
            "amount": new.quote.group_total(g.id).minor,
        }
        for g in new.quote.groups
    ]  # fmt: skip


def _allocations(order_id: int, new: NewOrder) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order_id, "line_id": a.line, "stock_key": a.stock_key, "location": a.location,
            "quantity": a.quantity, "shipped": 0, "released": 0,
        }
        for a in new.allocations
    ]  # fmt: skip


def _payments(order_id: int, new: NewOrder) -> list[dict[str, Any]]:
    return [payment_row(order_id, position, a, new.placed_at, new.deadline) for position, a in enumerate(new.attempts)]


def payment_row(order_id: int, position: int, attempt: Attempt, now: datetime, deadline: datetime | None) -> dict[str, Any]:
    """The row of one attempt. What a deferred provider answered is in it at once; entries are settled afterwards."""
    snapshot, charge = attempt.snapshot, attempt.charge
    plain = snapshot if snapshot and not snapshot.entries else None
    remote = attempt.provider.kind is ProviderKind.REMOTE
    return {
        "id": charge.key, "order_id": order_id, "position": position, "provider": attempt.provider.code,
        "kind": attempt.provider.kind.value, "label": attempt.label, "amount": charge.amount.minor,
        "currency": charge.amount.currency, "state": (plain.state if plain else AttemptState.CREATED).value,
        "remote_id": plain.remote_id if plain else None, "data": dict(charge.data),
        "action": action_values(plain.action) if plain and plain.action else None,
        "account": plain.account if plain else "", "live": plain.live if plain else None,
        "saves": charge.save_instrument, "off_session": attempt.off_session, "instrument_id": attempt.instrument_id,
        "expires_at": deadline if remote else plain.expires_at if plain else None,
        "initiated_at": None if remote else now, "created_at": now, "updated_at": now,
    }  # fmt: skip


def insert_payment(session: Session, order_id: int | None, position: int, attempt: Attempt, now: datetime) -> None:
    """Add an attempt to an order that was placed before."""
    if order_id is None:
        raise ValueError("the order has no row yet")
    session.execute(_PAYMENT, payment_row(order_id, position, attempt, now, None))


def _beginning(order_id: int, new: NewOrder) -> list[dict[str, Any]]:
    amount = {"amount": new.quote.total.minor, "currency": new.quote.currency}
    return [
        {
            "order_id": order_id, "kind": "order.placed", "message": "", "actor": "", "data": amount, "public": True,
            "at": new.placed_at,
        }
    ]  # fmt: skip
