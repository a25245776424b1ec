"""Pricing: base prices, facts, steps of the fold, tax."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.fold import PricingStep
from marketry.commerce.money import Money
from marketry.commerce.quote import Quote, TaxLine
from marketry.plugins.markers import Failure, hookspec

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.CLOSED)
def base_prices(ctx: "Context", lines: Sequence[CartLine]) -> Mapping[LineId, Money]:  # type: ignore[empty-body]
    """Return unit prices for the lines you price (quoted lines, gift cards of free amount, personal price lists).

    Called inside a session, once per quote; later plugins are asked only for what is unanswered. Lines nobody answers
    take `item.price`; a line without that either is refused. Prices are in the cart's currency.
    """


@hookspec(Failure.CLOSED)
def pricing_facts(ctx: "Context", cart: Cart) -> object | None:
    """Look up all that your steps need (rules, balances, zones), batched: all I/O of pricing happens here.

    Called inside a session, once per quote. The value reaches your steps as `facts.of(<your id>)`; keep it immutable.
    """


@hookspec(Failure.BOOT)
def pricing_steps() -> Sequence[PricingStep]:  # type: ignore[empty-body]
    """Return your pure pricing steps. Called once at boot. A step sees the adjustments of earlier stages only."""


@hookspec(Failure.CLOSED, first=True)
def tax_lines(ctx: "Context", quote: Quote) -> Sequence[TaxLine] | None:
    """Compute tax for a folded quote; the first answer wins, None: not mine. May call out; never inside a transaction.

    Called after the fold each time a cart is priced (shown as an estimate until the address is known) and at placing, so keep the
    answers of a slow service (`ctx.cache`). A hash of the input and the answer is what the buyer agrees to: placing asks again
    and refuses (409) when it has changed.
    """
