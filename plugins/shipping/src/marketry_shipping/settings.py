"""What a merchant decides about parcels; zones and methods are edited on their own pages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class ShippingSettings(BaseModel):
    """Settings of shipping."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Shipping")

    tracking_page: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^$|^https://[^\s{}]*\{number\}[^\s{}]*$")
    ] = Field(
        "",
        title="Tracking page of another carrier",
        description="An https address with {number} where the tracking number goes; used for parcels with “Other carrier”.",
    )
