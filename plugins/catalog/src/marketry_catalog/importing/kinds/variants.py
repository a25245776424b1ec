"""variants.csv: what is sold, its prices per currency and price group, and its stock per location."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from marketry.commerce.events import ProductChanged
from marketry.settings.segment_choices import price_groups
from marketry_catalog.domain.options import Option, OptionValue, options_key, read_options, with_value, write_options
from marketry_catalog.domain.slugs import slugify
from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.group_price_cells import GroupPriceCells, GroupPrices, save_group_prices
from marketry_catalog.importing.kind import Kind, Outcome, Run
from marketry_catalog.importing.price_cells import PriceCells, save_prices
from marketry_catalog.importing.reading import Header
from marketry_catalog.importing.stock_cells import StockCells
from marketry_catalog.importing.stored import same
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import product, variant
from marketry_catalog.saving.ranges import renew_ranges

SIZES = ("weight_g", "width_mm", "height_mm", "depth_mm")
_PRODUCTS = select(product.c.id, product.c.handle, product.c.options).where(
    product.c.handle.in_(bindparam("handles", expanding=True))
)
_SKUS = select(variant).where(variant.c.sku.in_(bindparam("skus", expanding=True)))
_SIBLINGS = select(variant.c.sku, variant.c.product_id, variant.c.options_key, variant.c.position).where(
    variant.c.product_id.in_(bindparam("products", expanding=True))
)
_PICTURES = select(picture.c.id, picture.c.product_id, picture.c.file).where(
    picture.c.product_id.in_(bindparam("products", expanding=True))
)
_OPTIONS = (
    update(product)
    .where(product.c.id == bindparam("row"))
    .values(options=bindparam("new_options", type_=product.c.options.type), updated_at=bindparam("at"), indexed_at=None)
)
_WRITTEN = ("options", "options_key", *SIZES, "barcode", "picture_id", "tracked", "shippable", "active")
_UPDATE = (
    update(variant)
    .where(variant.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}", type_=variant.c[name].type) for name in _WRITTEN})
)


@dataclass(slots=True)
class VariantRow:
    key: str
    product: str
    given: dict[str, Any]
    choices: list[tuple[str, Mapping[str, str], OptionValue]]
    picture: str | None
    prices: dict[str, dict[str, int | None]] = field(default_factory=dict)
    group_prices: GroupPrices = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, str]:
        return {code: value.code for code, _, value in self.choices}


class Variants(Kind):
    name = "variants"
    columns = {
        "product": True,
        "sku": True,
        **dict.fromkeys(SIZES, False),
        "barcode": False,
        "picture": False,
        "tracked": False,
        "shippable": False,
        "active": False,
    }
    patterns = (
        rf"option[1-9]_(name|value)_({LOCALE})",
        r"(price|compare_at|cost)_[a-z]{3}",
        r"price_[a-z]{3}_[a-z0-9_-]+",
        r"stock_[a-z0-9-]+",
    )

    def __init__(self, run: Run, header: Header) -> None:
        super().__init__(run, header)
        self.prices, self.stock = PriceCells(header), StockCells(run, header)
        self.group_prices = GroupPriceCells(header, price_groups(run.ctx.site))
        self.numbers = sorted({m[1] for m in header.matching(rf"option([1-9])_(?:name|value)_(?:{LOCALE})")})

    def parse(self, cells: Cells) -> VariantRow:
        given: dict[str, Any] = {size: cells.integer(size) for size in SIZES}
        given |= {"barcode": cells.text("barcode", 32) or None}
        given |= {flag: cells.boolean(flag) for flag in ("tracked", "shippable", "active")}
        sku = cells.required("sku", 64)
        if sku and not re.fullmatch(r"[!-~]+", sku):
            cells.wrong("sku", f"{sku!r} has characters other than letters, digits and marks without blanks")
        return VariantRow(
            sku,
            cells.required("product"),
            {name: value for name, value in given.items() if value is not None},
            self._choices(cells),
            cells.text("picture", 200) or None,
            self.prices.parse(cells),
            self.group_prices.parse(cells),
            self.stock.parse(cells),
        )

    def _choices(self, cells: Cells) -> list[tuple[str, Mapping[str, str], OptionValue]]:
        choices: list[tuple[str, Mapping[str, str], OptionValue]] = []
        for n in self.numbers:
            name = cells.translated(f"option{n}_name", self.header.locales(f"option{n}_name"), 60) or {}
            value = cells.translated(f"option{n}_value", self.header.locales(f"option{n}_value"), 60) or {}
            if bool(name) != bool(value):
                cells.wrong(f"option{n}_value" if name else f"option{n}_name", "an option needs a name and a value")
            elif name:
                code, chosen = _code(name), _code(value)
                choices.append((code, name, OptionValue(chosen, value)))
        return choices

    def check(self, rows: Sequence[tuple[Cells, VariantRow]]) -> None:
        session = self.ctx.session
        products = self._products(rows)
        stored = self._stored(rows)
        here = {row.key for _, row in rows}
        owner = {
            (r.product_id, r.options_key): r.sku
            for r in session.execute(_SIBLINGS, {"products": [p.id for p in products.values()]})
            if r.sku not in here
        }
        pictures = {(r.product_id, r.file) for r in session.execute(_PICTURES, {"products": [p.id for p in products.values()]})}
        for cells, row in rows:
            found = products.get(row.product)
            if found is None:
                if row.product not in self.run.would_have("products"):
                    cells.wrong("product", f"there is no product {row.product!r}")
                continue
            old = stored.get(row.key)
            if old is not None and old.product_id != found.id:
                cells.wrong("sku", "belongs to another product")
            key = (found.id, options_key(row.options if self.numbers or old is None else old.options))
            if owner.setdefault(key, row.key) != row.key:
                cells.wrong("sku", f"has the same options as {owner[key]}")
            would = f"{row.product} {row.picture}" in self.run.would_have("pictures")
            if row.picture and (found.id, row.picture) not in pictures and not would:
                cells.wrong("picture", f"the product has no picture {row.picture!r}")
        self.prices.check(session, rows, {sku: r.id for sku, r in stored.items()})
        self.stock.check(rows, {sku: r.id for sku, r in stored.items()})

    def write(self, rows: Sequence[tuple[Cells, VariantRow]]) -> Outcome:
        session, outcome, stored = self.ctx.session, Outcome(), self._stored(rows)
        products = self._products(rows)
        offered = self._offer(rows, products)
        values = self._values(rows, products, stored)
        fresh = [v for v in values if v["sku"] not in stored]
        if fresh:
            session.execute(insert(variant), fresh)
        changed = [v for v in values if v["sku"] in stored and not same(stored[v["sku"]], {n: v[n] for n in _WRITTEN})]
        if changed:
            session.connection().execute(
                _UPDATE, [{"row": stored[v["sku"]].id, **{f"new_{name}": v[name] for name in _WRITTEN}} for v in changed]
            )
        ids = {r.sku: r.id for r in self._stored(rows).values()} if fresh else {r.sku: r.id for r in stored.values()}
        priced = save_prices(session, {ids[row.key]: row.prices for _, row in rows})
        priced |= save_group_prices(session, {ids[row.key]: row.group_prices for _, row in rows})
        counted = self.stock.save(rows, ids)
        touched = {ids[v["sku"]] for v in changed} | priced | counted
        outcome.created = len(fresh)
        outcome.updated = len(touched - {ids[v["sku"]] for v in fresh})
        self._renew(rows, products, ids, touched, offered)
        return outcome

    def _offer(self, rows: Sequence[tuple[Cells, VariantRow]], products: Mapping[str, Any]) -> set[str]:
        """Add the rows' options to what their products offer; returns the handles where something changed."""
        offered: dict[str, tuple[Option, ...]] = {h: read_options(p.options) for h, p in products.items()}
        for _, row in rows:
            for code, name, value in row.choices:
                offered[row.product] = with_value(offered[row.product], code, name, value)
        changed = {h for h, options in offered.items() if write_options(options) != products[h].options}
        if changed:
            self.ctx.session.connection().execute(
                _OPTIONS,
                [
                    {"row": products[h].id, "new_options": write_options(offered[h]), "at": self.ctx.now()}
                    for h in sorted(changed)
                ],
            )
        return changed

    def _values(
        self, rows: Sequence[tuple[Cells, VariantRow]], products: Mapping[str, Any], stored: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        ids = [p.id for p in products.values()]
        pictures = {(r.product_id, r.file): r.id for r in self.ctx.session.execute(_PICTURES, {"products": ids})}
        last: dict[int, int] = {}
        for r in self.ctx.session.execute(_SIBLINGS, {"products": ids}):
            last[r.product_id] = max(last.get(r.product_id, 0), r.position)
        values = []
        for _, row in rows:
            old, of = stored.get(row.key), products[row.product].id
            if old is None:
                last[of] = last.get(of, 0) + 1
                value = {"sku": row.key, "product_id": of, "position": last[of], **_DEFAULTS, **row.given}
            else:
                value = {"sku": row.key, **{name: getattr(old, name) for name in _WRITTEN}, **row.given}
            if self.numbers or old is None:
                value |= {"options": row.options, "options_key": options_key(row.options)}
            if row.picture:
                value["picture_id"] = pictures[of, row.picture]
            values.append(value)
        return values

    def _renew(
        self,
        rows: Sequence[tuple[Cells, VariantRow]],
        products: Mapping[str, Any],
        ids: Mapping[str, int],
        touched: set[int],
        offered: set[str],
    ) -> None:
        """Price ranges and the news of products with a changed variant."""
        skus: dict[str, list[str]] = {}
        for _, row in rows:
            if ids[row.key] in touched or row.product in offered:
                skus.setdefault(row.product, []).append(row.key)
        renew_ranges(self.ctx.session, [products[h].id for h in sorted(skus)])
        for handle, its in skus.items():
            self.ctx.publish(ProductChanged(at=self.ctx.now(), product=handle, skus=tuple(its)))

    def _products(self, rows: Sequence[tuple[Cells, VariantRow]]) -> dict[str, Any]:
        handles = sorted({row.product for _, row in rows})
        return {r.handle: r for r in self.ctx.session.execute(_PRODUCTS, {"handles": handles})}

    def _stored(self, rows: Sequence[tuple[Cells, VariantRow]]) -> dict[str, Any]:
        return {r.sku: r for r in self.ctx.session.execute(_SKUS, {"skus": [row.key for _, row in rows]})}


def _code(texts: Mapping[str, str]) -> str:
    """What names an option or value in addresses: its English text where there is one."""
    return slugify(texts.get("en") or next(iter(texts.values())))[:40] or "option"


_DEFAULTS: dict[str, Any] = {
    "weight_g": 0,
    "width_mm": None,
    "height_mm": None,
    "depth_mm": None,
    "barcode": None,
    "picture_id": None,
    "tracked": True,
    "shippable": True,
    "active": True,
}
