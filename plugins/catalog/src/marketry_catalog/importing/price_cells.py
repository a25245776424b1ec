"""The columns price_, compare_at_ and cost_<currency>, in minor units."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.reading import Header
from marketry_catalog.models.products import price
from marketry_catalog.saving.rows import upsert

FIELDS = {"price": "amount", "compare_at": "compare_at", "cost": "cost"}
_STORED = select(price).where(price.c.variant_id.in_(bindparam("variants", expanding=True)))
_FORGET = delete(price).where(price.c.variant_id == bindparam("of"), price.c.currency == bindparam("coin"))
Prices = dict[str, dict[str, int | None]]  # currency -> field -> minor units


class PriceCells:
    """An empty price takes the price in that currency away."""

    def __init__(self, header: Header) -> None:
        found = header.matching(r"(price|compare_at|cost)_([a-z]{3})")
        self.columns = [(match[0], FIELDS[match[1]], match[2].upper()) for match in found]

    def parse(self, cells: Cells) -> Prices:
        prices: Prices = {}
        for column, name, currency in self.columns:
            prices.setdefault(currency, {})[name] = cells.integer(column)
        for currency, fields in prices.items():
            amount, before = fields.get("amount"), fields.get("compare_at")
            if before is not None and amount is not None and before <= amount:
                cells.wrong(f"compare_at_{currency.lower()}", "must be above the price")
        return prices

    def check(self, session: Session, rows: Sequence[tuple[Cells, Any]], ids: Mapping[str, int]) -> None:
        """A reduction or a cost without the price it belongs to."""
        stored = _stored(session, list(ids.values())) if self.columns else {}
        for cells, row in rows:
            for currency, fields in row.prices.items():
                old = stored.get((ids.get(row.key, 0), currency), {})
                now = {**old, **fields}
                if now.get("amount") is None and now.get("compare_at") is not None:
                    cells.wrong(f"compare_at_{currency.lower()}", "has no price beside it")
                elif _not_below(now) and "amount" in fields and "compare_at" not in fields:
                    cells.wrong(f"price_{currency.lower()}", "must be below the price before the reduction")


def _not_below(now: Mapping[str, int | None]) -> bool:
    amount, before = now.get("amount"), now.get("compare_at")
    return amount is not None and before is not None and before <= amount


def save_prices(session: Session, wanted: Mapping[int, Prices]) -> set[int]:
    """Write prices per variant; returns the variants where something differed."""
    stored = _stored(session, list(wanted))
    written, gone = [], []
    for of, prices in wanted.items():
        for currency, fields in prices.items():
            old = stored.get((of, currency))
            now = {"amount": None, "compare_at": None, "cost": None, **(old or {}), **fields}
            if now["amount"] is None:
                gone += [{"of": of, "coin": currency}] if old else []
            elif now != old:
                written.append({"variant_id": of, "currency": currency, **now})
    if gone:
        session.connection().execute(_FORGET, gone)
    upsert(session, price, written)
    return {w["variant_id"] for w in written} | {g["of"] for g in gone}  # type: ignore[misc]


def _stored(session: Session, variants: Sequence[int]) -> dict[tuple[int, str], dict[str, Any]]:
    if not variants:
        return {}
    rows = session.execute(_STORED, {"variants": list(variants)})
    return {(r.variant_id, r.currency): {"amount": r.amount, "compare_at": r.compare_at, "cost": r.cost} for r in rows}
