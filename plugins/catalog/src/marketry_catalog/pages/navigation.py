"""Links to categories, and every public address of the catalogue."""

from collections.abc import Iterator, Sequence

from marketry import Context
from marketry.web.values import Link, SitemapEntry
from marketry_catalog.queries.addresses import category_addresses, product_addresses, shown_products
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


class SitemapEntries:
    """Home, shown categories, shown products, each with its address per language and its main picture."""

    def __init__(self, ctx: Context) -> None:
        self._ctx, self._skipped = ctx, 0

    def skip(self, count: int) -> int:
        """Pass over the first `count`, or all there are; how many that is. Products are passed over by the database."""
        self._skipped = min(count, len(self._categories()) + shown_products(self._ctx))
        return self._skipped

    def __iter__(self) -> Iterator[SitemapEntry]:
        ctx, first = self._ctx, self._categories()
        yield from first[self._skipped :]
        for one in product_addresses(ctx, max(0, self._skipped - len(first))):
            slugs = {locale: f"/products/{slug}" for locale, slug in one.slugs.items()}
            default = slugs.get(ctx.site.locales[0], f"/products/{one.handle}")
            yield SitemapEntry(default, one.changed, slugs, (ctx.media.url(one.media),) if one.media else ())

    def _categories(self) -> list[SitemapEntry]:
        tree, paths = tree_of(self._ctx), category_addresses(self._ctx)
        return [
            SitemapEntry("/"),
            *(
                SitemapEntry(
                    f"/categories/{node.path}",
                    None,
                    {locale: f"/categories/{path}" for locale, path in paths.get(node.id, {}).items()},
                )
                for node in tree.by_id.values()
                if tree.shown(node.id)
            ),
        ]
