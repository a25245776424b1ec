"""Which stock will serve which line: planned before the placing transaction, reserved inside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketry import Context
from marketry.commerce.items import Demand
from marketry.commerce.quote import Quote
from marketry.commerce.stock import StockSource
from marketry.hookspecs import goods
from marketry.problems import Refused


@dataclass(frozen=True, slots=True)
class LineSource:
    """`quantity` units of `stock_key` at `location`, for one line."""

    line: str
    stock_key: str
    location: str
    quantity: int


def plan_stock(ctx: Context, quote: Quote) -> tuple[StockSource, ...]:
    """Where everything comes from; empty where no item demands stock or nobody counts it. Inside a session."""
    wanted: Counter[str] = Counter()
    for quoted in quote.lines:
        for demand in quoted.line.item.demands:
            wanted[demand.stock_key] += demand.quantity * quoted.line.quantity
    if not wanted:
        return ()
    answer = ctx.hooks.first(goods.stock_sources, ctx, [Demand(key, n) for key, n in sorted(wanted.items())])
    return tuple(answer.value) if answer else ()


def allocate(quote: Quote, sources: Sequence[StockSource]) -> list[LineSource]:
    """Share the planned sources among the lines that demand them, line by line."""
    left = {(s.stock_key, s.location): s.quantity for s in sources}
    shared: list[LineSource] = []
    for quoted in quote.lines:
        for demand in quoted.line.item.demands:
            open_units = demand.quantity * quoted.line.quantity
            for key, location in [at for at in left if at[0] == demand.stock_key]:
                taken = min(open_units, left[key, location])
                if taken:
                    left[key, location] -= taken
                    open_units -= taken
                    shared.append(LineSource(quoted.id, key, location, taken))
    return _merged(shared)


def _merged(sources: Sequence[LineSource]) -> list[LineSource]:
    """One per line, key and location: a bundle may name the same key twice."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for source in sources:
        sums[source.line, source.stock_key, source.location] += source.quantity
    return [LineSource(*at, quantity) for at, quantity in sums.items()]


def name_lines(quote: Quote, refused: Refused) -> Refused:
    """A refusal by stock key, told by the line that demands it."""
    line_of = {d.stock_key: q.id for q in reversed(quote.lines) for d in q.line.item.demands}
    named = [replace(p, field=f"lines/{line_of[p.field]}") if p.field in line_of else p for p in refused.problems]
    return Refused(*named)
