"""Home, categories, products and search, for people."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketry.problems import Refused, not_found
from marketry.web import Ctx, Router, cached, gives_way, public, render
from marketry_catalog.domain.choosing import nearest
from marketry_catalog.domain.filters import LIST_PARAMETERS, MOST_FILTERS
from marketry_catalog.home.drawing import home_page
from marketry_catalog.kept_pages import shows_list
from marketry_catalog.lists.wanted import BAD_FILTER
from marketry_catalog.pages.lists import Chosen, category_page, search_page
from marketry_catalog.pages.product import product_values
from marketry_catalog.queries.product import ProductView, VariantView, product_by_slug
from marketry_catalog.search.insights import noted
from marketry_catalog.search.suggesting import suggest

router = Router()
OPTION = "option-"


@router.get("/")
@public
@gives_way
@cached()
def home(ctx: Ctx) -> Response:
    with ctx.reading():
        shows_list(ctx, "products")
        return render(ctx, "catalog/home.html", **home_page(ctx))


Filters = Annotated[list[Annotated[str, StringConstraints(max_length=160)]], Query(max_length=MOST_FILTERS)]


@router.get("/categories/{path:path}")
@public
@cached(*LIST_PARAMETERS)
def category(
    ctx: Ctx,
    path: str,
    sort: str = "",
    available: bool = False,
    sale: bool = False,
    cursor: str | None = None,
    filter: Filters = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    path, chosen = path.strip("/"), Chosen(sort, available, sale, filter, cursor)
    with ctx.reading():
        try:
            page = category_page(ctx, path, chosen)
        except Refused as refused:
            return _without_filters(ctx, refused, f"/categories/{path}", chosen)
        if isinstance(page, str):
            return RedirectResponse(ctx.url(page), 301)
        shows_list(ctx, f"category:{page['category'].handle}")
        return render(ctx, "catalog/category.html", fragment="listing", **page)


@router.get("/search")
@public
def search(
    ctx: Ctx,
    q: Annotated[str, Query(max_length=20_000)] = "",
    exact: bool = False,
    sort: str = "",
    available: bool = False,
    sale: bool = False,
    cursor: str | None = None,
    filter: Filters = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    chosen = Chosen(sort, available, sale, filter, cursor, q, exact)
    with ctx.reading():
        try:
            page = search_page(ctx, chosen)
        except Refused as refused:
            return _without_filters(ctx, refused, "/search", chosen)
        response = render(ctx, "catalog/search.html", fragment="listing", **page)
    if page["page"] and not (cursor or filter or available or sale):
        noted(ctx, page["q"], 0 if page["found"].some else page["page"].count)
    return response


@router.get("/search/suggestions")
@public
def suggestions(ctx: Ctx, q: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    with ctx.reading():
        return render(ctx, "catalog/suggestions.html", found=suggest(ctx, q))


@router.get("/products/{slug}")
@public
@cached("variant", f"{OPTION}*")
def product(ctx: Ctx, request: Request, slug: str, variant: str | None = None) -> Response:
    with ctx.reading():
        found = product_by_slug(ctx, slug)
        if found is None:
            raise not_found(ctx.gettext("This product isn't here (any more). Search for it, or look through the categories."))
        chosen = _chosen(found, variant, request.query_params)
        by_options = any(key.startswith(OPTION) for key in request.query_params)
        address = ctx.url(f"{found.url}?variant={chosen.sku}" if chosen and (by_options or variant) else found.url)
        if slug != found.slug:
            return RedirectResponse(address, 301)
        if by_options and "hx-request" not in request.headers:
            return RedirectResponse(address, 303)
        response = render(ctx, "catalog/product.html", fragment="product", **product_values(ctx, found, chosen))
    if by_options:
        response.headers["HX-Push-Url"] = address
    return response


def _without_filters(ctx: Ctx, refused: Refused, path: str, chosen: Chosen) -> Response:
    """A link of yesterday may name a colour that nothing has any more: its reader gets the whole list, not an error."""
    if refused.problems[0].code != BAD_FILTER:
        raise refused
    return RedirectResponse(chosen.address(ctx, path, filters=()), 302)


def _chosen(found: ProductView, sku: str | None, query: Mapping[str, str]) -> VariantView | None:
    """By its options where they were sent, else by its SKU, else the first that can be bought."""
    wanted = {key.removeprefix(OPTION): value for key, value in query.items() if key.startswith(OPTION)}
    return nearest(found.variants, wanted) if wanted else found.variant(sku)
