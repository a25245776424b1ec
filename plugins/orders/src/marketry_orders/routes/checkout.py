"""Checkout by pages: address, delivery, payment, review. Each step saves and sends the buyer on to what is still missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from marketry.commerce.checkout import Scope, Step
from marketry.postal import asks_to_redraw
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, FormValues, Router, public, redirect, render
from marketry_orders.access import order_token
from marketry_orders.address_step import BILLING, SHIPPING, draw_address, entered, keep_address
from marketry_orders.cart_inputs import MoneyInput, PaymentChoice
from marketry_orders.carts import Edit, change_cart, set_values
from marketry_orders.checkout_steps import Steps, steps_of
from marketry_orders.choosing import choose_deliveries, choose_payments
from marketry_orders.explaining import of_quote
from marketry_orders.input_forms import input_forms
from marketry_orders.order_view import find_order, payments_of
from marketry_orders.payment_choices import offered, shares
from marketry_orders.placing import Acceptance, place_order
from marketry_orders.quoting import Priced, in_terms_of
from marketry_orders.routes.cart import find, required_key, save_inputs
from marketry_orders.routes.cookies import forget_cart, keep_order
from marketry_orders.wallet import choosable, is_vault, may_use

router = Router(private=True)


@router.get("/checkout")
@public
def begin(ctx: Ctx) -> Response:
    """To the first step that lacks something."""
    priced = find(ctx)
    return redirect(ctx, _address_of(_steps(ctx, priced)) if priced and priced.cart.lines else "/cart")


@router.get("/checkout/{step}")
@public
def show(ctx: Ctx, step: str) -> Response:
    return _page(ctx, step)


def _steps(ctx: Ctx, priced: Priced) -> Steps:
    local = in_terms_of(ctx, priced.cart)
    with local.reading():
        return steps_of(local, priced)


def _address_of(steps: Steps) -> str:
    return "/cart" if steps.next == Step.CART.value else f"/checkout/{steps.next}"


def _page(
    ctx: Ctx,
    step: str,
    problems: Sequence[Problem] = (),
    status: int = 200,
    values: Mapping[str, str] | None = None,
) -> Response:
    priced = find(ctx)
    if priced is None or not priced.cart.lines:
        return redirect(ctx, "/cart")
    steps = _steps(ctx, priced)
    if step not in dict(steps.all) or not steps.reached(step):
        return redirect(ctx, _address_of(steps))
    local = in_terms_of(ctx, priced.cart)
    with local.reading():
        forms = [f for f in input_forms(local, Scope.CART, priced.quote.cart) if f.input.step.value == step]
        more = _DRAWN[step](local, priced, values or {})
        sums = of_quote(local, priced.quote)
    links = [(code, label, ctx.url(f"/checkout/{code}")) for code, label in steps.all]
    return render(
        ctx, f"orders/checkout/{step}.html", "step", status=status, step=step, steps=links, priced=priced,
        quote=priced.quote, problems=problems, forms=forms, sums=sums, **more,
    )  # fmt: skip


def _draw_delivery(ctx: Ctx, priced: Priced, values: Mapping[str, str]) -> dict[str, Any]:
    titles = {q.id: q.line.item.title for q in priced.quote.lines}
    return {"rates": priced.rates, "titles": titles}


def _draw_payment(ctx: Ctx, priced: Priced, values: Mapping[str, str]) -> dict[str, Any]:
    last = priced.cart.payments[-1] if priced.cart.payments else {}
    suited = offered(ctx, priced.quote)
    ways = [(p.code, p.label(ctx), p.fee(ctx, priced.quote)) for p in suited]
    wanted = values.get("payment") or ":".join(filter(None, (last.get("code"), last.get("instrument"))))
    customer = priced.quote.cart.customer
    return {
        "ways": ways, "chosen": wanted, "splits": _splits(ctx, priced), "saved": choosable(ctx, customer, suited),
        "keepers": [p.label(ctx) for p in suited if is_vault(p)] if may_use(ctx, customer) else [],
        "save": bool(values.get("save") or last.get("save")),
    }  # fmt: skip


def _splits(ctx: Ctx, priced: Priced) -> list[tuple[str, Any]]:
    """What each chosen way collects, as far as it can be said."""
    try:
        return [(share.provider.label(ctx), share.amount) for share in shares(ctx, priced.quote.total, priced.cart.payments)]
    except Refused:
        return []


def _draw_review(ctx: Ctx, priced: Priced, values: Mapping[str, str]) -> dict[str, Any]:
    return {"agreed": priced.agreed, "splits": _splits(ctx, priced)}


_DRAWN = {"address": draw_address, "delivery": _draw_delivery, "payment": _draw_payment, "review": _draw_review}


@router.post("/checkout/address")
@public
def save_address(ctx: Ctx, form: Form) -> Response:
    """E-mail and addresses, all wrong fields told at once; or the form again for another country."""
    if asks_to_redraw(form, SHIPPING, BILLING):
        return _page(ctx, "address", values=form.values)
    try:
        wanted = entered(ctx, find(ctx), form)
    except Refused as refused:
        return _page(ctx, "address", refused.problems, 422, form.values)
    response = _saved(ctx, "address", form, set_values(wanted.values))
    if response.status_code < 400:
        keep_address(ctx, wanted.to_keep)
    return response


@router.post("/checkout/delivery")
@public
def save_delivery(ctx: Ctx, form: Form) -> Response:
    codes = {key.removeprefix("method."): value for key, value in form.values.items() if key.startswith("method.")}
    return _saved(ctx, "delivery", form, choose_deliveries(codes))


@router.post("/checkout/payment")
@public
def save_payment(ctx: Ctx, form: Form) -> Response:
    """One way to pay, or what was saved before (`code:instrument`); earlier choices with a stated amount (a gift card) stay
    before it. The box to save is one for all: ways that can't be saved leave it aside."""
    code, _, instrument = form.get("payment").partition(":")
    if not code:
        priced = find(ctx)
        if priced and priced.quote.total.minor:
            problem = Problem("required", ctx.gettext("Please choose how to pay."), "payment")
            return _page(ctx, "payment", (problem,), 422, form.values)
        return _saved(ctx, "payment", form, set_values({}))
    save = bool(form.get("save")) and not instrument and _can_be_saved(ctx, code)
    choices = [*_stated(find(ctx), code), PaymentChoice(code=code, save=save, instrument=instrument or None)]
    return _saved(ctx, "payment", form, choose_payments(choices, ["payment"] * len(choices)))


def _can_be_saved(ctx: Ctx, code: str) -> bool:
    provider = ctx.runtime.provider(code)
    return provider is not None and is_vault(provider)


def _stated(priced: Priced | None, code: str) -> list[PaymentChoice]:
    if priced is None:
        return []
    currency, chosen = priced.cart.currency, priced.cart.payments
    return [
        PaymentChoice(code=c["code"], amount=MoneyInput(minor=c["amount"], currency=currency))
        for c in chosen
        if c.get("amount") and c["code"] != code
    ]


def _saved(ctx: Ctx, step: str, form: FormValues, edit: Edit) -> Response:
    key = required_key(ctx)
    try:
        save_inputs(ctx, key, form)
        change_cart(ctx, key, edit)
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return _page(ctx, step, refused.problems, refused.status, form.values)
    priced = find(ctx)
    return redirect(ctx, _address_of(_steps(ctx, priced)) if priced else "/cart")


@router.post("/checkout/place")
@public
def place(ctx: Ctx, form: Form) -> Response:
    """The buyer agrees to what the review showed; a changed total brings them back to it."""
    try:
        number = place_order(ctx, required_key(ctx), Acceptance(hash=form.get("agreed") or "-"))
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return _page(ctx, "review", refused.problems, refused.status)
    response = redirect(ctx, onward(ctx, number))
    keep_order(ctx, response, order_token(ctx, number))
    forget_cart(ctx, response)
    return response


def onward(ctx: Ctx, number: str) -> str:
    """To the gateway where one wants to see the buyer, else to the order's page."""
    with ctx.reading():
        payments = payments_of(ctx, find_order(ctx, number).id)
    urls = [p.action["url"] for p in payments if p.action and p.action["kind"] == "redirect" and p.action.get("url")]
    return urls[0] if urls else f"/orders/{number}"
