"""Authors' words as markup: Markdown with tables and a little HTML, cleaned of everything that could run."""

from collections.abc import Iterable
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable(["table", "strikethrough"])
# Nothing that fetches from elsewhere, runs, or looks like another page's chrome; no class, no style, no hx-*.
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "*": {"lang", "dir"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=512)
def as_markup(text: str, prefix: str = "") -> Markup:
    """Markdown to HTML. Links that begin with `/` lead into the language of `prefix` (`/zh`), unless they name one. The page has
    its own first heading, so those of the text begin one lower. Pictures come from this shop alone."""
    tokens = _PARSER.parse(text)
    shift = any(token.tag == "h1" for token in tokens)
    for token in tokens:
        if shift and token.tag in _LOWER:
            token.tag = _LOWER[token.tag]
        _point(token.children or (), prefix)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_own_pictures,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 - cleaned above


_LOWER = {f"h{n}": f"h{min(n + 1, 6)}" for n in range(1, 7)}


def _point(tokens: Iterable[Token], prefix: str) -> None:
    for token in tokens:
        href = str(token.attrGet("href") or "")
        if prefix and token.type == "link_open" and href.startswith("/") and not href.startswith(("//", f"{prefix}/", "/media/")):
            token.attrSet("href", prefix + href)


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    return value
