"""The first page after signing in: cards of all plugins, and what needs somebody's attention."""

from typing import TYPE_CHECKING

from markupsafe import Markup

from marketry.hookspecs.admin import admin_dashboard
from marketry.web.templates import render_text
from marketry.web.values import Card
from marketry_backoffice.parked import parked_count

if TYPE_CHECKING:
    from marketry import Context


def cards(ctx: "Context") -> tuple[Card, ...]:
    """The back office's own card: where something came to a stop. Nothing where all is well."""
    found = []
    runtime = ctx.runtime
    if ctx.allows("backoffice.plugin.read") and (runtime.plugins.quarantined or ctx.hooks.switched_off):
        values = {"quarantined": runtime.plugins.quarantined, "switched_off": ctx.hooks.switched_off}
        title = ctx.gettext("Plugins that don't run")
        found.append(Card(title, "backoffice/cards/quarantined.html", values, "backoffice.plugin.read", wide=True))
    parked = parked_count(ctx) if ctx.allows("backoffice.outbox.read") else 0
    if parked:
        title = ctx.gettext("Work that came to a stop")
        found.append(Card(title, "backoffice/cards/parked.html", {"parked": parked}, "backoffice.outbox.read", wide=True))
    return tuple(found)


def drawn_cards(ctx: "Context") -> list[tuple[Card, Markup]]:
    """The cards that the actor may see, drawn; one that can't be drawn is left out and logged. Inside `ctx.reading()`."""
    drawn = []
    for answer in ctx.hooks.each(admin_dashboard, ctx):
        for card in answer.value:
            if ctx.allows(card.permission):
                text = ctx.hooks.shielded(answer.plugin, f"card {card.template}", _draw, ctx, card)
                drawn += [(card, Markup(text))] if text else []  # noqa: S704 - escaped by the template engine
    return drawn


def _draw(ctx: "Context", card: Card) -> str:
    return render_text(ctx, card.template, **card.values)
