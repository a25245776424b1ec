"""The steps of a checkout, drawn from what the cart requires and what plugins ask."""

from dataclasses import dataclass

from marketry import Context
from marketry.commerce.checkout import Requirement, Scope, Step
from marketry_orders.inputs import asked
from marketry_orders.quoting import Priced
from marketry_orders.requirements import unmet


@dataclass(frozen=True, slots=True)
class Steps:
    """`all`: the steps this cart goes through, as (code, label); `missing`: what each still lacks; `next`: where to go on."""

    all: tuple[tuple[str, str], ...]
    missing: tuple[Requirement, ...]

    @property
    def next(self) -> str:
        """The first step that lacks something: `cart` when the cart itself does, `review` when nothing is missing."""
        return self.missing[0].step.value if self.missing else Step.REVIEW.value

    def reached(self, step: str) -> bool:
        """Whether all steps before `step` are complete."""
        order = list(Step)
        return order.index(Step(step)) <= order.index(Step(self.next))


def steps_of(ctx: Context, priced: Priced) -> Steps:
    """Call inside `ctx.reading()`."""
    missing = unmet(ctx, priced)
    inputs = {one.step for one in asked(ctx, Scope.CART, priced.quote.cart)}
    wanted = {
        Step.ADDRESS: True,
        Step.DELIVERY: bool(priced.rates) or Step.DELIVERY in inputs,
        Step.PAYMENT: priced.quote.total.minor > 0 or Step.PAYMENT in inputs,
        Step.REVIEW: True,
    }
    labels = {
        Step.ADDRESS: ctx.gettext("Address"), Step.DELIVERY: ctx.gettext("Delivery"), Step.PAYMENT: ctx.gettext("Payment"),
        Step.REVIEW: ctx.gettext("Review"),
    }  # fmt: skip
    return Steps(tuple((step.value, labels[step]) for step, shown in wanted.items() if shown), missing)
