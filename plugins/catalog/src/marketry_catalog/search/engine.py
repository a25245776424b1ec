"""What a search engine for the catalogue must do; another plugin may offer one through `catalog_search_engine`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from marketry import Context


@dataclass(frozen=True, slots=True)
class Document:
    """A product in one locale. `title` weighs more than `body`; both are plain text, not yet analysed. `categories` are the
    ids of all categories that it stands in, those above included."""

    handle: str
    locale: str
    title: str
    body: str
    categories: tuple[int, ...] = ()


@runtime_checkable
class SearchEngine(Protocol):
    """All calls are made inside a unit of work; `index` and `forget` inside a writing one."""

    def index(self, ctx: Context, documents: Sequence[Document]) -> None:
        """Replace what is known of these products in these locales."""
        ...

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        """Forget these products."""
        ...

    def search(self, ctx: Context, q: str, *, offset: int, limit: int, category: int | None = None) -> Sequence[str]:
        """Handles of products that have every word of `q` in `ctx.locale`, of one category (by id) or all, best first.

        One that is not shown just now may be among them: it is left out when the cards are read."""
        ...
