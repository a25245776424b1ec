"""Tables: zones, their methods, and each method's prices."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketry.database import BigId, JSONValue, Translated, plugin_registry


class Table(SQLModel, registry=plugin_registry("shipping")):
    """Base of the tables of shipping."""


class Zone(Table, table=True):
    """Where parcels go under the same conditions; see `domain.rates.Zone` for how its places are matched."""

    __tablename__ = "shipping_zone"
    __table_args__ = (UniqueConstraint("code"),)

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    code: str = Field(max_length=40)
    name: dict[str, str] = Field(sa_type=Translated)
    countries: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    regions: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    postal_prefixes: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    priority: int = 100


class Method(Table, table=True):
    """A way to deliver within a zone. The same code may stand in several zones: one choice that outlives a new address."""

    __tablename__ = "shipping_method"
    __table_args__ = (UniqueConstraint("zone_id", "code"),)

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    zone_id: int = Field(sa_column=Column(BigInteger, ForeignKey("shipping_zone.id", ondelete="CASCADE"), nullable=False))
    code: str = Field(max_length=40)
    label: dict[str, str] = Field(sa_type=Translated)
    estimate: dict[str, str] = Field(default_factory=dict, sa_type=Translated, nullable=False)
    active: bool = True
    position: int = 50


class Band(Table, table=True):
    """A method's price in one currency, up to a weight (grams) and from a subtotal on (minor units)."""

    __tablename__ = "shipping_band"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("min_subtotal >= 0", name="min_subtotal_not_negative"),
        CheckConstraint("max_weight IS NULL OR max_weight > 0", name="max_weight_positive"),
    )

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    method_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("shipping_method.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    currency: str = Field(max_length=3)
    max_weight: int | None = Field(default=None, sa_type=BigInteger)
    min_subtotal: int = Field(default=0, sa_type=BigInteger)
    price: int = Field(sa_type=BigInteger)
