"""Addresses of products: one current per locale, the former ones kept, so that old links lead on."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from marketry_catalog.models.products import product_slug
from marketry_catalog.saving.rows import upsert

_TAKEN = select(product_slug.c.locale, product_slug.c.slug, product_slug.c.product_id, product_slug.c.current).where(
    product_slug.c.slug.in_(bindparam("slugs", expanding=True))
)
_RETIRE = (
    update(product_slug)
    .where(
        product_slug.c.product_id == bindparam("of"),
        product_slug.c.locale == bindparam("in_locale"),
        product_slug.c.slug != bindparam("unlike"),
        product_slug.c.current,
    )
    .values(current=False)
)
Wanted = Mapping[int, Mapping[str, str]]  # product id -> locale -> slug


def taken_by_others(session: Session, wanted: Wanted) -> dict[tuple[int, str], str]:
    """(product, locale) → slug, where that slug is the current address of another product."""
    slugs = sorted({slug for texts in wanted.values() for slug in texts.values()})
    rows = session.execute(_TAKEN, {"slugs": slugs}) if slugs else ()
    owner = {(r.locale, r.slug): r.product_id for r in rows if r.current}
    return {
        (of, locale): slug
        for of, texts in wanted.items()
        for locale, slug in texts.items()
        if owner.get((locale, slug), of) != of
    }


def set_slugs(session: Session, wanted: Wanted) -> None:
    """Make these the current addresses. A former address of another product is taken over."""
    rows = [
        {"locale": locale, "slug": slug, "product_id": of, "current": True}
        for of, texts in wanted.items()
        for locale, slug in texts.items()
    ]
    if not rows:
        return
    retired: Sequence[dict[str, object]] = [{"of": r["product_id"], "in_locale": r["locale"], "unlike": r["slug"]} for r in rows]
    session.connection().execute(_RETIRE, retired)
    upsert(session, product_slug, rows)
