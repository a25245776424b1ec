"""The category tree and what is in it."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from marketry_catalog.models.base import Base, loose, owner, table_of, words


class Category(Base, table=True):
    """A node of the tree; `parent_id` empty at the top. `slug` is its own part of the path per locale, default the handle."""

    __tablename__ = "catalog_category"
    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),)
    id: int | None = Field(default=None, primary_key=True)
    handle: str = Field(max_length=120, unique=True)
    parent_id: int | None = Field(default=None, sa_column=loose("catalog_category.id", index=True))
    position: int = Field(default=1)
    name: dict[str, str] = words()
    description: dict[str, str] = words()
    slug: dict[str, str] = words()
    published: bool = Field(default=True)
    picture: str | None = Field(default=None, max_length=200)
    picture_alt: dict[str, str] = words()
    picture_width: int | None = Field(default=None)
    picture_height: int | None = Field(default=None)
    picture_digest: str = Field(default="", max_length=64)


class CategoryPath(Base, table=True):
    """An address of a category in one locale (`home/kitchen`); those that are not `current` redirect."""

    __tablename__ = "catalog_category_path"
    __table_args__ = (
        Index(
            "uq_catalog_category_path_current",
            "category_id",
            "locale",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )
    locale: str = Field(primary_key=True, max_length=16)
    path: str = Field(primary_key=True, max_length=400)
    category_id: int = Field(sa_column=owner("catalog_category.id", index=True))
    current: bool = Field(default=True)


class CategoryProduct(Base, table=True):
    """A product in a category, or (not `direct`) in one below it: a list of a category reads one index.

    `rank` orders the product within the category; `place` says which of the product's own categories comes first.
    """

    __tablename__ = "catalog_category_product"
    __table_args__ = (
        Index("ix_catalog_category_product_order", "category_id", "rank", "product_id"),
        Index("ix_catalog_category_product_newest", "category_id", "product_id"),
    )
    product_id: int = Field(sa_column=owner("catalog_product.id", primary_key=True))
    category_id: int = Field(sa_column=owner("catalog_category.id", primary_key=True))
    direct: bool = Field(default=True)
    place: int = Field(default=0)
    rank: int = Field(default=0)


category = table_of(Category)
category_path = table_of(CategoryPath)
category_product = table_of(CategoryProduct)
