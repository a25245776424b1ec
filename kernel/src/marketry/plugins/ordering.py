"""Who comes first: plugins by their dependencies, implementations of a hook by `@order`, and the merchant's last word."""

from collections.abc import Iterable, Mapping, Sequence

from marketry.plugins.discovery import Installed
from marketry.plugins.failures import Fault


class Circle(Exception):
    """These names wait for each other; `names` in the order of the circle."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(" → ".join([*names, names[0]]))
        self.names = tuple(names)


def sort(predecessors: Mapping[str, Iterable[str]]) -> list[str]:
    """The keys so that each follows its predecessors; among those that are free, by name. Raises Circle."""
    waiting = {name: {p for p in before if p in predecessors} for name, before in predecessors.items()}
    result: list[str] = []
    while waiting:
        free = min((name for name, before in waiting.items() if not before), default=None)
        if free is None:
            raise Circle(_circle(waiting))
        del waiting[free]
        for before in waiting.values():
            before.discard(free)
        result.append(free)
    return result


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    """One circle among `waiting`, beginning with its least name."""
    path = [min(waiting)]
    while (following := min(waiting[path[-1]])) not in path:
        path.append(following)
    circle = path[path.index(following) :][::-1]
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


def order_plugins(plugins: Mapping[str, Installed]) -> list[str]:
    """Ids of `plugins`, required ones and those of `after` first. Fault names a plugin of a circle."""
    try:
        return sort({name: (*one.manifest.requires, *one.manifest.after) for name, one in plugins.items()})
    except Circle as circle:
        raise Fault(
            circle.names[0],
            f"plugins require or follow each other in a circle: {circle}",
            "Take one of them out of requires or after, or disable one of these plugins.",
            step="order",
        ) from circle


def order_implementations(
    hook: str,
    plugins: Sequence[str],
    after: Mapping[str, Iterable[str]],
    marks: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
    merchant: Sequence[str] = (),
) -> list[str]:
    """Ids of `plugins` (already in dependency order) in the order in which they are asked.

    `after[p]` are the plugins that p depends on, `marks[p]` the (before, after) of its `@order`. `merchant`: those named
    there stand in the merchant's order, in the places that they hold together. Fault on a circle.
    """
    predecessors: dict[str, set[str]] = {name: set(after.get(name, ())) for name in plugins}
    for name, (before, behind) in marks.items():
        predecessors[name].update(behind)
        for other in before:
            if other in predecessors:
                predecessors[other].add(name)
    rank = {name: f"{position:05d}" for position, name in enumerate(plugins)}
    try:
        ranked = sort({rank[name]: [rank[p] for p in before if p in rank] for name, before in predecessors.items()})
    except Circle as circle:
        names = [plugins[int(name)] for name in circle.names]
        guilty = next((name for name in names if name in marks), names[0])
        raise Fault(
            guilty,
            f"the order of the hook {hook} is a circle: {' → '.join([*names, names[0]])}",
            "Change its @order(before=…, after=…), or disable one of these plugins.",
            step="order",
        ) from circle
    ordered = [plugins[int(name)] for name in ranked]
    chosen = iter([name for name in dict.fromkeys(merchant) if name in predecessors])
    return [next(chosen) if name in merchant else name for name in ordered]
