"""What the living page of components (`admin/design.html`) is drawn with."""

from typing import Any

from marketry.commerce.money import Money
from marketry.context import Context
from marketry.problems import Problem
from marketry.web.values import Page


def samples(ctx: Context) -> dict[str, Any]:
    """Values for `admin/design_parts.html`: a price and one before a reduction, a page with neighbours, a refused field."""
    return {
        "price": Money(2800, ctx.currency),
        "before": Money(128050, ctx.currency),
        "page": Page((), next_cursor="next", previous_cursor="previous"),
        "problems": (Problem("email", ctx.gettext("Write the address in full, such as name@example.com."), "email"),),
        "moment": ctx.now(),
    }
