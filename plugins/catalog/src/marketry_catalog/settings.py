"""What a merchant can set."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class HomeSection(BaseModel):
    """One section of the home page: its kind (a `SectionKind.code`), its fields as that kind's schema has them, and whether it
    is hidden. `id` tells sections of a kind apart."""

    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
    hidden: bool = False
    values: dict[str, Any] = Field(default_factory=dict)


class CatalogSettings(BaseModel):
    """`page_size` products on a page; `low_stock` units at which the back office warns; `home_tags` make the home page's rows as
    long as `home_sections`, its sections in their order, is empty (the back office has a page for them); `product_notes` stand on
    every product, by language; `search_days` for which it is kept what people searched for."""

    model_config = ConfigDict(extra="forbid")
    page_size: int = Field(default=24, ge=4, le=96, title="Products on a page")
    low_stock: int = Field(
        default=5,
        ge=0,
        title="Few left",
        description="From so many units down the shop says how many are left, and staff are told.",
    )
    home_tags: list[str] = Field(
        default_factory=lambda: ["new", "bestseller", "gift"],
        title="Tags on the home page",
        description="A row of products for each, while the home page has no sections of its own.",
    )
    search_days: int = Field(default=90, ge=1, le=730, title="Days that searches are kept")
    product_notes: dict[str, Annotated[str, StringConstraints(max_length=1_000)]] = Field(
        default_factory=dict,
        title="Notes on every product",
        description="Delivery and returns in a few words, one note a line, for each language.",
        json_schema_extra={"key_title": "Language", "value_title": "Notes"},
    )
    home_sections: list[HomeSection] = Field(default_factory=list, max_length=40, json_schema_extra={"page": "/admin/home"})
