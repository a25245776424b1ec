"""What a visitor may choose from: currencies and countries by their names in the language of the page."""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from marketry.context import Context
from marketry.web.segments import segments_of


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
