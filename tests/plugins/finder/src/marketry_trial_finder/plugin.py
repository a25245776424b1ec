"""Another search engine for the catalogue: it finds what a word is a part of (`owl` finds a bowl), which indexes of words can't.

It imports nothing of the catalogue: the engine is a contract of methods, and documents are known by their fields.
"""

from collections.abc import Sequence
from typing import Any

from marketry import Context, Plugin, hookimpl

plugin = Plugin(id="finder", title="Finder", models="marketry_trial_finder.models")


@hookimpl
def catalog_search_engine() -> object:
    return Finder()


class Finder:
    """See `SearchEngine` of the catalogue."""

    def index(self, ctx: Context, documents: Sequence[Any]) -> None:
        from marketry_trial_finder.models import Found

        for one in documents:
            places = f" {' '.join(map(str, one.categories))} "
            words = f"{one.title} {one.body}".lower()
            ctx.session.merge(Found(handle=one.handle, locale=one.locale, words=words, categories=places))
        ctx.session.flush()

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        from sqlalchemy import delete

        from marketry_trial_finder.models import Found

        ctx.session.execute(delete(Found).where(Found.handle.in_(handles)))  # type: ignore[attr-defined]

    def search(self, ctx: Context, q: str, *, offset: int, limit: int, category: int | None = None) -> Sequence[str]:
        from sqlalchemy import select

        from marketry_trial_finder.models import Found

        asked: Any = select(Found.handle).where(Found.locale == ctx.locale).order_by(Found.handle)  # type: ignore[call-overload]
        for word in q.lower().split()[:12]:
            asked = asked.where(Found.words.contains(word, autoescape=True))  # type: ignore[attr-defined]
        if category is not None:
            asked = asked.where(Found.categories.contains(f" {category} "))  # type: ignore[attr-defined]
        return list(ctx.session.execute(asked.offset(offset).limit(limit)).scalars()) if q.split() else []
