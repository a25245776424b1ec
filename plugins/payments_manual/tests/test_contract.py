"""Both ways to pay keep the contract of payment providers."""

import pytest

from marketry.testing.contracts import PaymentProviderContract

BANK = """
[settings.payments_manual.bank_accounts.USD]
holder = "Atelier LLC"
number = "123456789"
"""


class _Manual(PaymentProviderContract):
    @pytest.fixture
    def runtime(self, database, make_site):
        return make_site("payments_manual", more=BANK)


class TestBankTransfer(_Manual):
    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("bank_transfer")


class TestCashOnDelivery(_Manual):
    @pytest.fixture
    def provider(self, runtime):
        return runtime.provider("cash_on_delivery")
