"""Customers as other plugins see them; the plugin that keeps accounts implements `CustomerBook`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from marketry.commerce.addresses import Address

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class Customer:
    """`id` is `customer:<random>`, equal to `Actor.id`; `email` is lower case; `marketing`: wants news and has confirmed it."""

    id: str
    email: str
    name: str
    locale: str
    verified: bool
    groups: frozenset[str]
    marketing: bool


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address of a customer's address book."""

    id: str
    address: Address
    default_shipping: bool
    default_billing: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A line of the account's navigation. `url` is a path without language; `badge(ctx)` may give a number to show."""

    label: str
    url: str
    icon: str = ""
    position: int = 50
    badge: Callable[..., int | None] | None = None


class CustomerBook(Protocol):
    """Who has an account, and where their parcels go: `ctx.service(CustomerBook)`, None where no plugin keeps accounts.

    All methods join the surrounding unit of work, or open one. An unknown id is answered with None or nothing.
    """

    def customer(self, ctx: "Context", id: str) -> Customer | None: ...

    def by_email(self, ctx: "Context", email: str) -> Customer | None:
        """Whoever has this address, however its letters are written."""

    def addresses(self, ctx: "Context", id: str) -> Sequence[SavedAddress]:
        """The address book, default addresses first."""

    def keep_address(self, ctx: "Context", id: str, address: Address, *, default_for: Sequence[str] = ()) -> None:
        """Put `address` into the book unless it is there; `default_for`: `shipping`, `billing`. Inside `ctx.writing()`."""
