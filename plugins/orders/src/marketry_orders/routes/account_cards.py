"""What a customer saved to pay with, in their account and over JSON."""

from typing import Any

from starlette.responses import Response

from marketry.commerce.vault import SavedInstrument
from marketry.problems import Refused, not_found
from marketry.web import Ctx, Router, customers_only, redirect, render
from marketry_orders.payment_choices import providers
from marketry_orders.saved_cards import OrdersWallet

router = Router(private=True, prefix="/account/cards")
api = Router(prefix="/customer/instruments", tags=["customers: saved cards"])
wallet = OrdersWallet()


@router.get("")
@customers_only
def cards(ctx: Ctx) -> Response:
    labels = {code: answer.value.label(ctx) for code, answer in providers(ctx).items()}
    month = ctx.now().strftime("%Y-%m")
    return render(ctx, "orders/account/cards.html", cards=wallet.saved(ctx, ctx.actor.id), labels=labels, month=month)


@router.post("/{instrument}/remove")
@customers_only
def remove(ctx: Ctx, instrument: str) -> Response:
    _remove(ctx, instrument)
    return redirect(ctx, "/account/cards", ctx.gettext("The card is removed. Nothing can be charged to it any more."))


@api.get("")
@customers_only
def instruments(ctx: Ctx) -> list[dict[str, Any]]:
    """What the customer saved, the one used last first; `expires` is its last month."""
    return [instrument_json(one) for one in wallet.saved(ctx, ctx.actor.id)]


@api.delete("/{instrument}", status_code=204)
@customers_only
def forget(ctx: Ctx, instrument: str) -> Response:
    """Forget it, here and at the provider that keeps it."""
    _remove(ctx, instrument)
    return Response(status_code=204)


def instrument_json(one: SavedInstrument) -> dict[str, Any]:
    return {"id": one.id, "code": one.provider, "label": one.label, "expires": one.expires or None, "usable": one.usable}


def _remove(ctx: Ctx, instrument: str) -> None:
    if not wallet.remove(ctx, ctx.actor.id, instrument):
        raise _gone(ctx)


def _gone(ctx: Ctx) -> Refused:
    return not_found(ctx.gettext("You have saved no such card."), "instrument_unknown")
