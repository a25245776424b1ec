"""Pictures of a product: uploaded, described, moved, removed."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, func, insert, select, update

from marketry import Context
from marketry.audit import audit
from marketry_catalog.editing.products import find_product, touch
from marketry_catalog.models.pictures import picture
from marketry_catalog.saving.pictures import renumber


def add_picture(ctx: Context, handle: str, media: str, content: bytes, alt: Mapping[str, str]) -> None:
    """Append a picture that the media store keeps as `media`; the same bytes are not added twice."""
    found = find_product(ctx, handle)
    width, height = ctx.media.size(media)
    digest = hashlib.sha256(content).hexdigest()
    known = select(picture.c.id).where(picture.c.product_id == found.id, picture.c.digest == digest)
    if ctx.session.execute(known).first():
        return
    last = ctx.session.execute(select(func.max(picture.c.position)).where(picture.c.product_id == found.id)).scalar() or 0
    ctx.session.execute(
        insert(picture).values(
            product_id=found.id,
            position=last + 1,
            media=media,
            file=f"upload/{digest[:32]}",
            digest=digest,
            alt={locale: text for locale, text in alt.items() if text},
            width=width,
            height=height,
            colour="",
        )
    )
    touch(ctx, found.id, handle)
    audit(ctx, "catalog.picture.add", f"product:{handle}", media=media)


def change_picture(ctx: Context, handle: str, picture_id: int, alt: Mapping[str, str], position: int) -> None:
    """Describe it, and put it at `position` (1 is the main picture)."""
    found = find_product(ctx, handle)
    row = ctx.session.execute(select(picture.c.file).where(picture.c.id == picture_id, picture.c.product_id == found.id)).first()
    if row is None:
        return
    texts = {locale: text.strip()[:500] for locale, text in alt.items() if text.strip()}
    ctx.session.execute(update(picture).where(picture.c.id == picture_id).values(alt=texts))
    renumber(ctx.session, found.id, {row.file: position})
    touch(ctx, found.id, handle)
    audit(ctx, "catalog.picture.change", f"product:{handle}", position=position)


def remove_picture(ctx: Context, handle: str, picture_id: int) -> None:
    """Take it from the product. The file stays in the media store: old orders show it."""
    found = find_product(ctx, handle)
    ctx.session.execute(delete(picture).where(picture.c.id == picture_id, picture.c.product_id == found.id))
    renumber(ctx.session, found.id)
    touch(ctx, found.id, handle)
    audit(ctx, "catalog.picture.remove", f"product:{handle}", picture=picture_id)
