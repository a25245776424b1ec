"""Limits in the role editor: per limit a choice (nothing, up to amounts, no limit) and an amount per currency of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from marketry import Context
from marketry.commerce.money import exponent
from marketry.problems import invalid
from marketry.web import FormValues
from marketry_users.staff.catalogue import limit_codes

NOTHING, UP_TO, NO_LIMIT = "nothing", "up_to", "no_limit"
Limits = Mapping[str, Mapping[str, int] | None]


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """`choice` is one of the three; `amounts` are texts by currency."""

    choice: str
    amounts: Mapping[str, str]


def typed_limits(ctx: Context, form: FormValues) -> dict[str, dict[str, int] | None]:
    """What was chosen: a limit left at "nothing" isn't in it. 422 for an amount that is none."""
    limits: dict[str, dict[str, int] | None] = {}
    for code in limit_codes(ctx):
        choice = form.get(f"limit:{code}")
        if choice == NO_LIMIT:
            limits[code] = None
        elif choice == UP_TO:
            typed = {currency: form.get(f"limit:{code}:{currency}").strip() for currency in ctx.site.currencies}
            limits[code] = {c: _minor(ctx, text, c, f"limit:{code}:{c}") for c, text in typed.items() if text}
    return limits


def shown_limits(ctx: Context, standing: Limits, form: FormValues | None) -> dict[str, ShownLimit]:
    """What the form shows: what was typed, else what stands."""
    if form is not None:
        return {
            code: ShownLimit(
                form.get(f"limit:{code}") or NOTHING, {c: form.get(f"limit:{code}:{c}") for c in ctx.site.currencies}
            )
            for code in limit_codes(ctx)
        }
    return {code: _shown(standing, code) for code in limit_codes(ctx)}


def _shown(standing: Limits, code: str) -> ShownLimit:
    amounts = standing.get(code)
    if amounts is None:
        return ShownLimit(NO_LIMIT if code in standing else NOTHING, {})
    return ShownLimit(UP_TO, {c: str(Decimal(minor).scaleb(-exponent(c))) for c, minor in amounts.items()})


def _minor(ctx: Context, text: str, currency: str, field: str) -> int:
    """An amount in whole units, as typed, in minor units."""
    try:
        minor = Decimal(text.replace(" ", "").replace(",", ".")).scaleb(exponent(currency))
    except InvalidOperation:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor <= 10**15:
        raise invalid("bad_amount", ctx.gettext("Write an amount like 50 or 49.90."), field)
    return int(minor)
