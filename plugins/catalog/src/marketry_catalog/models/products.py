"""Products, their variants, prices and addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from marketry.database import JSONValue, UTCDateTime
from marketry_catalog.models.base import Base, loose, owner, table_of, words


class Product(Base, table=True):
    """What is described and shown. `handle` names it in files and addresses of the back office, and never changes.

    `options` is what a shopper chooses, in order: `[{code, name: {locale: text}, values: [{code, label: {…}}]}]`.
    `related` and `tags` are lists of handles and words. Shown while `published` and now is within
    [`publish_at`, `publish_until`).
    """

    __tablename__ = "catalog_product"
    __table_args__ = (
        CheckConstraint("publish_until IS NULL OR publish_at IS NULL OR publish_until > publish_at", name="window"),
        Index("ix_catalog_product_newest", "created_at", "id"),
        Index(
            "ix_catalog_product_unindexed",
            "id",
            sqlite_where=text("indexed_at IS NULL"),
            postgresql_where=text("indexed_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    handle: str = Field(max_length=120, unique=True)
    title: dict[str, str] = words()
    summary: dict[str, str] = words()
    description: dict[str, str] = words()
    materials: dict[str, str] = words()
    care: dict[str, str] = words()
    seo_title: dict[str, str] = words()
    options: list[Any] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    tags: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    related: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    made_in: str | None = Field(default=None, max_length=2)
    tax_class: str = Field(default="standard", max_length=40)
    published: bool = Field(default=False)
    publish_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    publish_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue, nullable=False)
    indexed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime, nullable=False)
    updated_at: datetime = Field(sa_type=UTCDateTime, nullable=False)


class ProductSlug(Base, table=True):
    """An address of a product in one locale; those that are not `current` redirect to the one that is."""

    __tablename__ = "catalog_product_slug"
    __table_args__ = (
        Index(
            "uq_catalog_product_slug_current",
            "product_id",
            "locale",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )
    locale: str = Field(primary_key=True, max_length=16)
    slug: str = Field(primary_key=True, max_length=160)
    product_id: int = Field(sa_column=owner("catalog_product.id", index=True))
    current: bool = Field(default=True)


class Variant(Base, table=True):
    """What is bought. `options` maps option codes to value codes; `options_key` is the same as text, unique per product.

    Weight in grams, sizes in millimetres, of the thing unpacked. `tracked` False: stock is not counted.
    """

    __tablename__ = "catalog_variant"
    __table_args__ = (
        UniqueConstraint("product_id", "options_key", name="uq_catalog_variant_options"),
        CheckConstraint("weight_g >= 0", name="weight"),
        Index("ix_catalog_variant_barcode", "barcode"),
    )
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(sa_column=owner("catalog_product.id"))
    sku: str = Field(max_length=64, unique=True)
    position: int = Field(default=1)
    options: dict[str, str] = Field(default_factory=dict, sa_type=JSONValue, nullable=False)
    options_key: str = Field(default="", max_length=400)
    weight_g: int = Field(default=0)
    width_mm: int | None = Field(default=None)
    height_mm: int | None = Field(default=None)
    depth_mm: int | None = Field(default=None)
    barcode: str | None = Field(default=None, max_length=32)
    picture_id: int | None = Field(default=None, sa_column=loose("catalog_picture.id", index=True))
    tracked: bool = Field(default=True)
    shippable: bool = Field(default=True)
    active: bool = Field(default=True)


class Price(Base, table=True):
    """The price of a variant in one currency, in minor units; `compare_at` what it was before a reduction."""

    __tablename__ = "catalog_price"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("compare_at IS NULL OR compare_at > amount", name="compare_at"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
    )
    variant_id: int = Field(sa_column=owner("catalog_variant.id", primary_key=True))
    currency: str = Field(primary_key=True, max_length=3)
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    compare_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    cost: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class PriceRange(Base, table=True):
    """The lowest and highest price of a product per currency, kept with its prices: lists sort and draw by it."""

    __tablename__ = "catalog_price_range"
    __table_args__ = (Index("ix_catalog_price_range_order", "currency", "lowest", "product_id"),)
    product_id: int = Field(sa_column=owner("catalog_product.id", primary_key=True))
    currency: str = Field(primary_key=True, max_length=3)
    lowest: int = Field(sa_column=Column(BigInteger, nullable=False))
    highest: int = Field(sa_column=Column(BigInteger, nullable=False))
    compare_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class GroupPrice(Base, table=True):
    """What a variant costs customers of a price group, in the place of its price; in minor units."""

    __tablename__ = "catalog_group_price"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)
    variant_id: int = Field(sa_column=owner("catalog_variant.id", primary_key=True))
    price_group: str = Field(primary_key=True, max_length=64)
    currency: str = Field(primary_key=True, max_length=3)
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))


class GroupRange(Base, table=True):
    """The price range of a product for a price group, where one of its variants has a price of that group."""

    __tablename__ = "catalog_group_range"
    product_id: int = Field(sa_column=owner("catalog_product.id", primary_key=True))
    price_group: str = Field(primary_key=True, max_length=64)
    currency: str = Field(primary_key=True, max_length=3)
    lowest: int = Field(sa_column=Column(BigInteger, nullable=False))
    highest: int = Field(sa_column=Column(BigInteger, nullable=False))


product = table_of(Product)
product_slug = table_of(ProductSlug)
variant = table_of(Variant)
price = table_of(Price)
price_range = table_of(PriceRange)
group_price = table_of(GroupPrice)
group_range = table_of(GroupRange)
