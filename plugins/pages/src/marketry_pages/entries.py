"""Pages and posts as people see them: found by address, listed, placed in header and footer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, literal_column, or_, select

from marketry import Context
from marketry.database import UTCDateTime, in_locale, paginate
from marketry.database.keyset import Order
from marketry.web.values import Page
from marketry_pages.kept_pages import shows_entries
from marketry_pages.markdown import as_markup
from marketry_pages.models import address, entry, label

BASES = {"page": "/pages", "policy": "/policies", "post": "/journal"}
SPACES = {"page": "page", "policy": "page", "post": "post"}
NOW = bindparam("now", type_=UTCDateTime())
_BLANK: Any = literal_column("' '")


@dataclass(frozen=True, slots=True)
class EntryView:
    """A page or post in one language. `paths` are its addresses per locale, without the locale's prefix."""

    id: int
    kind: str
    handle: str
    title: str
    summary: str
    text: str
    seo_title: str
    seo_description: str
    picture: str | None
    picture_alt: str
    author: str
    tags: tuple[str, ...]
    products: tuple[str, ...]
    placement: str
    published_at: datetime
    changed_at: datetime
    paths: Mapping[str, str]
    path: str
    prefix: str

    @property
    def body(self) -> Markup:
        return as_markup(self.text, self.prefix)


def shown() -> ColumnElement[bool]:
    """The entry is shown at `:now` (the rule of domain/showing.py)."""
    return and_(
        entry.c.published,
        entry.c.publish_at <= NOW,
        or_(entry.c.publish_until.is_(None), entry.c.publish_until > NOW),
    )


_slugs = (
    select(func.aggregate_strings(address.c.locale + "=" + address.c.slug, _BLANK))
    .where(address.c.entry_id == entry.c.id, address.c.current)
    .correlate(entry)
    .scalar_subquery()
)
COLUMNS = (*(column for column in entry.c if column.name not in ("body", "created_at")), _slugs.label("slugs"))
_asked = address.alias("asked")
_BY_SLUG = (
    select(*COLUMNS, entry.c.body)
    .join(_asked, _asked.c.entry_id == entry.c.id)
    .where(_asked.c.space == bindparam("space", type_=String()), _asked.c.slug == bindparam("slug", type_=String()), shown())
    .order_by((_asked.c.locale == bindparam("locale", type_=String())).desc(), _asked.c.current.desc(), entry.c.id)
    .limit(1)
)
_PLACED = select(*COLUMNS).where(entry.c.placement != "", shown()).order_by(entry.c.position, entry.c.id)
_ALL = select(*COLUMNS).where(shown(), entry.c.id > bindparam("after")).order_by(entry.c.id).limit(500)
_ANY_POST = select(entry.c.id).where(entry.c.kind == "post", shown()).limit(1)
_POSTS = select(*COLUMNS).where(entry.c.kind == "post", shown())
NEWEST: Order = ((entry.c.publish_at, "desc"), (entry.c.id, "desc"))


def entry_by_slug(ctx: Context, space: str, slug: str) -> EntryView | None:
    """The shown entry that has, or had, this address in any language; see `path` for where it is in this one."""
    shows_entries(ctx)
    values = {"space": space, "slug": slug, "locale": ctx.locale, "now": ctx.now()}
    row = ctx.session.execute(_BY_SLUG, values).one_or_none()
    return view_of(ctx, row) if row else None


def placed(ctx: Context) -> list[EntryView]:
    """Pages that header or footer link, in their order."""
    shows_entries(ctx)
    return [view_of(ctx, row) for row in ctx.session.execute(_PLACED, {"now": ctx.now()})]


def has_posts(ctx: Context) -> bool:
    shows_entries(ctx)
    return ctx.session.execute(_ANY_POST, {"now": ctx.now()}).first() is not None


def posts_page(ctx: Context, tag: str, cursor: str | None, limit: int) -> Page:
    """A page of posts, the newest first."""
    shows_entries(ctx)
    page = paginate(ctx.session, tagged(tag).params(now=ctx.now()), order=NEWEST, cursor=cursor, limit=limit)
    return Page([view_of(ctx, row) for row in page.items], page.next_cursor, page.previous_cursor)


def newest_posts(ctx: Context, limit: int) -> list[EntryView]:
    """For the feed: with their text."""
    shows_entries(ctx)
    statement = _POSTS.add_columns(entry.c.body).order_by(entry.c.publish_at.desc(), entry.c.id.desc()).limit(limit)
    return [view_of(ctx, row) for row in ctx.session.execute(statement, {"now": ctx.now()})]


def all_shown(ctx: Context) -> Iterator[EntryView]:
    """Every shown page and post, in batches of their own sessions."""
    after = 0
    while True:
        with ctx.reading() as session:
            rows = session.execute(_ALL, {"after": after, "now": ctx.now()}).all()
        yield from (view_of(ctx, row) for row in rows)
        if not rows:
            return
        after = rows[-1].id


def tagged(tag: str) -> Select[Any]:
    """Shown posts, those of `tag` where there is one."""
    return _POSTS.where(entry.c.id.in_(select(label.c.entry_id).where(label.c.tag == tag))) if tag else _POSTS


def view_of(ctx: Context, row: Any) -> EntryView:
    """A row of COLUMNS in the context's language."""
    words = _words(ctx)
    base = BASES[row.kind]
    paths = {locale: f"{base}/{slug}" for locale, slug in (line.split("=", 1) for line in (row.slugs or "").split())}
    fallback = ctx.site.locales[0]
    return EntryView(
        row.id,
        row.kind,
        row.handle,
        words(row.title),
        words(row.summary),
        words(getattr(row, "body", None)),
        words(row.seo_title),
        words(row.seo_description),
        row.picture,
        words(row.picture_alt),
        words(row.author),
        tuple(row.tags),
        tuple(row.products),
        row.placement,
        row.publish_at,
        row.updated_at,
        paths,
        paths.get(ctx.locale) or paths.get(fallback) or f"{base}/{row.handle}",
        "" if ctx.locale == fallback else f"/{ctx.locale}",
    )


def _words(ctx: Context) -> Callable[[Mapping[str, str] | None], str]:
    return lambda texts: in_locale(texts, ctx.locale, ctx.site.locales[0])
