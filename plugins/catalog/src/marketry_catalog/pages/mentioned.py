"""Products in the words of others: below a post of the journal."""

from collections.abc import Sequence

from markupsafe import Markup

from marketry import Context
from marketry.web.templates import templates_of
from marketry_catalog.queries.cards import cards_by_handles


def mentioned_products(ctx: Context, products: Sequence[str]) -> Markup:
    """Cards of the shown products among these handles, in their order."""
    with ctx.reading():
        cards = cards_by_handles(ctx, list(products))
    return Markup(templates_of(ctx.runtime).page(ctx, "catalog/post_products.html", {"products": cards}))  # noqa: S704 - escaped
