"""The overview of everything, read by column in runs of ids: a tenth of the time that a product after another takes.

Nothing is made per product but its bits and keys, and what products share (options, names of sets) is made once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from marketry.database.engine import from_json
from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import group_range, price_range, product, variant
from marketry_catalog.overview.facts import RESERVED
from marketry_catalog.overview.measures import Measure
from marketry_catalog.overview.overview import Name, Options, Overview, Window, name_key, offer
from marketry_catalog.queries.visible import buyable

RUN = 10_000  # products read at a time: what is in memory beside the overview itself
MOST_REMEMBERED = 5_000  # texts of options that are parsed once
_IDS = select(product.c.id).order_by(product.c.id)


def _run(column: Any) -> Any:
    return column.between(bindparam("first"), bindparam("last"))


_BASE = select(
    product.c.id,
    product.c.handle,
    cast(product.c.title, Text).label("titles"),
    cast(product.c.options, Text).label("options"),
    product.c.published,
    product.c.publish_at,
    product.c.publish_until,
).where(_run(product.c.id))
_BUYABLE = select(product.c.id).where(_run(product.c.id), buyable())
_PLACES = select(category_product.c.product_id, category_product.c.category_id, category_product.c.rank).where(
    _run(category_product.c.product_id)
)
_OPTIONS = select(variant.c.product_id, cast(variant.c.options, Text)).where(_run(variant.c.product_id), variant.c.active)
_VALUES = (
    select(attribute_value.c.product_id, attribute.c.code, attribute_value.c.choice, attribute_value.c.number)
    .join(attribute, attribute.c.id == attribute_value.c.attribute_id)
    .where(_run(attribute_value.c.product_id), attribute.c.filterable, attribute.c.kind != "text")
)
_PRICES = select(price_range.c.product_id, price_range.c.currency, price_range.c.lowest, price_range.c.compare_at).where(
    _run(price_range.c.product_id)
)
_GROUPS = select(group_range.c.product_id, group_range.c.currency, group_range.c.price_group, group_range.c.lowest).where(
    _run(group_range.c.product_id)
)


class Stopped(Exception):
    """The process ends before everything was read."""


def read_overview(session: Session, locales: Sequence[str], stopped: Callable[[], bool] = lambda: False) -> Overview:
    """Everything as `session` sees it, though not at one moment: what changes meanwhile is followed afterwards. Stopped is
    raised soon after `stopped` says so."""
    reading = _Reading(list(session.execute(_IDS).scalars()), locales)
    for start in range(0, len(reading.ids), RUN):
        if stopped():
            raise Stopped
        run = reading.ids[start : start + RUN]
        reading.read(session, {"first": run[0], "last": run[-1]})
    return reading.overview()


class _Reading:
    def __init__(self, ids: list[int], locales: Sequence[str]) -> None:
        self.ids = ids
        self.ordinals = {i: o for o, i in enumerate(ids)}
        self._locales = locales
        self._handles = [""] * len(ids)
        self._rows: dict[Name, bytearray] = {}
        self._keys: dict[Name, list[Any]] = {}
        self._windows: dict[int, Window] = {}
        self._options: Options = {}
        self._remembered: dict[str, Any] = {}

    def read(self, session: Session, run: Mapping[str, int]) -> None:
        """A product that came after the ids were read is in no run but the last, if at all, and is passed over."""
        for read, statement in (
            (self._base, _BASE),
            (self._buyable, _BUYABLE),
            (self._places, _PLACES),
            (self._chosen, _OPTIONS),
            (self._values, _VALUES),
            (self._prices, _PRICES),
            (self._group_prices, _GROUPS),
        ):
            read(session.execute(statement, run).all())

    def overview(self) -> Overview:
        """What was read; products that went meanwhile have no handle and are in no set."""
        measures = {name: Measure.of(keys) for name, keys in self._keys.items()}
        sets = {name: int.from_bytes(row, "little") for name, row in self._rows.items()}
        by_handle = {handle: o for o, handle in enumerate(self._handles) if handle}
        ordinals = {i: o for i, o in self.ordinals.items() if self._handles[o]}
        return Overview(self.ids, self._handles, ordinals, by_handle, sets, measures, self._windows, self._options)

    def _base(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        first, *others = ((locale, self._column("name", locale)) for locale in self._locales)
        published, ids, ranks = self._row("published"), self._column("id"), self._column("rank")
        for i, handle, text, options, is_published, start, end in rows:
            o = known.get(i)
            if o is None:
                continue
            titles = from_json(text)
            self._handles[o] = handle
            ids[o] = ranks[o] = self.ids[o]
            title = titles.get(first[0]) or handle
            first[1][o] = name_key(title, first[0])
            for locale, names in others:
                names[o] = name_key(titles.get(locale) or title, locale)
            if is_published:
                published[o >> 3] |= 1 << (o & 7)
            if start is not None or end is not None:
                self._windows[o] = (start, end)
            if options not in self._remembered:
                offer(self._options, self._remember(options, from_json(options)))

    def _buyable(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        row = self._row("buyable")
        for (i,) in rows:
            o = known.get(i)
            if o is None:
                continue
            row[o >> 3] |= 1 << (o & 7)

    def _places(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        ranks = self._column("rank")
        inside = {category: self._row("category", str(category)) for category in {row[1] for row in rows}}
        for i, category, rank in rows:
            o = known.get(i)
            if o is None:
                continue
            inside[category][o >> 3] |= 1 << (o & 7)
            ranks[o] = rank

    def _chosen(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        for i, text in rows:
            o = known.get(i)
            if o is None:
                continue
            its = self._remembered.get(text)
            if its is None:
                chosen = from_json(text).items()
                its = self._remember(text, [self._row(code, value) for code, value in chosen if code not in RESERVED])
            for row in its:
                row[o >> 3] |= 1 << (o & 7)

    def _values(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        for i, code, choice, number in rows:
            o = known.get(i)
            if o is None:
                continue
            if choice is not None:
                self._row(code, choice)[o >> 3] |= 1 << (o & 7)
            elif number is not None:
                self._column("number", code)[o] = number

    def _prices(self, rows: Sequence[Any]) -> None:
        known = self.ordinals
        for i, currency, lowest, compare_at in rows:
            o = known.get(i)
            if o is None:
                continue
            self._column("price", currency)[o] = lowest
            if compare_at is not None:
                self._row("sale", currency)[o >> 3] |= 1 << (o & 7)

    def _group_prices(self, rows: Sequence[Any]) -> None:
        for i, currency, group, lowest in rows:
            o = self.ordinals.get(i)
            if o is not None:
                self._column("price", currency, group)[o] = lowest

    def _row(self, *name: str) -> bytearray:
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = bytearray(len(self.ids) // 8 + 1)
        return row

    def _column(self, *name: str) -> list[Any]:
        column = self._keys.get(name)
        if column is None:
            column = self._keys[name] = [None] * len(self.ids)
        return column

    def _remember(self, text: str, value: Any) -> Any:
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[text] = value
        return value
