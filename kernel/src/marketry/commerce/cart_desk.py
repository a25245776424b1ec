"""The visitor's cart, for plugins that put something into it: a wish list, an order that is repeated, a quick order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from marketry.problems import Problem

if TYPE_CHECKING:
    from starlette.responses import Response

    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class Wanted:
    """`quantity` units of `sku`, with what plugins ask about a line, as `{plugin: {key: value}}`."""

    sku: str
    quantity: int = 1
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@runtime_checkable
class CartDesk(Protocol):
    """Found with `ctx.service(CartDesk)`; None in a shop without carts."""

    def put(self, ctx: "Context", response: "Response", wanted: Sequence[Wanted]) -> Sequence[Problem | None]:
        """Put each of `wanted` into the cart of the browser that asks, opening one where there is none, and write its cookie
        into `response`. Answers for each in order: None, or why it could not be had (sold out, no longer sold). Call it
        outside of a unit of work."""
        ...
