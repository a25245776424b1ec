"""Which goods are where: what is still to be sent, from which stock, and the fulfilment status that follows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketry.commerce.fulfilment import ParcelPlan
from marketry.commerce.stock import StockSource
from marketry_orders.domain.states import FulfilmentStatus

Lines = Mapping[str, int]  # order line id -> units


@dataclass(frozen=True, slots=True)
class Need:
    """An order line: how many units were sold, whether they travel, and what one unit takes from stock."""

    line: str
    sku: str
    quantity: int
    shippable: bool = True
    demands: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """Units that left, arrived or came back, per line."""

    shipped: Lines = field(default_factory=dict)
    delivered: Lines = field(default_factory=dict)
    returned: Lines = field(default_factory=dict)


def fulfilment_status(needs: Sequence[Need], moved: Movement, *, cancelled: bool) -> FulfilmentStatus:
    """From what was sold and what moved. Lines that don't travel count as soon as they were handed over (shipped)."""
    sold = sum(need.quantity for need in needs)
    shipped, delivered, returned = (_within(needs, lines) for lines in (moved.shipped, moved.delivered, moved.returned))
    if not shipped:
        return FulfilmentStatus.CANCELLED if cancelled else FulfilmentStatus.UNFULFILLED
    if returned >= shipped and (shipped >= sold or cancelled):
        return FulfilmentStatus.RETURNED
    if shipped < sold:
        return FulfilmentStatus.PARTIAL
    return FulfilmentStatus.DELIVERED if delivered >= sold else FulfilmentStatus.FULFILLED


def _within(needs: Sequence[Need], lines: Lines) -> int:
    return sum(min(need.quantity, lines.get(need.line, 0)) for need in needs)


def still_open(needs: Sequence[Need], shipped: Lines) -> dict[str, int]:
    """Units per line that must still be sent; lines that don't travel are left out."""
    left = {need.line: need.quantity - shipped.get(need.line, 0) for need in needs if need.shippable}
    return {line: quantity for line, quantity in left.items() if quantity > 0}


def left_over(reserved: Iterable[StockSource], used: Iterable[StockSource]) -> list[StockSource]:
    """`reserved` minus `used`, per key and location, in the order of `reserved`."""
    taken = Counter[tuple[str, str]]()
    for source in used:
        taken[source.stock_key, source.location] += source.quantity
    rest = []
    for source in reserved:
        at = (source.stock_key, source.location)
        here = min(source.quantity, taken[at])
        taken[at] -= here
        if source.quantity > here:
            rest.append(StockSource(source.stock_key, source.location, source.quantity - here))
    return rest


def take(needs: Sequence[Need], lines: Lines, stock: Sequence[StockSource], prefer: str) -> list[StockSource]:
    """The sources that `lines` use up, from `prefer` first, then wherever else they are reserved. A key with nothing
    reserved isn't counted (its stock isn't tracked)."""
    wanted = Counter[str]()
    for need in needs:
        for key, quantity in need.demands:
            wanted[key] += quantity * lines.get(need.line, 0)
    taken = []
    for source in sorted(stock, key=lambda s: (s.stock_key, s.location != prefer, s.location)):
        quantity = min(source.quantity, wanted[source.stock_key])
        if quantity > 0:
            wanted[source.stock_key] -= quantity
            taken.append(StockSource(source.stock_key, source.location, quantity))
    return taken


def plan(needs: Sequence[Need], open_lines: Lines, stock: Sequence[StockSource]) -> list[ParcelPlan]:
    """One parcel per location that goods are reserved at. A unit travels from where its first tracked key lies."""
    room = Counter[tuple[str, str]]()
    for source in stock:
        room[source.stock_key, source.location] += source.quantity
    locations = sorted({location for _, location in room}) or [""]
    parcels: dict[str, Counter[str]] = {}
    for need in needs:
        for _ in range(open_lines.get(need.line, 0)):
            location = _location(need, room, locations)
            for key, quantity in need.demands:
                room[key, location] -= quantity
            parcels.setdefault(location, Counter())[need.line] += 1
    return [ParcelPlan(location, tuple(sorted(lines.items()))) for location, lines in sorted(parcels.items())]


def _location(need: Need, room: Counter[tuple[str, str]], locations: Sequence[str]) -> str:
    whole = (loc for loc in locations if all(room[key, loc] >= n for key, n in need.demands))
    partly = (loc for loc in locations if any(room[key, loc] >= n for key, n in need.demands))
    return next(whole, None) or next(partly, locations[0])
