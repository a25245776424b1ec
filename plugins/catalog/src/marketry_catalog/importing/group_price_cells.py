"""The columns price_<currency>_<group>, in minor units: what customers of a price group pay."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.reading import Header
from marketry_catalog.models.products import group_price
from marketry_catalog.saving.rows import upsert

GroupPrices = dict[tuple[str, str], int | None]  # (group, currency) -> minor units; None takes the price away
PATTERN = r"price_([a-z]{3})_([a-z0-9_-]+)"
_STORED = select(group_price).where(group_price.c.variant_id.in_(bindparam("variants", expanding=True)))
_FORGET = delete(group_price).where(
    group_price.c.variant_id == bindparam("of"),
    group_price.c.price_group == bindparam("group"),
    group_price.c.currency == bindparam("coin"),
)


class GroupPriceCells:
    """An empty price takes the group's price in that currency away."""

    def __init__(self, header: Header, groups: Sequence[str]) -> None:
        self.columns = [(match[0], match[2], match[1].upper()) for match in header.matching(PATTERN)]
        self._groups = groups

    def parse(self, cells: Cells) -> GroupPrices:
        prices: GroupPrices = {}
        for column, group, currency in self.columns:
            amount = cells.integer(column)
            if amount is not None and group not in self._groups:
                cells.wrong(column, f"{group!r} is no price group of this site ([segments] price_groups)")
            prices[group, currency] = amount
        return prices


def save_group_prices(session: Session, wanted: Mapping[int, GroupPrices]) -> set[int]:
    """Write the prices per variant; returns the variants where something differed."""
    if not any(wanted.values()):
        return set()
    rows = session.execute(_STORED, {"variants": list(wanted)})
    stored = {(r.variant_id, r.price_group, r.currency): r.amount for r in rows}
    written, gone = [], []
    for of, prices in wanted.items():
        for (group, currency), amount in prices.items():
            old = stored.get((of, group, currency))
            if amount is None and old is not None:
                gone.append({"of": of, "group": group, "coin": currency})
            elif amount is not None and amount != old:
                written.append({"variant_id": of, "price_group": group, "currency": currency, "amount": amount})
    if gone:
        session.connection().execute(_FORGET, gone)
    upsert(session, group_price, written)
    return {int(str(w["variant_id"])) for w in written} | {int(str(g["of"])) for g in gone}
