"""What is known of each product."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("finder")):
    """Base of the tables of finder."""


class Found(Table, table=True):
    """The words of a product in one locale, in lower case."""

    __tablename__ = "finder_document"
    handle: str = Field(primary_key=True, max_length=120)
    locale: str = Field(primary_key=True, max_length=16)
    title: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
