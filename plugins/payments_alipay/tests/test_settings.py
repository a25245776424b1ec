"""What the settings refuse, and what makes them complete."""

from typing import Any

import pytest
from pydantic import ValidationError

from marketry_payments_alipay.settings import AlipaySettings

LIVE, SANDBOX = "https://openapi.alipay.com/gateway.do", "https://openapi-sandbox.dl.alipaydev.com/gateway.do"
BY_KEY = {"app_id": "2021", "private_key": "own", "alipay_public_key": "theirs"}
BY_CERTIFICATE = {
    "app_id": "2021", "private_key": "own", "app_certificate": "app", "alipay_certificate": "alipay",
    "alipay_root_certificate": "root",
}  # fmt: skip


def test_each_mode_has_its_gateway() -> None:
    assert (AlipaySettings(mode="live").address, AlipaySettings(mode="sandbox").address) == (LIVE, SANDBOX)


@pytest.mark.parametrize(
    ("mode", "gateway", "said"),
    [
        ("live", SANDBOX, "This is the sandbox's gateway, and the mode is live."),
        ("sandbox", LIVE, "This is the live gateway, and the mode is sandbox."),
        ("live", "http://proxy.shop.example/gateway.do", "In live mode the gateway's address begins with https://."),
    ],
)
def test_a_gateway_of_the_other_mode_is_refused(mode: Any, gateway: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AlipaySettings(mode=mode, gateway=gateway)
    ((error,)) = refused.value.errors()
    assert error["loc"] == ("gateway",)
    assert said in error["msg"]


@pytest.mark.parametrize(
    ("mode", "gateway"),
    [
        ("live", LIVE), ("sandbox", SANDBOX), ("live", "https://proxy.shop.example/"), ("live", "http://127.0.0.1:8210/gateway.do"),
        ("sandbox", "http://twin.shop.example/gateway.do"),
    ],
)  # fmt: skip
def test_a_proxy_and_a_test_double_are_taken(mode: Any, gateway: Any) -> None:
    assert AlipaySettings(mode=mode, gateway=gateway).address == gateway


@pytest.mark.parametrize("given", [BY_KEY, BY_CERTIFICATE])
def test_every_part_is_needed(given: dict[str, Any]) -> None:
    assert AlipaySettings(**given).complete
    assert [name for name in given if AlipaySettings(**{**given, name: ""}).complete] == []
    assert [name for name in given if AlipaySettings(**{**given, name: " \n"} if name != "app_id" else {}).complete] == []


def test_a_public_key_doesnt_stand_in_for_a_missing_certificate() -> None:
    """Where the application's certificate is set, Alipay is asked by certificates; one that is missing isn't made up for."""
    settings = AlipaySettings(**{**BY_CERTIFICATE, "alipay_certificate": "", "alipay_public_key": "theirs"})  # type: ignore[arg-type]
    assert (settings.by_certificate, settings.complete) == (True, False)
