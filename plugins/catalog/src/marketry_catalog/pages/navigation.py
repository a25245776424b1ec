"""Links to categories, and every public address of the catalogue."""

from collections.abc import Iterator, Sequence

from marketry import Context
from marketry.web.values import Link, SitemapEntry
from marketry_catalog.queries.addresses import category_addresses, product_addresses
from marketry_catalog.queries.tree import tree_of


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
    """Home, shown categories, shown products, each with its address per language and its main picture."""
    yield SitemapEntry("/")
    tree, paths = tree_of(ctx), category_addresses(ctx)
    for node in tree.by_id.values():
        if tree.shown(node.id):
            own = {locale: f"/categories/{path}" for locale, path in paths.get(node.id, {}).items()}
            yield SitemapEntry(f"/categories/{node.path}", None, own)
    for one in product_addresses(ctx):
        slugs = {locale: f"/products/{slug}" for locale, slug in one.slugs.items()}
        default = slugs.get(ctx.site.locales[0], f"/products/{one.handle}")
        yield SitemapEntry(default, one.changed, slugs, (ctx.media.url(one.media),) if one.media else ())
