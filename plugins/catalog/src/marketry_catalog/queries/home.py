"""What the home page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, bindparam, cast, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.models.pictures import scene
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import Card, card, cards, given

ROW = 8
_SCENES = (
    select(scene.c.media, scene.c.alt, scene.c.width, scene.c.height, scene.c.colour)
    .where(scene.c.kind == bindparam("kind"))
    .order_by(scene.c.file)
)
# Tags are words without quotes, so a quoted word inside the JSON is the tag and nothing else.
_TAGGED = cards().where(cast(product.c.tags, String).like(bindparam("tag"))).order_by(product.c.id.desc()).limit(ROW)


def scenes(ctx: Context, kind: str) -> list[Mapping[str, Any]]:
    """Pictures of one kind (`hero`) in file order."""
    fallback = ctx.site.locales[0]
    rows = ctx.session.execute(_SCENES, {"kind": kind})
    return [{**r._mapping, "alt": in_locale(r.alt, ctx.locale, fallback)} for r in rows]


def tagged(ctx: Context, tags: Sequence[str]) -> list[tuple[str, list[Card]]]:
    """Per tag the newest products that bear it."""
    return [(tag, [card(ctx, row) for row in ctx.session.execute(_TAGGED, given(ctx, tag=f'%"{tag}"%'))]) for tag in tags]
