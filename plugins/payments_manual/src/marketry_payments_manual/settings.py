"""What a merchant decides about payments that staff record by hand."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]

PER_CURRENCY: JsonDict = {"key_title": "Currency", "value_title": "Amount in minor units"}  # columns of the generated form


class BankAccount(BaseModel):
    """Where buyers send money in one currency. What is left empty isn't shown to them."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Bank account")

    holder: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] = Field(
        title="Account holder", description="The name that the bank knows."
    )
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        title="Account number or IBAN", description="As buyers type it into their bank's form."
    )
    bank: Line = Field("", title="Bank", description="Name of the bank, with its branch where that matters.")
    bic: Line = Field("", title="BIC, routing number or sort code", description="Needed for transfers from abroad.")
    note: Annotated[str, StringConstraints(max_length=500)] = Field(
        "", title="Note to the buyer", description="For example who bears the charges of the transfer."
    )


class ManualPaymentSettings(BaseModel):
    """Each way to pay is offered where its settings allow it; without any account, bank transfer isn't offered."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Bank transfer and cash on delivery")

    bank_accounts: dict[Currency, BankAccount] = Field(
        default_factory=dict,
        title="Bank accounts",
        description="One account per currency. Bank transfer is offered for orders in these currencies.",
        json_schema_extra={"key_title": "Currency"},
    )
    bank_days: int = Field(
        7,
        ge=1,
        le=90,
        title="Days to pay",
        description="A transfer that hasn't arrived after so many days lets the goods go back on sale.",
    )
    cash_enabled: bool = Field(True, title="Offer cash on delivery", description="The courier collects the money.")
    cash_fee: dict[Currency, Minor] = Field(
        default_factory=dict,
        title="Cash on delivery: fee",
        description="Added to the order, in minor units (500 is 5.00), per currency. Without an entry there is no fee.",
        json_schema_extra=PER_CURRENCY,
    )
    cash_minimum: dict[Currency, Minor] = Field(
        default_factory=dict,
        title="Cash on delivery: smallest order",
        description="Order total before fees, in minor units per currency. Without an entry there is no lower limit.",
        json_schema_extra=PER_CURRENCY,
    )
    cash_maximum: dict[Currency, Minor] = Field(
        default_factory=dict,
        title="Cash on delivery: largest order",
        description="Order total before fees, in minor units per currency. Without an entry there is no upper limit.",
        json_schema_extra=PER_CURRENCY,
    )
    cash_countries: list[Country] = Field(
        default_factory=list,
        title="Cash on delivery: countries",
        description="Two-letter codes (US, DE, CN) of the countries your couriers collect in. Empty: all countries.",
    )
