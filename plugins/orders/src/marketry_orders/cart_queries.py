"""Every statement on carts, built once; they return frozen values, never entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from marketry.commerce.cart import Data
from marketry_orders.models import Cart, CartLine

_cart = Cart.__table__  # type: ignore[attr-defined]
_line = CartLine.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class StoredLine:
    id: str
    sku: str
    quantity: int
    data: Data = field(default_factory=dict)
    identity: str = ""


@dataclass(frozen=True, slots=True)
class StoredCart:
    """A cart as it lies in the database. `payments` are {code, amount?} with amounts in minor units."""

    id: str
    token_hash: str
    version: int
    currency: str
    locale: str
    channel: str
    country: str | None
    customer: str | None
    email: str | None
    shipping_address: Mapping[str, str] | None
    billing_address: Mapping[str, str] | None
    methods: Mapping[str, str]
    payments: Sequence[Mapping[str, Any]]
    coupons: Sequence[str]
    data: Data
    shown_total: int | None
    shown_hash: str | None
    completed_at: datetime | None
    expires_at: datetime
    lines: tuple[StoredLine, ...] = ()


COLUMNS = [name for name in StoredCart.__dataclass_fields__ if name != "lines"]
_ONE_CART = select(*(_cart.c[name] for name in COLUMNS)).where(_cart.c.id == bindparam("cart"))
_LINES = (
    select(_line.c.id, _line.c.sku, _line.c.quantity, _line.c.data, _line.c.identity)
    .where(_line.c.cart_id == bindparam("cart"))
    .order_by(_line.c.added_at, _line.c.id)
)
_INSERT_CART = insert(_cart)
_INSERT_LINE = insert(_line)
_SET_QUANTITY = (
    update(_line).where(_line.c.id == bindparam("line"), _line.c.cart_id == bindparam("cart")).values(quantity=bindparam("units"))
)
_SET_INPUTS = (
    update(_line)
    .where(_line.c.id == bindparam("line"), _line.c.cart_id == bindparam("cart"))
    .values(quantity=bindparam("units"), data=bindparam("inputs", type_=_line.c.data.type), identity=bindparam("same"))
)
_DELETE_LINE = delete(_line).where(_line.c.id == bindparam("line"), _line.c.cart_id == bindparam("cart"))


def find_cart(session: Session, cart: str) -> StoredCart | None:
    row = session.execute(_ONE_CART, {"cart": cart}).one_or_none()
    if row is None:
        return None
    lines = tuple(StoredLine(*line) for line in session.execute(_LINES, {"cart": cart}))
    return StoredCart(**row._mapping, lines=lines)


def insert_cart(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(_INSERT_CART, values)


def touch(session: Session, cart: StoredCart, values: Mapping[str, Any]) -> bool:
    """Change the cart unless somebody else did since it was read, or it became an order; says whether it was done."""
    parameters = {"at_cart": cart.id, "at_version": cart.version, **{f"new_{name}": value for name, value in values.items()}}
    done = session.execute(_touching(tuple(sorted(values))), parameters)
    return done.rowcount == 1  # type: ignore[attr-defined,no-any-return]


@cache
def _touching(names: tuple[str, ...]) -> Update:
    """The guarded UPDATE of these columns, built once per combination."""
    changes = {name: bindparam(f"new_{name}", type_=_cart.c[name].type) for name in names}
    at = (_cart.c.id == bindparam("at_cart"), _cart.c.version == bindparam("at_version"), _cart.c.completed_at.is_(None))
    return update(_cart).where(*at).values(version=_cart.c.version + 1, **changes)


def insert_line(session: Session, cart: str, line: StoredLine, added_at: datetime) -> None:
    session.execute(
        _INSERT_LINE,
        {
            "id": line.id, "cart_id": cart, "sku": line.sku, "quantity": line.quantity, "data": line.data,
            "identity": line.identity, "added_at": added_at,
        },
    )  # fmt: skip


def set_quantity(session: Session, cart: str, line: str, quantity: int) -> None:
    session.execute(_SET_QUANTITY, {"cart": cart, "line": line, "units": quantity})


def set_line(session: Session, cart: str, line: StoredLine) -> None:
    values = {"cart": cart, "line": line.id, "units": line.quantity, "inputs": line.data, "same": line.identity}
    session.execute(_SET_INPUTS, values)


def delete_line(session: Session, cart: str, line: str) -> None:
    session.execute(_DELETE_LINE, {"cart": cart, "line": line})


def remember_shown(session: Session, cart: StoredCart, total: int | None, agreed: str) -> None:
    """Note what the buyer saw; no change of the cart itself, so the version stays."""
    session.execute(
        update(_cart).where(_cart.c.id == cart.id, _cart.c.version == cart.version).values(shown_total=total, shown_hash=agreed)
    )


def delete_expired(session: Session, now: datetime, limit: int) -> int:
    """Forget carts whose time has passed; orders keep their own copies."""
    old = select(_cart.c.id).where(_cart.c.expires_at < now).limit(limit).scalar_subquery()
    return session.execute(delete(_cart).where(_cart.c.id.in_(old))).rowcount  # type: ignore[attr-defined,no-any-return]
