"""The account's first page: cards of all plugins."""

from fastapi import Response
from markupsafe import Markup

from marketry import Context
from marketry.hookspecs.people import account_cards
from marketry.web import Ctx, Router, customers_only, render
from marketry.web.templates import render_text
from marketry.web.values import Card
from marketry_users.customers import own, person

router = Router(private=True)


@router.get("/account")
@customers_only
def overview(ctx: Ctx) -> Response:
    with ctx.reading():
        customer = person(ctx, own(ctx))
        return render(ctx, "users/overview.html", customer=customer, cards=_drawn(ctx))


def _drawn(ctx: Context) -> list[tuple[Card, Markup]]:
    """A card that can't be drawn is left out and logged."""
    drawn = []
    for answer in ctx.hooks.each(account_cards, ctx):
        for card in answer.value:
            text = ctx.hooks.shielded(answer.plugin, f"card {card.template}", _draw, ctx, card)
            drawn += [(card, Markup(text))] if text else []  # noqa: S704 - escaped by the template engine
    return drawn


def _draw(ctx: Context, card: Card) -> str:
    return render_text(ctx, card.template, **card.values)
