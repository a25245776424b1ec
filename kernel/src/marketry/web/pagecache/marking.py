"""`@cached("sort", "cursor")`: which public pages are kept for all, and which parameters tell them apart."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

F = TypeVar("F", bound=Callable[..., Any])
MARK = "marketry_cached"
MOST_PARAMETERS = 50
LONGEST_QUERY = 2_000  # bytes; longer ones are drawn, not kept


@dataclass(frozen=True)
class Declared:
    """The parameters of a page; one that ends in `*` names all that begin so."""

    parameters: tuple[str, ...]

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for name in self.parameters if not name.endswith("*"))

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(name[:-1] for name in self.parameters if name.endswith("*"))

    def query(self, sent: bytes) -> bytes:
        """The declared parameters of a query in one order, the values of each in theirs. The page sees no others, so that what
        isn't part of the key can't become part of the page. ValueError for a query that is no query."""
        pairs = parse_qsl(sent.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        kept = [(name, value) for name, value in pairs if self.knows(name)]
        return urlencode(sorted(kept, key=lambda pair: pair[0])).encode()

    def knows(self, name: str) -> bool:
        return name in self._names or (bool(self._beginnings) and name.startswith(self._beginnings))


def cached(*parameters: str) -> Callable[[F], F]:
    """Keep this public page for everybody of a segment. It sees the query `parameters` named here and no others, no cookie and
    no header of a visitor; what is personal comes as an island. Under the route decorator, beside `@public`.

    Tag it with what it shows: `ctx.tag("product:42")`; whoever changes that says `ctx.purge("product:42")`.
    """

    def marked(endpoint: F) -> F:
        setattr(endpoint, MARK, Declared(parameters))
        return endpoint

    return marked
