"""Stock as other plugins see it: a service that the plugin with the stock tables provides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class StockSource:
    """`quantity` units of `stock_key` to be taken from `location` (its code)."""

    stock_key: str
    location: str
    quantity: int


@runtime_checkable
class StockKeeper(Protocol):
    """Takes and gives back stock inside the caller's transaction (`ctx.session`).

    `subject` is the caller's stable key for what the stock is taken for (`order:7KD2…`); every call is idempotent per
    subject: repeating it changes nothing.
    """

    def available(self, ctx: "Context", stock_keys: Sequence[str]) -> Mapping[str, int | None]:
        """Units of each key that can be bought now; None where stock is not tracked; a missing key is unknown."""
        ...

    def reserve(self, ctx: "Context", subject: str, sources: Sequence[StockSource], expires_at: datetime | None) -> None:
        """Allocate all of `sources` or raise Refused(`out_of_stock`, 409). Guarded updates, in stock_key order.

        What the subject still holds is left as it is; what it gave back whole (or lost when it expired) is taken anew."""
        ...

    def keep(self, ctx: "Context", subject: str) -> None:
        """The reservation no longer expires (the order is paid or is to be fulfilled on account)."""
        ...

    def release(self, ctx: "Context", subject: str, sources: Sequence[StockSource] | None = None, reference: str = "") -> None:
        """Give allocated units back: all that is still reserved for the subject, or just `sources`.

        A part can't be told from the same part a second time, so `sources` need a `reference` (idempotency): the name of the
        deed that gives them back. ValueError where it is missing."""
        ...

    def ship(self, ctx: "Context", subject: str, sources: Sequence[StockSource], reference: str) -> None:
        """Allocated units leave the house: on_hand and allocated both fall. `reference` names the parcel (idempotency)."""
        ...

    def restock(self, ctx: "Context", subject: str, sources: Sequence[StockSource], reference: str) -> None:
        """Units come back: on_hand rises. `reference` names the return (idempotency)."""
        ...
