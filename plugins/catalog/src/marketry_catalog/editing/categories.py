"""Categories: made, renamed, moved, removed."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import delete, insert, select, update

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.problems import not_found
from marketry_catalog.domain.slugs import is_slug, slugify
from marketry_catalog.kept_pages import tree_changed
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import product
from marketry_catalog.saving.changes import mark_changed
from marketry_catalog.saving.paths import PathTaken, renew_paths
from marketry_catalog.saving.placement import replace_all

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class CategoryForm(BaseModel):
    """`parent` is a handle, empty at the top; an empty slug is the handle."""

    model_config = ConfigDict(extra="forbid")
    name: dict[str, Name]
    description: dict[str, Text] = Field(default_factory=dict)
    slug: dict[str, Name] = Field(default_factory=dict)
    parent: str = ""
    position: int = Field(default=1, ge=0, le=1_000_000)
    published: bool = False


def find_category(ctx: Context, handle: str) -> Any:
    """The row of a category; refuses (404)."""
    found = ctx.session.execute(select(category).where(category.c.handle == handle)).one_or_none()
    if found is None:
        raise not_found(ctx.gettext("There is no such category."))
    return found


def save_category(ctx: Context, form: CategoryForm, handle: str | None) -> str:
    """Create (no `handle`) or change; former paths lead on. Returns the handle."""
    default = ctx.site.locales[0]
    if not form.name.get(default):
        raise Refused(Problem("required", ctx.gettext("Give the category a name."), f"name.{default}"))
    for locale, slug in form.slug.items():
        if slug and not is_slug(slug):
            message = ctx.gettext("Small letters and digits, joined by hyphens: %(slug)s", slug=slugify(slug))
            raise Refused(Problem("bad_slug", message, f"slug.{locale}"))
    values = {
        **{name: {k: v for k, v in getattr(form, name).items() if v} for name in ("name", "description", "slug")},
        "parent_id": find_category(ctx, form.parent).id if form.parent else None,
        "position": form.position,
        "published": form.published,
    }
    if handle is None:
        handle = slugify(form.slug.get(default) or form.name[default])
        if not handle or ctx.session.execute(select(category.c.id).where(category.c.handle == handle)).first():
            message = ctx.gettext("There is a category of this name already.")
            raise Refused(Problem("taken", message, f"name.{default}", status=409))
        ctx.session.execute(insert(category).values(handle=handle, picture_alt={}, picture_digest="", **values))
    else:
        of = find_category(ctx, handle).id
        ctx.session.execute(update(category).where(category.c.id == of).values(**values))
        _index_again(ctx, of)
    _renew(ctx)
    audit(ctx, "catalog.category.save", f"category:{handle}", parent=form.parent)
    return handle


def delete_category(ctx: Context, handle: str) -> None:
    """Its products stay, without it; categories below it move to the top."""
    of = find_category(ctx, handle).id
    _index_again(ctx, of)
    ctx.session.execute(delete(category).where(category.c.id == of))
    _renew(ctx)
    audit(ctx, "catalog.category.delete", f"category:{handle}")


def _renew(ctx: Context) -> None:
    try:
        renew_paths(ctx.session, ctx.site.locales)
    except PathTaken as error:
        message = ctx.gettext("Another category has the path %(path)s.", path=error.path)
        raise Refused(Problem("taken", message, f"slug.{ctx.site.locales[0]}", status=409)) from None
    except ValueError:
        raise Refused(Problem("circle", ctx.gettext("A category can't stand below itself."), "parent")) from None
    replace_all(ctx.session)
    tree_changed(ctx)


def _index_again(ctx: Context, of: int) -> None:
    """Products are found by the names of their categories too, and lists must no longer count them here once it is gone."""
    inside = select(category_product.c.product_id).where(category_product.c.category_id == of)
    ctx.session.execute(update(product).where(product.c.id.in_(inside)).values(indexed_at=None))
    mark_changed(ctx.session, list(ctx.session.execute(inside).scalars()))
    ctx.enqueue("catalog.index", {}, key=f"category:{of}:{ctx.now().isoformat()}")
