"""What a merchant decides about wish lists."""

from pydantic import BaseModel, ConfigDict, Field


class WishlistSettings(BaseModel):
    """The back office makes a form of this."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Wish list")

    on_cards: bool = Field(True, title="Hearts in lists", description="Show the heart on every product of a list, too.")
    sharing: bool = Field(True, title="Sharing", description="Shoppers may make a link with which others read their list.")
    most_wishes: int = Field(100, ge=1, le=1000, title="Longest list", description="How many products a list may hold.")
    idle_days: int = Field(
        180,
        ge=1,
        le=3650,
        title="Days without a visit",
        description="A visitor's list that nobody used for so long is deleted.",
    )
