"""Synonyms: words that find each other, or (one way) a word that finds others."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import delete, insert, select

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.problems import not_found
from marketry_catalog.domain.analyser import words
from marketry_catalog.models.search import synonym
from marketry_catalog.queries.recent import changed

MOST = 20  # words of one row
ROWS = 2_000
Term = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class SynonymForm(BaseModel):
    """`words` between commas (Chinese ones too). Who searches for the `term` also finds the words; without one, all find each
    other."""

    model_config = ConfigDict(extra="forbid")
    locale: str
    term: Term = ""
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]


def add_synonym(ctx: Context, form: SynonymForm) -> None:
    if form.locale not in ctx.site.locales:
        raise Refused(Problem("unknown_locale", ctx.gettext("The shop doesn't speak this language."), "locale"))
    typed = [w.strip() for w in form.words.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")]
    given = [w for w in dict.fromkeys(typed) if any(True for _ in words(w))]
    if form.term and not any(True for _ in words(form.term)):
        raise Refused(Problem("no_word", ctx.gettext("Write at least one letter or digit."), "term"))
    if len(given) < (1 if form.term else 2) or len(given) > MOST:
        message = ctx.gettext(
            "Write two words or more between commas; with a word of its own, one or more. %(most)s at most.", most=MOST
        )
        raise Refused(Problem("too_few_words", message, "words"))
    if len(ctx.session.execute(select(synonym.c.id).limit(ROWS)).all()) >= ROWS:
        raise Refused(Problem("too_many", ctx.gettext("There are too many synonyms. Delete some first."), "words"))
    ctx.session.execute(insert(synonym), {"locale": form.locale, "term": form.term, "words": given})
    changed(ctx.session)
    audit(ctx, "catalog.synonym.add", f"synonym:{form.locale}", term=form.term, words=", ".join(given))


def delete_synonym(ctx: Context, of: int) -> None:
    row = ctx.session.execute(select(synonym).where(synonym.c.id == of)).one_or_none()
    if row is None:
        raise not_found(ctx.gettext("There is no such synonym."))
    ctx.session.execute(delete(synonym).where(synonym.c.id == of))
    changed(ctx.session)
    audit(ctx, "catalog.synonym.delete", f"synonym:{row.locale}", term=row.term, words=", ".join(row.words))


def synonyms(ctx: Context) -> list[Any]:
    """All, by language."""
    return list(ctx.session.execute(select(synonym).order_by(synonym.c.locale, synonym.c.id)).all())
