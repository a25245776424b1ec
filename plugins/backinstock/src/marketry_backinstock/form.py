"""The form on what is sold out. The page is the same for everyone; a customer's own address arrives as an island."""

from typing import Any

from markupsafe import Markup

from marketry import Context
from marketry.commerce.items import Item
from marketry.web import render_text
from marketry_backinstock.goods import buyable_units
from marketry_backinstock.settings import BackInStockSettings


def draw_form(ctx: Context, item: Item | None = None, **_: Any) -> Markup | None:
    if item is None or not ctx.settings(BackInStockSettings).offered or buyable_units(item) != 0:
        return None
    return Markup(render_text(ctx, "backinstock/place.html", sku=item.sku, email=""))  # noqa: S704 - Jinja2 has escaped it
