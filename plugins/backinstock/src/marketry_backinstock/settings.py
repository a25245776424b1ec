"""What a merchant decides about back-in-stock mails."""

from pydantic import BaseModel, ConfigDict, Field


class BackInStockSettings(BaseModel):
    """The back office makes a form of this."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Back in stock")

    offered: bool = Field(True, title="Offer the mail", description="Show the form on what is sold out.")
    mails_per_unit: int = Field(
        3,
        ge=1,
        le=100,
        title="Mails per unit",
        description="So many people are told a day for each unit that came, those who wait longest first.",
    )
    batch: int = Field(200, ge=1, le=5000, title="Largest batch", description="At most so many mails of one article at a time.")
    keep_days: int = Field(
        365, ge=7, le=3650, title="Days to wait", description="Who has waited so long in vain is forgotten, address and all."
    )
    confirm_days: int = Field(
        3, ge=1, le=30, title="Days to confirm", description="An address that isn't confirmed by then is forgotten."
    )
