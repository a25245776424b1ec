"""What the home page shows: which scenes and products is read once a second, the products' cards each time."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import String, bindparam, cast, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.models.pictures import scene
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import Card, cards_by_ids
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.visible import shown

ROW = 8
_SCENES = (
    select(scene.c.media, scene.c.alt, scene.c.width, scene.c.height, scene.c.colour)
    .where(scene.c.kind == bindparam("kind"))
    .order_by(scene.c.file)
)
# Tags are words without quotes, so a quoted word inside the JSON is the tag and nothing else.
_TAGGED = (
    select(product.c.id)
    .where(shown(), cast(product.c.tags, String).like(bindparam("tag")))
    .order_by(product.c.id.desc())
    .limit(ROW)
)


def scenes(ctx: Context, kind: str) -> list[Mapping[str, Any]]:
    """Pictures of one kind (`hero`) in file order."""
    rows = recent(ctx, ("scenes", kind), lambda: ctx.session.execute(_SCENES, {"kind": kind}).all())
    return [{**r._mapping, "alt": in_locale(r.alt, ctx.locale, ctx.site.locales[0])} for r in rows]


def tagged(ctx: Context, tags: Sequence[str]) -> list[tuple[str, list[Card]]]:
    """Per tag the newest products that bear it."""
    ids = {tag: recent(ctx, ("tagged", tag), partial(_newest, ctx, tag)) for tag in tags}
    found = {card.id: card for card in cards_by_ids(ctx, sorted({i for its in ids.values() for i in its}))}
    return [(tag, [found[i] for i in its if i in found]) for tag, its in ids.items()]


def _newest(ctx: Context, tag: str) -> list[int]:
    return list(ctx.session.execute(_TAGGED, {"tag": f'%"{tag}"%', "now": ctx.now()}).scalars())
