"""products.csv"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from marketry.commerce.events import ProductChanged
from marketry_catalog.domain.slugs import is_slug
from marketry_catalog.importing.attribute_cells import AttributeCells, save_attributes
from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.kind import Kind, Outcome
from marketry_catalog.importing.stored import same
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import product
from marketry_catalog.saving.changes import mark_changed
from marketry_catalog.saving.placement import place_products
from marketry_catalog.saving.slugs import set_slugs, taken_by_others

TEXTS = ("title", "summary", "description", "materials", "care", "seo_title")
_STORED = select(product).where(product.c.handle.in_(bindparam("handles", expanding=True)))
_PLACES = (
    select(category_product.c.product_id, category_product.c.rank, category.c.handle)
    .join(category, category.c.id == category_product.c.category_id)
    .where(category_product.c.direct, category_product.c.product_id.in_(bindparam("products", expanding=True)))
    .order_by(category_product.c.place)
)
_WRITTEN = (
    *TEXTS,
    "tags",
    "related",
    "made_in",
    "tax_class",
    "published",
    "publish_at",
    "publish_until",
    "updated_at",
    "indexed_at",
)
_UPDATE = (
    update(product)
    .where(product.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}", type_=product.c[name].type) for name in _WRITTEN})
)


@dataclass(slots=True)
class ProductRow:
    key: str
    rank: int
    given: dict[str, Any]
    categories: list[str] | None
    slugs: Mapping[str, str]
    attributes: Any = field(default_factory=dict)  # as parsed by AttributeCells


class Products(Kind):
    name = "products"
    columns = {
        "handle": True,
        "categories": False,
        "made_in": False,
        "tags": False,
        "tax_class": False,
        "published": False,
        "publish_at": False,
        "publish_until": False,
        "related": False,
    }
    patterns = (rf"({'|'.join(TEXTS)}|slug)_({LOCALE})", rf"attribute:[a-z0-9-]+(_{LOCALE})?")

    def parse(self, cells: Cells) -> ProductRow:
        given: dict[str, Any] = {text: cells.translated(text, self.header.locales(text)) for text in TEXTS}
        given |= {
            "tags": cells.words("tags"),
            "related": cells.words("related"),
            "made_in": _country(cells),
            "tax_class": cells.text("tax_class", 40) or None,
            "published": cells.boolean("published"),
        }
        given = {name: value for name, value in given.items() if value is not None}
        given |= {name: cells.moment(name) for name in ("publish_at", "publish_until") if cells.has(name)}
        slugs = cells.translated("slug", self.header.locales("slug"), 120) or {}
        for locale, slug in slugs.items():
            if not is_slug(slug):
                cells.wrong(f"slug_{locale}", f"{slug!r} can't stand in an address")
        return ProductRow(
            cells.handle("handle"),
            cells.number,
            given,
            cells.words("categories"),
            slugs,
            AttributeCells(self.header).parse(cells),
        )

    def check(self, rows: Sequence[tuple[Cells, ProductRow]]) -> None:
        stored = self._stored(rows)
        categories = set(self.ctx.session.execute(select(category.c.handle)).scalars()) | self.run.would_have("categories")
        slugs = {stored[row.key].id: row.slugs for _, row in rows if row.key in stored and row.slugs}
        slugs |= {-i: self._new_slugs(row) for i, (_, row) in enumerate(rows, 1) if row.key not in stored}
        taken = taken_by_others(self.ctx.session, slugs)
        _refuse_shared(rows)
        for i, (cells, row) in enumerate(rows, 1):
            for unknown in set(row.categories or ()) - categories:
                cells.wrong("categories", f"there is no category {unknown!r}")
            if row.key not in stored and not row.given.get("title"):
                cells.wrong("title", "a new product needs a title")
            if row.key in row.given.get("related", ()):
                cells.wrong("related", "a product isn't related to itself")
            at, until = row.given.get("publish_at"), row.given.get("publish_until")
            if at and until and until <= at:
                cells.wrong("publish_until", "lies before publish_at")
            of = stored[row.key].id if row.key in stored else -i
            for (owner, locale), slug in taken.items():
                if owner == of:
                    column = f"slug_{locale}" if locale in row.slugs else "handle"
                    cells.wrong(column, f"the address {slug!r} belongs to another product")
        AttributeCells(self.header).check(self.ctx.session, rows)

    def write(self, rows: Sequence[tuple[Cells, ProductRow]]) -> Outcome:
        session, outcome, stored = self.ctx.session, Outcome(), self._stored(rows)
        now = self.ctx.now()
        fresh = [row for _, row in rows if row.key not in stored]
        if fresh:
            session.execute(
                insert(product),
                [{**_defaults(), **row.given, "handle": row.key, "created_at": now, "updated_at": now} for row in fresh],
            )
        ids = {r.handle: r.id for r in self._stored(rows).values()} if fresh else {r.handle: r.id for r in stored.values()}
        changed = [row for _, row in rows if row.key in stored and not same(stored[row.key], _merged(stored[row.key], row.given))]
        if changed:
            session.connection().execute(_UPDATE, [self._update(stored[row.key], row) for row in changed])
        moved = self._place(rows, ids, {row.key for row in fresh})
        set_slugs(
            session,
            {
                **{ids[row.key]: self._new_slugs(row) for row in fresh},
                **{ids[row.key]: row.slugs for _, row in rows if row.key in stored and row.slugs},
            },
        )
        described = save_attributes(session, {ids[row.key]: row.attributes for _, row in rows if row.attributes})
        touched = {ids[row.key] for row in changed} | moved | described
        mark_changed(session, sorted(touched | {ids[row.key] for row in fresh}))
        if moved:
            session.execute(update(product).where(product.c.id.in_(moved)).values(indexed_at=None))
        outcome.created = len(fresh)
        outcome.updated = len(touched - {ids[row.key] for row in fresh})
        for _, row in rows:
            if row.key not in stored or ids[row.key] in touched:
                self.ctx.publish(ProductChanged(at=now, product=row.key))
        return outcome

    def _place(self, rows: Sequence[tuple[Cells, ProductRow]], ids: Mapping[str, int], fresh: set[str]) -> set[int]:
        """Put products whose categories or rank differ where the file wants them; returns their ids."""
        places: dict[int, list[str]] = {}
        ranks: dict[int, int] = {}
        for r in self.ctx.session.execute(_PLACES, {"products": list(ids.values())}):
            places.setdefault(r.product_id, []).append(r.handle)
            ranks[r.product_id] = r.rank
        wanted = {
            ids[row.key]: row
            for _, row in rows
            if row.categories is not None and (places.get(ids[row.key], []) != row.categories or row.key in fresh)
        }
        if wanted:
            known = {r.handle: r.id for r in self.ctx.session.execute(select(category.c.handle, category.c.id))}
            placed = {of: [known[c] for c in row.categories or ()] for of, row in wanted.items()}
            place_products(self.ctx.session, placed, {of: ranks.get(of, row.rank) for of, row in wanted.items()})
        return set(wanted)

    def _stored(self, rows: Sequence[tuple[Cells, ProductRow]]) -> dict[str, Any]:
        return {r.handle: r for r in self.ctx.session.execute(_STORED, {"handles": [row.key for _, row in rows]})}

    def _new_slugs(self, row: ProductRow) -> dict[str, str]:
        return {**dict.fromkeys(self.ctx.site.locales, row.key), **row.slugs}

    def _update(self, old: Any, row: ProductRow) -> dict[str, Any]:
        values = {name: getattr(old, name) for name in _WRITTEN} | _merged(old, row.given)
        values |= {"updated_at": self.ctx.now(), "indexed_at": None}
        return {"row": old.id, **{f"new_{name}": value for name, value in values.items()}}


def _merged(old: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Texts are merged per locale; everything else is replaced."""
    return {name: {**getattr(old, name), **value} if isinstance(value, dict) else value for name, value in given.items()}


def _refuse_shared(rows: Sequence[tuple[Cells, ProductRow]]) -> None:
    """Two rows that want one address."""
    owner: dict[tuple[str, str], int] = {}
    for cells, row in rows:
        for locale, slug in row.slugs.items():
            first = owner.setdefault((locale, slug), cells.number)
            if first != cells.number:
                cells.wrong(f"slug_{locale}", f"the address {slug!r} is that of row {first}")


def _country(cells: Cells) -> str | None:
    code = cells.text("made_in", 2)
    if code and not (len(code) == 2 and code.isascii() and code.isupper() and code.isalpha()):
        cells.wrong("made_in", f"{code!r} is no ISO 3166-1 country code")
    return code or None


def _defaults() -> dict[str, Any]:
    return {
        **{text: {} for text in TEXTS},
        "options": [],
        "tags": [],
        "related": [],
        "made_in": None,
        "tax_class": "standard",
        "published": False,
        "publish_at": None,
        "publish_until": None,
        "extra": {},
        "indexed_at": None,
    }
