"""The catalogue's StockKeeper (marketry.commerce.stock). Locks are taken in one order: reservations, then levels by key."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.commerce.stock import StockSource
from marketry.problems import conflict
from marketry_catalog.models.products import variant
from marketry_catalog.queries.visible import free_units
from marketry_catalog.stock import reservations
from marketry_catalog.stock.levels import Change, Place, ensure_level, level_of, logged, logged_once, merged, move, places

_AVAILABLE = select(variant.c.sku, variant.c.tracked, free_units().label("free")).where(
    variant.c.sku.in_(bindparam("skus", expanding=True))
)


class CatalogStock:
    """Variants that are not tracked are never counted: reserving or shipping them changes nothing."""

    def available(self, ctx: Context, stock_keys: Sequence[str]) -> Mapping[str, int | None]:
        rows = ctx.session.execute(_AVAILABLE, {"skus": list(stock_keys)})
        return {r.sku: int(r.free or 0) if r.tracked else None for r in rows}

    def reserve(self, ctx: Context, subject: str, sources: Sequence[StockSource], expires_at: datetime | None) -> None:
        """What the subject holds (or has shipped) already is left as it is; what it gave back, or lost when it expired, is taken
        anew, also beside a part that has left."""
        units = merged(sources)
        known = places(ctx.session, units)
        self._refuse_unknown(ctx, units, known)
        rows = {row.key: row for row in reservations.held(ctx.session, subject)}
        fresh = [(place, units[key]) for key, place in sorted(known.items()) if key in units and key not in rows]
        new = reservations.add(ctx.session, subject, fresh, expires_at, ctx.now())
        taken = [(place, n) for place, n in fresh if (place.variant_id, place.location_id) in new]
        for key, n in units.items():
            row = rows.get(key)
            if row is not None and row.open == 0 and (row.shipped == 0 or row.released >= n):
                reservations.renew(ctx.session, row, n, expires_at)
                taken.append((row.place, n))
        changes = [Change(place, allocated=n) for place, n in sorted(taken, key=lambda t: (t[0].sku, t[0].location))]
        for change in changes:
            if not move(ctx, change):
                raise self._out_of_stock(ctx, change.place)
        logged(ctx, "reserve", changes, subject=subject)

    def keep(self, ctx: Context, subject: str) -> None:
        reservations.keep(ctx.session, subject)

    def release(self, ctx: Context, subject: str, sources: Sequence[StockSource] | None = None, reference: str = "") -> None:
        """Never more than is open."""
        if sources is None:
            self.release_open(ctx, subject, "release")
            return
        units = merged(sources)
        changes = []
        for row in reservations.held(ctx.session, subject):
            change = Change(row.place, allocated=-min(row.open, units.get(row.key, 0)))
            if row.key in units and logged_once(ctx, "release", change, subject, reference) and change.allocated:
                reservations.settle(ctx.session, row, released=-change.allocated)
                changes.append(change)
        self._apply(ctx, changes)

    def release_open(self, ctx: Context, subject: str, kind: str) -> None:
        """All that is open goes back; `kind` is what the log calls it (`expire` when time did it)."""
        changes = []
        for row in reservations.held(ctx.session, subject):
            if row.open > 0:
                reservations.settle(ctx.session, row, released=row.open)
                changes.append(Change(row.place, allocated=-row.open))
        self._apply(ctx, changes)
        logged(ctx, kind, changes, subject=subject)

    def ship(self, ctx: Context, subject: str, sources: Sequence[StockSource], reference: str) -> None:
        """Refuses (409, `not_reserved`) more than the subject still holds at that location."""
        units = merged(sources)
        rows = {row.key: row for row in reservations.held(ctx.session, subject)}
        changes = []
        for key, place in sorted(places(ctx.session, units).items()):
            change = Change(place, on_hand=-units.get(key, 0), allocated=-units.get(key, 0))
            if key not in units or not logged_once(ctx, "ship", change, subject, reference):
                continue
            row = rows.get(key)
            if row is None or row.open < units[key]:
                message = ctx.gettext("%(sku)s: not that many units are reserved at %(location)s.", sku=key[0], location=key[1])
                raise conflict("not_reserved", message, key[0])
            reservations.settle(ctx.session, row, shipped=units[key])
            changes.append(change)
        self._apply(ctx, changes)

    def restock(self, ctx: Context, subject: str, sources: Sequence[StockSource], reference: str) -> None:
        units = merged(sources)
        changes = []
        for key, place in sorted(places(ctx.session, units).items()):
            change = Change(place, on_hand=units.get(key, 0))
            if key in units and logged_once(ctx, "restock", change, subject, reference):
                ensure_level(ctx.session, place)
                changes.append(change)
        self._apply(ctx, changes)

    def _apply(self, ctx: Context, changes: Sequence[Change]) -> None:
        for change in changes:
            if not move(ctx, change):  # the CHECKs of the level and the reservation forbid it: the books disagree
                raise RuntimeError(f"stock of {change.place.sku} at {change.place.location} doesn't cover its reservations")

    def _refuse_unknown(self, ctx: Context, units: Mapping[tuple[str, str], int], known: Mapping[tuple[str, str], Place]) -> None:
        missing = [key for key in units if key not in known]
        if not missing:
            return
        tracked = self.available(ctx, [key for key, _ in missing])
        for key, location in missing:
            if key not in tracked or tracked[key] is not None:
                message = ctx.gettext("%(sku)s is not available at %(location)s.", sku=key, location=location or "–")
                raise conflict("out_of_stock", message, key)

    def _out_of_stock(self, ctx: Context, place: Place) -> Exception:
        on_hand, allocated = level_of(ctx.session, place)
        free = on_hand - allocated
        if free <= 0:
            return conflict("out_of_stock", ctx.gettext("%(sku)s is sold out.", sku=place.sku), place.sku)
        message = ctx.ngettext("Only %(n)s of %(sku)s is left.", "Only %(n)s of %(sku)s are left.", free, sku=place.sku)
        return conflict("out_of_stock", message, place.sku)
