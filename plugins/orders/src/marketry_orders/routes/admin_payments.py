"""The back office's page of one payment, with everything that is known of it as it came."""

from functools import partial
from typing import Any

from fastapi import Response

from marketry.commerce.money import Money
from marketry.commerce.payment import ProviderKind
from marketry.problems import Refused
from marketry.telemetry import log
from marketry.web import Ctx, Router, permission, redirect, render
from marketry_orders.attention import what_is_odd
from marketry_orders.books import ledger_of
from marketry_orders.fetching import fetch_payment
from marketry_orders.order_words import wording
from marketry_orders.payment_file import kind_of, payment_file

router = Router(private=True)


@router.get("/payments/{payment}")
@permission("orders.payment.write")
def show(ctx: Ctx, payment: str) -> Response:
    with ctx.reading():
        known = payment_file(ctx, payment)
        ledger = ledger_of(known.payment, known.ledger)
        values: dict[str, Any] = {
            "file": known,
            "p": known.payment,
            "order": known.order,
            "totals": ledger.totals(),
            "of": lambda minor: Money(minor, known.payment.currency),
            "words": wording(ctx),
            "kind_of": kind_of,
            "what_is_odd": partial(what_is_odd, ctx),
            "remote": known.payment.kind == ProviderKind.REMOTE,
        }
        return render(ctx, "orders/admin/payment.html", **values)


@router.post("/payments/{payment}/look")
@permission("orders.payment.write")
def look(ctx: Ctx, payment: str) -> Response:
    """Ask the provider how the payment stands now, and settle what it says."""
    here = f"/admin/payments/{payment}"
    with ctx.reading():
        payment_file(ctx, payment)
    try:
        new = fetch_payment(ctx, payment).entries
    except Refused:
        raise
    except Exception as error:
        log.warning("payment_not_fetched", payment=payment, error=repr(error))
        return redirect(ctx, here, ctx.gettext("The provider can't be reached. It will be asked again by itself."))
    message = ctx.ngettext("%(n)s new movement.", "%(n)s new movements.", len(new))
    return redirect(ctx, here, message if new else ctx.gettext("Nothing new."))
