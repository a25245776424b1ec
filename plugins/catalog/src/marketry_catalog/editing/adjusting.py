"""Stock put right by hand: counted, broken, found. Every change is a movement with a reason."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.problems import conflict
from marketry_catalog.stock.levels import Change, ensure_level, logged, move, places


class AdjustmentForm(BaseModel):
    """`change` is added to what is on hand; it may be negative."""

    model_config = ConfigDict(extra="forbid")
    sku: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    location: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    change: int = Field(ge=-1_000_000, le=1_000_000)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def adjust_stock(ctx: Context, form: AdjustmentForm) -> None:
    """Refuses (409) to go below what is promised to orders."""
    if form.change == 0:
        raise Refused(Problem("no_change", ctx.gettext("Zero changes nothing."), "change"))
    place = places(ctx.session, [(form.sku, form.location)]).get((form.sku, form.location))
    if place is None:
        raise Refused(Problem("unknown_sku", ctx.gettext("No counted variant has this article number there."), "sku"))
    ensure_level(ctx.session, place)
    change = Change(place, on_hand=form.change)
    if not move(ctx, change):
        raise conflict("promised", ctx.gettext("So many units aren't free: orders are waiting for some."), "change")
    logged(ctx, "adjust", [change], reason=form.reason)
    audit(ctx, "catalog.stock.adjust", f"sku:{form.sku}", location=form.location, change=form.change, reason=form.reason)
