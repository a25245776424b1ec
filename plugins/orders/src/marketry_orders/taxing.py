"""Tax of a folded quote; what the buyer agrees to holds the hash of its input and of the answer (domain/fingerprints.py)."""

from collections.abc import Sequence

from marketry import Context
from marketry.commerce.quote import Quote, TaxLine
from marketry.hookspecs import pricing


def tax_lines_of(ctx: Context, quote: Quote) -> Sequence[TaxLine]:
    """The first plugin's answer; none answers: no tax. May call out, so never inside a transaction."""
    if ctx.in_transaction:
        raise RuntimeError("tax is computed before the transaction: a tax service may be slow")
    answer = ctx.hooks.first(pricing.tax_lines, ctx, quote)
    return answer.value if answer else ()
