"""What every public page tells search engines and previews: its address, its other languages, its name.

A plugin's page tag with the same key (`canonical`, `og:title` …) takes the place of the one made here.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from marketry.context import Context
from marketry.web.missing import WRITTEN
from marketry.web.security.paths import PRIVATE, below
from marketry.web.values import PageTag


def common_tags(ctx: Context, view: str, values: Mapping[str, object], title: str, description: str) -> list[PageTag]:
    """The tags of any full page of the shop; personal pages and errors say only that they are not to be listed."""
    path = str(ctx.request.scope["path"]) if ctx.request else "/"
    if below(path, PRIVATE) or view.startswith("errors/"):
        return [_meta("robots", "noindex", name="name")]
    addresses = addresses_of(ctx, values, path)
    here = written(addresses.get(ctx.locale) or ctx.url(path, absolute=True))
    preview = [("og:site_name", ctx.gettext(ctx.site.name)), ("og:type", "website"), ("og:title", title), ("og:url", here)]
    tags = [
        PageTag("link", {"rel": "canonical", "href": here}),
        *(_meta(key, text) for key, text in [*preview, ("og:description", description), *_languages(ctx)] if text),
        _meta("twitter:card", "summary_large_image", name="name"),
        *_alternates(ctx, addresses),
    ]
    return [*tags, PageTag("script", json=organisation(ctx))] if path == "/" else tags


def addresses_of(ctx: Context, values: Mapping[str, object], path: str) -> dict[str, str]:
    """The whole address of this page per language, without its query. `alternates` (locale → path) says where paths differ."""
    alternates = values.get("alternates")
    paths = alternates if isinstance(alternates, Mapping) and alternates else dict.fromkeys(ctx.site.locales, path)
    return {
        locale: ctx.with_locale(locale).url(str(paths[locale]), absolute=True) for locale in ctx.site.locales if locale in paths
    }


def organisation(ctx: Context) -> dict[str, Any]:
    """The shop as https://schema.org/Organization, from the table `[organisation]` of marketry.toml."""
    settings = ctx.site.table("organisation")
    told = {
        "legalName": settings.get("legal_name"),
        "email": settings.get("email"),
        "telephone": settings.get("telephone"),
        "description": settings.get("description"),
    }
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": ctx.gettext(ctx.site.name),
        "url": written(ctx.url("/", absolute=True)),
    }
    found |= {key: str(value) for key, value in told.items() if value}
    if logo := str(settings.get("logo") or ""):
        found["logo"] = logo if logo.startswith("http") else ctx.site.base_url.rstrip("/") + logo
    if profiles := list(ctx.site.listed("organisation", "same_as")):
        found["sameAs"] = profiles
    return found


def merged(common: Sequence[PageTag], own: Sequence[PageTag]) -> list[PageTag]:
    """Those of plugins, and those of the kernel that none of them gives."""
    given = {key for tag in own if (key := _key(tag))}
    return [*(tag for tag in common if _key(tag) not in given), *own]


def written(address: str) -> str:
    """An address as addresses are written (RFC 3986)."""
    return quote(address, safe=WRITTEN)


def language_chooser(ctx: Context, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """(locale, address) of this page in every language, with the query that it understands."""
    path = str(ctx.request.scope["path"]) if ctx.request else "/"
    alternates = values.get("alternates")
    paths = alternates if isinstance(alternates, Mapping) else {}
    query = _declared_query(ctx)
    return [(locale, written(ctx.with_locale(locale).url(str(paths.get(locale, path)))) + query) for locale in ctx.site.locales]


def _declared_query(ctx: Context) -> str:
    """What of the query the route declares: anything else could put a stranger's words into a page that is kept for all."""
    from marketry.web.pagecache.marking import MARK

    request = ctx.request
    if request is None or not request.url.query or request.method not in ("GET", "HEAD"):
        return ""
    endpoint = request.scope.get("endpoint")
    declared = getattr(endpoint, MARK, None)
    if declared is not None:
        try:
            query = declared.query(request.url.query.encode()).decode()
        except ValueError:  # no query, or one of too many parts: the page refuses it by itself
            return ""
    else:
        dependant = getattr(request.scope.get("route"), "dependant", None)
        known = {one.alias for one in dependant.query_params} if dependant else set()
        query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name in known])
    return f"?{query}" if query else ""


def _alternates(ctx: Context, addresses: Mapping[str, str]) -> list[PageTag]:
    if len(ctx.site.locales) < 2 or len(addresses) < 2:
        return []
    i18n = ctx.runtime.i18n
    links = [(i18n.language_tag(locale), address) for locale, address in addresses.items()]
    if default := addresses.get(ctx.site.locales[0]):
        links.append(("x-default", default))
    return [PageTag("link", {"rel": "alternate", "hreflang": tag, "href": written(address)}) for tag, address in links]


def _languages(ctx: Context) -> list[tuple[str, str]]:
    i18n = ctx.runtime.i18n
    others = [i18n.territory_tag(locale) for locale in ctx.site.locales if locale != ctx.locale]
    return [("og:locale", i18n.territory_tag(ctx.locale)), *(("og:locale:alternate", other) for other in others)]


def _key(tag: PageTag) -> str:
    if tag.json is not None:
        return ""
    attributes = tag.attributes
    if attributes.get("rel") == "canonical":
        return "canonical"
    if attributes.get("rel") == "alternate" and "hreflang" in attributes:
        return f"hreflang {attributes['hreflang']}"
    key = attributes.get("property") or attributes.get("name") or ""
    return "" if key.endswith(":alternate") else key


def _meta(key: str, text: str, *, name: str = "property") -> PageTag:
    return PageTag("meta", {name: key, "content": text})
