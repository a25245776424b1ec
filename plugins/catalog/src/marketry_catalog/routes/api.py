"""Products as JSON, for headless shops: the surface fixed as `/api/v1/products`."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, StringConstraints

from marketry import Context, Money
from marketry.database import in_locale
from marketry.problems import not_found
from marketry.web import Ctx, Router, public
from marketry_catalog.domain.filters import MOST_FILTERS, canonical
from marketry_catalog.lists.facets import Facet
from marketry_catalog.lists.orders import known_order
from marketry_catalog.lists.wanted import Listing
from marketry_catalog.pages.lists import category_by_handle
from marketry_catalog.queries.api import summaries_of, variants_of
from marketry_catalog.queries.attributes import shown_attributes
from marketry_catalog.queries.cards import Card
from marketry_catalog.queries.product import ProductView, VariantView, product_by_slug
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.search.finding import clean
from marketry_catalog.search.results import results
from marketry_catalog.search.suggesting import suggest

router = Router()


class MoneyOut(BaseModel):
    """`minor` units (cents, fen) of an ISO 4217 currency."""

    minor: int
    currency: str


class PictureOut(BaseModel):
    url: str
    alt: str
    width: int
    height: int


class VariantOut(BaseModel):
    """`available`: units that can be bought now, null where stock is not tracked; `options` as people read them."""

    sku: str
    options: dict[str, str]
    price: MoneyOut | None
    compare_at: MoneyOut | None
    available: int | None
    weight_g: int


class ProductOut(BaseModel):
    slug: str
    title: str
    summary: str
    url: str
    picture: PictureOut | None
    variants: list[VariantOut]


class ProductDetailOut(ProductOut):
    """`description` is Markdown."""

    description: str
    materials: str
    care: str
    made_in: str | None
    tags: list[str]
    categories: list[str]
    attributes: dict[str, str]
    pictures: list[PictureOut]
    related: list[str]


class FacetValueOut(BaseModel):
    """`filter` is what the parameter of that name takes to tick it; `count` how many products it then adds or leaves."""

    filter: str
    label: str
    count: int
    chosen: bool


class FacetOut(BaseModel):
    """`kind`: category, price, option, choice, boolean or number."""

    code: str
    kind: str
    name: str
    values: list[FacetValueOut]


class ProductsOut(BaseModel):
    """`total` products fit (`more`: only the best so many were considered). `available` and `sale` count those that can be bought
    now and those that are reduced. `corrected`: what was searched for instead, because nothing has `q`; `some_words`: nothing has
    all its words, these have some."""

    items: list[ProductOut]
    next_cursor: str | None
    total: int
    more: bool
    facets: list[FacetOut]
    available: int
    sale: int
    corrected: str | None = None
    some_words: bool = False


Filters = Annotated[list[Annotated[str, StringConstraints(max_length=160)]], Query(max_length=MOST_FILTERS)]


@router.get("/products", response_model=ProductsOut)
@public
def products(
    ctx: Ctx,
    q: Annotated[str, Query(max_length=20_000)] = "",
    category: Annotated[str, Query(max_length=120)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
    available: bool = False,
    sale: bool = False,
    exact: bool = False,
    filter: Filters = [],  # noqa: B006 - FastAPI copies defaults
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
) -> ProductsOut:
    """Published products: all, those of a category (its handle, with what is below it), or those that `q` finds. `sort`: newest,
    price, -price or name; `filter` as the facets say it, several of one facet are alternatives."""
    with ctx.reading():
        of = category_by_handle(ctx, category) if category else None
        listing = Listing(known_order(ctx, sort), of, available, sale, canonical(filter))
        found = results(ctx, listing, cursor, limit, q=q, exact=exact)
        ids = [card.id for card in found.page.items]
        variants, summaries = variants_of(ctx, ids), summaries_of(ctx, ids)
        items = [_product(ctx, card, summaries[card.id], variants.get(card.id, [])) for card in found.page.items]
    return ProductsOut(
        items=items,
        next_cursor=found.page.next_cursor,
        total=found.facets.total,
        more=found.page.capped,
        facets=[_facet(facet) for facet in found.facets.facets],
        available=found.facets.available,
        sale=found.facets.sale,
        corrected=found.found.q if found.found and found.found.q != clean(q) else None,
        some_words=bool(found.found and found.found.some and found.page.items),
    )


class SuggestedProductOut(BaseModel):
    slug: str
    title: str
    url: str
    price: MoneyOut | None
    picture: PictureOut | None


class SuggestedCategoryOut(BaseModel):
    name: str
    path: str
    url: str


class SuggestionsOut(BaseModel):
    """`queries` are what others searched for; `corrected`: the products are those of this spelling."""

    queries: list[str]
    categories: list[SuggestedCategoryOut]
    products: list[SuggestedProductOut]
    corrected: str | None


@router.get("/search/suggestions", response_model=SuggestionsOut)
@public
def suggestions(ctx: Ctx, q: Annotated[str, Query(max_length=20_000)] = "") -> SuggestionsOut:
    """For what is typed so far."""
    with ctx.reading():
        found = suggest(ctx, q)
        return SuggestionsOut(
            queries=list(found.queries),
            categories=[
                SuggestedCategoryOut(name=n.name, path=n.path, url=ctx.url(f"/categories/{n.path}", absolute=True))
                for n in found.categories
            ],
            products=[
                SuggestedProductOut(
                    slug=c.slug,
                    title=c.title,
                    url=ctx.url(c.url, absolute=True),
                    price=_money(c.price),
                    picture=_picture(ctx, c.picture, c.alt, c.width, c.height) if c.picture else None,
                )
                for c in found.products
            ],
            corrected=found.corrected or None,
        )


def _facet(facet: Facet) -> FacetOut:
    values = [FacetValueOut(filter=v.filter, label=v.label, count=v.count, chosen=v.chosen) for v in facet.values]
    return FacetOut(code=facet.code, kind=facet.kind, name=facet.name, values=values)


@router.get("/products/{slug}", response_model=ProductDetailOut)
@public
def product(ctx: Ctx, slug: str) -> ProductDetailOut:
    """One published product, by an address that it has or had."""
    with ctx.reading():
        found = product_by_slug(ctx, slug)
        if found is None:
            raise not_found(ctx.gettext("There is no such product."))
        attributes = dict(shown_attributes(ctx, found.id)) if found.has_attributes else {}
        trail = tree_of(ctx).trail(found.category) if found.category is not None else []
        return _detail(ctx, found, attributes, [node.handle for node in trail])


def _detail(ctx: Context, found: ProductView, attributes: dict[str, str], categories: list[str]) -> ProductDetailOut:
    pictures = [_picture(ctx, p.media, p.alt, p.width, p.height) for p in found.pictures]
    names = {o.code: in_locale(o.name, ctx.locale, ctx.site.locales[0]) for o in found.options}
    labels = {(o.code, v.code): in_locale(v.label, ctx.locale, ctx.site.locales[0]) for o in found.options for v in o.values}
    return ProductDetailOut(
        slug=found.slug,
        title=found.title,
        summary=found.summary,
        url=ctx.url(found.url, absolute=True),
        picture=pictures[0] if pictures else None,
        variants=[
            variant_out(v, {names[c]: labels[c, x] for c, x in v.options.items() if (c, x) in labels}) for v in found.variants
        ],
        description=found.description,
        materials=found.materials,
        care=found.care,
        made_in=found.made_in,
        tags=list(found.tags),
        categories=categories,
        attributes=attributes,
        pictures=pictures,
        related=list(found.related),
    )


def _product(ctx: Context, card: Card, summary: str, variants: list[tuple[VariantView, dict[str, str]]]) -> ProductOut:
    return ProductOut(
        slug=card.slug,
        title=card.title,
        summary=summary,
        url=ctx.url(card.url, absolute=True),
        picture=_picture(ctx, card.picture, card.alt, card.width, card.height) if card.picture else None,
        variants=[variant_out(v, options) for v, options in variants],
    )


def variant_out(variant: VariantView, options: dict[str, str]) -> VariantOut:
    return VariantOut(
        sku=variant.sku,
        options=options,
        price=_money(variant.price),
        compare_at=_money(variant.compare_at),
        available=variant.available,
        weight_g=variant.weight_g,
    )


def _money(amount: Money | None) -> MoneyOut | None:
    return MoneyOut(minor=amount.minor, currency=amount.currency) if amount is not None else None


def _picture(ctx: Context, media: str, alt: str, width: int, height: int) -> PictureOut:
    address = ctx.media.url(media, None)
    absolute = address if address.startswith("http") else ctx.site.base_url.rstrip("/") + address
    return PictureOut(url=absolute, alt=alt, width=width, height=height)
