"""Sales tax: rates per country are settings, made into a table when a process starts; computed after the fold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field

from marketry import Context, Money, Plugin, hookimpl
from marketry.commerce.cart import GroupId, LineId
from marketry.commerce.money import total
from marketry.commerce.quote import Quote, TaxLine, TaxMode
from marketry.runtime import Runtime
from marketry_trial_salestax.rates import STANDARD, CountryTax, tax_of

Rate = Annotated[int, Field(ge=0, le=10_000)]


class Country(BaseModel):
    """`rates` in basis points by tax class; `standard` is needed."""

    model_config = ConfigDict(extra="forbid")
    name: str
    included: bool = False
    rates: dict[str, Rate] = Field(min_length=1)


class SalesTaxSettings(BaseModel):
    """By ISO country."""

    model_config = ConfigDict(extra="forbid")
    countries: dict[str, Country] = Field(default_factory=dict)


plugin = Plugin(id="salestax", title="Sales tax", settings=SalesTaxSettings, critical=True)
# Per site, with the settings that a table was made of: they change while a process runs.
tables: WeakKeyDictionary[Runtime, tuple[SalesTaxSettings, Mapping[str, CountryTax]]] = WeakKeyDictionary()


@hookimpl
def startup(ctx: Context) -> None:
    table_of(ctx)


@hookimpl
def shutdown(ctx: Context) -> None:
    tables.pop(ctx.runtime, None)


def table_of(ctx: Context) -> Mapping[str, CountryTax]:
    """The table of rates as set now; a command, which no `startup` precedes, makes it here."""
    settings = ctx.settings(SalesTaxSettings)
    made_of, table = tables.get(ctx.runtime, (None, {}))
    if made_of is not settings:
        table = {code: _country(one) for code, one in settings.countries.items()}
        tables[ctx.runtime] = (settings, table)
    return table


def _country(one: Country) -> CountryTax:
    if STANDARD not in one.rates:
        raise ValueError(f"{one.name}: a standard rate is needed")
    return CountryTax(one.name, TaxMode.INCLUDED if one.included else TaxMode.ADDED, one.rates)


@hookimpl
def tax_lines(ctx: Context, quote: Quote) -> Sequence[TaxLine] | None:
    address = quote.cart.shipping_address
    country = table_of(ctx).get(address.country if address else quote.cart.country or "")
    return tuple(line for line in _lines(quote, country) if line.amount.minor) if country else None


def _lines(quote: Quote, country: CountryTax) -> Iterator[TaxLine]:
    for quoted in quote.lines:
        yield _tax(quote.line_total(quoted.id), country, quoted.line.item.tax_class, line=quoted.id)
    for group in quote.groups:
        yield _tax(quote.group_total(group.id), country, STANDARD, group=group.id)
    fees = total((a.amount for a in quote.adjustments if a.line is None and a.group is None), quote.currency)
    yield _tax(fees, country, STANDARD)


def _tax(
    amount: Money, country: CountryTax, tax_class: str, *, line: LineId | None = None, group: GroupId | None = None
) -> TaxLine:
    rate = country.rate(tax_class)
    due = tax_of(amount, rate, country.mode)
    return TaxLine(country.name, rate, due, country.mode, "salestax", reason=tax_class, line=line, group=group)
