"""What a search engine for the catalogue must do; another plugin may offer one through `catalog_search_engine`.

An engine finds words, no more. Filters, counts, order by price, pages, corrections and suggestions are made by the catalogue
over what
it finds, so they are the same with every engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from marketry import Context
from marketry_catalog.domain.asking import Question


@dataclass(frozen=True, slots=True)
class Document:
    """A product in one locale, as plain text that isn't analysed yet. `title` weighs most, then `tags` (tags, categories,
    options and article numbers), `summary`, and `body` least."""

    handle: str
    locale: str
    title: str
    tags: str
    summary: str
    body: str


@runtime_checkable
class SearchEngine(Protocol):
    """All calls are made inside a unit of work; `index` and `forget` inside a writing one."""

    def index(self, ctx: Context, documents: Sequence[Document]) -> None:
        """Replace what is known of these products in these locales."""
        ...

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        """Forget these products."""
        ...

    def search(self, ctx: Context, question: Question, *, limit: int) -> Sequence[tuple[str, float]]:
        """Up to `limit` (handle, score) in `ctx.locale`, best first; only how scores compare matters, and near ones count as the
        same. Products that are not shown may be among them: they are left out later.

        `question` has `text`; `every` (all words, or some); `synonyms` (words → phrases that mean the same), which an engine may
        leave aside."""
        ...


@runtime_checkable
class FindsIds(Protocol):
    """What an engine also has when it knows products by their ids: nobody then looks a thousand handles up."""

    def ids(self, ctx: Context, question: Question, *, limit: int) -> Sequence[tuple[int, float]]:
        """As `search`, with the product's id in place of its handle."""
        ...


@runtime_checkable
class Rebuilt(Protocol):
    """What an engine also has when it can be filled anew while the old index goes on answering. One that hasn't is given every
    product through `index` instead."""

    def build(self, ctx: Context, documents: Sequence[Document]) -> None:
        """Put these products into the index that is being built; called again after a crash, it replaces them."""
        ...

    def swap(self, ctx: Context) -> None:
        """From the commit of this transaction on, answer from what was built."""
        ...
