"""What search engines and previews are told of products, categories and the search."""

from collections.abc import Mapping, Sequence

from marketry import Context
from marketry.web.found import written
from marketry.web.values import PageTag
from marketry_catalog.pages import structured
from marketry_catalog.queries.product import ProductView


def tags_of(ctx: Context, view: str, values: Mapping[str, object]) -> Sequence[PageTag]:
    """Tags for the catalogue's own pages; none for others."""
    if view == "catalog/product.html" and isinstance(found := values.get("product"), ProductView):
        return _product(ctx, found, values)
    if view == "catalog/category.html":
        return _category(ctx, values)
    if ctx.request is not None and ctx.request.scope["path"] == "/":
        return (PageTag("script", json=structured.website(ctx)),)
    return ()


def _product(ctx: Context, found: ProductView, values: Mapping[str, object]) -> list[PageTag]:
    address = written(ctx.url(found.url, absolute=True))
    pairs = [("og:type", "product"), ("og:title", found.seo_title or found.title), ("og:url", address)]
    for picture in found.pictures[:1]:
        pairs += [
            ("og:image", structured.absolute(ctx, ctx.media.url(picture.media))),
            ("og:image:width", str(picture.width)),
            ("og:image:height", str(picture.height)),
            ("og:image:alt", picture.alt or found.title),
        ]
    crumbs = [*_pairs(values.get("crumbs")), (found.title, ctx.url(found.url))]
    return [
        PageTag("link", {"rel": "canonical", "href": address}),
        *(PageTag("meta", {"property": name, "content": content}) for name, content in pairs),
        PageTag("script", json=structured.product(ctx, found, address)),
        *_trail(ctx, crumbs),
    ]


def _category(ctx: Context, values: Mapping[str, object]) -> list[PageTag]:
    """A page of a list is its own page; the same list chosen otherwise is not, and isn't listed."""
    path = str(values["list_path"])
    query = ctx.request.query_params if ctx.request else {}
    cursor = query.get("cursor")
    address = written(ctx.url(path, absolute=True)) + (f"?cursor={written(cursor)}" if cursor else "")
    tags = [PageTag("link", {"rel": "canonical", "href": address}), PageTag("meta", {"property": "og:url", "content": address})]
    if any(query.get(name) for name in ("filter", "sort", "available", "sale")):
        return [*tags, PageTag("meta", {"name": "robots", "content": "noindex, follow"})]
    picture = getattr(values.get("category"), "picture", None)
    if picture:
        width, height = ctx.media.size(picture)
        image = structured.absolute(ctx, ctx.media.url(picture))
        pairs = (("og:image", image), ("og:image:width", str(width)), ("og:image:height", str(height)))
        tags += [PageTag("meta", {"property": name, "content": content}) for name, content in pairs]
    crumbs = [*_pairs(values.get("crumbs")), (str(values.get("name", "")), ctx.url(path))]
    items = getattr(values.get("page"), "items", ())
    return [
        *tags,
        *_trail(ctx, crumbs),
        *([PageTag("script", json=structured.item_list(ctx, str(values.get("name", "")), items))] if items else []),
    ]


def _pairs(crumbs: object) -> list[tuple[str, str]]:
    return list(crumbs) if isinstance(crumbs, Sequence) else []


def _trail(ctx: Context, crumbs: Sequence[tuple[str, str]]) -> list[PageTag]:
    """A page at the top has none, and shows none: a trail of one step is refused (Google, Breadcrumb)."""
    return [PageTag("script", json=structured.breadcrumbs(ctx, crumbs))] if len(crumbs) > 1 else []
