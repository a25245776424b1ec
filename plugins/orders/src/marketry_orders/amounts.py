"""Amounts as staff type them: `12.34`, `1,234.50`, `12,34`; never more digits than the currency has."""

import re
from decimal import Decimal

from marketry import Context, Money
from marketry.problems import invalid

_PLAIN = re.compile(r"\d{1,12}(\.\d{1,4})?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,4})?")
_COMMA = re.compile(r"\d{1,12},\d{1,2}")


def typed_amount(ctx: Context, text: str, currency: str, field: str = "amount") -> int | None:
    """Minor units of what was typed; None for an empty field. 422 for what is no amount of `currency` above zero."""
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    if not text:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise invalid("bad_amount", ctx.gettext("Write the amount as 12.34."), field)
    try:
        minor = Money.of(Decimal(text), currency).minor
    except ValueError:
        message = ctx.gettext("%(currency)s has no such fraction. Round the amount.", currency=currency)
        raise invalid("bad_amount", message, field) from None
    if minor <= 0:
        raise invalid("bad_amount", ctx.gettext("Enter an amount above zero."), field)
    return minor
