"""What a merchant decides about the ways to further products."""

from pydantic import BaseModel, ConfigDict, Field


class DiscoverySettings(BaseModel):
    """The back office makes a form of this: each piece can be switched off by itself."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Discovery")

    seen: bool = Field(
        True, title="Recently seen", description="Kept in the shopper's browser alone; the shop doesn't learn of it."
    )
    seen_count: int = Field(4, ge=1, le=12, title="Recently seen: how many")
    alike: bool = Field(
        True, title="More like this", description="For products that name no related ones: others of the same category and tags."
    )
    alike_count: int = Field(4, ge=1, le=12, title="More like this: how many")
    together: bool = Field(
        True, title="Bought together", description="On the product's page and in the cart, counted from the shop's own orders."
    )
    together_count: int = Field(4, ge=1, le=12, title="Bought together: how many")
    together_orders: int = Field(
        2, ge=1, le=1000, title="Bought together: from how many orders on", description="Fewer say nothing about a pair."
    )
    together_days: int = Field(365, ge=7, le=3650, title="Bought together: days to look back")
    share: bool = Field(True, title="Share", description="By mail, by copying the address, or with the device's own means.")
