"""Creating, changing and deleting a product's own texts, places and publishing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import delete, insert, select, update

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.commerce.events import ProductChanged
from marketry.problems import conflict, not_found
from marketry_catalog.domain.slugs import is_slug, slugify
from marketry_catalog.kept_pages import product_changed
from marketry_catalog.models.categories import category
from marketry_catalog.models.products import product, product_slug, variant
from marketry_catalog.queries.recent import changed
from marketry_catalog.saving.changes import mark_changed
from marketry_catalog.saving.placement import place_products
from marketry_catalog.saving.slugs import set_slugs, taken_by_others

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
TEXTS = ("title", "summary", "description", "materials", "care", "seo_title")


class ProductForm(BaseModel):
    """Texts per locale; an empty slug follows the title. Times are aware."""

    model_config = ConfigDict(extra="forbid")
    title: dict[str, Short]
    summary: dict[str, Short] = Field(default_factory=dict)
    description: dict[str, Long] = Field(default_factory=dict)
    materials: dict[str, Short] = Field(default_factory=dict)
    care: dict[str, Long] = Field(default_factory=dict)
    seo_title: dict[str, Short] = Field(default_factory=dict)
    slug: dict[str, Slug] = Field(default_factory=dict)
    categories: list[str] = Field(default_factory=list)
    tags: Short = ""
    related: Long = ""
    tax_class: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")] = "standard"
    made_in: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    published: bool = False
    publish_at: datetime | None = None
    publish_until: datetime | None = None


def find_product(ctx: Context, handle: str) -> Any:
    """The row of a product, shown or not; refuses (404)."""
    found = ctx.session.execute(select(product).where(product.c.handle == handle)).one_or_none()
    if found is None:
        raise not_found(ctx.gettext("There is no such product."))
    return found


def create_product(ctx: Context, form: ProductForm) -> str:
    """A new product, not yet with variants; returns its handle, made from the title."""
    default = ctx.site.locales[0]
    title = form.title.get(default, "")
    handle = slugify(form.slug.get(default) or title)
    if not handle:
        raise Refused(Problem("required", ctx.gettext("Give the product a title."), f"title.{default}"))
    if ctx.session.execute(select(product.c.id).where(product.c.handle == handle)).first():
        raise Refused(Problem("taken", ctx.gettext("There is a product of this name already."), f"title.{default}", status=409))
    now = ctx.now()
    values = {**_columns(ctx, form), "handle": handle, "options": [], "extra": {}, "created_at": now, "updated_at": now}
    of = ctx.session.execute(insert(product).values(**values).returning(product.c.id)).scalar_one()
    _follow(ctx, of, handle, form)
    audit(ctx, "catalog.product.create", f"product:{handle}")
    return handle


def change_product(ctx: Context, handle: str, form: ProductForm) -> None:
    """Replace what the form shows; everything else (variants, pictures, extra) stays."""
    old = find_product(ctx, handle)
    product_changed(ctx, [old.id])
    ctx.session.execute(
        update(product).where(product.c.id == old.id).values(**_columns(ctx, form), updated_at=ctx.now(), indexed_at=None)
    )
    _follow(ctx, old.id, handle, form)
    audit(ctx, "catalog.product.change", f"product:{handle}", published=form.published)


def change_extra(ctx: Context, handle: str, plugin: str, values: Mapping[str, Any]) -> None:
    """Replace what `plugin` keeps with the product; other plugins' parts stay."""
    old = _locked(ctx, handle)
    ctx.session.execute(update(product).where(product.c.id == old.id).values(extra={**old.extra, plugin: dict(values)}))
    touch(ctx, old.id, handle)
    audit(ctx, "catalog.product.extra", f"product:{handle}", plugin=plugin)


def _locked(ctx: Context, handle: str) -> Any:
    """The row, so that two plugins' forms sent at once don't undo each other; refuses (404)."""
    ctx.session.execute(select(product.c.id).where(product.c.handle == handle).with_for_update())
    return find_product(ctx, handle)


def delete_product(ctx: Context, handle: str) -> None:
    """Delete it with variants, prices and pictures. Refuses (409) while units of it are promised to orders."""
    from marketry_catalog.models.stock import stock_level
    from marketry_catalog.search import engine_of

    old = find_product(ctx, handle)
    promised = (
        select(stock_level.c.variant_id)
        .join(variant, variant.c.id == stock_level.c.variant_id)
        .where(variant.c.product_id == old.id, stock_level.c.allocated > 0)
    )
    if ctx.session.execute(promised).first():
        raise conflict("promised", ctx.gettext("Units of this product are promised to orders. Unpublish it instead."))
    engine_of(ctx).forget(ctx, [handle])
    product_changed(ctx, [old.id])
    ctx.session.execute(delete(product).where(product.c.id == old.id))
    changed(ctx.session)
    mark_changed(ctx.session, [old.id])
    ctx.publish(ProductChanged(at=ctx.now(), product=handle))
    audit(ctx, "catalog.product.delete", f"product:{handle}")


def touch(ctx: Context, of: int, handle: str) -> None:
    """Tell the index and everybody else that something of the product has changed."""
    product_changed(ctx, [of])
    ctx.session.execute(update(product).where(product.c.id == of).values(updated_at=ctx.now(), indexed_at=None))
    changed(ctx.session)
    mark_changed(ctx.session, [of])
    skus = ctx.session.execute(select(variant.c.sku).where(variant.c.product_id == of)).scalars()
    ctx.publish(ProductChanged(at=ctx.now(), product=handle, skus=tuple(skus)))
    ctx.enqueue("catalog.index", {}, key=f"{handle}:{ctx.now().isoformat()}")


def _columns(ctx: Context, form: ProductForm) -> dict[str, Any]:
    if not form.title.get(ctx.site.locales[0]):
        field = f"title.{ctx.site.locales[0]}"
        raise Refused(Problem("required", ctx.gettext("Give the product a title."), field))
    if form.publish_at and form.publish_until and form.publish_until <= form.publish_at:
        raise Refused(Problem("backwards", ctx.gettext("The end lies before the beginning."), "publish_until"))
    return {
        **{text: _filled(getattr(form, text)) for text in TEXTS},
        "tags": list(dict.fromkeys(form.tags.split())),
        "related": list(dict.fromkeys(form.related.split())),
        "tax_class": form.tax_class,
        "made_in": form.made_in or None,
        "published": form.published,
        "publish_at": form.publish_at,
        "publish_until": form.publish_until,
    }


def _follow(ctx: Context, of: int, handle: str, form: ProductForm) -> None:
    """Addresses, places and news."""
    wanted = {of: _slugs(ctx, of, handle, form)}
    taken = taken_by_others(ctx.session, wanted)
    if taken:
        words = "The address %(slug)s belongs to another product."
        raise Refused(
            *(
                Problem("taken", ctx.gettext(words, slug=slug), f"slug.{locale}", status=409)
                for (_, locale), slug in taken.items()
            )
        )
    set_slugs(ctx.session, wanted)
    known = {r.handle: r.id for r in ctx.session.execute(select(category.c.handle, category.c.id))}
    unknown = [c for c in form.categories if c not in known]
    if unknown:
        raise Refused(Problem("unknown_category", ctx.gettext("There is no such category."), "categories"))
    place_products(ctx.session, {of: [known[c] for c in dict.fromkeys(form.categories)]}, {})
    touch(ctx, of, handle)


def _slugs(ctx: Context, of: int, handle: str, form: ProductForm) -> Mapping[str, str]:
    """What was typed, else what there is, else made from the title."""
    rows = ctx.session.execute(
        select(product_slug.c.locale, product_slug.c.slug).where(product_slug.c.product_id == of, product_slug.c.current)
    )
    current = {r.locale: r.slug for r in rows}
    slugs = {}
    for locale in ctx.site.locales:
        typed = form.slug.get(locale, "")
        if typed and not is_slug(typed):
            message = ctx.gettext("Small letters and digits, joined by hyphens: %(slug)s", slug=slugify(typed))
            raise Refused(Problem("bad_slug", message, f"slug.{locale}"))
        slugs[locale] = typed or current.get(locale) or slugify(form.title.get(locale, "")) or handle
    return slugs


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {locale: text for locale, text in texts.items() if text}
