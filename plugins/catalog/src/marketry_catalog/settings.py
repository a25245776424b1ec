"""What a merchant can set."""

from pydantic import BaseModel, ConfigDict, Field


class CatalogSettings(BaseModel):
    """`page_size` products on a page; `low_stock` units at which the back office warns; `home_tags` make the home page's rows;
    `search_days` for which it is kept what people searched for."""

    model_config = ConfigDict(extra="forbid")
    page_size: int = Field(default=24, ge=4, le=96)
    low_stock: int = Field(default=5, ge=0)
    home_tags: list[str] = Field(default_factory=lambda: ["new", "bestseller", "gift"])
    search_days: int = Field(default=90, ge=1, le=730)
