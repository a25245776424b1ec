"""What the built-in search engine looks into."""

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from marketry_catalog.models.base import Base, owner, table_of


class SearchDocument(Base, table=True):
    """The analysed words of a product in one locale, separated by blanks; `title` weighs more than `body`.

    On SQLite a full-text table mirrors it by triggers, on PostgreSQL a GIN index stands over it (see the migration).
    """

    __tablename__ = "catalog_search_document"
    __table_args__ = (UniqueConstraint("product_id", "locale", name="uq_catalog_search_document"),)
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(sa_column=owner("catalog_product.id"))
    locale: str = Field(max_length=16, index=True)
    title: str = Field(sa_type=Text, nullable=False)
    body: str = Field(sa_type=Text, nullable=False)


search_document = table_of(SearchDocument)
