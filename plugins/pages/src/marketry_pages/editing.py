"""Write pages and posts. Each save keeps a revision and is audited; callers hold the transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.problems import conflict, invalid, not_found
from marketry.slugs import free_slug, is_slug, slugify
from marketry_pages.entries import SPACES
from marketry_pages.forms import EntryForm
from marketry_pages.kept_pages import entries_changed
from marketry_pages.models import address, entry, label, revision

TRANSLATED = ("title", "summary", "body", "seo_title", "seo_description", "picture_alt", "author")
PLAIN = ("picture", "tags", "products", "placement", "position", "published", "publish_at", "publish_until")


def find_entry(ctx: Context, handle: str) -> Any:
    """The row; refuses (404) what isn't there."""
    row = ctx.session.execute(select(entry).where(entry.c.handle == handle)).one_or_none()
    if row is None:
        raise not_found(ctx.gettext("There is no such page."))
    return row


def create_entry(ctx: Context, kind: str, form: EntryForm, *, handle: str = "") -> str:
    """Make a page, policy or post; returns its handle, taken from its title unless given."""
    values = _values(ctx, form)
    wanted = handle or slugify(form.slug.get(ctx.site.locales[0], "") or form.title.get(ctx.site.locales[0], "")) or kind
    taken = set(ctx.session.execute(select(entry.c.handle).where(entry.c.handle.like(f"{wanted}%"))).scalars())
    handle = free_slug(wanted[:110], taken)
    now = ctx.now()
    values |= {"publish_at": values["publish_at"] or now, "kind": kind, "handle": handle, "created_at": now, "updated_at": now}
    made = ctx.session.execute(insert(entry).values(**values).returning(entry.c.id)).scalar_one()
    _write_beside(ctx, made, kind, handle, form)
    keep_revision(ctx, made)
    entries_changed(ctx)
    audit(ctx, "pages.entry.create", f"{kind}:{handle}", published=form.published)
    return handle


def change_entry(ctx: Context, handle: str, form: EntryForm, *, seen: int | None = None, restored: int | None = None) -> bool:
    """Write all fields anew; False where nothing differs. `seen` is the revision that the author began with: refused (409) where
    somebody has saved since."""
    found = find_entry(ctx, handle)
    last = last_revision(ctx, found.id)
    if seen is not None and seen != last:
        raise conflict(
            "changed_meanwhile", ctx.gettext("Somebody has saved this page since you opened it. Look at the revisions.")
        )
    values = _values(ctx, form)
    values["publish_at"] = values["publish_at"] or found.publish_at
    before = content_of(ctx, found.id)
    ctx.session.execute(update(entry).where(entry.c.id == found.id).values(**values, updated_at=ctx.now()))
    _write_beside(ctx, found.id, found.kind, handle, form)
    if content_of(ctx, found.id) == before:
        return False
    keep_revision(ctx, found.id, restored=restored)
    entries_changed(ctx)
    audit(ctx, "pages.entry.change", f"{found.kind}:{handle}", published=form.published, restored=restored)
    return True


def delete_entry(ctx: Context, handle: str) -> str:
    """The entry with its addresses and revisions; returns its kind."""
    found = find_entry(ctx, handle)
    ctx.session.execute(delete(entry).where(entry.c.id == found.id))
    entries_changed(ctx)
    audit(ctx, "pages.entry.delete", f"{found.kind}:{handle}")
    return str(found.kind)


def restore(ctx: Context, handle: str, number: int) -> None:
    """Save what a former revision says as a new one."""
    found = find_entry(ctx, handle)
    kept = select(revision.c.content).where(revision.c.entry_id == found.id, revision.c.number == number)
    content = ctx.session.execute(kept).scalar()
    if content is None:
        raise not_found(ctx.gettext("There is no such revision."))
    change_entry(ctx, handle, EntryForm.model_validate(content), restored=number)


def last_revision(ctx: Context, entry_id: int) -> int:
    found = ctx.session.execute(select(func.max(revision.c.number)).where(revision.c.entry_id == entry_id)).scalar()
    return int(found or 0)


def keep_revision(ctx: Context, entry_id: int, *, restored: int | None = None) -> None:
    """Keep the entry as it is now."""
    ctx.session.execute(
        insert(revision).values(
            entry_id=entry_id,
            number=last_revision(ctx, entry_id) + 1,
            at=ctx.now(),
            actor=ctx.actor.id or ctx.actor.kind.value,
            actor_name=ctx.actor.name[:200],
            restored=restored,
            content=content_of(ctx, entry_id),
        )
    )


def content_of(ctx: Context, entry_id: int) -> dict[str, Any]:
    """All that an author wrote, as JSON that EntryForm reads."""
    row = ctx.session.execute(select(entry).where(entry.c.id == entry_id)).one()._mapping
    content = {name: row[name] for name in (*TRANSLATED, *PLAIN)}
    current = select(address.c.locale, address.c.slug).where(address.c.entry_id == entry_id, address.c.current)
    content["slug"] = dict(sorted((r.locale, r.slug) for r in ctx.session.execute(current)))
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def _values(ctx: Context, form: EntryForm) -> dict[str, Any]:
    values: dict[str, Any] = {name: texts(ctx, name, getattr(form, name)) for name in TRANSLATED}
    values |= {name: getattr(form, name) for name in PLAIN}
    first = ctx.site.locales[0]
    if not values["title"].get(first):
        raise Refused(Problem("required", ctx.gettext("This is required."), f"title.{first}"))
    zone = ZoneInfo(ctx.site.timezone)
    for name in ("publish_at", "publish_until"):
        moment = values[name]
        if moment is not None and moment.tzinfo is None:  # browsers send local times: those of the shop
            values[name] = moment.replace(tzinfo=zone)
    until = values["publish_until"]
    if until and until <= (values["publish_at"] or ctx.now()):
        raise invalid("bad_window", ctx.gettext("The end lies before the beginning."), "publish_until")
    return values


def texts(ctx: Context, field: str, given: Mapping[str, str]) -> dict[str, str]:
    """The texts in the site's languages; those of others are refused."""
    strange = [locale for locale in given if locale not in ctx.site.locales]
    if strange:
        raise invalid("unknown_locale", ctx.gettext("This shop doesn't speak that language."), f"{field}.{strange[0]}")
    return {locale: text for locale, text in given.items() if text}


def _write_beside(ctx: Context, entry_id: int, kind: str, handle: str, form: EntryForm) -> None:
    """Addresses and labels."""
    space = SPACES[kind]
    for locale in ctx.site.locales:
        typed = form.slug.get(locale, "")
        if typed and not is_slug(typed):
            hint = slugify(typed)
            raise invalid("bad_slug", ctx.gettext("Write it like this: %(slug)s", slug=hint or "about-us"), f"slug.{locale}")
        wanted = typed or _kept_slug(ctx, entry_id, locale) or slugify(form.title.get(locale, "")) or handle
        _move(ctx, space, locale, entry_id, wanted, bool(typed))
        _lead_from(ctx, space, locale, entry_id, handle)
    ctx.session.execute(delete(label).where(label.c.entry_id == entry_id))
    if form.tags:
        ctx.session.execute(insert(label), [{"tag": tag, "entry_id": entry_id} for tag in form.tags])


def _lead_from(ctx: Context, space: str, locale: str, entry_id: int, handle: str) -> None:
    """The handle is an address too, so that templates may link pages whose slugs authors change."""
    here = (address.c.space == space, address.c.locale == locale, address.c.slug == handle)
    if not ctx.session.execute(select(address.c.slug).where(*here)).first():
        row = {"space": space, "locale": locale, "slug": handle, "entry_id": entry_id, "current": False}
        ctx.session.execute(insert(address).values(**row))


def _kept_slug(ctx: Context, entry_id: int, locale: str) -> str:
    found = select(address.c.slug).where(address.c.entry_id == entry_id, address.c.locale == locale, address.c.current)
    return ctx.session.execute(found).scalar() or ""


def _move(ctx: Context, space: str, locale: str, entry_id: int, slug: str, typed: bool) -> None:
    """Make `slug` the current address; former ones lead on. One that another entry uses is refused, or, unless it was typed,
    numbered."""
    rows = ctx.session.execute(
        select(address.c.slug, address.c.entry_id, address.c.current).where(
            address.c.space == space, address.c.locale == locale, address.c.slug.like(f"{slug}%")
        )
    ).all()
    taken = {r.slug for r in rows if r.entry_id != entry_id and r.current}
    if slug in taken and typed:
        message = ctx.gettext("Another page has this address. Choose another one.")
        raise conflict("slug_taken", message, f"slug.{locale}")
    slug = free_slug(slug, taken)
    mine = (address.c.entry_id == entry_id, address.c.locale == locale)
    ctx.session.execute(update(address).where(*mine, address.c.slug != slug, address.c.current).values(current=False))
    here = (address.c.space == space, address.c.locale == locale, address.c.slug == slug)
    if not ctx.session.connection().execute(update(address).where(*here).values(entry_id=entry_id, current=True)).rowcount:
        try:
            ctx.session.execute(insert(address).values(space=space, locale=locale, slug=slug, entry_id=entry_id, current=True))
        except IntegrityError:
            raise conflict(
                "slug_taken", ctx.gettext("Another page has this address. Choose another one."), f"slug.{locale}"
            ) from None
