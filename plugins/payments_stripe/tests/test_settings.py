"""What the settings refuse, and what they say of the mode."""

from typing import Any

import pytest
from pydantic import ValidationError

from marketry_payments_stripe.settings import StripeSettings


@pytest.mark.parametrize(
    ("key", "live"),
    [("sk_live_1", True), ("rk_live_1", True), ("sk_test_1", False), ("rk_test_1", False), ("", False)],
)
def test_the_mode_is_that_of_the_key(key: Any, live: bool) -> None:
    assert StripeSettings(secret_key=key).live is live


@pytest.mark.parametrize("key", ["pk_live_1", "pk_test_1", "whsec_1", "sk_1", " sk_live_1"])
def test_what_is_no_secret_key_is_refused(key: Any) -> None:
    with pytest.raises(ValidationError, match="This is no secret key"):
        StripeSettings(secret_key=key)


def test_a_refusal_doesnt_show_the_key() -> None:
    with pytest.raises(ValidationError) as refused:
        StripeSettings(secret_key="pk_live_51H8xxxxSecretKeyOfSomebody")
    assert "SecretKeyOfSomebody" not in str(refused.value)


def test_a_live_key_isnt_sent_in_clear() -> None:
    with pytest.raises(ValidationError, match="With a live key the API's address begins with https://"):
        StripeSettings(secret_key="sk_live_1", api_base="http://proxy.shop.example/")
    for base in ("https://proxy.shop.example/", "http://127.0.0.1:8200/"):
        assert str(StripeSettings(secret_key="sk_live_1", api_base=base).api_base) == base
    assert StripeSettings(secret_key="sk_test_1", api_base="http://twin.shop.example/").api_base is not None
