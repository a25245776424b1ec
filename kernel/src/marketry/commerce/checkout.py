"""What a checkout asks: inputs declared by plugins, requirements not yet met, and the draft of an order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel

from marketry.commerce.cart import Cart, CartLine
from marketry.commerce.quote import Quote
from marketry.commerce.stock import StockSource


class Scope(StrEnum):
    CART = "cart"
    LINE = "line"


class Step(StrEnum):
    """Where in the checkout an input or a requirement is shown."""

    CART = "cart"
    ADDRESS = "address"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Input:
    """A place for a plugin's data on a cart or a line, validated by `schema` (strict, from a form or from JSON).

    Stored at `data[plugin][key]`, copied to the order. `applies(cart, line)` says for which carts or lines it is asked
    (line is None in CART scope). `required`: without it the cart has an unmet requirement. `template` renders the form
    (default: generated from the schema). An input of a line is part of the line's identity.
    """

    key: str
    scope: Scope
    schema: type[BaseModel]
    label: str
    step: Step = Step.CART
    applies: Callable[[Cart, CartLine | None], bool] = lambda cart, line: True
    required: bool = False
    template: str | None = None
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something the cart still lacks: `code` (`email`), a message for the buyer, the step and field that meet it."""

    code: str
    message: str
    step: Step
    field: str | None = None
    plugin: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An order about to be committed; `number` is its final number. Plugins see it inside the transaction."""

    number: str
    cart: Cart
    quote: Quote
    sources: tuple[StockSource, ...] = ()
    customer: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hold:
    """A plugin's brake on an order, seen and lifted by staff."""

    code: str
    label: str
    blocks: frozenset[str] = frozenset({"capture", "fulfil"})
    plugin: str = ""
