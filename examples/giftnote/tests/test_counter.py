"""Paying at the counter keeps the contract of payment providers."""

import pytest

from marketry.commerce.cart import Cart
from marketry.commerce.quote import Quote
from marketry.testing.contracts import PaymentProviderContract


class TestCounter(PaymentProviderContract):
    @pytest.fixture
    def runtime(self, make_site):
        return make_site("giftnote", more="[settings.giftnote]\ncounter = true")

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("counter")


def test_it_is_offered_only_where_the_merchant_says_so(make_site):
    runtime = make_site("giftnote")
    refusal = runtime.provider("counter").offered(runtime.context(), Quote(Cart("c", "USD", "en", ()), ()))
    assert (refusal.code, refusal.message) == ("payment_method_unavailable", "You can't pay at the counter now.")
