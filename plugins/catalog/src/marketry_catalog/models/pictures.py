"""Pictures of products, and scenes that belong to no single product."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from marketry_catalog.models.base import Base, owner, table_of, words


class Picture(Base, table=True):
    """`media` is the name in the media store, `file` the name it came under, `digest` the SHA-256 of what was given.

    Position 1 is the main picture; positions are kept without gaps at the front, so lists join on position 1.
    """

    __tablename__ = "catalog_picture"
    __table_args__ = (
        UniqueConstraint("product_id", "position", name="uq_catalog_picture_position"),
        UniqueConstraint("product_id", "file", name="uq_catalog_picture_file"),
    )
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(sa_column=owner("catalog_product.id"))
    position: int = Field(default=1)
    media: str = Field(max_length=200)
    file: str = Field(max_length=200)
    digest: str = Field(default="", max_length=64)
    alt: dict[str, str] = words()
    width: int
    height: int
    colour: str = Field(default="", max_length=7)


class Scene(Base, table=True):
    """A picture for the home page (`hero`) or of several products (`category`)."""

    __tablename__ = "catalog_scene"
    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(max_length=200, unique=True)
    kind: str = Field(max_length=20, index=True)
    media: str = Field(max_length=200)
    digest: str = Field(default="", max_length=64)
    alt: dict[str, str] = words()
    width: int
    height: int
    colour: str = Field(default="", max_length=7)


picture = table_of(Picture)
scene = table_of(Scene)
