"""Paying with a gift card keeps the contract of payment providers."""

import pytest
from marketry_trial_giftcard.models import Card
from marketry_trial_giftcard.money import hashed

from marketry.commerce.money import Money
from marketry.commerce.payment import Charge
from marketry.testing.contracts import PaymentProviderContract

CODE = "SPRING-2026"


class TestGiftCard(PaymentProviderContract):
    @pytest.fixture
    def runtime(self, database, make_site):
        runtime = make_site("giftcard")
        with runtime.context().writing() as session:
            session.add(Card(hash=hashed(CODE), currency="USD", balance=9000))
        return runtime

    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("giftcard")

    @pytest.fixture
    def charge(self, provider):
        return Charge("contract-attempt", "CONTRACT1", Money(5000, "USD"), provider.code, data={"card": {"code": CODE}})
