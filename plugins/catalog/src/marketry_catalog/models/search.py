"""What searches and lists look into: analysed words, the vocabulary, synonyms, what was asked for, what changed."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from marketry.database import BigId, JSONValue
from marketry_catalog.models.base import Base, owner, table_of


class SearchDocument(Base, table=True):
    """What releases before the generations searched; nothing reads it any more, and a later release drops it."""

    __tablename__ = "catalog_search_document"
    __table_args__ = (UniqueConstraint("product_id", "locale", name="uq_catalog_search_document"),)
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(sa_column=owner("catalog_product.id"))
    locale: str = Field(max_length=16, index=True)
    title: str = Field(sa_type=Text, nullable=False)
    body: str = Field(sa_type=Text, nullable=False)


class SearchEntry(Base, table=True):
    """The analysed words of a product in one locale and one generation of the index, separated by blanks and each beginning
    with the scope (see domain/scopes.py). `title` weighs most, then `tags` (with categories, options and article numbers),
    `summary`, `body`.

    On SQLite the full-text table `catalog_search_words` mirrors it by triggers, on PostgreSQL the generated column `vector` does.
    """

    __tablename__ = "catalog_search_entry"
    __table_args__ = (
        UniqueConstraint("product_id", "locale", "generation", name="uq_catalog_search_entry"),
        Index("ix_catalog_search_entry_generation", "generation"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    product_id: int = Field(sa_column=owner("catalog_product.id"))
    generation: int
    locale: str = Field(max_length=16)
    title: str = Field(sa_type=Text, nullable=False)
    tags: str = Field(sa_type=Text, nullable=False)
    summary: str = Field(sa_type=Text, nullable=False)
    body: str = Field(sa_type=Text, nullable=False)


class SearchState(Base, table=True):
    """One row. Searches read `generation`; `building` (0: none) is being filled and holds the products up to id `built_to`."""

    __tablename__ = "catalog_search_state"
    id: int | None = Field(default=None, primary_key=True)
    generation: int = Field(default=1)
    building: int = Field(default=0)
    built_to: int = Field(default=0)


class SearchTerm(Base, table=True):
    """A word as people write it (folded, not stemmed), and in about how many products: what misspelt words are led to."""

    __tablename__ = "catalog_search_term"
    generation: int = Field(primary_key=True)
    locale: str = Field(primary_key=True, max_length=16)
    word: str = Field(primary_key=True, max_length=40)
    products: int = Field(default=1)


class SearchNear(Base, table=True):
    """A word with letters left out (`vase` → `vas`), so that one with a slip of the same letters meets it (see
    domain/near.py)."""

    __tablename__ = "catalog_search_near"
    generation: int = Field(primary_key=True)
    locale: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=40)
    word: str = Field(primary_key=True, max_length=40)


class Synonym(Base, table=True):
    """Words that find each other in one locale; with a `term`, it finds the `words` but not they it."""

    __tablename__ = "catalog_synonym"
    id: int | None = Field(default=None, primary_key=True)
    locale: str = Field(max_length=16, index=True)
    term: str = Field(default="", max_length=100)
    words: list[Any] = Field(default_factory=list, sa_type=JSONValue, nullable=False)


class SearchQuery(Base, table=True):
    """How often something was asked for on one day, and how many products were found the last time. Nobody's name is kept, nor
    what looks like an address or a telephone number."""

    __tablename__ = "catalog_search_query"
    __table_args__ = (CheckConstraint("times > 0", name="times"), Index("ix_catalog_search_query_text", "locale", "q"))
    day: date = Field(primary_key=True)
    locale: str = Field(primary_key=True, max_length=16)
    q: str = Field(primary_key=True, max_length=80)
    times: int = Field(default=1)
    found: int = Field(default=0)


class Popularity(Base, table=True):
    """Units of a product ordered in one month (`2026-03`)."""

    __tablename__ = "catalog_popularity"
    month: str = Field(primary_key=True, max_length=7)
    product_id: int = Field(sa_column=owner("catalog_product.id", primary_key=True))
    units: int = Field(default=0)


class Change(Base, table=True):
    """That something of a product has changed which lists know: rows are only added, and go after a day. Processes read what was
    added since they last looked. No foreign key: it also tells that a product is gone."""

    __tablename__ = "catalog_change"
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    product_id: int = Field(sa_column=Column(Integer, nullable=False))


search_document = table_of(SearchDocument)
search_entry = table_of(SearchEntry)
search_state = table_of(SearchState)
search_term = table_of(SearchTerm)
search_near = table_of(SearchNear)
synonym = table_of(Synonym)
search_query = table_of(SearchQuery)
popularity = table_of(Popularity)
change = table_of(Change)
