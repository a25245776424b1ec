"""Saved means of payment, and orders that are placed for a customer who isn't there: what a subscription needs.

Both are services of the plugin that keeps orders; a shop without one has neither (`ctx.service(…)` is None).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from marketry.commerce.cart_desk import Wanted
from marketry.commerce.payment import AttemptState
from marketry.problems import Problem

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class SavedInstrument:
    """A customer's saved means of payment. `expires` is its last month (`2034-12`), or empty; `usable`: it isn't past, and the
    provider that keeps it is enabled."""

    id: str
    provider: str
    label: str
    expires: str
    usable: bool


@runtime_checkable
class Wallet(Protocol):
    """What customers have saved. Each is its customer's alone: asked for another's, there is none."""

    def saved(self, ctx: "Context", customer: str) -> Sequence[SavedInstrument]:
        """Of `customer` (`customer:…`), the one used last first."""
        ...

    def remove(self, ctx: "Context", customer: str, instrument: str) -> bool:
        """Forget one, here at once and at its provider soon; False where `customer` has no such. Not in a unit of work."""
        ...


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """What a plugin orders for a customer who has agreed to it beforehand.

    `key`: one order per key, however often it is asked for; begin it with your plugin's id, since all plugins share them.
    Addresses, delivery, currency and language are those of the customer's order `like`; prices, tax and stock are those of now.
    It is paid with the saved `instrument`.
    """

    key: str
    customer: str
    like: str
    wanted: Sequence[Wanted]
    instrument: str


@dataclass(frozen=True, slots=True)
class Charged:
    """An order placed so, and how its last payment stands. `problem` says why there is no money: with the code
    `authentication_required` or `payment_declined` the customer was written to and can pay on the order's page."""

    number: str
    state: AttemptState
    problem: Problem | None = None


@runtime_checkable
class OrderDesk(Protocol):
    """Orders for people who aren't there. For plugins' jobs: whoever acts must be the system (`web.values.SYSTEM`)."""

    def place(self, ctx: "Context", order: StandingOrder) -> Charged:
        """Place it and charge the instrument. Refused (and nothing is left behind) where something is sold out, isn't sold or
        delivered any more, or the instrument is no longer there. Not in a unit of work."""
        ...

    def charge(self, ctx: "Context", number: str, instrument: str) -> Charged:
        """Try again what is open of the order `number`, as `place` does; Refused where nothing is. Not in a unit of work."""
        ...
