"""The buyer's choices on a cart: how to deliver, how to pay, coupons, plugins' inputs. Each is an edit for `change_cart`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from marketry import Context
from marketry.commerce.checkout import Scope
from marketry.commerce.coupons import CouponBook
from marketry.problems import Problem, Refused, invalid
from marketry_orders.cart_inputs import PaymentChoice
from marketry_orders.cart_queries import StoredCart
from marketry_orders.carts import Change, Edit
from marketry_orders.inputs import checked, find, unknown, with_value
from marketry_orders.payment_choices import objection, providers
from marketry_orders.quoting import Priced, cart_value, in_terms_of, price_cart
from marketry_orders.wallet import Wish, objection_to

MOST_COUPONS = 10


def choose_delivery(code: str, group: str | None) -> Edit:
    """Choose a method for one group, or for every group that offers it."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        groups = [group] if group is not None else _offering(ctx, cart, code)
        methods = {**cart.methods, **dict.fromkeys(groups, code)}
        chosen = replace(cart, methods=methods)
        return Change(chosen, {"methods": methods}, check=lambda priced: _refuse_unoffered(ctx, priced, groups, code))

    return edit


def choose_deliveries(codes: dict[str, str]) -> Edit:
    """Choose for several groups at once (the page's form)."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        methods = {**cart.methods, **codes}

        def check(priced: Priced) -> None:
            for group, code in codes.items():
                _refuse_unoffered(ctx, priced, [group], code)

        return Change(replace(cart, methods=methods), {"methods": methods}, check=check)

    return edit


def _offering(ctx: Context, cart: StoredCart, code: str) -> list[str]:
    rates = price_cart(ctx, cart).rates
    return [str(group) for group, offered in rates.items() if any(rate.code == code for rate in offered)]


def _refuse_unoffered(ctx: Context, priced: Priced, groups: Sequence[str], code: str) -> None:
    known = {str(group): {rate.code for rate in offered} for group, offered in priced.rates.items()}
    for group in groups:
        if group not in known:
            raise invalid("group_unknown", ctx.gettext("There is no such delivery group in this cart."), "group")
    if not groups or any(code not in known[group] for group in groups):
        message = ctx.gettext("This way of delivery isn't offered for this cart. Please choose another one.")
        raise invalid("shipping_method_unknown", message, "code")


def choose_payments(choices: Sequence[PaymentChoice], fields: Sequence[str] | None = None) -> Edit:
    """Choose how to pay. `fields` name each choice in a refusal; `payments/0/code` and so on otherwise."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        _refuse_unclear_amounts(ctx, cart, choices)
        payments = [_stored(choice) for choice in choices]
        chosen = replace(cart, payments=payments)
        named = fields or [f"payments/{i}/code" for i in range(len(choices))]
        return Change(chosen, {"payments": payments}, check=lambda priced: _refuse_not_offered(ctx, priced, choices, named))

    return edit


def _stored(choice: PaymentChoice) -> dict[str, Any]:
    told = {"amount": choice.amount.minor if choice.amount else None, "save": choice.save, "instrument": choice.instrument}
    return {"code": choice.code, **{name: value for name, value in told.items() if value}}


def _refuse_unclear_amounts(ctx: Context, cart: StoredCart, choices: Sequence[PaymentChoice]) -> None:
    codes = [choice.code for choice in choices]
    for i, choice in enumerate(choices):
        if choice.amount is None and i < len(choices) - 1:
            message = ctx.gettext("Say how much to pay this way; only the last takes what remains.")
            raise invalid("required", message, f"payments/{i}/amount")
        if choice.amount and choice.amount.currency != cart.currency:
            message = ctx.gettext("This cart is in %(currency)s.", currency=cart.currency)
            raise invalid("wrong_currency", message, f"payments/{i}/amount/currency")
        if choice.code in codes[:i]:
            raise invalid("duplicate", ctx.gettext("This way to pay was chosen before."), f"payments/{i}/code")


def _refuse_not_offered(ctx: Context, priced: Priced, choices: Sequence[PaymentChoice], fields: Sequence[str]) -> None:
    local = in_terms_of(ctx, priced.cart)
    with local.reading():
        for choice, field in zip(choices, fields, strict=True):
            problem = objection(local, priced.quote, choice.code)
            if problem:
                raise Refused(replace(problem, field=field))
            wish = Wish(choice.save, choice.instrument)
            problem = objection_to(local, priced.quote.cart.customer, providers(local)[choice.code].value, wish)
            if problem:
                raise Refused(replace(problem, field=re.sub("code$", str(problem.field), field)))


def apply_coupon(code: str | None) -> Edit:
    """Add a coupon, checked by the plugin that handles coupons; None takes all away."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        coupons = [] if code is None else _with(ctx, cart, code)
        return Change(replace(cart, coupons=coupons), {"coupons": coupons})

    return edit


def _with(ctx: Context, cart: StoredCart, code: str) -> list[str]:
    book = ctx.service(CouponBook)  # type: ignore[type-abstract]
    if book is None:
        raise invalid("coupon_unknown", ctx.gettext("This shop doesn't know this code."), "code")
    value = cart_value(ctx, replace(cart, lines=()), {})
    problem: Problem | None = book.check(ctx, value, code)
    if problem:
        raise Refused(replace(problem, field="code"))
    coupons = [*cart.coupons, *([] if code in cart.coupons else [code])]
    if len(coupons) > MOST_COUPONS:
        raise invalid("too_many", ctx.gettext("No more codes fit into one cart."), "code")
    return coupons


def fill_input(plugin: str, key: str, value: Any, *, strict: bool = True) -> Edit:
    """Set a plugin's input of the cart; None takes it away."""

    def edit(ctx: Context, cart: StoredCart) -> Change:
        field = f"inputs/{plugin}/{key}"
        declared = find(ctx, Scope.CART, plugin, key)
        if declared is None:
            raise unknown(ctx, field)
        kept = None if value is None else checked(ctx, declared, value, field, strict=strict)
        data = with_value(cart.data, plugin, key, kept)
        return Change(replace(cart, data=data), {"data": data})

    return edit
