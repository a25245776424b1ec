"""Every query of the plugin; columns rather than entities where buyers wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketry_shipping.domain import rates
from marketry_shipping.models import Band, Method, Zone

_zones: Any = select(Zone.id, Zone.countries, Zone.regions, Zone.postal_prefixes, Zone.priority)  # type: ignore[call-overload]
_offers: Any = (
    select(Method.id, Method.code, Method.label, Method.estimate, Band.price, Band.max_weight, Band.min_subtotal)  # type: ignore[call-overload]
    .join(Band, Band.method_id == Method.id)
    .where(
        Method.zone_id == bindparam("zone"),
        Method.active.is_(True),  # type: ignore[attr-defined]
        Band.currency == bindparam("currency"),
    )
    .order_by(Method.position, Method.code)
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An active method of a zone with its bands in one currency; texts in all languages."""

    code: str
    label: dict[str, str]
    estimate: dict[str, str]
    bands: tuple[rates.Band, ...]


def zones(session: Session) -> list[rates.Zone]:
    return [
        rates.Zone(
            row.id,
            frozenset(row.countries),
            frozenset(map(rates.region_key, row.regions)),
            tuple(map(rates.postal_key, row.postal_prefixes)),
            row.priority,
        )
        for row in session.execute(_zones)
    ]


def offers(session: Session, zone: int, currency: str) -> list[Offer]:
    """Active methods that have a price in `currency`, by position and code."""
    found: dict[int, Offer] = {}
    for row in session.execute(_offers, {"zone": zone, "currency": currency}):
        band = rates.Band(row.price, row.max_weight, row.min_subtotal)
        known = found.get(row.id)
        bands = (*known.bands, band) if known else (band,)
        found[row.id] = Offer(row.code, row.label, row.estimate, bands)
    return list(found.values())


def all_zones(session: Session) -> Sequence[Zone]:
    """For staff, in the order in which they are asked."""
    return session.execute(select(Zone).order_by(Zone.priority, Zone.id)).scalars().all()  # type: ignore[arg-type]


def methods_of(session: Session, zone: int) -> Sequence[Method]:
    statement = select(Method).where(Method.zone_id == zone).order_by(Method.position, Method.code)  # type: ignore[arg-type]
    return session.execute(statement).scalars().all()


def all_methods(session: Session) -> Sequence[Method]:
    return session.execute(select(Method).order_by(Method.position, Method.code)).scalars().all()  # type: ignore[arg-type]


def zone_by_code(session: Session, code: str) -> Zone | None:
    return session.execute(select(Zone).where(Zone.code == code)).scalar_one_or_none()  # type: ignore[arg-type]


def method_by_code(session: Session, zone: int, code: str) -> Method | None:
    statement = select(Method).where(Method.zone_id == zone, Method.code == code)  # type: ignore[arg-type]
    return session.execute(statement).scalar_one_or_none()


def bands_of(session: Session, methods: Sequence[int]) -> Sequence[Band]:
    """Bands of these methods, by currency, subtotal and weight (any weight last)."""
    statement = select(Band).where(Band.method_id.in_(methods))  # type: ignore[attr-defined]
    found = session.execute(statement).scalars().all()
    return sorted(found, key=lambda b: (b.currency, b.min_subtotal, b.max_weight is None, b.max_weight or 0))
