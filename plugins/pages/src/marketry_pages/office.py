"""Pages and posts for the back office: lists, search, revisions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, cast, or_, select

from marketry import Context
from marketry.database import in_locale, paginate
from marketry.database.keyset import Order
from marketry.web.values import Hit, Page
from marketry_pages.domain.showing import showing
from marketry_pages.models import entry, missing, revision

MOST = 10
CHANGED: Order = ((entry.c.updated_at, "desc"), (entry.c.id, "desc"))
MOST_ASKED: Order = ((missing.c.asked, "desc"), (missing.c.path, "desc"))


def entry_page(ctx: Context, kind: str, q: str, state: str, cursor: str | None, limit: int = 50) -> Page:
    """Entries as they were changed last."""
    statement = select(
        entry.c.handle, entry.c.kind, entry.c.title, entry.c.placement, entry.c.published, entry.c.publish_at,
        entry.c.publish_until, entry.c.updated_at,
    )  # fmt: skip
    if kind:
        statement = statement.where(entry.c.kind == kind)
    if state in ("published", "hidden"):
        statement = statement.where(entry.c.published.is_(state == "published"))
    if q.strip():
        statement = statement.where(_like(q))
    return paginate(ctx.session, statement, order=CHANGED, cursor=cursor, limit=limit)


def _like(q: str) -> Any:
    # PostgreSQL writes JSON as it is, SQLite as Python wrote it: letters beyond ASCII are escaped there.
    plain = q.strip().replace("%", "").replace("_", "")
    escaped = plain.encode("unicode_escape").decode().replace("\\", "%")
    title = cast(entry.c.title, String)
    return or_(entry.c.handle.ilike(f"%{plain}%"), title.ilike(f"%{plain}%"), title.ilike(f"%{escaped}%"))


def state_of(ctx: Context, row: Any) -> str:
    """`hidden`, `scheduled`, `ended` or `shown`, now."""
    return showing(row.published, row.publish_at, row.publish_until, ctx.now())


def hits(ctx: Context, q: str) -> Sequence[Hit]:
    """Pages and posts by title or handle."""
    if not ctx.allows("pages.page.read") or not q.strip():
        return ()
    words = {"page": ctx.gettext("Page"), "policy": ctx.gettext("Policy"), "post": ctx.gettext("Post")}
    with ctx.reading():
        rows = entry_page(ctx, "", q, "", None, MOST).items
    fallback = ctx.site.locales[0]
    return [Hit(in_locale(r.title, ctx.locale, fallback), f"/admin/pages/{r.handle}", words[r.kind], r.handle) for r in rows]


def revisions(ctx: Context, entry_id: int, cursor: str | None, limit: int = 30) -> Page:
    statement = select(revision).where(revision.c.entry_id == entry_id)
    return paginate(ctx.session, statement, order=((revision.c.number, "desc"),), cursor=cursor, limit=limit)


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    """(field, locale or "", before, after) for all that differs."""
    found: list[tuple[str, str, Any, Any]] = []
    for name in after:
        old, new = before.get(name), after[name]
        if isinstance(new, dict):
            old = old or {}
            found += [
                (name, at, old.get(at, ""), new.get(at, "")) for at in sorted({*old, *new}) if old.get(at, "") != new.get(at, "")
            ]
        elif old != new:
            found.append((name, "", old, new))
    return found


def missing_page(ctx: Context, cursor: str | None, limit: int = 50) -> Page:
    """Addresses that lead nowhere, the most asked first."""
    return paginate(ctx.session, select(missing), order=MOST_ASKED, cursor=cursor, limit=limit)
