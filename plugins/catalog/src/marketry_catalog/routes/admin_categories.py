"""Categories in the back office."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_catalog.editing import categories
from marketry_catalog.queries import admin

router = Router()
READ, WRITE = "catalog.product.read", "catalog.product.write"
LIST = "/admin/categories"


@router.get("/categories")
@permission(READ)
def category_list(ctx: Ctx) -> Response:
    with ctx.reading():
        return render(ctx, "catalog/admin/categories.html", rows=admin.categories_in_order(ctx), may_write=ctx.allows(WRITE))


@router.get("/categories/new")
@permission(WRITE)
def new_category(ctx: Ctx) -> Response:
    with ctx.reading():
        return _page(ctx, None, {"position": 1, "published": True})


@router.post("/categories/new")
@permission(WRITE)
def create_category(ctx: Ctx, form: Form) -> Response:
    return _saved(ctx, form, None)


@router.get("/categories/{handle}")
@permission(READ)
def edit_category(ctx: Ctx, handle: str) -> Response:
    with ctx.reading():
        found = categories.find_category(ctx, handle)
        values: dict[str, Any] = {"position": found.position, "published": found.published, "parent": _parent(ctx, found)}
        for name in ("name", "description", "slug"):
            values |= {f"{name}.{locale}": getattr(found, name).get(locale, "") for locale in ctx.site.locales}
        return _page(ctx, found, values)


@router.post("/categories/{handle}")
@permission(WRITE)
def change_category(ctx: Ctx, handle: str, form: Form) -> Response:
    return _saved(ctx, form, handle)


@router.post("/categories/{handle}/delete")
@permission(WRITE)
def delete_category(ctx: Ctx, handle: str) -> Response:
    with ctx.writing():
        categories.delete_category(ctx, handle)
    return redirect(ctx, LIST, ctx.gettext("The category is deleted."))


def _saved(ctx: Context, form: Any, handle: str | None) -> Response:
    try:
        with ctx.writing():
            categories.save_category(ctx, form.parse(categories.CategoryForm), handle)
    except Refused as refused:
        if refused.status == 404:
            raise
        with ctx.reading():
            return _page(ctx, categories.find_category(ctx, handle) if handle else None, form.values, refused)
    return redirect(ctx, LIST, ctx.gettext("The category is saved."))


def _page(ctx: Context, found: Any, values: dict[str, Any], refused: Refused | None = None) -> Response:
    rows = admin.categories_in_order(ctx)
    others = [(h, "– " * depth + name) for h, name, depth, row in rows if not found or row.id != found.id]
    return render(
        ctx,
        "catalog/admin/category.html",
        status=refused.status if refused else 200,
        category=found,
        values=values,
        problems=refused.problems if refused else (),
        parents=others,
        may_write=ctx.allows(WRITE),
    )


def _parent(ctx: Context, found: Any) -> str:
    return next((h for h, _, _, row in admin.categories_in_order(ctx) if row.id == found.parent_id), "")
