"""What was ticked beside a list, as an address carries it: `filter=colour:oat&filter=colour:ink&filter=price:20..50`."""

from collections.abc import Iterable, Mapping

# Everything that lists and searches read from their address; a cache may leave aside whatever else stands there.
LIST_PARAMETERS = ("filter", "available", "sale", "sort", "cursor")
SEARCH_PARAMETERS = ("q", "exact", *LIST_PARAMETERS)
MOST_FILTERS = 40


def canonical(filters: Iterable[str]) -> tuple[str, ...]:
    """Each once and in one order, so that the same choice has one address."""
    return tuple(sorted(set(filters)))


def by_facet(filters: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Facet → the values that were ticked of it. ValueError for what isn't `facet:value`."""
    found: dict[str, tuple[str, ...]] = {}
    for text in canonical(filters):
        code, colon, value = text.partition(":")
        if not (code and colon and value):
            raise ValueError(text)
        found[code] = (*found.get(code, ()), value)
    return found
