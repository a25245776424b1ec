"""A buyer in front of a payment that isn't settled: what to show, and how to leave it for another way to pay."""

from collections.abc import Mapping, Sequence
from typing import Any

import segno
from markupsafe import Markup

from marketry import Context, Money
from marketry.commerce.payment import Action, ProviderKind
from marketry_orders.capturing import void_payment
from marketry_orders.domain.ledger import OPEN_STATES
from marketry_orders.order_view import Row, action_of
from marketry_orders.performing import perform_all


def waiting_for(payments: Sequence[Row]) -> list[Row]:
    """Payments of gateways that are under way."""
    return [p for p in payments if p.kind == ProviderKind.REMOTE and p.state in OPEN_STATES]


def shown(payments: Sequence[Row]) -> Mapping[str, Any]:
    """The variables of `orders/waiting.html`."""
    waiting = waiting_for(payments)
    actions = {p.id: action_of(p.action) for p in waiting if p.action}
    return {
        "waiting": waiting,
        "actions": actions,
        "codes": {name: code_of(action) for name, action in actions.items() if action.kind == "qr"},
        "amounts": {p.id: Money(p.amount, p.currency) for p in waiting},
    }


def code_of(action: Action) -> Markup:
    """The QR code of an action as a picture to stand in the page (the site's rules take no `data:` pictures)."""
    made = segno.make(action.url, error="m")
    return Markup(made.svg_inline(omitsize=True, border=2, dark="#000", light="#fff"))  # noqa: S704 - made by the library


def leave(ctx: Context, number: str, payment_id: str) -> None:
    """End an attempt that is still open, so that another can begin. Asks the gateway to close it first; one that was paid
    meanwhile counts as paid. 409 where nothing is under way."""
    operation = void_payment(ctx, number, payment_id, reason=ctx.gettext("The buyer chose another way to pay."))
    perform_all(ctx, [operation])
