"""`POST /segment`: a visitor chooses currency and country, and comes back to the page. Works without script and without a session."""

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from starlette.responses import Response

from marketry.context import Context
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


@dataclass(frozen=True, slots=True)
class Choices:
    """What `shop/segment.html` offers: (code, name, is chosen). A list of one is no choice, and empty. `back` is the page."""

    currencies: tuple[tuple[str, str, bool], ...]
    countries: tuple[tuple[str, str, bool], ...]
    back: str


def segment_choices(ctx: Context) -> Choices | None:
    """None where there is nothing to choose."""
    segments, language = segments_of(ctx.runtime), _language(ctx.locale)
    currencies, countries = segments.currencies, segments.countries
    if len(currencies) < 2 and len(countries) < 2:
        return None
    return Choices(
        tuple((c, str(language.currencies.get(c, c)), c == ctx.currency) for c in currencies) if len(currencies) > 1 else (),
        tuple((c, str(language.territories.get(c, c)), c == ctx.country) for c in countries) if len(countries) > 1 else (),
        _address(ctx),
    )


def _address(ctx: Context) -> str:
    """The page that is being drawn, as `next` names it; the first page where this one only answers to a form."""
    if ctx.request is None or ctx.request.method not in ("GET", "HEAD"):
        return "/"
    url = ctx.request.url
    return f"{url.path}?{url.query}" if url.query else url.path


@lru_cache(64)
def _language(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
