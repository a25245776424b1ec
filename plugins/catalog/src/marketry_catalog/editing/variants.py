"""Options of a product, the variants they make, their prices and measures."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sqlalchemy import insert, select, update

from marketry import Context, Money, Problem, Refused
from marketry.audit import audit
from marketry.settings.segment_choices import price_groups
from marketry_catalog.domain.options import (
    MOST_VARIANTS,
    Option,
    OptionValue,
    combinations,
    options_key,
    read_options,
    write_options,
)
from marketry_catalog.domain.slugs import slugify
from marketry_catalog.editing.products import find_product, touch
from marketry_catalog.importing.group_price_cells import GroupPrices, save_group_prices
from marketry_catalog.importing.price_cells import save_prices
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import product, variant
from marketry_catalog.saving.ranges import renew_ranges

_COMMAS = re.compile("[,，、]")  # those of Chinese keyboards, too


def set_options(ctx: Context, handle: str, typed: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]) -> None:
    """`typed` is, per option, its name and its values joined by commas, each per locale (the first locale leads).

    Every combination gets a variant; variants whose combination is gone are no longer sold, but kept.
    """
    found = find_product(ctx, handle)
    known = {o.code: o for o in read_options(found.options)}
    options = [_option(ctx, i, name, values, known) for i, (name, values) in enumerate(typed) if any(name.values())]
    if len({o.code for o in options}) < len(options):
        raise Refused(Problem("twice", ctx.gettext("Two options have the same name."), "options.0"))
    wanted = combinations(options)
    if len(wanted) > MOST_VARIANTS:
        raise Refused(Problem("too_many", ctx.gettext("These are more than %(n)s variants.", n=MOST_VARIANTS), "options.0"))
    ctx.session.execute(update(product).where(product.c.id == found.id).values(options=write_options(options)))
    rows = {r.options_key: r for r in ctx.session.execute(select(variant).where(variant.c.product_id == found.id))}
    keys = {options_key(chosen) for chosen in wanted}
    for key, row in rows.items():
        if row.active != (key in keys):
            ctx.session.execute(update(variant).where(variant.c.id == row.id).values(active=key in keys))
    taken = set(ctx.session.execute(select(variant.c.sku).where(variant.c.sku.like(f"{_sku(handle, {})}%"))).scalars())
    for place, chosen in enumerate(wanted, 1):
        if options_key(chosen) not in rows:
            sku = _free(_sku(handle, chosen), taken)
            ctx.session.execute(
                insert(variant).values(
                    product_id=found.id,
                    sku=sku,
                    position=place,
                    options=chosen,
                    options_key=options_key(chosen),
                    weight_g=0,
                    tracked=True,
                    shippable=True,
                    active=True,
                )
            )
    renew_ranges(ctx.session, [found.id])
    touch(ctx, found.id, handle)
    audit(ctx, "catalog.product.options", f"product:{handle}", variants=len(wanted))


def change_variants(ctx: Context, handle: str, typed: Mapping[str, Mapping[str, str]]) -> None:
    """`typed` maps SKUs to fields: weight_g, barcode, picture, tracked, active, price_<CUR>, compare_at_<CUR> and
    price_<CUR>_<group> (major units)."""
    found = find_product(ctx, handle)
    rows = {r.sku: r for r in ctx.session.execute(select(variant).where(variant.c.product_id == found.id))}
    own = {str(i): i for i in ctx.session.scalars(select(picture.c.id).where(picture.c.product_id == found.id))}
    problems: list[Problem] = []
    prices: dict[int, dict[str, dict[str, int | None]]] = {}
    of_groups: dict[int, GroupPrices] = {}
    for sku, fields in typed.items():
        if sku not in rows:
            raise Refused(Problem("unknown_sku", ctx.gettext("The product has no such variant."), f"{sku}.sku"))
        values = {
            "weight_g": _whole(ctx, fields.get("weight_g", ""), f"{sku}.weight_g", problems) or 0,
            "barcode": fields.get("barcode", "").strip()[:32] or None,
            "tracked": "tracked" in fields,
            "active": "active" in fields,
            "picture_id": _picture(ctx, fields.get("picture", ""), own, f"{sku}.picture", problems),
        }
        ctx.session.execute(update(variant).where(variant.c.id == rows[sku].id).values(**values))
        prices[rows[sku].id] = _prices(ctx, sku, fields, problems)
        of_groups[rows[sku].id] = _group_prices(ctx, sku, fields, problems)
    if problems:
        raise Refused(*problems)
    save_prices(ctx.session, prices)
    save_group_prices(ctx.session, of_groups)
    renew_ranges(ctx.session, [found.id])
    touch(ctx, found.id, handle)
    audit(ctx, "catalog.variant.change", f"product:{handle}", skus=sorted(typed))


def _prices(ctx: Context, sku: str, fields: Mapping[str, str], problems: list[Problem]) -> dict[str, dict[str, int | None]]:
    found = {}
    for currency in ctx.site.currencies:
        amount = _amount(ctx, fields.get(f"price_{currency}", ""), currency, f"{sku}.price_{currency}", problems)
        before = _amount(ctx, fields.get(f"compare_at_{currency}", ""), currency, f"{sku}.compare_at_{currency}", problems)
        if before is not None and (amount is None or before <= amount):
            message = ctx.gettext("The price before a reduction must be above the price.")
            problems.append(Problem("not_above", message, f"{sku}.compare_at_{currency}"))
        found[currency] = {"amount": amount, "compare_at": before}
    return found


def _group_prices(ctx: Context, sku: str, fields: Mapping[str, str], problems: list[Problem]) -> GroupPrices:
    """Only what the form asked for: prices of a group that isn't listed any more stay."""
    asked = [(group, currency) for group in price_groups(ctx.site) for currency in ctx.site.currencies]
    return {
        (group, currency): _amount(ctx, fields[name], currency, f"{sku}.{name}", problems)
        for group, currency in asked
        if (name := f"price_{currency}_{group}") in fields
    }


def _amount(ctx: Context, typed: str, currency: str, field: str, problems: list[Problem]) -> int | None:
    text = typed.strip().replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
        minor = Money.of(amount, currency).minor if amount.is_finite() and abs(amount) < 10**12 else -1
    except (InvalidOperation, ValueError):
        minor = -1
    if minor < 0:
        problems.append(Problem("bad_amount", ctx.gettext("Write an amount of %(currency)s.", currency=currency), field))
        return None
    return minor


def _picture(ctx: Context, chosen: str, own: Mapping[str, int], field: str, problems: list[Problem]) -> int | None:
    if chosen and chosen not in own:
        problems.append(Problem("unknown_picture", ctx.gettext("The product has no such picture."), field))
    return own.get(chosen)


def _whole(ctx: Context, typed: str, field: str, problems: list[Problem]) -> int | None:
    text = typed.strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        problems.append(Problem("bad_number", ctx.gettext("Write a whole number."), field))
        return None
    return int(text) if text else None


def _option(ctx: Context, i: int, name: Mapping[str, str], values: Mapping[str, str], known: Mapping[str, Option]) -> Option:
    default = ctx.site.locales[0]
    code = slugify(name.get("en") or name.get(default, ""))[:40]
    columns = {locale: [v.strip() for v in _COMMAS.split(text) if v.strip()] for locale, text in values.items()}
    lead = columns.get(default, [])
    if not code or not lead:
        raise Refused(Problem("incomplete", ctx.gettext("An option needs a name and values."), f"options.{i}"))
    for locale, texts in columns.items():
        if texts and len(texts) != len(lead):
            message = ctx.gettext("Write as many values in each language as in the first.")
            raise Refused(Problem("uneven", message, f"options.{i}.values.{locale}"))
    old = {text: v.code for v in (known[code].values if code in known else ()) for text in v.label.values()}
    made = []
    for n, text in enumerate(lead):
        label = {locale: texts[n] for locale, texts in columns.items() if texts}
        made.append(OptionValue(old.get(text) or slugify(label.get("en", text))[:40] or f"value-{n + 1}", label))
    if len({v.code for v in made}) < len(made):
        raise Refused(Problem("twice", ctx.gettext("A value stands there twice."), f"options.{i}"))
    return Option(code, {locale: text for locale, text in name.items() if text}, tuple(made))


def _sku(handle: str, chosen: Mapping[str, str]) -> str:
    return "-".join([handle, *chosen.values()]).upper()[:60]


def _free(wanted: str, taken: set[str]) -> str:
    candidate, n = wanted, 1
    while candidate in taken:
        n += 1
        candidate = f"{wanted}-{n}"
    taken.add(candidate)
    return candidate
