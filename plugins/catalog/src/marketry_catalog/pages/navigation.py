"""Links to categories, and every public address of the catalogue."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.web.values import Link, SitemapEntry
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import given
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.queries.visible import current_slug, shown

BATCH = 1_000
_PRODUCTS = (
    select(product.c.id, product.c.updated_at, current_slug().label("slug"))
    .where(shown(), product.c.id > bindparam("after"))
    .order_by(product.c.id)
    .limit(BATCH)
)


def category_links(ctx: Context) -> Sequence[Link]:
    """The top categories, each with those below it."""
    tree = tree_of(ctx)
    path = ctx.request.url.path if ctx.request else ""

    def link(node_path: str, name: str, children: tuple[Link, ...] = ()) -> Link:
        address = ctx.url(f"/categories/{node_path}")
        return Link(name, address, children, active=path == address or path.startswith(f"{address}/"))

    return [
        link(top.path, top.name, tuple(link(node.path, node.name) for node in tree.children(top.id)))
        for top in tree.children(None)
    ]


def sitemap_entries(ctx: Context) -> Iterator[SitemapEntry]:
    """Home, shown categories, shown products; products in batches, so that a million of them fit."""
    yield SitemapEntry("/")
    tree = tree_of(ctx)
    yield from (SitemapEntry(f"/categories/{node.path}") for node in tree.by_id.values() if tree.shown(node.id))
    after = 0
    while True:
        with ctx.reading() as session:
            rows = session.execute(_PRODUCTS, given(ctx, after=after)).all()
        yield from (SitemapEntry(f"/products/{r.slug}", r.updated_at) for r in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].id
