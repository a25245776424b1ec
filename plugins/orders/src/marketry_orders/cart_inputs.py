"""What a buyer may send about a cart, over JSON: strict, bounded, nothing unknown."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sku = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Quantity = Annotated[int, Field(ge=1, le=9999)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
PluginId = Annotated[str, StringConstraints(max_length=64)]
# One @, a domain with a dot, no spaces: the rest is for the mail that we send there to find out.
_EMAIL = r"^[^@\s\x00-\x1f]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"
Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=_EMAIL)]
LineInputs = Annotated[dict[PluginId, Annotated[dict[PluginId, Any], Field(max_length=20)]], Field(max_length=20)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NewCart(Strict):
    """All optional: the site's first currency and country otherwise."""

    currency: Currency | None = None
    country: Country | None = None


class NewLine(Strict):
    sku: Sku
    quantity: Quantity = 1
    inputs: LineInputs = Field(default_factory=dict)


class LineChange(Strict):
    quantity: Quantity | None = None
    inputs: LineInputs | None = None


class OrderAsked(Strict):
    number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    email: Email


class EmailInput(Strict):
    email: Email


class ShippingChoice(Strict):
    """`group` may be left out: every group that offers the method takes it."""

    code: Code
    group: Code | None = None


class MoneyInput(Strict):
    minor: Annotated[int, Field(ge=1, le=10**15)]
    currency: Currency


class PaymentMethod(Strict):
    """A signed-in customer may `save` what they will pay with, or pay with the `instrument` that they saved."""

    code: Code
    save: bool = False
    instrument: Code | None = None


class PaymentChoice(PaymentMethod):
    """Without `amount`: what remains (only the last may leave it out)."""

    amount: MoneyInput | None = None


PaymentChoices = Annotated[list[PaymentChoice], Field(min_length=1, max_length=10)]


class CouponInput(Strict):
    """null takes all coupons away."""

    code: Code | None


class TotalInput(Strict):
    minor: Annotated[int, Field(ge=0, le=10**15)]
    currency: Currency


class Completion(Strict):
    """What the buyer agreed to; without it, the total that the cart showed last."""

    total: TotalInput | None = None
    hash: Annotated[str, StringConstraints(max_length=64)] | None = None
