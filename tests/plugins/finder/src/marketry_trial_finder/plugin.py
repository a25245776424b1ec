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
            words = f"{one.title} {one.tags} {one.summary} {one.body}".lower()
            ctx.session.merge(Found(handle=one.handle, locale=one.locale, title=one.title.lower(), words=words))
        ctx.session.flush()

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        from sqlalchemy import delete

        from marketry_trial_finder.models import Found

        ctx.session.execute(delete(Found).where(Found.handle.in_(handles)))  # type: ignore[attr-defined]

    def search(self, ctx: Context, question: Any, *, limit: int) -> Sequence[tuple[str, float]]:
        """Those with the first word in the title come first."""
        from sqlalchemy import and_, or_, select

        from marketry_trial_finder.models import Found

        words = question.text.lower().split()[:12]
        if not words:
            return []
        parts = [Found.words.contains(word, autoescape=True) for word in words]  # type: ignore[attr-defined]
        asked: Any = select(Found.handle, Found.title).where(  # type: ignore[call-overload]
            Found.locale == ctx.locale, and_(*parts) if question.every else or_(*parts)
        )
        found = [(row.handle, float(words[0] in row.title)) for row in ctx.session.execute(asked.order_by(Found.handle))]
        return sorted(found, key=lambda hit: -hit[1])[:limit]
