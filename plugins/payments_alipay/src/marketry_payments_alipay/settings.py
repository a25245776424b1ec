"""What a merchant copies from Alipay's open platform."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationInfo, field_validator

from marketry.outbound import is_exposed

GATEWAYS = {
    "live": "https://openapi.alipay.com/gateway.do",
    "sandbox": "https://openapi-sandbox.dl.alipaydev.com/gateway.do",
}
# The gateway sends the buyer on to its cashier on hosts of these domains; browsers check each of them.
CASHIERS = {"live": "https://*.alipay.com", "sandbox": "https://*.alipaydev.com"}


class AlipaySettings(BaseModel):
    """Keys or certificates: where `app_certificate` is set, certificates are used. Keys go with PEM's first and last lines or
    without."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    mode: Literal["live", "sandbox"] = Field(
        "sandbox",
        title="Mode",
        description="In the sandbox no money moves.",
        json_schema_extra={"choices": {"live": "Live: real money", "sandbox": "Sandbox: to try it"}},
    )
    app_id: Annotated[str, Field(title="APPID", max_length=32, pattern=r"^\d*$", description="The application's number.")] = ""
    seller_id: Annotated[
        str, Field(title="Partner number (PID)", max_length=32, pattern=r"^\d*$", description="Your partner number (2088…).")
    ] = ""
    private_key: SecretStr = Field(
        SecretStr(""), title="Private key", description="The application's private key (RSA, 2048 bits or more)."
    )
    alipay_public_key: Annotated[
        str, Field(title="Alipay's public key", max_length=4000, description="Alipay's public key. Not the application's own.")
    ] = ""
    app_certificate: Annotated[
        str, Field(title="The application's certificate", max_length=20000, description="appCertPublicKey_….crt, its whole text.")
    ] = ""
    alipay_certificate: Annotated[
        str, Field(title="Alipay's certificate", max_length=20000, description="alipayCertPublicKey_RSA2.crt, its whole text.")
    ] = ""
    alipay_root_certificate: Annotated[
        str, Field(title="Root certificate", max_length=60000, description="alipayRootCert.crt, its whole text.")
    ] = ""
    desktop: Literal["page", "qr"] = Field(
        "page",
        title="On large screens",
        description="Where buyers at a computer pay.",
        json_schema_extra={"choices": {"page": "On Alipay's cashier", "qr": "By a QR code on the order's page"}},
    )
    minutes: Annotated[int, Field(title="Minutes to pay", ge=5, le=1440, description="How long the buyer has to pay.")] = 30
    gateway: HttpUrl | None = Field(
        None, title="Address of the gateway", description="Another address of the gateway (a proxy of yours, a test double)."
    )

    @field_validator("gateway")
    @classmethod
    def _of_this_mode(cls, gateway: HttpUrl | None, info: ValidationInfo) -> HttpUrl | None:
        """Alipay's own gateways are of one mode each, and payments of money don't travel in clear."""
        host, live = (gateway.host or "") if gateway else "", info.data.get("mode") == "live"
        if live and host.endswith("alipaydev.com"):
            raise ValueError("This is the sandbox's gateway, and the mode is live. Leave it empty, or choose the sandbox.")
        if gateway and not live and host.endswith("alipay.com"):
            raise ValueError("This is the live gateway, and the mode is sandbox. Leave it empty, or choose live.")
        if gateway and live and is_exposed(str(gateway)):
            raise ValueError("In live mode the gateway's address begins with https://.")
        return gateway

    @property
    def live(self) -> bool:
        return self.mode == "live"

    @property
    def address(self) -> str:
        return str(self.gateway) if self.gateway else GATEWAYS[self.mode]

    @property
    def by_certificate(self) -> bool:
        return bool(self.app_certificate.strip())

    @property
    def complete(self) -> bool:
        """Whether everything that a payment needs is there."""
        others = (self.alipay_certificate, self.alipay_root_certificate) if self.by_certificate else (self.alipay_public_key,)
        return all(text.strip() for text in (self.app_id, self.private_key.get_secret_value(), *others))
