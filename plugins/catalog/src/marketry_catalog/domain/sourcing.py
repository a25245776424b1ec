"""From which locations a cart is served."""

from collections.abc import Mapping, Sequence

from marketry.commerce.items import Demand
from marketry.commerce.stock import StockSource


def summed(demands: Sequence[Demand]) -> dict[str, int]:
    """Units per key, keys in order."""
    total: dict[str, int] = {}
    for demand in demands:
        total[demand.stock_key] = total.get(demand.stock_key, 0) + demand.quantity
    return dict(sorted(total.items()))


def plan_sources(needed: Mapping[str, int], locations: Sequence[str], free: Mapping[tuple[str, str], int]) -> list[StockSource]:
    """One location that serves all, the first by `locations` order; else each key by that order, split where it must be.

    `free` maps (key, location) to units that can be promised. What nobody has is planned at the first location that
    knows the key: reserving it is refused there, by name.
    """
    for location in locations:
        if all(free.get((key, location), 0) >= n for key, n in needed.items()):
            return [StockSource(key, location, n) for key, n in needed.items()]
    return [source for key, n in needed.items() for source in _split(key, n, locations, free)]


def _split(key: str, n: int, locations: Sequence[str], free: Mapping[tuple[str, str], int]) -> list[StockSource]:
    whole = next((place for place in locations if free.get((key, place), 0) >= n), None)
    if whole is not None:
        return [StockSource(key, whole, n)]
    parts: dict[str, int] = {}
    missing = n
    for place in locations:
        taken = min(missing, free.get((key, place), 0))
        if taken > 0:
            parts[place] = taken
            missing -= taken
    if missing:
        first = next((place for place in locations if (key, place) in free), locations[0] if locations else "")
        parts[first] = parts.get(first, 0) + missing
    return [StockSource(key, place, units) for place, units in parts.items()]
