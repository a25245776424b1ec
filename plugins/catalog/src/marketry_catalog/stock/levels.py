"""Guarded changes of one stock level, and the log beside them. All run in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketry import Context
from marketry.commerce.events import StockChanged
from marketry.commerce.stock import StockSource
from marketry_catalog.kept_pages import stock_moved
from marketry_catalog.models.products import variant
from marketry_catalog.models.stock import location, movement, stock_level


@dataclass(frozen=True, slots=True)
class Place:
    """One variant at one location."""

    variant_id: int
    location_id: int
    sku: str
    location: str


@dataclass(frozen=True, slots=True)
class Change:
    """`on_hand` and `allocated` are differences."""

    place: Place
    on_hand: int = 0
    allocated: int = 0


_PLACES = (
    select(variant.c.sku, variant.c.id, location.c.code, location.c.id.label("location_id"))
    .join(location, location.c.code.in_(bindparam("codes", expanding=True)))
    .where(variant.c.sku.in_(bindparam("skus", expanding=True)), variant.c.tracked)
)

_at = (stock_level.c.variant_id == bindparam("at_variant"), stock_level.c.location_id == bindparam("at_location"))
_on_hand = stock_level.c.on_hand + bindparam("more_on_hand")
_allocated = stock_level.c.allocated + bindparam("more_allocated")
_MOVE = (
    update(stock_level)
    .where(*_at, _on_hand >= _allocated, _allocated >= 0)
    .values(on_hand=_on_hand, allocated=_allocated)
    .returning(stock_level.c.on_hand, stock_level.c.allocated)
)
_LEVEL = select(stock_level.c.on_hand, stock_level.c.allocated).where(*_at)
_LOG = insert(movement)


def merged(sources: Iterable[StockSource]) -> dict[tuple[str, str], int]:
    """Units per (key, location), in the order in which locks are taken."""
    units: dict[tuple[str, str], int] = {}
    for source in sources:
        if source.quantity < 1:
            raise ValueError(f"{source.stock_key}: a quantity of {source.quantity} can't be moved")
        key = (source.stock_key, source.location)
        units[key] = units.get(key, 0) + source.quantity
    return dict(sorted(units.items()))


def places(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """The places of tracked variants among (key, location); what isn't counted or known is missing."""
    wanted = list(keys)
    given = {"skus": sorted({k for k, _ in wanted}), "codes": sorted({c for _, c in wanted})}
    return {(r.sku, r.code): Place(r.id, r.location_id, r.sku, r.code) for r in session.execute(_PLACES, given)}


def insert_new(session: Session, table: Any) -> Any:
    """An INSERT that leaves out rows which are there already (by any unique index)."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def move(ctx: Context, change: Change) -> bool:
    """Apply `change` if promises stay covered (0 ≤ allocated ≤ on_hand) and publish the new level; False: refused."""
    place = change.place
    level = ctx.session.execute(
        _MOVE,
        {
            "at_variant": place.variant_id,
            "at_location": place.location_id,
            "more_on_hand": change.on_hand,
            "more_allocated": change.allocated,
        },
    ).one_or_none()
    if level is None:
        return False
    stock_moved(ctx, place.variant_id, change.on_hand - change.allocated)
    ctx.publish(
        StockChanged(
            at=ctx.now(),
            stock_key=place.sku,
            location=place.location,
            on_hand=level.on_hand,
            allocated=level.allocated,
        )
    )
    return True


def level_of(session: Session, place: Place) -> tuple[int, int]:
    """(on_hand, allocated) now; zeros where there is no level yet."""
    row = session.execute(_LEVEL, {"at_variant": place.variant_id, "at_location": place.location_id}).one_or_none()
    return (row.on_hand, row.allocated) if row else (0, 0)


def ensure_level(session: Session, place: Place) -> None:
    """An empty level where there is none."""
    session.execute(
        insert_new(session, stock_level),
        {
            "variant_id": place.variant_id,
            "location_id": place.location_id,
            "on_hand": 0,
            "allocated": 0,
        },
    )


def logged(
    ctx: Context, kind: str, changes: Sequence[Change], *, subject: str = "", reference: str = "", reason: str = ""
) -> None:
    """Add the movements of `changes` to the log."""
    rows = [_entry(ctx, kind, change, subject, reference, reason) for change in changes]
    if rows:
        ctx.session.execute(_LOG, rows)


def logged_once(ctx: Context, kind: str, change: Change, subject: str, reference: str) -> bool:
    """Add one movement under `reference`; False: it was there already, so its effect is too."""
    if not reference:
        raise ValueError(f"{kind} needs a reference: without it a repetition can't be told from a second time")
    statement = insert_new(ctx.session, movement).returning(movement.c.id)
    added = ctx.session.execute(statement, _entry(ctx, kind, change, subject, reference, "")).one_or_none()
    return added is not None


def _entry(ctx: Context, kind: str, change: Change, subject: str, reference: str, reason: str) -> dict[str, Any]:
    place = change.place
    return {
        "at": ctx.now(),
        "variant_id": place.variant_id,
        "location_id": place.location_id,
        "sku": place.sku,
        "location": place.location,
        "kind": kind,
        "on_hand": change.on_hand,
        "allocated": change.allocated,
        "subject": subject,
        "reference": reference,
        "reason": reason,
        "actor": ctx.actor.id,
    }
