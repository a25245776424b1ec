"""Stock at locations, what is reserved of it and for how long, and the log of every movement."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from marketry.database import UTCDateTime
from marketry_catalog.models.base import Base, loose, owner, table_of


class Location(Base, table=True):
    """A place that holds stock. Lower `priority` serves first; inactive ones sell nothing."""

    __tablename__ = "catalog_location"
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    priority: int = Field(default=10)
    active: bool = Field(default=True)


class StockLevel(Base, table=True):
    """Units of a variant at a location: `on_hand` are there, `allocated` of them are promised to somebody."""

    __tablename__ = "catalog_stock_level"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("allocated >= 0", name="allocated"),
        CheckConstraint("allocated <= on_hand", name="promise"),
    )
    variant_id: int = Field(sa_column=owner("catalog_variant.id", primary_key=True))
    location_id: int = Field(sa_column=owner("catalog_location.id", primary_key=True))
    on_hand: int = Field(default=0)
    allocated: int = Field(default=0)


class Reservation(Base, table=True):
    """What a subject took from one location, and how much of it was shipped or given back since.

    Open units (`quantity - shipped - released`) are part of the level's `allocated`. `expires_at` empty: held for good.
    """

    __tablename__ = "catalog_reservation"
    __table_args__ = (
        UniqueConstraint("subject", "variant_id", "location_id", name="uq_catalog_reservation"),
        CheckConstraint("quantity > 0 AND shipped >= 0 AND released >= 0", name="units"),
        CheckConstraint("shipped + released <= quantity", name="open"),
        Index(
            "ix_catalog_reservation_expiry",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=120)
    variant_id: int = Field(sa_column=owner("catalog_variant.id", index=True))
    location_id: int = Field(sa_column=owner("catalog_location.id"))
    quantity: int
    shipped: int = Field(default=0)
    released: int = Field(default=0)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime, nullable=False)


class Movement(Base, table=True):
    """One change of one level; rows are only ever added. The changes of a level add up to the level.

    `kind` is import, adjust, reserve, release, expire, ship or restock. `reference` names what must happen once
    (a parcel, a return, a part given back); empty where the reservation itself guards repetition. `sku` and `location` outlive
    their rows.
    """

    __tablename__ = "catalog_movement"
    __table_args__ = (
        Index(
            "uq_catalog_movement_reference",
            "subject",
            "kind",
            "reference",
            "sku",
            "location",
            unique=True,
            sqlite_where=text("reference <> ''"),
            postgresql_where=text("reference <> ''"),
        ),
        Index("ix_catalog_movement_variant", "variant_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, nullable=False)
    variant_id: int | None = Field(default=None, sa_column=loose("catalog_variant.id"))
    location_id: int | None = Field(default=None, sa_column=loose("catalog_location.id"))
    sku: str = Field(max_length=64)
    location: str = Field(max_length=40)
    kind: str = Field(max_length=10)
    on_hand: int = Field(default=0)
    allocated: int = Field(default=0)
    subject: str = Field(default="", max_length=120)
    reference: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=200)
    actor: str = Field(default="", max_length=80)


location = table_of(Location)
stock_level = table_of(StockLevel)
reservation = table_of(Reservation)
movement = table_of(Movement)
