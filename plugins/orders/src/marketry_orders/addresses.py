"""Addresses as buyers type them: bounded and free of control characters at the door, checked against the country's rules."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from babel import Locale
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_orders.domain.countries import fits, needs_postal_code, needs_region
from marketry_orders.settings import OrderSettings

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PLAIN)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=PLAIN)]
# In CLDR's list of territories, but nobody's postal country: regions, islands under another code, private codes.
NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ AQ BV HM".split())


class AddressInput(BaseModel):
    """An address from a form or from JSON. `country` is ISO 3166-1 alpha-2."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Required
    line1: Required
    line2: Optional = ""
    city: Required
    region: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=PLAIN)] = ""
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20, pattern=PLAIN)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+().\-/ x]*$")] = ""


@cache
def countries(locale: str) -> Mapping[str, str]:
    """Names of the world's countries by code, in the order of the language."""
    names = Locale.parse(locale, sep="_").territories
    found = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def served_countries(ctx: Context) -> Mapping[str, str]:
    """Those the shop delivers to, named in the buyer's language."""
    names, served = countries(ctx.locale), ctx.settings(OrderSettings).ship_to
    return {code: name for code, name in names.items() if code in served} if served else names


def checked_address(ctx: Context, typed: AddressInput, *, delivered_to: bool = True, prefix: str = "") -> dict[str, str]:
    """The address as it is stored; refuses what its country doesn't have, all wrong fields at once."""
    problems = [*_country(ctx, typed.country, delivered_to), *_by_country(ctx, typed)]
    if problems:
        raise Refused(*(Problem(p.code, p.message, prefix + (p.field or "")) for p in problems))
    return typed.model_dump()


def _country(ctx: Context, country: str, delivered_to: bool) -> list[Problem]:
    if country not in countries("en"):
        return [Problem("country_unknown", ctx.gettext("Please choose a country from the list."), "country")]
    if delivered_to and country not in served_countries(ctx):
        name = countries(ctx.locale)[country]
        message = ctx.gettext("We don't deliver to %(country)s. Please choose another country.", country=name)
        return [Problem("country_not_served", message, "country")]
    return []


def _by_country(ctx: Context, typed: AddressInput) -> list[Problem]:
    found, country = [], typed.country
    if needs_postal_code(country) and not typed.postal_code:
        found.append(Problem("required", ctx.gettext("A postal code is needed for this country."), "postal_code"))
    elif typed.postal_code and not fits(country, typed.postal_code):
        found.append(Problem("postal_code_wrong", ctx.gettext("This is no postal code of the chosen country."), "postal_code"))
    if needs_region(country) and not typed.region:
        found.append(Problem("required", ctx.gettext("Please give the state, province or region."), "region"))
    return found
