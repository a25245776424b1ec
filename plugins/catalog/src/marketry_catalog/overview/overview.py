"""Overview: the sets and orders of all products at one moment. Never changed: what has changed makes another, sharing the
rest."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from marketry_catalog.overview.bits import bits_of
from marketry_catalog.overview.facts import Facts
from marketry_catalog.overview.measures import Measure

Name = tuple[str, ...]
Window = tuple[datetime | None, datetime | None]
Options = dict[str, tuple[Mapping[str, str], dict[str, Mapping[str, str]]]]
NOTHING = Measure([], [])


@dataclass(frozen=True)
class Overview:
    """Products are known by ordinals: `ids`, `handles` and `ranks` by ordinal, `ordinals` by id.

    `sets`: by name (`("category", "7")`, `("colour", "oat")`) the set of ordinals. `measures`: by name (`("price", "EUR")`,
    `("name", "zh")`)
    an order. `windows`: when those are shown that aren't always. `options`: per code its name and the labels of its values, as
    stored; `sold`: units sold of late, by ordinal.
    """

    ids: list[int] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    ordinals: dict[int, int] = field(default_factory=dict)
    by_handle: dict[str, int] = field(default_factory=dict)
    sets: dict[Name, int] = field(default_factory=dict)
    measures: dict[Name, Measure] = field(default_factory=dict)
    windows: dict[int, Window] = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    sold: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.ids)

    def place_of(self, product: int) -> int:
        """The ordinal of a product by id; of one that is gone, where it would be: ordinals rise with ids."""
        known = self.ordinals.get(product)
        return bisect_left(self.ids, product) if known is None else known

    def named(self, *name: str) -> int:
        """The set of that name; empty where there is none."""
        return self.sets.get(name, 0)

    def measure(self, *name: str) -> Measure:
        return self.measures.get(name, NOTHING)

    def prices(self, currency: str, group: str = "") -> Measure:
        """The order of prices in `currency` as customers of a price group have them; "" is everybody."""
        own = self.measures.get(("price", currency, group)) if group else None
        if own is None:
            return self.measure("price", currency)
        known = self._of_groups.get((currency, group))
        if known is None:
            known = self.measure("price", currency).changed({o: own.keys[o] for o in own.order}, self.size)
            self._of_groups[currency, group] = known
        return known

    def reduced(self, currency: str, group: str = "") -> int:
        """The set of what is offered below its former price; prices of a group have none."""
        bits = self.named("sale", currency)
        return bits & ~self.measure("price", currency, group).all if group else bits

    @cached_property
    def _of_groups(self) -> dict[tuple[str, str], Measure]:
        return {}

    def shown(self, now: datetime) -> int:
        """The products shown at `now` (the rule of domain/publishing.py)."""
        hidden = [o for o, (start, end) in self.windows.items() if (start and now < start) or (end and now >= end)]
        bits = self.named("published")
        return bits & ~bits_of(hidden, self.size) if hidden else bits

    def values(self, facet: str) -> Sequence[str]:
        """What products are in by this facet."""
        return self._values.get(facet, ())

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, bits in self.sets.items():
            if len(name) == 2 and bits:
                found.setdefault(name[0], []).append(name[1])
        return found


def name_key(title: str, locale: str) -> bytes:
    """Sorts titles: Chinese ones by sound, since GB 18030 keeps the common characters of GB 2312 in the order of pinyin."""
    text = title.casefold()[:24]
    return text.encode("gb18030" if locale.startswith("zh") else "utf-8")


def changed(old: Overview, facts: Iterable[Facts], gone: Iterable[int], locales: Sequence[str]) -> Overview:
    """`old` with these products as they are now, and without those that are `gone` (by id)."""
    ids, handles, ordinals, by_handle = list(old.ids), list(old.handles), dict(old.ordinals), dict(old.by_handle)
    windows, options = dict(old.windows), dict(old.options)
    touched: list[int] = []
    members: dict[Name, list[int]] = {}
    keys: dict[Name, dict[int, Any]] = {}
    for one in facts:
        o = ordinals.get(one.id)
        if o is None:
            o = ordinals[one.id] = len(ids)
            ids.append(one.id)
            handles.append(one.handle)
        if handles[o] != one.handle or one.handle not in by_handle:  # SQLite gives the id of the last row again once it is gone
            by_handle.pop(handles[o], None)
            handles[o] = one.handle
            by_handle[one.handle] = o
        touched.append(o)
        windows.pop(o, None)
        if one.window:
            windows[o] = one.window
        for name in one.sets:
            members.setdefault(name, []).append(o)
        for name, key in _keys(one, locales).items():
            keys.setdefault(name, {})[o] = key
        offer(options, one.offered)
    for i in gone:
        if i in ordinals:
            o = ordinals.pop(i)
            touched.append(o)
            windows.pop(o, None)
            by_handle.pop(handles[o], None)
    size = len(ids)
    sets = _renewed(old.sets, members, touched, size)
    measures = {
        name: old.measure(*name).changed({o: keys.get(name, {}).get(o) for o in touched}, size) for name in {*old.measures, *keys}
    }
    return replace(
        old,
        ids=ids,
        handles=handles,
        ordinals=ordinals,
        by_handle=by_handle,
        sets=sets,
        measures=measures,
        windows=windows,
        options=options,
    )


def with_buyable(old: Overview, found: Mapping[int, bool]) -> Overview:
    """`old` where these products (by id) can or can't be bought; itself where nothing is different."""
    bits = old.named("buyable")
    before = bits
    for i, can in found.items():
        o = old.ordinals.get(i)
        if o is not None:
            bits = bits | 1 << o if can else bits & ~(1 << o)
    return old if bits == before else replace(old, sets={**old.sets, ("buyable",): bits})


def _keys(one: Facts, locales: Sequence[str]) -> dict[Name, Any]:
    titles = {
        ("name", locale): name_key(one.titles.get(locale) or one.titles.get(locales[0]) or one.handle, locale)
        for locale in locales
    }
    keys: dict[Name, Any] = {("id",): one.id, ("rank",): one.rank}
    for name, key in (*one.numbers.items(), *titles.items()):
        keys[name] = key
    return keys


def _renewed(
    old: Mapping[Name, int], members: Mapping[Name, Sequence[int]], touched: Sequence[int], size: int
) -> dict[Name, int]:
    untouched = ~bits_of(touched, size)
    sets = {name: bits & untouched for name, bits in old.items()}
    for name, its in members.items():
        sets[name] = sets.get(name, 0) | bits_of(its, size)
    return sets


def offer(options: Options, offered: Sequence[Mapping[str, Any]]) -> None:
    """Add the options of one product, as stored, to those that are known."""
    for option in offered:
        name, labels = options.get(option["code"], (option["name"], {}))
        fresh = {v["code"]: v["label"] for v in option["values"] if v["code"] not in labels}
        if fresh or option["code"] not in options:
            options[option["code"]] = (name, {**labels, **fresh})
