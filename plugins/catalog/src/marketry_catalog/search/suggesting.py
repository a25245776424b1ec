"""Suggestions while somebody types: products, categories, what others asked for."""

from dataclasses import dataclass

from marketry import Context
from marketry_catalog.domain.analyser import folded
from marketry_catalog.domain.tree import Node
from marketry_catalog.overview.keeping import overview_of
from marketry_catalog.queries.cards import Card, cards_by_ids
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.search.finding import clean, find
from marketry_catalog.search.insights import queries_beginning

PRODUCTS, CATEGORIES, QUERIES = 5, 3, 4
SHORTEST = 1


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`q` as it was read; `corrected` where products of another spelling are suggested."""

    q: str
    queries: tuple[str, ...] = ()
    categories: tuple[Node, ...] = ()
    products: tuple[Card, ...] = ()
    corrected: str = ""


def suggest(ctx: Context, q: str) -> Suggestions:
    """For what is typed so far; nothing for nothing."""
    q = clean(q)
    if len(q) < SHORTEST:
        return Suggestions(q)
    overview = overview_of(ctx)
    found = find(ctx, overview, q)
    best = [] if found.some else [overview.ids[o] for o in found.ordinals[:PRODUCTS]]
    queries = [text for text in queries_beginning(ctx, q, QUERIES + 1) if text != folded(q)][:QUERIES]
    return Suggestions(
        q,
        tuple(queries),
        tuple(_categories(ctx, q)[:CATEGORIES]),
        tuple(cards_by_ids(ctx, best)),
        found.q if best and found.q != q else "",
    )


def _categories(ctx: Context, q: str) -> list[Node]:
    """Shown ones whose name, or a word of it, begins like that."""
    typed = folded(q)
    tree = tree_of(ctx)

    def fits(node: Node) -> bool:
        name = folded(node.name)
        return typed in name if not typed.isascii() else any(f" {name}".find(f"{mark}{typed}") >= 0 for mark in " -&/(")

    return [node for node in tree.by_id.values() if fits(node) and tree.shown(node.id)]
