"""Synonyms that staff keep."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from marketry import Context
from marketry_catalog.domain.asking import Words, synonyms_of
from marketry_catalog.models.search import synonym
from marketry_catalog.queries.recent import recent

_ROWS = select(synonym.c.term, synonym.c.words).where(synonym.c.locale == bindparam("in_locale")).order_by(synonym.c.id)


def synonyms_in(ctx: Context) -> Mapping[Words, Sequence[Words]]:
    """Those of `ctx.locale`, as analysed words."""

    def read() -> Mapping[Words, Sequence[Words]]:
        return synonyms_of([(r.term, r.words) for r in ctx.session.execute(_ROWS, {"in_locale": ctx.locale})])

    return recent(ctx, ("synonyms", ctx.locale), read)
