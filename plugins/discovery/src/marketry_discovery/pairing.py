"""From orders to pairs of products: each order leaves its products, a schedule counts them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketry import Context
from marketry.commerce.events import OrderPlaced
from marketry_catalog.api import products_by_sku
from marketry_discovery.models import Bought, Pair
from marketry_discovery.settings import DiscoverySettings

PAIRS = "discovery:pairs"  # the tag of kept pages that show some
SOON = 30  # seconds in which further orders may come, and are counted with the first of the hour
MOST_PRODUCTS = 40  # of one order; a wholesaler's list of all there is makes no pairs


def note_order(ctx: Context, event: OrderPlaced) -> None:
    """Subscriber: keep what was bought together, and have the pairs counted once an hour. The same order twice is once."""
    found = products_by_sku(ctx, [line.sku for line in event.lines])
    products = sorted({reference.handle for reference in found.values()})
    if not 2 <= len(products) <= MOST_PRODUCTS:
        return
    dialect = sqlite if ctx.session.get_bind().dialect.name == "sqlite" else postgresql
    rows = [{"order_number": event.number, "product": product, "at": event.at} for product in products]
    ctx.session.connection().execute(dialect.insert(Bought).on_conflict_do_nothing(), rows)
    ctx.enqueue("discovery.count_pairs", {}, key=f"count:{ctx.now():%Y-%m-%dT%H}", delay=SOON)


def count_pairs(ctx: Context, payload: Mapping[str, Any] | None = None) -> None:
    """Job and schedule: forget orders older than the setting says, and count all pairs anew in one statement."""
    settings = ctx.settings(DiscoverySettings)
    one, other = aliased(Bought), aliased(Bought)
    orders = func.count()
    pairs = (
        select(col(one.product), col(other.product), orders)
        .join(other, (col(other.order_number) == col(one.order_number)) & (col(other.product) != col(one.product)))
        .group_by(col(one.product), col(other.product))
        .having(orders >= settings.together_orders)
    )
    with ctx.writing() as session:
        session.execute(delete(Bought).where(col(Bought.at) < ctx.now() - timedelta(days=settings.together_days)))
        session.execute(delete(Pair))
        session.execute(insert(Pair).from_select(["product", "other", "orders"], pairs))
        ctx.purge(PAIRS)


def bought_together(ctx: Context, products: Sequence[str], limit: int) -> Sequence[str]:
    """Handles bought most often together with any of `products`, none of them themselves. Inside a session."""
    if not products:
        return ()
    orders = func.sum(col(Pair.orders))
    others = (
        select(col(Pair.other))
        .where(col(Pair.product).in_(products), col(Pair.other).not_in(products))
        .group_by(col(Pair.other))
        .order_by(orders.desc(), col(Pair.other))
        .limit(limit)
    )
    return ctx.session.scalars(others).all()
