"""What search engines and previews are told of pages and posts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketry import Context
from marketry.web.values import PageTag, SitemapEntry
from marketry_pages.entries import EntryView, all_shown
from marketry_pages.feed import address_of


def entries(ctx: Context) -> Iterator[SitemapEntry]:
    """The journal, then every page and post."""
    yield SitemapEntry("/journal")
    for one in all_shown(ctx):
        pictures = (ctx.media.url(one.picture),) if one.picture else ()
        yield SitemapEntry(one.path, one.changed_at, one.paths, pictures)


def tags_of(ctx: Context, view: str, values: Mapping[str, object]) -> Sequence[PageTag]:
    """Tags for the plugin's own pages; none for others."""
    if view == "pages/journal.html":
        return (_feed_link(ctx),)
    found = values.get("entry")
    if view == "pages/post.html" and isinstance(found, EntryView):
        return (*_post(ctx, found), _feed_link(ctx))
    if view == "pages/page.html" and isinstance(found, EntryView):
        return _shared(ctx, found, "website")
    return ()


def _feed_link(ctx: Context) -> PageTag:
    attributes = {
        "rel": "alternate",
        "type": "application/atom+xml",
        "title": ctx.gettext("Journal"),
        "href": ctx.url("/journal/feed.xml"),
    }
    return PageTag("link", attributes)


def _shared(ctx: Context, found: EntryView, kind: str) -> list[PageTag]:
    pairs = [("og:type", kind), ("og:title", found.seo_title or found.title), ("og:url", address_of(ctx, found.path))]
    if found.picture:
        width, height = ctx.media.size(found.picture)
        pairs += [
            ("og:image", _absolute(ctx, ctx.media.url(found.picture))),
            ("og:image:width", str(width)),
            ("og:image:height", str(height)),
            ("og:image:alt", found.picture_alt or found.title),
        ]
    return [
        PageTag("link", {"rel": "canonical", "href": address_of(ctx, found.path)}),
        *(PageTag("meta", {"property": name, "content": content}) for name, content in pairs),
    ]


def _post(ctx: Context, found: EntryView) -> list[PageTag]:
    published = found.published_at.isoformat()
    return [
        *_shared(ctx, found, "article"),
        PageTag("meta", {"property": "article:published_time", "content": published}),
        PageTag("meta", {"property": "article:modified_time", "content": found.changed_at.isoformat()}),
        *(PageTag("meta", {"property": "article:tag", "content": tag}) for tag in found.tags),
        PageTag("script", json=_article(ctx, found, published)),
    ]


def _article(ctx: Context, found: EntryView, published: str) -> dict[str, Any]:
    """https://schema.org/BlogPosting"""
    shop = ctx.gettext(ctx.site.name)
    author = {"@type": "Person", "name": found.author} if found.author else {"@type": "Organization", "name": shop}
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": found.title,
        "description": found.summary,
        "inLanguage": ctx.locale,
        "datePublished": published,
        "dateModified": max(found.changed_at, found.published_at).isoformat(),
        "author": author,
        "publisher": {"@type": "Organization", "name": shop, "url": address_of(ctx, "/")},
        "mainEntityOfPage": address_of(ctx, found.path),
    }
    if found.picture:
        article["image"] = [_absolute(ctx, ctx.media.url(found.picture))]
    if found.tags:
        article["keywords"] = ", ".join(found.tags)
    return article


def _absolute(ctx: Context, address: str) -> str:
    return address if address.startswith("http") else ctx.site.base_url.rstrip("/") + address
