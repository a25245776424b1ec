"""Tax of a folded quote, asked once per input: the answer is kept under the hash of what it was computed from."""

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
