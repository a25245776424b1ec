"""A form for an address that follows its country: fields in the country's order, labelled in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketry.context import Context
from marketry.postal.countries import country_names
from marketry.postal.rules import CountryRules, Region, rules_of
from marketry.web.forms import FormValues

REDRAW = "redraw"  # the button that draws the form anew for another country, where there is no script
REGION_WORDS: Mapping[str, str] = {
    "area": "Area",
    "county": "County",
    "department": "Department",
    "district": "District",
    "do_si": "Province or city",
    "emirate": "Emirate",
    "island": "Island",
    "oblast": "Oblast",
    "parish": "Parish",
    "prefecture": "Prefecture",
    "province": "Province",
    "state": "State",
}
CITY_WORDS: Mapping[str, str] = {
    "city": "City",
    "district": "District",
    "municipality": "City, ward or town",
    "post_town": "Town or city",
    "suburb": "Suburb",
}
STREET_WORDS: Mapping[str, str] = {
    "district": "District, street and number",
    "neighborhood": "Street, number and neighbourhood",
    "suburb": "Street, number and suburb",
}
CODE_WORDS: Mapping[str, str] = {"eircode": "Eircode", "pin": "PIN code", "postal": "Postal code", "zip": "ZIP code"}
AUTOCOMPLETE: Mapping[str, str] = {
    "name": "name",
    "country": "country",
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "region": "address-level1",
    "postal_code": "postal-code",
    "phone": "tel",
}
MOST: Mapping[str, int] = {"region": 100, "postal_code": 20, "phone": 40}
HAN = frozenset({"zh", "ja"})  # who reads one of them can read names in the other


@dataclass(frozen=True, slots=True)
class AddressField:
    """One control. `key` is the field of the address, `name` that of the form; `options` are (value, text) to choose from.
    `width` in sixths of a row."""

    key: str
    name: str
    label: str
    value: str
    required: bool
    autocomplete: str
    most: int = 200
    options: tuple[tuple[str, str], ...] = ()
    width: int = 6


@dataclass(frozen=True, slots=True)
class AddressForm:
    """`fields` in the order in which they are drawn, the country first; `redraw` names the button for another country."""

    prefix: str
    fields: tuple[AddressField, ...]

    @property
    def id(self) -> str:
        """Of the element that holds the fields, which is what is drawn anew."""
        return f"address-{self.prefix.rstrip('.').replace('.', '-') or 'fields'}"

    @property
    def redraw(self) -> str:
        return f"{self.prefix}{REDRAW}"

    @property
    def labels(self) -> Mapping[str, str]:
        """The label of each field by its name in the form, for the summary of what was refused."""
        return {field.name: field.label for field in self.fields}


def asks_to_redraw(form: FormValues, *prefixes: str) -> bool:
    """Whether a form was sent only to be drawn for another country: show it again with what was typed, and save nothing."""
    return any(form.get(f"{prefix}{REDRAW}") for prefix in prefixes)


def address_form(
    ctx: Context,
    values: Mapping[str, str],
    *,
    prefix: str = "",
    countries: Mapping[str, str] | None = None,
    purpose: str = "",
    required: bool = True,
) -> AddressForm:
    """The form for the country in `values`, filled from them (keys without `prefix`).

    `countries` to choose from, all where not given; `purpose` is `shipping` or `billing`, for the browser's own filling in;
    not `required`: the address as a whole may be left empty.
    """
    rules, local = rules_of(values.get("country", "")), _reads_native(ctx.locale, rules_of(values.get("country", "")))
    order = rules.fields_of(rules.native if local else rules.latin)
    keys = ["country", "name", *_addressing(order), "phone"]
    labels, widths = _labels(ctx, rules), _widths(keys)
    choices = {
        "country": tuple((countries if countries is not None else country_names(ctx.locale)).items()),
        "region": _regions(ctx, rules, values.get("region", "")),
    }
    return AddressForm(
        prefix,
        tuple(
            AddressField(
                key,
                f"{prefix}{key}",
                labels[key],
                values.get(key) or "",
                required and (key == "country" or key in rules.required),
                f"{purpose} {AUTOCOMPLETE[key]}".strip(),
                MOST.get(key, 200),
                choices.get(key, ()),
                widths[key],
            )
            for key in keys
        ),
    )


def _addressing(order: tuple[str, ...]) -> list[str]:
    """The country's order, the name taken out (it comes first everywhere) and the second line kept beside the street."""
    keys = [key for key in dict.fromkeys(order) if key not in ("name", "line2")]
    street = keys.index("line1") + 1
    return [*keys[:street], "line2", *keys[street:]]


def _widths(keys: list[str]) -> dict[str, int]:
    """City, region and postal code share a row where they follow each other; the phone has half of one."""
    widths, short = dict.fromkeys(keys, 6), {"city", "region", "postal_code"}
    run: list[str] = []
    for key in [*keys, ""]:
        if key in short:
            run.append(key)
            continue
        widths |= dict.fromkeys(run, 6 // max(1, len(run)))
        run = []
    return widths | dict.fromkeys(("phone",), 3) | ({"postal_code": 3} if widths.get("postal_code") == 6 else {})


def _labels(ctx: Context, rules: CountryRules) -> dict[str, str]:
    _ = ctx.gettext
    return {
        "country": _("Country"),
        "name": _("Full name"),
        "line1": _(STREET_WORDS.get(rules.district_type, "Street and number")),
        "line2": _("Flat, floor, company"),
        "city": _(CITY_WORDS.get(rules.city_type, "City")),
        "region": _(REGION_WORDS.get(rules.region_type, "Province")),
        "postal_code": _(CODE_WORDS.get(rules.postal_code_type, "Postal code")),
        "phone": _("Telephone"),
    }


def _reads_native(locale: str, rules: CountryRules) -> bool:
    """Whether a reader of `locale` knows the letters of the country: its language, or Chinese characters on both sides."""
    language = locale.replace("_", "-").partition("-")[0]
    known = HAN if language in HAN else {language}
    return not rules.languages or bool(known & set(rules.languages))


def _regions(ctx: Context, rules: CountryRules, chosen: str) -> tuple[tuple[str, str], ...]:
    """What to choose from, named for the reader; a region that was kept otherwise than listed stays choosable."""
    native = _reads_native(ctx.locale, rules)
    listed = [(region.key, _name(region, native)) for region in rules.regions]
    if not native:
        listed.sort(key=lambda pair: pair[1])
    known = rules.region(chosen) if chosen else None
    return (*listed, *([(chosen, chosen)] if listed and chosen and known is None else []))


def _name(region: Region, native: bool) -> str:
    return region.native if native else region.latin
