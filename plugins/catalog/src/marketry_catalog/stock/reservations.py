"""Rows of what subjects hold: read under lock, so that two transactions of one subject follow each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from marketry_catalog.models.products import variant
from marketry_catalog.models.stock import location, reservation
from marketry_catalog.stock.levels import Place, insert_new


@dataclass(frozen=True, slots=True)
class Held:
    """One row: `open` units are still allocated."""

    id: int
    place: Place
    quantity: int
    shipped: int
    released: int

    @property
    def open(self) -> int:
        return self.quantity - self.shipped - self.released

    @property
    def key(self) -> tuple[str, str]:
        return (self.place.sku, self.place.location)


_HELD = (
    select(
        reservation.c.id,
        reservation.c.variant_id,
        reservation.c.location_id,
        variant.c.sku,
        location.c.code,
        reservation.c.quantity,
        reservation.c.shipped,
        reservation.c.released,
    )
    .join(variant, variant.c.id == reservation.c.variant_id)
    .join(location, location.c.id == reservation.c.location_id)
    .where(reservation.c.subject == bindparam("subject"))
    .order_by(variant.c.sku, location.c.code)
    .with_for_update(of=reservation)
)
_row = reservation.c.id == bindparam("row")
_SETTLE = (
    update(reservation)
    .where(_row)
    .values(
        shipped=reservation.c.shipped + bindparam("more_shipped"), released=reservation.c.released + bindparam("more_released")
    )
)
_RENEW = (
    update(reservation).where(_row).values(quantity=reservation.c.quantity + bindparam("more"), expires_at=bindparam("until"))
)
_KEEP = (
    update(reservation)
    .where(reservation.c.subject == bindparam("of"), reservation.c.quantity > reservation.c.shipped + reservation.c.released)
    .values(expires_at=None)
)


def held(session: Session, subject: str) -> list[Held]:
    """All rows of `subject`, in key order, locked until the transaction ends."""
    rows = session.execute(_HELD, {"subject": subject})
    return [Held(r.id, Place(r.variant_id, r.location_id, r.sku, r.code), r.quantity, r.shipped, r.released) for r in rows]


def add(
    session: Session, subject: str, units: Sequence[tuple[Place, int]], expires_at: datetime | None, now: datetime
) -> set[tuple[int, int]]:
    """Insert rows; returns the (variant, location) ids that were new."""
    if not units:
        return set()
    statement = insert_new(session, reservation).returning(reservation.c.variant_id, reservation.c.location_id)
    rows = [
        {
            "subject": subject,
            "variant_id": place.variant_id,
            "location_id": place.location_id,
            "quantity": n,
            "shipped": 0,
            "released": 0,
            "expires_at": expires_at,
            "created_at": now,
        }
        for place, n in units
    ]
    return {(r.variant_id, r.location_id) for r in session.execute(statement, rows)}


def renew(session: Session, row: Held, units: int, expires_at: datetime | None) -> None:
    """Hold `units` more on a row that was given back whole."""
    session.execute(_RENEW, {"row": row.id, "more": units, "until": expires_at})


def settle(session: Session, row: Held, *, shipped: int = 0, released: int = 0) -> None:
    """Close open units of a row."""
    session.execute(_SETTLE, {"row": row.id, "more_shipped": shipped, "more_released": released})


def keep(session: Session, subject: str) -> None:
    """What is still open no longer expires."""
    session.execute(_KEEP, {"of": subject})
