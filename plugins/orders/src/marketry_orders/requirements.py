"""What a cart still lacks before it can become an order. The checkout's steps are drawn from this."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketry import Context
from marketry.commerce.checkout import Requirement, Scope, Step
from marketry.problems import Problem, Refused
from marketry_orders.inputs import asked
from marketry_orders.payment_choices import objection, providers, shares
from marketry_orders.quoting import Priced
from marketry_orders.wallet import Wish, objection_to


def unmet(ctx: Context, priced: Priced) -> tuple[Requirement, ...]:
    """In the order of the steps. Call inside `ctx.reading()`: providers and inputs may look things up."""
    if not priced.cart.lines:
        return (Requirement("lines", ctx.gettext("Your cart is empty."), Step.CART, "lines"),)
    found = [*_goods(ctx, priced), *_contact(ctx, priced), *_delivery(ctx, priced), *_inputs(ctx, priced), *_payment(ctx, priced)]
    order = list(Step)
    return tuple(sorted(found, key=lambda requirement: order.index(requirement.step)))


def _goods(ctx: Context, priced: Priced) -> Iterable[Requirement]:
    for _, problem in priced.unsold:
        yield Requirement(problem.code, problem.message, Step.CART, problem.field, problem.plugin)
    for problem in priced.problems:
        yield Requirement(problem.code, problem.message, Step.CART, problem.field, problem.plugin)
    if priced.is_beyond:
        yield Requirement("too_much", ctx.gettext("This is more than one order can hold. Please order less."), Step.CART, "lines")


def _contact(ctx: Context, priced: Priced) -> Iterable[Requirement]:
    if not priced.cart.email:
        yield Requirement("email", ctx.gettext("We need your e-mail address."), Step.ADDRESS, "email")
    if priced.quote.delivers and not priced.cart.shipping_address:
        yield Requirement("shipping_address", ctx.gettext("Where shall we deliver to?"), Step.ADDRESS, "shipping-address")


def _delivery(ctx: Context, priced: Priced) -> Iterable[Requirement]:
    for group in priced.quote.groups:
        if group.id not in priced.rates or group.method:
            continue
        if priced.rates[group.id]:
            message = ctx.gettext("Please choose how we shall deliver.")
            yield Requirement("shipping_method", message, Step.DELIVERY, "shipping-method")
        elif priced.cart.shipping_address:
            message = ctx.gettext("We can't deliver this to the address given. Please choose another address.")
            yield Requirement("not_deliverable", message, Step.DELIVERY, "shipping-address")
        else:
            message = ctx.gettext("Ways of delivery depend on your address.")
            yield Requirement("shipping_method", message, Step.DELIVERY, "shipping-method")


def _inputs(ctx: Context, priced: Priced) -> Iterable[Requirement]:
    cart = priced.quote.cart
    for one in asked(ctx, Scope.CART, cart):
        if one.required and one.key not in cart.data.get(one.plugin, {}):
            message = ctx.gettext("Please fill in: %(label)s", label=ctx.gettext(one.label))
            yield Requirement("input", message, one.step, f"inputs/{one.plugin}/{one.key}", one.plugin)
    for line in cart.lines:
        for one in asked(ctx, Scope.LINE, cart, line):
            if one.required and one.key not in line.data.get(one.plugin, {}):
                message = ctx.gettext("Please fill in: %(label)s", label=ctx.gettext(one.label))
                yield Requirement("input", message, one.step, f"lines/{line.id}/inputs/{one.plugin}/{one.key}", one.plugin)


def _payment(ctx: Context, priced: Priced) -> Iterable[Requirement]:
    if not priced.quote.total.minor:
        return
    if not providers(ctx):
        message = ctx.gettext("This shop can't take payments yet, so it can't take your order. Please contact us.")
        yield Requirement("no_payment_provider", message, Step.PAYMENT, "payments")
        return
    if not priced.cart.payments:
        yield Requirement("payment_method", ctx.gettext("Please choose how to pay."), Step.PAYMENT, "payments")
        return
    for choice in priced.cart.payments:
        problem = objection(ctx, priced.quote, choice["code"]) or _wallet_objection(ctx, priced, choice)
        if problem:
            yield Requirement(problem.code, problem.message, Step.PAYMENT, "payments", problem.plugin)
            return
    try:
        shares(ctx, priced.quote.total, priced.cart.payments)
    except Refused as refused:
        for problem in refused.problems:
            yield Requirement(problem.code, problem.message, Step.PAYMENT, "payments", problem.plugin)


def _wallet_objection(ctx: Context, priced: Priced, choice: Mapping[str, Any]) -> Problem | None:
    """Saved means are their owner's, who must be the one who acts: a cart's token alone opens the cart, not the wallet."""
    provider = providers(ctx)[choice["code"]].value
    return objection_to(ctx, priced.quote.cart.customer, provider, Wish.of(choice))
