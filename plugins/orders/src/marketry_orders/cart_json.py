"""A priced cart as the JSON surface shows it: every total with its reasons, and what is still missing."""

from collections.abc import Sequence
from typing import Any

from marketry import Context
from marketry.commerce.checkout import Requirement, Scope
from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.quote import Adjustment, Quote, QuoteLine, TaxLine
from marketry_orders.inputs import asked
from marketry_orders.money_json import minor_json, money_json
from marketry_orders.quoting import Priced
from marketry_orders.requirements import unmet


def cart_json(ctx: Context, priced: Priced) -> dict[str, Any]:
    """Opens a session of its own for what requirements look up."""
    with ctx.reading():
        missing = unmet(ctx, priced)
    cart, quote = priced.cart, priced.quote
    return {
        "id": cart.id, "currency": cart.currency, "locale": ctx.locale, "email": cart.email,
        "shipping_address": cart.shipping_address, "billing_address": cart.billing_address,
        "lines": lines_json(priced), "groups": [_group(priced, g.id) for g in quote.groups],
        "totals": totals_json(quote), "adjustments": [adjustment_json(a) for a in quote.adjustments],
        "taxes": [tax_json(t) for t in quote.tax_lines],
        "coupons": list(cart.coupons), "payments": [_payment(p, cart.currency) for p in cart.payments],
        "inputs": _inputs(ctx, priced), "requirements": [requirement_json(r) for r in missing],
        "completed": cart.completed_at is not None, "expires_at": cart.expires_at.isoformat(), "hash": priced.agreed,
    }  # fmt: skip


def lines_json(priced: Priced) -> list[dict[str, Any]]:
    """In the cart's order; what is not sold any more stands among them with its problem and without a price."""
    quoted = {str(q.id): q for q in priced.quote.lines}
    problems = {line.id: problem for line, problem in priced.unsold}
    shown = []
    for line in priced.cart.lines:
        if line.id in quoted:
            shown.append(_line(priced.quote, quoted[line.id]))
        elif line.id in problems:
            problem = {"code": problems[line.id].code, "detail": problems[line.id].message}
            shown.append(
                {
                    "id": line.id, "sku": line.sku, "title": line.sku, "quantity": line.quantity, "unit_price": None,
                    "total": None, "inputs": line.data, "problem": problem,
                }
            )  # fmt: skip
    return shown


def _line(quote: Quote, quoted: QuoteLine) -> dict[str, Any]:
    item, line = quoted.line.item, quoted.line
    return {
        "id": line.id, "sku": item.sku, "title": item.title, "options": item.options, "kind": item.kind, "url": item.url,
        "picture": item.picture, "quantity": line.quantity, "unit_price": money_json(quoted.unit_price),
        "subtotal": money_json(quoted.base), "total": money_json(quote.line_total(line.id)),
        "adjustments": [adjustment_json(a) for a in quote.of_line(line.id)], "inputs": line.data,
        "available": item.available, "shippable": item.shippable, "problem": None,
    }  # fmt: skip


def _group(priced: Priced, group_id: str) -> dict[str, Any]:
    group = next(g for g in priced.quote.groups if g.id == group_id)
    return {
        "id": group.id, "label": group.label, "lines": list(group.lines), "shippable": group.shippable,
        "source": group.source, "seller": group.seller, "method": group.method, "method_label": group.method_label,
        "price": money_json(priced.quote.group_total(group.id)),
    }  # fmt: skip


def totals_json(quote: Quote) -> dict[str, Any]:
    """`tax` counts all tax, `tax_added` what comes on top; `estimated` until the address is known."""
    return {
        "subtotal": money_json(quote.subtotal), "discount": money_json(quote.discount), "shipping": money_json(quote.shipping),
        "fees": money_json(quote.fees), "tax": money_json(quote.tax), "tax_added": money_json(quote.tax_added),
        "total": money_json(quote.total), "estimated": quote.tax_estimated,
    }  # fmt: skip


def adjustment_json(a: Adjustment) -> dict[str, Any]:
    return {
        "code": a.code, "label": a.label, "amount": money_json(a.amount), "stage": a.stage.name.lower(),
        "plugin": a.source.plugin, "version": a.source.version, "rule": a.source.rule, "line": a.line, "group": a.group,
        "cut": money_json(a.cut) if a.cut else None,
    }  # fmt: skip


def tax_json(t: TaxLine) -> dict[str, Any]:
    """`rate` in basis points."""
    return {
        "name": t.name, "rate": t.rate, "amount": money_json(t.amount), "mode": t.mode.value, "provider": t.provider,
        "reason": t.reason, "line": t.line, "group": t.group,
    }  # fmt: skip


def requirement_json(r: Requirement) -> dict[str, Any]:
    return {"code": r.code, "detail": r.message, "step": r.step.value, "field": r.field, "plugin": r.plugin}


def rate_json(rate: ShippingRate) -> dict[str, Any]:
    return {
        "code": rate.code, "label": rate.label, "price": money_json(rate.price), "group": rate.group,
        "estimate": rate.estimate, "plugin": rate.plugin,
    }  # fmt: skip


def _payment(choice: Any, currency: str) -> dict[str, Any]:
    amount = choice.get("amount")
    return {
        "code": choice["code"], "amount": minor_json(amount, currency) if amount else None,
        "save": bool(choice.get("save")), "instrument": choice.get("instrument"),
    }  # fmt: skip


def _inputs(ctx: Context, priced: Priced) -> Sequence[dict[str, Any]]:
    cart = priced.quote.cart
    return [
        {
            "plugin": one.plugin, "key": one.key, "label": ctx.gettext(one.label), "step": one.step.value,
            "required": one.required, "value": cart.data.get(one.plugin, {}).get(one.key),
        }
        for one in asked(ctx, Scope.CART, cart)
    ]  # fmt: skip
