"""Sizes, weights and countries as people of a language write them."""

from decimal import Decimal
from functools import lru_cache

from babel import Locale

from marketry import Context


def weight_text(ctx: Context, grams: int) -> str:
    """`380 g`, `1.2 kg`; empty for nothing."""
    if grams <= 0:
        return ""
    if grams < 1000:
        return f"{ctx.runtime.i18n.number(ctx.locale, grams)} g"
    return f"{ctx.runtime.i18n.number(ctx.locale, Decimal(grams).scaleb(-3).quantize(Decimal('0.01')).normalize())} kg"


def size_text(ctx: Context, millimetres: tuple[int | None, ...]) -> str:
    """`11.3 × 9.5 × 8.6 cm`; empty where a side isn't known."""
    sides = [side for side in millimetres if side]
    if len(sides) < len(millimetres):
        return ""
    return " × ".join(ctx.runtime.i18n.number(ctx.locale, Decimal(side).scaleb(-1)) for side in sides) + " cm"


@lru_cache(maxsize=1024)
def country_name(locale: str, code: str | None) -> str:
    """The country of an ISO 3166-1 code in the language of `locale`, else the code."""
    return Locale.parse(locale).territories.get(code, code) if code else ""
