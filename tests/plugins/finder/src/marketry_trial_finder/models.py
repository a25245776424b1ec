"""What is known of each product."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("finder")):
    """Base of the tables of finder."""


class Found(Table, table=True):
    """The words of a product in one locale, in lower case, and the ids of its categories between blanks (` 3 17 `)."""

    __tablename__ = "finder_document"
    handle: str = Field(primary_key=True, max_length=120)
    locale: str = Field(primary_key=True, max_length=16)
    words: str = Field(sa_type=Text)
    categories: str = Field(sa_type=Text)
