"""What a merchant copies from Coinbox."""

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr


class CoinboxSettings(BaseModel):
    """Without a key the method is not offered."""

    model_config = ConfigDict(extra="forbid", title="Coinbox", hide_input_in_errors=True)

    key: SecretStr = Field(SecretStr(""), title="Secret key of the shop", description="Coinbox shows it once, when it is made.")
    secret: SecretStr = Field(SecretStr(""), title="Secret of notices", description="For the address /hooks/coinbox.")
    api: HttpUrl = Field(HttpUrl("https://api.coinbox.example"), title="Address of Coinbox")

    @property
    def address(self) -> str:
        return str(self.api).rstrip("/")
