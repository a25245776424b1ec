"""Which ways to pay are offered, which the buyer chose, and how the total is spread over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from marketry import Context
from marketry.commerce.fold import PricingStep
from marketry.commerce.money import Money
from marketry.commerce.payment import PaymentProvider
from marketry.commerce.quote import Adjustment, PricingFacts, Quote, Source, Stage
from marketry.hookspecs import payment
from marketry.plugins.dispatch import Answer
from marketry.problems import Problem, Refused
from marketry_orders.wallet import NO_WISH, Wish

Choices = Sequence[Mapping[str, Any]]  # {code, amount?, save?, instrument?} in the buyer's order


@dataclass(frozen=True, slots=True)
class Share:
    """What one chosen provider is to collect; `plugin` is the one that brought it."""

    provider: PaymentProvider
    plugin: str
    amount: Money
    wish: Wish = NO_WISH


def providers(ctx: Context) -> dict[str, Answer[PaymentProvider]]:
    """Every enabled provider by code, in hook order, with the plugin that brought it."""
    return {answer.value.code: answer for answer in ctx.runtime.answers(payment.payment_providers)}


def offered(ctx: Context, quote: Quote) -> list[PaymentProvider]:
    """Those that have no objection to this quote."""
    return [a.value for a in providers(ctx).values() if a.value.offered(ctx, quote) is None]


def objection(ctx: Context, quote: Quote, code: str) -> Problem | None:
    """Why the buyer can't pay this way, or None."""
    answer = providers(ctx).get(code)
    if answer is None:
        return Problem("payment_method_unknown", ctx.gettext("There is no such way to pay here. Choose another one."), "payments")
    problem = answer.value.offered(ctx, quote)
    return problem.by(answer.plugin) if problem else None


def fee_of(ctx: Context, provider: PaymentProvider, quote: Quote) -> Money | None:
    """What choosing `provider` costs; None where it costs nothing."""
    fee = provider.fee(ctx, quote)
    return fee if fee and fee.minor else None


def fee_steps(ctx: Context, quote: Quote, choices: Choices) -> list[PricingStep]:
    """A step per chosen provider that charges a fee; an order that costs nothing needs no payment and no fee."""
    if not quote.total.minor:
        return []
    known, steps = providers(ctx), []
    for code in dict.fromkeys(choice["code"] for choice in choices):
        answer = known.get(code)
        fee = fee_of(ctx, answer.value, quote) if answer and answer.value.offered(ctx, quote) is None else None
        if answer and fee:
            charge = partial(_charge, code, answer.value.label(ctx), fee)
            steps.append(PricingStep(f"fee of {code}", Stage.FEE, charge, answer.plugin, answer.version))
    return steps


def _charge(code: str, label: str, fee: Money, quote: Quote, facts: PricingFacts) -> list[Adjustment]:
    return [Adjustment(code, label, fee, Stage.FEE, Source(rule=f"fee of {code}"))]


def shares(ctx: Context, total: Money, choices: Choices) -> list[Share]:
    """`total` spread over the chosen providers: stated amounts first, the last takes the remainder.

    A stated amount is cut to what is still due. Refuses where a code is unknown or the stated amounts don't reach.
    """
    if not total.minor:
        return []
    known, left, result = providers(ctx), total.minor, []
    for position, choice in enumerate(choices):
        answer = known.get(choice["code"])
        if answer is None:
            raise Refused(
                Problem(
                    "payment_method_unknown",
                    ctx.gettext("There is no such way to pay here. Choose another one."),
                    f"payments/{position}/code",
                )
            )
        amount = min(left, choice.get("amount") or left)
        left -= amount
        if amount:
            result.append(Share(answer.value, answer.plugin, Money(amount, total.currency), Wish.of(choice)))
    if left:
        missing = ctx.money(Money(left, total.currency))
        message = ctx.gettext("The chosen payments leave %(amount)s open. Add a way to pay for it.", amount=missing)
        raise Refused(Problem("payments_incomplete", message, "payments"))
    return result
