"""`POST /segment`: a visitor chooses currency and country, and comes back to the page; without script and without a session."""

import re

from starlette.responses import Response

from marketry.hookspecs.web import segment_chosen
from marketry.problems import invalid
from marketry.web.context import Ctx
from marketry.web.forms import Form
from marketry.web.responses import redirect
from marketry.web.routing import Router
from marketry.web.segments import Segment, keep_segment, segments_of

router = Router()
# A path of this site and nothing that a browser could take for another one.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]{0,2000}")


@router.post("/segment")
def choose(ctx: Ctx, form: Form) -> Response:
    """Refuses (422) what the site doesn't have. What depends on the choice (an open cart) changes with it or nothing does."""
    segments = segments_of(ctx.runtime)
    currency, country = form.get("currency", ctx.currency), form.get("country", ctx.country)
    if currency not in segments.currencies:
        raise invalid("unknown_currency", ctx.gettext("The shop has no prices in this currency."), "currency")
    if country not in segments.countries:
        raise invalid("unknown_country", ctx.gettext("The shop doesn't know this country."), "country")
    wanted = form.get("next")
    response = redirect(ctx, wanted if _OWN_PATH.fullmatch(wanted) else "/")
    with ctx.writing():
        ctx.hooks.each(segment_chosen, ctx, currency, country)
    keep_segment(ctx, response, Segment(currency, country, ctx.price_group))
    return response
