"""Elements that plugins add to the head of a page, written safely: nothing in them can end its element or run."""

import json
from collections.abc import Mapping

from markupsafe import Markup

from marketry.context import Context
from marketry.hookspecs import web as web_hooks
from marketry.web.drawing import escaped
from marketry.web.found import common_tags, merged
from marketry.web.values import PageTag

# JSON-LD stands inside <script>: what could end the element or the document's parsing is escaped (as Jinja2's tojson does).
_UNSAFE = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&'\u2028\u2029"}
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def page_tags(ctx: Context, view: str, values: Mapping[str, object], title: str = "", description: str = "") -> Markup:
    """The tags that every page has, and those of all plugins for this one, in hook order."""
    answers = ctx.hooks.each(web_hooks.page_tags, ctx, view, values)
    own = [tag for answer in answers for tag in answer.value]
    tags = merged(common_tags(ctx, view, values, title, description), own)
    return Markup("\n".join([element(tag) for tag in tags]))  # noqa: S704 - escaped below


def element(tag: PageTag) -> Markup:
    """`tag` as HTML; ValueError for anything but meta, link and JSON-LD."""
    if tag.json is not None:
        body = _as_json(tag.json).translate(_UNSAFE)
        return Markup(f'<script type="application/ld+json">{body}</script>')  # noqa: S704 - escaped above
    if tag.element not in ("meta", "link"):
        raise ValueError(f"a page tag is meta, link or JSON-LD, not {tag.element!r}")
    attributes = "".join(f' {escaped(name)}="{escaped(value)}"' for name, value in tag.attributes.items())
    return Markup(f"<{tag.element}{attributes}>")  # noqa: S704 - escaped piece by piece
