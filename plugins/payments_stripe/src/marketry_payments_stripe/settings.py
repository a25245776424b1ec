"""What a merchant copies from Stripe's dashboard."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationInfo, field_validator

from marketry.outbound import is_exposed

API = "https://api.stripe.com"
CHECKOUT = "https://checkout.stripe.com"
BANKS = "https://hooks.stripe.com"  # where buyers go on to their bank, to prove who they are


class StripeSettings(BaseModel):
    """The mode, live or test, is that of the secret key. While one webhook secret replaces another, both are taken."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    secret_key: SecretStr = Field(
        SecretStr(""), title="Secret key", description="sk_live_…, sk_test_… or a restricted key (rk_…)."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), title="Webhook secret", description="whsec_…, of the endpoint /hooks/payments_stripe."
    )
    webhook_secret_before: SecretStr = Field(
        SecretStr(""), title="Former webhook secret", description="The former one, while it is being replaced."
    )
    account: str = Field(
        "", title="Account", max_length=64, pattern=r"^(acct_\w+)?$", description="acct_…: notices of others are refused."
    )
    capture: Literal["automatic", "manual"] = Field(
        "automatic",
        title="Taking the money",
        description="Reserved money is kept for 7 days; the settings of Orders say when it is taken.",
        json_schema_extra={"choices": {"automatic": "At once", "manual": "Reserve it first"}},
    )
    minutes: Annotated[int, Field(title="Minutes to pay", ge=30, le=1440, description="How long the buyer has to pay.")] = 60
    api_base: HttpUrl | None = Field(
        None, title="Address of the API", description="Another address of the API (a proxy of yours, a test double)."
    )
    checkout_base: HttpUrl | None = Field(None, title="Address of its pages", description="Where the pages of that address are.")

    @field_validator("secret_key")
    @classmethod
    def _is_a_secret_key(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and not key.get_secret_value().startswith(("sk_live_", "sk_test_", "rk_live_", "rk_test_")):
            raise ValueError("This is no secret key: it begins with sk_live_, sk_test_, rk_live_ or rk_test_.")
        return key

    @field_validator("api_base")
    @classmethod
    def _sealed(cls, base: HttpUrl | None, info: ValidationInfo) -> HttpUrl | None:
        """A live key isn't sent in clear."""
        key = info.data.get("secret_key")
        if base and key and _is_live(key) and is_exposed(str(base)):
            raise ValueError("With a live key the API's address begins with https://.")
        return base

    @property
    def live(self) -> bool:
        return _is_live(self.secret_key)

    @property
    def complete(self) -> bool:
        return bool(self.secret_key.get_secret_value())

    @property
    def secrets(self) -> list[str]:
        """The webhook secrets that are set."""
        return [s for one in (self.webhook_secret, self.webhook_secret_before) if (s := one.get_secret_value())]


def _is_live(key: SecretStr) -> bool:
    return key.get_secret_value().startswith(("sk_live_", "rk_live_"))
