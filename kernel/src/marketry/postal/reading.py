"""Addresses as people type them: bounded and free of control characters at the door, then checked by their country's rules."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from marketry.commerce.addresses import Address
from marketry.context import Context
from marketry.postal.countries import country_names
from marketry.postal.rules import CountryRules, rules_of
from marketry.problems import Problem, Refused
from marketry.web.forms import FormValues
from marketry.web.invalid import problems_of

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PLAIN)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=PLAIN)]


class AddressInput(BaseModel):
    """An address from a form or from JSON. `country` is ISO 3166-1 alpha-2; which other fields are required depends on it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Required
    line1: Required
    line2: Optional = ""
    city: Optional = ""
    region: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=PLAIN)] = ""
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20, pattern=PLAIN)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+().\-/ x]*$")] = ""


NAMES = tuple(AddressInput.model_fields)
ALWAYS = frozenset({"name", "line1", "line2", "country", "phone"})


def read_address(ctx: Context, form: FormValues, prefix: str = "", *, countries: Mapping[str, str] | None = None) -> Address:
    """The address in the fields `<prefix>name` … of a form, checked; Refused with a problem per wrong field.

    What the country doesn't write (the state that was chosen before the country was changed) is left out. `countries`
    are those to choose from; all where not given.
    """
    used = ALWAYS | set(rules_of(form.get(f"{prefix}country")).fields)
    given = {name: normalize("NFC", form.get(f"{prefix}{name}")) for name in NAMES if name in used}
    try:
        typed = AddressInput.model_validate(given)
    except ValidationError as error:
        found = problems_of(ctx, error.errors(include_url=False))
        wrong = {problem.field for problem in found}
        also = [p for p in _by_country(ctx, given, rules_of(given["country"])) if p.field not in wrong]
        raise Refused(*(_at(prefix, problem) for problem in _in_order([*found, *also]))) from None
    return check_address(ctx, typed, prefix=prefix, countries=countries)


def check_address(ctx: Context, typed: AddressInput, *, prefix: str = "", countries: Mapping[str, str] | None = None) -> Address:
    """The address as it is kept: the region by its key, the postal code in capitals and halfwidth. Refused with a problem
    for every field that its country doesn't allow."""
    rules = rules_of(typed.country)
    given = typed.model_dump()
    problems = [*_country(ctx, typed.country, countries), *_by_country(ctx, given, rules)]
    if problems:
        raise Refused(*(_at(prefix, problem) for problem in _in_order(problems)))
    region = rules.region(typed.region) if typed.region else None
    return Address(**{**given, "region": region.key if region else typed.region, "postal_code": _code(typed.postal_code)})


def stored_address(stored: Mapping[str, Any]) -> Address:
    """An address out of a JSON column; what it lacks is empty."""
    return Address(**{field.name: str(stored.get(field.name) or "") for field in fields_of(Address)})


def _country(ctx: Context, country: str, countries: Mapping[str, str] | None) -> list[Problem]:
    names = country_names(ctx.locale)
    if country not in names:
        return [Problem("country_unknown", ctx.gettext("Please choose a country from the list."), "country")]
    if countries is not None and country not in countries:
        message = ctx.gettext("We don't deliver to %(country)s. Please choose another country.", country=names[country])
        return [Problem("country_not_served", message, "country")]
    return []


def _by_country(ctx: Context, given: Mapping[str, str], rules: CountryRules) -> list[Problem]:
    found = [
        Problem("required", _lacking(ctx, name, rules), name)
        for name in ("city", "region", "postal_code")
        if name in rules.required and not given.get(name, "").strip()
    ]
    code = _code(given.get("postal_code", ""))
    if code and "postal_code" in rules.fields and not rules.fits(code):
        found.append(Problem("postal_code_wrong", _like(ctx, rules), "postal_code"))
    region = given.get("region", "").strip()
    if region and "region" in rules.required and rules.regions and rules.region(region) is None:
        found.append(Problem("region_unknown", ctx.gettext("Please choose one from the list."), "region"))
    return found


def _lacking(ctx: Context, name: str, rules: CountryRules) -> str:
    if name == "city":
        return ctx.gettext("This is required.")
    if name == "region":
        return ctx.gettext("Please give the state, province or region.")
    return ctx.gettext("A postal code is needed for this country.")


def _like(ctx: Context, rules: CountryRules) -> str:
    if not rules.examples:
        return ctx.gettext("This is no postal code of the chosen country.")
    return ctx.gettext("This is no postal code of the chosen country; one looks like %(example)s.", example=rules.examples[0])


def _code(typed: str) -> str:
    """Capitals, halfwidth digits (１００−０００１), single spaces."""
    return " ".join(normalize("NFKC", typed).replace("−", "-").upper().split())


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: NAMES.index(problem.field) if problem.field in NAMES else 0)


def _at(prefix: str, problem: Problem) -> Problem:
    return Problem(problem.code, problem.message, prefix + (problem.field or ""))
