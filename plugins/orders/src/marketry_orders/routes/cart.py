"""The cart's page and its forms. Everything works without script; htmx swaps the block `cart`."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from starlette.responses import Response

from marketry.commerce.cart import LineId
from marketry.commerce.checkout import Scope, Step
from marketry.commerce.coupons import CouponBook
from marketry.commerce.money import Money, total
from marketry.problems import Problem, Refused, invalid
from marketry.web import Ctx, Form, FormValues, Router, public, redirect, render
from marketry_orders.cart_desk import put_in
from marketry_orders.cart_inputs import CouponInput, NewLine, Quantity
from marketry_orders.cart_lines import MOST, adding, changing, removing
from marketry_orders.cart_owners import CartKey
from marketry_orders.carts import Edit, change_cart, change_unseen, show_cart, units_in
from marketry_orders.choosing import apply_coupon, fill_input
from marketry_orders.explaining import line_reasons, of_quote
from marketry_orders.input_forms import answers, input_forms
from marketry_orders.quoting import Priced, in_terms_of
from marketry_orders.requirements import unmet
from marketry_orders.routes.cookies import cart_key, keep_cart

router = Router()


def whole(typed: object) -> int:
    """Digits and nothing else; int() would also take "1_000" and other scripts' numerals."""
    if not isinstance(typed, str) or not (typed.strip().isascii() and typed.strip().isdigit()):
        raise ValueError("Please give a whole number.")
    return int(typed.strip()[:6])


class LineForm(NewLine):
    """As over JSON, where the form's fields beside it are let through."""

    model_config = ConfigDict(extra="ignore", strict=False)

    quantity: Annotated[Quantity, BeforeValidator(whole)]


@router.get("/cart")
@public
def show(ctx: Ctx) -> Response:
    return page(ctx, find(ctx))


def find(ctx: Ctx) -> Priced | None:
    """The visitor's priced cart; None where there is none, or where it has become an order."""
    key = cart_key(ctx)
    try:
        priced = show_cart(ctx, key) if key else None
    except Refused:
        return None
    return None if priced is None or priced.cart.completed_at else priced


def page(ctx: Ctx, priced: Priced | None, problems: tuple[Problem, ...] = (), status: int = 200) -> Response:
    """The cart with what is wrong with it; problems of a line stand beside it."""
    if priced is None or not priced.cart.lines:
        return render(ctx, "orders/cart.html", "cart", status=status, priced=None, problems=problems)
    local = in_terms_of(ctx, priced.cart)
    with local.reading():
        missing = [r for r in unmet(local, priced) if r.step is Step.CART]
        forms = [f for f in input_forms(local, Scope.CART, priced.quote.cart) if f.input.step is Step.CART]
        line_forms = {q.id: input_forms(local, Scope.LINE, priced.quote.cart, q.line) for q in priced.quote.lines}
    reasons = {q.id: line_reasons(priced.quote, q.id) for q in priced.quote.lines}
    return render(
        ctx, "orders/cart.html", "cart", status=status, priced=priced, quote=priced.quote, problems=problems,
        missing=missing, forms=forms, line_forms=line_forms, takes_coupons=takes_coupons(ctx),
        sums=of_quote(local, priced.quote), reasons=reasons, amounts=_amounts(priced),
    )  # fmt: skip


def takes_coupons(ctx: Ctx) -> bool:
    return ctx.service(CouponBook) is not None  # type: ignore[type-abstract]


@router.post("/cart/lines")
@public
def add(ctx: Ctx, form: Form) -> Response:
    """Add to the cart, opening one at the first time; then to the cart, or with htmx a word beside the button."""
    wish = form.parse(LineForm)
    inputs = _by_plugin(answers(wish.inputs))
    key = cart_key(ctx)
    key = put_in(ctx, key, adding(wish.sku, wish.quantity, inputs, strict=False))
    if ctx.request and "hx-request" in ctx.request.headers:
        response = _added_fragment(ctx, key, wish.sku)
    else:
        response = redirect(ctx, "/cart")
    keep_cart(ctx, response, key)
    return response


def _added_fragment(ctx: Ctx, key: CartKey, sku: str) -> Response:
    """A word beside the button, the number in the header, and the cart's drawer, filled; a script of the kernel opens it."""
    priced = show_cart(ctx, key)
    lines = priced.quote.lines
    return render(
        ctx, "orders/added.html", "added", units=units_in(ctx, key), priced=priced, quote=priced.quote,
        sums=of_quote(in_terms_of(ctx, priced.cart), priced.quote),
        amounts=_amounts(priced), added=next((q.id for q in reversed(lines) if q.line.item.sku == sku), None),
    )  # fmt: skip


def _amounts(priced: Priced) -> dict[LineId, Money]:
    """What each line comes to."""
    quote = priced.quote
    return {q.id: total([q.base, *(r.amount for r in line_reasons(quote, q.id))], quote.currency) for q in quote.lines}


def _by_plugin(found: dict[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for (plugin, key), value in found.items():
        nested.setdefault(plugin, {})[key] = value
    return nested


@router.post("/cart/lines/{line}")
@public
def change(ctx: Ctx, line: str, form: Form) -> Response:
    """Set a line's quantity; the button `remove` takes it out."""
    if form.get("remove"):
        return _changed(ctx, removing(line))
    quantity = form.get("quantity").strip()
    if not quantity.isascii() or not quantity.isdigit() or not 1 <= whole(quantity) <= MOST:
        return _refused(ctx, invalid("quantity", ctx.gettext("Please give a whole number from 1 to 9999."), f"lines/{line}"))
    return _changed(ctx, changing(line, whole(quantity), None), line)


@router.post("/cart/lines/{line}/inputs")
@public
def change_inputs(ctx: Ctx, line: str, form: Form) -> Response:
    """Answer again what plugins ask about a line."""
    return _changed(ctx, changing(line, None, _by_plugin(answers(form.parse(InputsForm).inputs)), strict=False), line)


@router.post("/cart/coupon")
@public
def coupon(ctx: Ctx, form: Form) -> Response:
    """Add a code, or take all away with the button `remove`."""
    code = None if form.get("remove") else form.parse(CouponForm).code
    return _changed(ctx, apply_coupon(code))


class CouponForm(CouponInput):
    model_config = ConfigDict(extra="ignore", strict=False)


@router.post("/cart/inputs")
@public
def inputs(ctx: Ctx, form: Form) -> Response:
    """Answer what plugins ask in the cart."""
    try:
        save_inputs(ctx, required_key(ctx), form)
    except Refused as refused:
        return _refused(ctx, refused)
    return redirect(ctx, "/cart")


def save_inputs(ctx: Ctx, key: CartKey, form: FormValues) -> None:
    """Each input that the form holds, one after another; refuses at the first that is wrong."""
    for (plugin, name), value in answers(form.parse(InputsForm).inputs).items():
        change_unseen(ctx, key, fill_input(plugin, name, value, strict=False))


class InputsForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    inputs: dict[str, Any] = {}


@router.get("/cart/badge")
@public
def badge(ctx: Ctx) -> Response:
    """The number on the cart, for the island in the header."""
    key = cart_key(ctx)
    return render(ctx, "orders/badge.html", units=units_in(ctx, key) if key else 0)


def required_key(ctx: Ctx) -> CartKey:
    key = cart_key(ctx)
    if key is None:
        raise Refused(Problem("no_cart", ctx.gettext("Your cart is empty or has expired."), "cart", status=404))
    return key


def _changed(ctx: Ctx, edit: Edit, line: str | None = None) -> Response:
    try:
        priced = change_cart(ctx, required_key(ctx), edit)
    except Refused as refused:
        named = Refused(*(_at(problem, line) for problem in refused.problems))
        return _refused(ctx, named)
    if ctx.request and "hx-request" in ctx.request.headers:
        return page(ctx, priced)
    return redirect(ctx, "/cart")


def _at(problem: Problem, line: str | None) -> Problem:
    return replace(problem, field=f"lines/{line}") if line and problem.field == "quantity" else problem


def _refused(ctx: Ctx, refused: Refused) -> Response:
    return page(ctx, find(ctx), refused.problems, refused.status)
