"""What a merchant decides about carts, checkout and orders."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class OrderSettings(BaseModel):
    """Durations in days or minutes as named."""

    model_config = ConfigDict(extra="forbid")

    cart_days: int = Field(default=30, ge=1, le=365, title="Days a cart is kept after its last change")
    cart_lines: int = Field(default=100, ge=1, le=1000, title="Most lines in one cart")
    carts_per_minute: int = Field(
        default=300,
        ge=1,
        le=1_000_000,
        title="Most carts that one network address may open in a minute",
    )
    reservation_minutes: int = Field(
        default=60,
        ge=5,
        le=60 * 24 * 30,
        title="Minutes that stock waits for an online payment",
    )
    unattended_days: int = Field(
        default=7,
        ge=1,
        le=60,
        title="Days that customers have to pay what a plugin ordered for them and could not charge",
    )
    order_link_days: int = Field(default=90, ge=1, le=3650, title="Days a guest's link to the order works")
    ship_to: tuple[str, ...] = Field(default=(), title="Countries that can be ordered to (ISO codes; empty: all)")
    confirm_refunds_above: dict[str, int] = Field(
        default={"USD": 50_000, "EUR": 50_000, "GBP": 50_000, "CNY": 350_000, "JPY": 5_000_000},
        title="Refunds above which staff confirm that it is them",
        description="Per currency, in its smallest unit (cents). A currency that isn't named is never asked about.",
        json_schema_extra={"key_title": "Currency", "value_title": "Amount"},
    )
    capture: Literal["at_once", "on_shipping", "by_hand"] = Field(
        default="at_once",
        title="When reserved money is taken",
        json_schema_extra={
            "choices": {
                "at_once": "As soon as it covers the order",
                "on_shipping": "When a parcel leaves",
                "by_hand": "When staff take it, on the order's page",
            }
        },
    )


def patience_of(settings: OrderSettings, off_session: bool) -> timedelta:
    """How long an order waits for its online payment: longer where its customer must first be written to."""
    return timedelta(days=settings.unattended_days) if off_session else timedelta(minutes=settings.reservation_minutes)
