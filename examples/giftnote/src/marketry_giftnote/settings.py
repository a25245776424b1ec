"""What a merchant decides about gift notes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=10**9)]


class GiftNoteSettings(BaseModel):
    """The back office makes a form of this: titles are labels, descriptions are hints."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Gift notes")

    prices: dict[Currency, Minor] = Field(
        default_factory=dict,
        title="Price of a note",
        description="In minor units (300 is 3.00), per currency. Without an entry a note costs nothing.",
        json_schema_extra={"key_title": "Currency", "value_title": "Amount in minor units"},
    )
    workshop: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")] = Field(
        "", title="Who writes the cards", description="Told by mail each day how many cards wait. Empty: nobody."
    )
    counter: bool = Field(
        False, title="Pay at the counter", description="Offer to pay when the gift is fetched; staff record the money."
    )
