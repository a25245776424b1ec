"""Products in the back office: list, texts, variants, pictures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from marketry import Context, Money, Problem, Refused
from marketry.database import in_locale
from marketry.hookspecs import admin as admin_hooks
from marketry.problems import invalid
from marketry.settings.segment_choices import price_groups
from marketry.web import Ctx, Form, FormValues, Router, permission, redirect, render
from marketry.web.extras import extra_forms, extra_values
from marketry.web.values import BulkAction, Column
from marketry_catalog.domain.options import Option, read_options
from marketry_catalog.editing import pictures, products, variants
from marketry_catalog.queries import admin

router = Router()
READ, WRITE = "catalog.product.read", "catalog.product.write"
LIST = "/admin/products"
ENTITY = "catalog.product"
MOST_TICKED = 200


@router.get("/products")
@permission(READ)
def product_list(ctx: Ctx, q: str = "", state: str = "", category: str = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        page = admin.product_page(ctx, q, state, category, cursor)
        ids = [row.handle for row in page.items]
        columns = [(part, part.values(ctx, ids)) for part in _parts(ctx) if isinstance(part, Column)] if ids else []
        return render(
            ctx,
            "catalog/admin/products.html",
            fragment="list",
            page=page,
            q=q,
            state=state,
            category=category,
            categories=admin.categories_in_order(ctx),
            columns=columns,
            actions=[(action.key, action.label) for action in _actions(ctx)],
            local=_local(ctx),
            showing=admin.showing_of,
        )


@router.post("/products/bulk")
@permission(READ)
def bulk(ctx: Ctx, form: Form) -> Response:
    """Do what was chosen to the ticked products; every action names its own permission."""
    handles = form.all("product")[:MOST_TICKED]
    action = next((a for a in _actions(ctx) if a.key == form.get("action")), None)
    if action is None:
        raise invalid("unknown_action", ctx.gettext("Choose what to do with the ticked products."), "action")
    if not handles:
        raise invalid("nothing_ticked", ctx.gettext("Tick at least one product."), "product")
    return redirect(ctx, LIST, action.run(ctx, handles))


@router.get("/products/new")
@permission(WRITE)
def new_product(ctx: Ctx) -> Response:
    with ctx.reading():
        return _page(ctx, None, {"tax_class": "standard", "categories": []})


@router.post("/products/new")
@permission(WRITE)
def create_product(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            handle = products.create_product(ctx, _parsed(ctx, form))
    except Refused as refused:
        with ctx.reading():
            return _page(ctx, None, _typed(form), refused)
    return redirect(ctx, f"{LIST}/{handle}", ctx.gettext("The product is made. Now give it variants, prices and pictures."))


@router.get("/products/{handle}")
@permission(READ)
def edit_product(ctx: Ctx, handle: str) -> Response:
    with ctx.reading():
        found = products.find_product(ctx, handle)
        return _page(ctx, found, admin.product_form(ctx, found))


@router.post("/products/{handle}")
@permission(WRITE)
def change_product(ctx: Ctx, handle: str, form: Form) -> Response:
    try:
        with ctx.writing():
            products.change_product(ctx, handle, _parsed(ctx, form))
    except Refused as refused:
        with ctx.reading():
            return _page(ctx, products.find_product(ctx, handle), _typed(form), refused)
    return redirect(ctx, f"{LIST}/{handle}", ctx.gettext("The product is saved."))


@router.post("/products/{handle}/extra/{plugin}")
@permission(WRITE)
def change_extra(ctx: Ctx, handle: str, plugin: str, form: Form) -> Response:
    """The fields that a plugin adds to products."""

    def deed() -> None:
        products.change_extra(ctx, handle, plugin, extra_values(ctx, ENTITY, plugin, form))

    return _changed(ctx, handle, form, deed, ctx.gettext("The product is saved."))


@router.post("/products/{handle}/delete")
@permission(WRITE)
def delete_product(ctx: Ctx, handle: str) -> Response:
    with ctx.writing():
        products.delete_product(ctx, handle)
    return redirect(ctx, LIST, ctx.gettext("The product is deleted."))


@router.post("/products/{handle}/options")
@permission(WRITE)
def set_options(ctx: Ctx, handle: str, form: Form) -> Response:
    typed = [
        (
            {locale: form.get(f"options.{i}.name.{locale}").strip()[:60] for locale in ctx.site.locales},
            {locale: form.get(f"options.{i}.values.{locale}")[:2_000] for locale in ctx.site.locales},
        )
        for i in range(3)
    ]
    return _changed(ctx, handle, form, lambda: variants.set_options(ctx, handle, typed), ctx.gettext("The variants are made."))


@router.post("/products/{handle}/variants")
@permission(WRITE)
def change_variants(ctx: Ctx, handle: str, form: Form) -> Response:
    typed: dict[str, dict[str, str]] = {sku: {} for sku in form.all("sku")}
    for name, value in form.values.items():
        sku, _, field = name.rpartition(".")
        if sku in typed:
            typed[sku][field] = value
    return _changed(
        ctx, handle, form, lambda: variants.change_variants(ctx, handle, typed), ctx.gettext("The variants are saved.")
    )


@router.post("/products/{handle}/pictures")
@permission(WRITE)
def add_picture(ctx: Ctx, handle: str, form: Form) -> Response:
    upload = form.files.get("picture")
    if upload is None:
        raise Refused(Problem("required", ctx.gettext("Choose a picture."), "picture"))
    with upload.file:
        content = upload.file.read()
    media = ctx.media.store(content, upload.filename or "")
    alt = {locale: form.get(f"alt.{locale}").strip()[:500] for locale in ctx.site.locales}
    done = ctx.gettext("The picture is added.")
    return _changed(ctx, handle, form, lambda: pictures.add_picture(ctx, handle, media, content, alt), done)


@router.post("/products/{handle}/pictures/{picture}")
@permission(WRITE)
def change_picture(ctx: Ctx, handle: str, picture: int, form: Form) -> Response:
    if form.get("deed") == "remove":
        done = ctx.gettext("The picture is removed.")
        return _changed(ctx, handle, form, lambda: pictures.remove_picture(ctx, handle, picture), done)
    alt = {locale: form.get(f"alt.{locale}") for locale in ctx.site.locales}
    position = int(form.get("position")) if form.get("position").isascii() and form.get("position").isdigit() else 1
    done = ctx.gettext("The picture is saved.")
    return _changed(ctx, handle, form, lambda: pictures.change_picture(ctx, handle, picture, alt, position), done)


def _parts(ctx: Context) -> list[Any]:
    return [part for answer in ctx.hooks.each(admin_hooks.admin_lists, ctx, "catalog.products") for part in answer.value]


def _actions(ctx: Context) -> list[BulkAction]:
    return [part for part in _parts(ctx) if isinstance(part, BulkAction) and ctx.allows(part.permission)]


def _changed(ctx: Context, handle: str, form: FormValues, deed: Any, done: str) -> Response:
    """Do it in one transaction and go back to the product, or show the product with what was wrong."""
    try:
        with ctx.writing():
            deed()
    except Refused as refused:
        if refused.status == 404:
            raise
        with ctx.reading():
            found = products.find_product(ctx, handle)
            return _page(ctx, found, {**admin.product_form(ctx, found), **form.values}, refused)
    return redirect(ctx, f"{LIST}/{handle}", done)


def _page(ctx: Context, found: Any, values: dict[str, Any], refused: Refused | None = None) -> Response:
    problems: Sequence[Problem] = refused.problems if refused else ()
    shown = admin.pictures_of_product(ctx, found.id) if found else []
    return render(
        ctx,
        "catalog/admin/product.html",
        status=refused.status if refused else 200,
        product=found,
        values=values,
        problems=problems,
        categories=admin.categories_in_order(ctx),
        may_write=ctx.allows(WRITE),
        local=_local(ctx),
        options=read_options(found.options) if found else (),
        showing=admin.showing_of(ctx, found) if found else "",
        variants=admin.variants_of_product(ctx, found.id) if found else [],
        groups=price_groups(ctx.site),
        group_prices=admin.group_prices_of_product(ctx, found.id) if found else {},
        pictures=shown,
        amount=_amount,
        option_values=_option_values,
        extras=extra_forms(ctx, ENTITY, found.extra, values) if found else [],
        picture_choices=[(p.id, f"{p.position}: {_local(ctx)(p.alt)}"[:60]) for p in shown],
    )


def _amount(minor: int, currency: str) -> str:
    """An amount as it is typed into a field."""
    return str(Money(minor, currency).amount)


def _option_values(option: Option, locale: str) -> str:
    return ", ".join(value.label.get(locale, "") for value in option.values)


def _parsed(ctx: Context, form: FormValues) -> products.ProductForm:
    parsed = form.parse(products.ProductForm)
    zone = ZoneInfo(ctx.site.timezone)
    return parsed.model_copy(update={name: _aware(getattr(parsed, name), zone) for name in ("publish_at", "publish_until")})


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Browsers send local times without an offset: those of the shop."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


def _typed(form: FormValues) -> dict[str, Any]:
    return {**form.values, "categories": form.all("categories")}


def _local(ctx: Context) -> Any:
    return lambda texts: in_locale(texts, ctx.locale, ctx.site.locales[0])
