"""What shoppers wish for most, without a word about who they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from marketry import Context
from marketry.web.values import Card
from marketry_catalog.api import ProductReference, products_by_handle
from marketry_wishlist.models import Wish

READ = "wishlist.insight.read"


@dataclass(frozen=True, slots=True)
class Demand:
    product: ProductReference
    handle: str
    lists: int


def most_wished(ctx: Context, limit: int) -> Sequence[Demand]:
    """Products by the number of lists they are on. Inside a session."""
    counted = func.count(col(Wish.id))
    top = select(col(Wish.product), counted).group_by(col(Wish.product)).order_by(counted.desc(), col(Wish.product)).limit(limit)
    rows = ctx.session.execute(top).all()
    known = products_by_handle(ctx, [handle for handle, _ in rows])
    return [Demand(known[handle], handle, int(lists)) for handle, lists in rows if handle in known]


def cards(ctx: Context) -> Sequence[Card]:
    """The hook `admin_dashboard`; nothing as long as nobody wishes for anything."""
    top = most_wished(ctx, 5) if ctx.allows(READ) else ()
    return (Card(ctx.gettext("Most wished for"), "wishlist/admin/card.html", {"top": top}, READ),) if top else ()
