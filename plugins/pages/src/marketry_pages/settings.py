"""What a merchant may set about pages."""

from pydantic import BaseModel, ConfigDict, Field


class PagesSettings(BaseModel):
    """Lists of the journal, and what is noted of addresses that lead nowhere."""

    model_config = ConfigDict(extra="forbid")

    posts_per_page: int = Field(12, ge=1, le=60, title="Posts on a page of the journal")
    posts_in_feed: int = Field(20, ge=1, le=100, title="Posts in the journal's feed")
    journal_in_header: bool = Field(True, title="Show the journal in the main navigation")
    count_missing: bool = Field(
        True,
        title="Count missing addresses",
        description="How often an address that leads nowhere was asked for. Nothing is kept of who asked.",
    )
