"""What the home page shows: which scenes and products is read once a second, the products' cards each time."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import String, bindparam, cast, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.models.categories import category
from marketry_catalog.models.pictures import scene
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import Card, cards_by_ids
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.queries.visible import shown

ROW = 8
_SCENES = select(scene.c.kind, scene.c.file, scene.c.media, scene.c.alt, scene.c.width, scene.c.height, scene.c.colour).order_by(
    scene.c.file
)
_PICTURES = select(
    category.c.id, category.c.picture, category.c.picture_width.label("width"), category.c.picture_height.label("height")
).where(category.c.id.in_(bindparam("ids", expanding=True)))
# Tags are words without quotes, so a quoted word inside the JSON is the tag and nothing else.
_TAGGED = (
    select(product.c.id)
    .where(shown(), cast(product.c.tags, String).like(bindparam("tag")))
    .order_by(product.c.id.desc())
    .limit(bindparam("count"))
)


def pictures_of(ctx: Context) -> list[Mapping[str, Any]]:
    """Every scene in file order, with its kind (`hero`, `category`)."""
    rows = recent(ctx, ("scenes",), lambda: ctx.session.execute(_SCENES).all())
    return [{**r._mapping, "alt": in_locale(r.alt, ctx.locale, ctx.site.locales[0])} for r in rows]


def tiles(ctx: Context, handles: Sequence[str] = ()) -> list[Mapping[str, Any]]:
    """Categories with their pictures: those at the top, or those named, in that order."""
    tree = tree_of(ctx)
    by_handle = {node.handle: node for node in tree.by_id.values() if tree.shown(node.id)}
    nodes = [by_handle[h] for h in handles if h in by_handle] if handles else tree.children(None)
    ids = [node.id for node in nodes]
    rows = recent(ctx, ("tiles", *ids), lambda: ctx.session.execute(_PICTURES, {"ids": ids}).all()) if ids else []
    found = {r.id: r for r in rows}
    return [{"node": node, "picture": found[node.id]} for node in nodes if node.id in found]


def tagged(ctx: Context, tags: Sequence[str], count: int = ROW) -> list[tuple[str, list[Card]]]:
    """Per tag the newest products that bear it."""
    ids = {tag: recent(ctx, ("tagged", tag, count), partial(_newest, ctx, tag, count)) for tag in tags}
    found = {card.id: card for card in cards_by_ids(ctx, sorted({i for its in ids.values() for i in its}))}
    return [(tag, [found[i] for i in its if i in found]) for tag, its in ids.items()]


def _newest(ctx: Context, tag: str, count: int) -> list[int]:
    return list(ctx.session.execute(_TAGGED, {"tag": f'%"{tag}"%', "now": ctx.now(), "count": count}).scalars())
