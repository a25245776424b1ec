"""Searches in the back office: what people look for, what they look for in vain, synonyms."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_catalog.editing.synonyms import SynonymForm, add_synonym, delete_synonym, synonyms
from marketry_catalog.search.insights import popular, write_noted
from marketry_catalog.settings import CatalogSettings

router = Router()
READ, WRITE = "catalog.product.read", "catalog.product.write"
LIST = "/admin/searches"
DAYS = 30
ROWS = 50


@router.get("/searches")
@permission(READ)
def searches(ctx: Ctx, term: str = "") -> Response:
    write_noted(ctx)
    with ctx.reading():
        return _page(ctx, {"term": term[:100], "locale": ctx.site.locales[0]})


@router.post("/searches/synonyms")
@permission(WRITE)
def add(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            add_synonym(ctx, form.parse(SynonymForm))
    except Refused as refused:
        with ctx.reading():
            return _page(ctx, form.values, refused)
    return redirect(ctx, LIST, ctx.gettext("The synonym is saved."))


@router.post("/searches/synonyms/{synonym}/delete")
@permission(WRITE)
def remove(ctx: Ctx, synonym: int) -> Response:
    with ctx.writing():
        delete_synonym(ctx, synonym)
    return redirect(ctx, LIST, ctx.gettext("The synonym is deleted."))


def _page(ctx: Context, values: Any, refused: Refused | None = None) -> Response:
    return render(
        ctx,
        "catalog/admin/searches.html",
        status=refused.status if refused else 200,
        values=values,
        problems=refused.problems if refused else (),
        days=DAYS,
        kept=ctx.settings(CatalogSettings).search_days,
        popular=popular(ctx, DAYS, ROWS, in_vain=False),
        in_vain=popular(ctx, DAYS, ROWS, in_vain=True),
        synonyms=synonyms(ctx),
        locales=[(locale, ctx.runtime.i18n.language_name(locale)) for locale in ctx.site.locales],
        may_write=ctx.allows(WRITE),
    )
