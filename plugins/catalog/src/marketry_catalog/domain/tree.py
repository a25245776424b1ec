"""The category tree: paths, ancestors, circles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A category in one locale. `path` joins the slugs from the top; `parent` is None there."""

    id: int
    handle: str
    parent: int | None
    position: int
    name: str
    path: str
    published: bool = True


class Tree:
    """All categories of a site in one locale; cheap to build, read-only."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        ordered = sorted(nodes, key=lambda n: (n.position, n.id))
        self.by_id: Mapping[int, Node] = {n.id: n for n in ordered}
        self.by_path: Mapping[str, Node] = {n.path: n for n in ordered}
        self._children: dict[int | None, list[Node]] = {}
        for node in ordered:
            self._children.setdefault(node.parent, []).append(node)

    def children(self, parent: int | None) -> list[Node]:
        """What stands directly below `parent` (None: at the top) and is shown."""
        return [n for n in self._children.get(parent, ()) if n.published]

    def trail(self, node_id: int) -> list[Node]:
        """From the top down to the node itself."""
        trail: list[Node] = []
        node = self.by_id.get(node_id)
        while node is not None and len(trail) <= len(self.by_id):
            trail.append(node)
            node = self.by_id.get(node.parent) if node.parent is not None else None
        return trail[::-1]

    def shown(self, node_id: int) -> bool:
        """Whether the node and all above it are published."""
        return all(n.published for n in self.trail(node_id))


def ancestors(node: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """The ids above `node`, nearest first; raises ValueError where the tree runs in a circle."""
    seen = {node}
    above = parents.get(node)
    while above is not None:
        if above in seen:
            raise ValueError("a category can't stand below itself")
        seen.add(above)
        yield above
        above = parents.get(above)
