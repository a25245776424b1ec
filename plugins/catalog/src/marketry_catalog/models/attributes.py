"""Typed attributes that products share: shown on their pages, offered as filters."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field

from marketry.database import JSONValue, Translated
from marketry_catalog.models.base import Base, owner, table_of, words


class Attribute(Base, table=True):
    """`kind` is text, number, boolean or choice; `choices` is `[{code, label: {locale: text}}]`.

    A number is stored as an integer of `decimals` places, so it stays exact; `unit` is shown behind it.
    """

    __tablename__ = "catalog_attribute"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'number', 'boolean', 'choice')", name="kind"),
        CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals"),
    )
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    kind: str = Field(max_length=10)
    name: dict[str, str] = words()
    unit: str = Field(default="", max_length=20)
    decimals: int = Field(default=0)
    choices: list[Any] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    shown: bool = Field(default=True)
    filterable: bool = Field(default=False)
    position: int = Field(default=1)


class AttributeValue(Base, table=True):
    """The value of one attribute of one product; `choice` holds a choice's code, or `true`/`false` of a boolean."""

    __tablename__ = "catalog_attribute_value"
    __table_args__ = (
        Index("ix_catalog_attribute_value_choice", "attribute_id", "choice", "product_id"),
        Index("ix_catalog_attribute_value_number", "attribute_id", "number", "product_id"),
    )
    product_id: int = Field(sa_column=owner("catalog_product.id", primary_key=True))
    attribute_id: int = Field(sa_column=owner("catalog_attribute.id", primary_key=True))
    text: dict[str, str] | None = Field(default=None, sa_type=Translated, nullable=True)
    number: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    choice: str | None = Field(default=None, max_length=60)


attribute = table_of(Attribute)
attribute_value = table_of(AttributeValue)
